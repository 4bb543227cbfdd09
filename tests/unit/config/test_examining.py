"""A certificate is examined as browsers will: how long it lasts, whether the key is its own, who may read the key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tsunagu.config.configuration import Configuration
from tsunagu.config.examining import certificate_checks, tls_files, upload_checks
from tsunagu.domain.errors import InputError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make(folder: Path, *days: int) -> Configuration:
    """A key, and a chain of certificates that last so many days from `NOW` on; the first is the key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=90))
    chain = [builder.not_valid_after(NOW + timedelta(days=one)).sign(key, hashes.SHA256()) for one in days]
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o640)
    return Configuration(tls_certificate_file=certificate, tls_key_file=private)


def found(configuration: Configuration) -> dict[str, bool | None]:
    return {one.name: one.ok for one in certificate_checks(configuration, NOW)}


@pytest.mark.parametrize(("days", "ok"), [((21,), True), ((20,), False), ((-1,), False), ((90, 20), False)])
def test_a_chain_lasts_as_long_as_its_shortest_certificate(tmp_path: Path, days: tuple[int, ...], ok: bool) -> None:
    assert found(make(tmp_path, *days)) == {"certificate": ok, "certificate key": True}


def test_another_key_and_one_that_everybody_may_read_are_found(tmp_path: Path) -> None:
    configuration = make(tmp_path, 90)
    assert configuration.tls_key_file is not None
    configuration.tls_key_file.chmod(0o644)
    assert found(configuration) == {"certificate": True, "certificate key": False}
    (other := tmp_path / "other").mkdir()
    make(other, 90)
    (other / "key.pem").replace(configuration.tls_key_file)
    assert found(configuration) == {"certificate": True, "certificate key": False}


def test_where_none_is_set_there_is_nothing_to_judge_and_half_of_it_is_refused(tmp_path: Path) -> None:
    assert found(Configuration()) == {"certificate": None}
    with pytest.raises(InputError, match="belong together"):
        tls_files(Configuration(tls_key_file=tmp_path))
    with pytest.raises(InputError, match="not where the settings say"):
        tls_files(Configuration(tls_key_file=tmp_path, tls_certificate_file=tmp_path))


def test_uploads_that_lie_there_are_measured_and_room_that_is_left(tmp_path: Path) -> None:
    (tmp_path / "agency" / "intake").mkdir(parents=True)
    (tmp_path / "agency" / "intake" / "1").write_bytes(bytes(3 << 26))
    [check] = upload_checks(tmp_path, Configuration())
    assert check.ok
    assert check.detail.startswith("0.2 GiB not examined yet")
    [check] = upload_checks(tmp_path / "none", Configuration(upload_spare_gib=999_999_999))
    assert (check.ok, check.detail) == (False, "0.0 GiB not examined yet, room for 0.0 GiB more")
