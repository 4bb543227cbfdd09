"""TLS between installations: each proves by its keys of the membership list who it is, and no authority is asked.

An installation certifies, with its Ed25519 key, a key that lives as long as the process that uses it. The other side
trusts exactly the members' keys, each under the name of its member and number, and no certificate between: so the
issuer of what was proven is the member itself. (RFC 8446, RFC 8410; path validation by RFC 5280, section 6.)
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tsunagu.domain.errors import InputError
from tsunagu.domain.hub import SKEW
from tsunagu.federation.keys import MemberKeys, OwnKeys

CERTIFIED_FOR = timedelta(hours=24)
"""How long what is shown is good: it is made anew for each call, and by who is called every few seconds."""
_SIGNS = "digital_signature"
_CERTIFIES = "key_cert_sign"
_USES = (
    _SIGNS, "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", _CERTIFIES, "crl_sign",
    "encipher_only", "decipher_only",
)  # fmt: skip

_NOBODY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a list of members")])

Trusted = Mapping[UUID, Sequence[MemberKeys]]
"""Members, and the keys by which each of them may prove that it is itself."""


def calling_context(own_id: UUID, own: OwnKeys, trusted: Trusted, *, now: datetime) -> ssl.SSLContext:
    """Return how this installation calls one member: its own proof, and the keys that the member must prove."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, own_id, own, trusted, now)


def answering_context(own_id: UUID, own: OwnKeys, trusted: Trusted, *, now: datetime) -> ssl.SSLContext:
    """Return how this installation is called: nobody but these members comes past the handshake."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, own_id, own, trusted, now)
    context.num_tickets = 0  # every call is a handshake of its own: who is a member no more is none at the next one
    return context


def caller(certificate: bytes | None) -> UUID:
    """Return which member has proven itself, from the certificate (DER) that the handshake has accepted.

    Raises:
        InputError: it names none.
    """
    try:
        issuer = x509.load_der_x509_certificate(certificate or b"").issuer
        [name] = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
        return UUID(str(name.value).partition(":")[0])
    except ValueError:
        raise InputError("this certificate names no installation") from None


def _context(side: int, own_id: UUID, own: OwnKeys, trusted: Trusted, now: datetime) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # an installation is known by its key, wherever it is
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    anchors = [_anchor(member_id, one, now) for member_id, keys in trusted.items() for one in keys]
    if anchors:
        context.load_verify_locations(cadata=b"".join(anchors))
    _show(context, _proof(own_id, own, now))
    return context


def _show(context: ssl.SSLContext, pem: bytes) -> None:
    """Let a context show key and certificate. OpenSSL takes them from a file, which lies in memory and has no name."""
    file = os.memfd_create("proof", os.MFD_CLOEXEC)
    try:
        os.write(file, pem)
        context.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)


def _proof(own_id: UUID, own: OwnKeys, now: datetime) -> bytes:
    """Return a new key with the certificate by which our own key says that it is ours, as PEM."""
    signing = Ed25519PrivateKey.from_private_bytes(own.secret)
    fresh = Ed25519PrivateKey.generate()
    certificate = (
        _begun(x509.Name([]), _name(own_id, own.number), fresh.public_key(), now)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(own_id.urn)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(_SIGNS), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, None)
    )
    key = fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key + certificate.public_bytes(Encoding.PEM)


def _anchor(member_id: UUID, keys: MemberKeys, now: datetime) -> bytes:
    """Return a key of a member as OpenSSL takes what is trusted: a certificate, whose own signature is never looked at.

    It may certify what its member shows, and nothing that certifies further: no member speaks for another.
    """
    key = Ed25519PublicKey.from_public_bytes(keys.signing)
    return (
        _begun(_name(member_id, keys.number), _NOBODY, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(_CERTIFIES), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .sign(Ed25519PrivateKey.generate(), None)
        .public_bytes(Encoding.DER)
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: Ed25519PublicKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + CERTIFIED_FOR)
    )


def _name(member_id: UUID, number: int) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{member_id}:{number}")])


def _usage(purpose: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use == purpose for use in _USES})
