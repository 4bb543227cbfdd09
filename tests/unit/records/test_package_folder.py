"""A package as a folder: nothing in it is changed, added or taken away unseen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.records.keys.signer import RootSigner
from tsunagu.records.packages.folder import NewPackage, check_package, reading
from tsunagu.records.packages.manifest import files_in, public_key_from_pem

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
SIGNER = RootSigner(bytes(range(32)))
PUBLIC_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
CONTENT = {"case.jsonld": b'{"@graph":[]}\n', "readme.txt": "説明\n".encode(), "empty.txt": b""}


def made(folder: Path) -> Path:
    with NewPackage.begin(folder) as package:
        for name, content in CONTENT.items():
            with package.writing(name) as file:
                file.write(content)
        package.finish(signer=SIGNER, public_key=PUBLIC_KEY, now=NOW)
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("packages") / "package")


@contextmanager
def copied(package: Path) -> Iterator[Path]:
    copy = package.with_name("copy")
    shutil.copytree(package, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def test_what_was_written_is_sound_and_names_its_key(package: Path) -> None:
    report = check_package(package, PUBLIC_KEY)
    assert report.is_sound
    assert report.key_id == SIGNER.key_id
    assert set(report.files) == {*CONTENT, "public-key.pem"}
    assert public_key_from_pem((package / "public-key.pem").read_bytes()) == PUBLIC_KEY
    assert {oct(path.stat().st_mode & 0o777) for path in package.iterdir()} == {"0o600"}


@given(data=st.data())
def test_any_changed_byte_anywhere_is_found(package: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(path.name for path in package.iterdir() if path.stat().st_size)))
    whole = (package / name).read_bytes()
    at, flipped = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    with copied(package) as copy:
        (copy / name).write_bytes(whole[:at] + bytes([whole[at] ^ flipped]) + whole[at + 1 :])
        assert not check_package(copy).is_sound


def test_a_key_of_an_unknown_kind_is_told_and_no_failure(package: Path) -> None:
    with copied(package) as copy:
        pem = (copy / "public-key.pem").read_bytes()
        (copy / "public-key.pem").write_bytes(pem.replace(b"MCowBQYDK2Vw", b"MCowBQYDJ2Vw"))
        assert not check_package(copy).is_sound


@given(data=st.data())
def test_any_piece_put_in_or_taken_out_is_found(package: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(path.name for path in package.iterdir())))
    whole = (package / name).read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = data.draw(st.binary(max_size=8).filter(lambda piece: piece != whole[start:end]))
    with copied(package) as copy:
        (copy / name).write_bytes(whole[:start] + piece + whole[end:])
        assert not check_package(copy).is_sound


@pytest.mark.parametrize("name", [*CONTENT, "public-key.pem", "manifest.txt", "manifest.sig"])
def test_a_file_that_is_gone_or_is_no_file_is_found(package: Path, name: str) -> None:
    with copied(package) as copy:
        (copy / name).unlink()
        assert not check_package(copy).is_sound
        (copy / name).symlink_to(package / name)
        assert not check_package(copy).is_sound
        (copy / name).unlink()
        (copy / name).mkdir()
        assert not check_package(copy).is_sound


@pytest.mark.parametrize("name", ["more.txt", ".hidden", "folder"])
def test_one_thing_too_many_is_found(package: Path, name: str) -> None:
    with copied(package) as copy:
        if name == "folder":
            (copy / name).mkdir()
        else:
            (copy / name).write_bytes(b"")
        assert check_package(copy).problems == ("There is a file that the manifest does not name.",)


def test_one_that_somebody_else_signed_anew_is_told_by_the_known_key(package: Path) -> None:
    other = RootSigner(bytes(32))
    with copied(package) as copy:
        forged = (copy / "manifest.txt").read_bytes()
        (copy / "manifest.sig").write_bytes(other.sign(forged))
        assert not check_package(copy).is_sound
    other_key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert check_package(package, other_key).problems == ("It was signed by another key than the one that was given.",)


@pytest.mark.parametrize("name", ["../readme.txt", "/etc/passwd", "a/b", "A", ".x"])
def test_a_manifest_that_names_a_path_is_none(name: str) -> None:
    with pytest.raises(InputError):
        files_in(f"# tsunagu-package/1\n{'0' * 64}  {name}\n".encode())


def test_a_file_named_twice_is_refused() -> None:
    with pytest.raises(InputError):
        files_in(f"# tsunagu-package/1\n{'0' * 64}  a\n{'1' * 64}  a\n".encode())


def test_the_commands_of_the_manifest_verify_it(package: Path) -> None:
    for line in (package / "manifest.txt").read_text().splitlines():
        if line.startswith(("# openssl", "# sha256sum")):
            subprocess.run(line[2:].split(), cwd=package, check=True, capture_output=True)
    with copied(package) as copy:
        (copy / "manifest.txt").write_bytes((package / "manifest.txt").read_bytes() + b"# more\n")
        command = next(
            line[2:].split() for line in (copy / "manifest.txt").read_text().splitlines() if "openssl" in line
        )
        assert subprocess.run(command, cwd=copy, check=False, capture_output=True).returncode != 0


def test_one_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def broken_off() -> None:
        with NewPackage.begin(tmp_path / "new") as package, package.writing("case.jsonld") as file:
            file.write(b"{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(package: Path) -> None:
    with pytest.raises(Conflict):
        made(package)


def test_what_is_changed_while_it_is_read_is_told(package: Path) -> None:
    digest = check_package(package).files["readme.txt"]
    with reading(package, "readme.txt", digest) as file:
        assert file.read() == CONTENT["readme.txt"]
    with pytest.raises(InputError, match="changed while"), reading(package, "case.jsonld", digest) as file:
        file.read()
