"""Who comes past the handshake between installations, and as whom: held against OpenSSL, which both sides use."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tsunagu.domain.errors import InputError
from tsunagu.federation import line_tls
from tsunagu.federation.keys import OwnKeys
from tsunagu.federation.line_tls import answering_context, caller, calling_context

NOW = datetime.now(UTC)
JAPAN, BODY, OTHER = uuid4(), uuid4(), uuid4()
JAPANS, BODYS, OTHERS = OwnKeys.fresh(1), OwnKeys.fresh(3), OwnKeys.fresh(1)


def shake(calling: ssl.SSLContext, answering: ssl.SSLContext) -> UUID:
    """Let two sides shake hands without a network, and return as whom the one who is called knows the caller.

    Raises:
        ssl.SSLError: one of them does not know the other.
    """
    to_caller, to_called = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = calling.wrap_bio(to_caller, to_called)
    server = answering.wrap_bio(to_called, to_caller, server_side=True)
    waits = [client, server]
    for _ in range(10):
        for one in list(waits):
            try:
                one.do_handshake()
                waits.remove(one)
            except ssl.SSLWantReadError:
                continue
        if not waits:
            assert client.version() == "TLSv1.3"
            return caller(server.getpeercert(binary_form=True))
    raise AssertionError("they never end")


def called(**keys: OwnKeys) -> ssl.SSLContext:
    """Return how the body is called, by Japan and another."""
    trusted = {JAPAN: (keys.get("japan", JAPANS).public,), OTHER: (OTHERS.public,)}
    return answering_context(BODY, BODYS, trusted, now=NOW)


def calls(as_id: UUID = JAPAN, own: OwnKeys = JAPANS, now: datetime = NOW) -> ssl.SSLContext:
    return calling_context(as_id, own, {BODY: (BODYS.public,)}, now=now)


def test_a_member_is_let_in_as_who_it_is() -> None:
    assert shake(calls(), called()) == JAPAN
    assert shake(calls(OTHER, OTHERS), called()) == OTHER


def test_each_of_the_keys_that_count_now_lets_a_member_in() -> None:
    newer = OwnKeys.fresh(2)
    both = answering_context(BODY, BODYS, {JAPAN: (JAPANS.public, newer.public)}, now=NOW)
    assert shake(calls(), both) == shake(calls(own=newer), both) == JAPAN


@pytest.mark.parametrize(
    "calling",
    [
        calls(uuid4(), OwnKeys.fresh(1)),
        calls(own=OwnKeys.fresh(1)),
        calls(own=OwnKeys(2, JAPANS.secret, JAPANS.identity)),
        calls(JAPAN, OTHERS),
        calls(now=NOW - timedelta(days=2)),
        calls(now=NOW + timedelta(days=2)),
    ],
    ids=["a stranger", "other keys", "another number", "a member as another", "what has expired", "the future's"],
)
def test_nobody_else_is_let_in(calling: ssl.SSLContext) -> None:
    with pytest.raises(ssl.SSLError):
        shake(calling, called())


def test_who_shows_nothing_is_not_let_in() -> None:
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.check_hostname, nobody.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError):
        shake(nobody, called())


def test_where_nobody_is_a_member_nobody_is_let_in() -> None:
    with pytest.raises(ssl.SSLError):
        shake(calls(), answering_context(BODY, BODYS, {}, now=NOW))


def test_a_caller_talks_to_nobody_but_whom_it_has_called() -> None:
    impostor = answering_context(BODY, OTHERS, {JAPAN: (JAPANS.public,)}, now=NOW)
    with pytest.raises(ssl.SSLError):
        shake(calls(), impostor)
    another = answering_context(OTHER, OTHERS, {JAPAN: (JAPANS.public,)}, now=NOW)
    with pytest.raises(ssl.SSLError):
        shake(calls(), another)


def test_a_member_certifies_nobody_who_would_speak_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one certifies a key that it calls Japan's, and shows what that one has certified."""
    between = OwnKeys.fresh(1)
    other = Ed25519PrivateKey.from_private_bytes(OTHERS.secret)
    public = Ed25519PrivateKey.from_private_bytes(between.secret).public_key()
    said = (
        line_tls._begun(line_tls._name(JAPAN, 1), line_tls._name(OTHER, 1), public, NOW)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(line_tls._usage("key_cert_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(other.public_key()), critical=False)
        .sign(other, None)
        .public_bytes(Encoding.PEM)
    )
    honest = line_tls._proof
    monkeypatch.setattr(line_tls, "_proof", lambda *of: honest(*of) + said)
    with pytest.raises(ssl.SSLError, match="path length constraint exceeded"):
        shake(calls(JAPAN, between), called())


def test_the_key_that_signs_is_shown_to_nobody() -> None:
    proof = line_tls._proof(JAPAN, JAPANS, NOW)
    raw = Ed25519PrivateKey.from_private_bytes(JAPANS.secret)
    assert raw.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) not in proof


@pytest.mark.parametrize("shown", [None, b"", b"\x30\x00"])
def test_what_is_no_certificate_names_nobody(shown: bytes | None) -> None:
    with pytest.raises(InputError):
        caller(shown)
