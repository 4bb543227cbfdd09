from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import Conflict, InputError, TsunaguError, Unavailable
from tsunagu.records.keys.data_keys import KeyPurpose, seal_keys
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.keys.master import MasterKey
from tsunagu.records.keys.private_files import create_private
from tsunagu.records.ledger.signing import is_signed_by, sign_root

SECRET = b"JBSWY3DPEHPK3PXP"
HERE = b"officer 1"


def new_master():
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture(params=["file", "environment"])
def environ(request):
    return {} if request.param == "file" else {"TSUNAGU_MASTER_KEY": new_master()}


@pytest.fixture
def ring(tmp_path, environ):
    return Keyring.create(tmp_path, environ)


def secrets_of(home, ring):
    """Every secret of a keyring, in the forms in which it could slip out."""
    raw = [key for versions in ring._keys.values() for key in versions]
    raw += [base64.b64decode(one.read_text()) for one in (home / "keys").glob("master.key*")]
    return [form for key in raw for form in (key.hex(), base64.b64encode(key).decode(), repr(key)[2:-1])]


def test_what_was_sealed_opens_again_also_in_another_process(ring, tmp_path, environ):
    blob = ring.seal("totp", SECRET, HERE)
    assert SECRET not in blob
    assert ring.open_sealed("totp", blob, HERE) == SECRET
    assert Keyring.open(tmp_path, environ).open_sealed("totp", blob, HERE) == SECRET


def test_the_same_secret_sealed_twice_looks_different(ring):
    assert ring.seal("totp", SECRET, HERE) != ring.seal("totp", SECRET, HERE)


def test_what_was_sealed_does_not_open_elsewhere(ring):
    with pytest.raises(Unavailable):
        ring.open_sealed("totp", ring.seal("totp", SECRET, HERE), b"officer 2")


@given(where=st.integers(0, 5 + 12 + 16 + 15), flip=st.integers(1, 255))
@settings(deadline=None, max_examples=100)
def test_whatever_byte_of_a_sealed_blob_is_changed_it_does_not_open(one_ring, where, flip):
    blob = bytearray(one_ring.seal("totp", SECRET, HERE))
    blob[where] ^= flip
    with pytest.raises(Unavailable):
        one_ring.open_sealed("totp", bytes(blob), HERE)


@given(blob=st.binary(max_size=60))
@settings(deadline=None, max_examples=100)
def test_what_was_never_sealed_is_refused(one_ring, blob):
    with pytest.raises(Unavailable):
        one_ring.open_sealed("totp", blob, HERE)


@pytest.fixture(scope="module")
def one_ring(tmp_path_factory):
    return Keyring.create(tmp_path_factory.mktemp("home"), {})


@pytest.mark.parametrize("purpose", ["token", "reference", "ledger-root", "archive", ""])
def test_only_a_purpose_that_seals_seals(ring, purpose):
    with pytest.raises(InputError):
        ring.seal(purpose, SECRET, HERE)
    with pytest.raises(InputError):
        ring.open_sealed(purpose, bytes(40), HERE)


@pytest.mark.parametrize("purpose", ["totp", "ledger-root", "vault"])
def test_only_a_purpose_that_makes_keyed_digests_makes_them(ring, purpose):
    with pytest.raises(InputError):
        ring.mac(purpose, b"data")


def test_a_keyed_digest_is_hmac_sha_256_under_the_newest_key_of_its_purpose(ring, environ, tmp_path):
    before = ring.mac("reference", b"data")
    assert before == digest(ring._keys[KeyPurpose.REFERENCE][0], b"data", sha256)
    assert before != ring.mac("token", b"data")
    assert Keyring.open(tmp_path, environ).mac("reference", b"data") == before
    after = ring.rotate(environ | {"TSUNAGU_MASTER_KEY_NEXT": new_master()})
    assert after.mac("reference", b"data") != before
    assert after.macs("reference", b"data") == (after.mac("reference", b"data"), before)


def test_the_signer_signs_roots_that_the_public_keys_verify_before_and_after_a_rotation(maker, ring, environ, tmp_path):
    old = sign_root(1, bytes(32), now=maker.now, signer=ring.signer())
    after = ring.rotate(environ | {"TSUNAGU_MASTER_KEY_NEXT": new_master()})
    new = sign_root(2, bytes(32), now=maker.now, signer=after.signer())
    keys = after.public_keys()
    assert old.key_id != new.key_id
    assert is_signed_by(old, keys[old.key_id])
    assert is_signed_by(new, keys[new.key_id])
    assert all(key_id == sha256(key).hexdigest()[:16] for key_id, key in keys.items())


def test_files_and_folder_are_for_their_owner_only_and_a_file_open_to_others_is_refused(tmp_path):
    Keyring.create(tmp_path, {}).rotate({})
    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(one.name for one in folder.iterdir()) == ["keyring.json", "master.key"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    for name in ("keyring.json", "master.key"):
        (folder / name).chmod(0o640)
        with pytest.raises(Unavailable, match="0600"):
            Keyring.open(tmp_path, {})
        (folder / name).chmod(0o600)


def test_with_the_master_key_in_the_environment_no_file_holds_it(tmp_path):
    environ = {"TSUNAGU_MASTER_KEY": new_master()}
    Keyring.create(tmp_path, environ).rotate(environ | {"TSUNAGU_MASTER_KEY_NEXT": new_master()})
    assert [one.name for one in (tmp_path / "keys").iterdir()] == ["keyring.json"]


def test_keys_that_exist_are_never_made_anew(ring, environ, tmp_path):
    before = (tmp_path / "keys" / "keyring.json").read_bytes()
    with pytest.raises(Conflict):
        Keyring.create(tmp_path, environ)
    assert (tmp_path / "keys" / "keyring.json").read_bytes() == before


def test_a_home_without_keys_is_told(tmp_path):
    with pytest.raises(Unavailable, match="no keys yet"):
        Keyring.open(tmp_path, {})


@pytest.mark.parametrize("text", ["", "short", "!" * 44, base64.b64encode(bytes(31)).decode(), "é" * 44])
def test_a_malformed_master_key_is_told_wherever_it_stands(tmp_path, text):
    with pytest.raises(InputError):
        Keyring.create(tmp_path, {"TSUNAGU_MASTER_KEY": text})
    Keyring.create(tmp_path, {})
    (tmp_path / "keys" / "master.key").write_text(text)
    with pytest.raises(Unavailable):
        Keyring.open(tmp_path, {})


def test_a_wrong_or_missing_master_key_is_told(ring, environ, tmp_path):
    with pytest.raises(Unavailable, match="not the one"):
        Keyring.open(tmp_path, {"TSUNAGU_MASTER_KEY": new_master()})
    (tmp_path / "keys" / "master.key").unlink(missing_ok=True)
    with pytest.raises(Unavailable, match="no master key"):
        Keyring.open(tmp_path, {})


@given(data=st.data(), flip=st.integers(1, 127))
@settings(deadline=None, max_examples=200)
def test_whatever_byte_of_the_keyring_is_changed_it_does_not_open_or_holds_the_same_keys(one_home, data, flip):
    home, ring = one_home
    path = home / "keys" / "keyring.json"
    whole = path.read_bytes()
    where = data.draw(st.integers(0, len(whole) - 1))
    try:
        path.write_bytes(whole[:where] + bytes([whole[where] ^ flip]) + whole[where + 1 :])
        told = ""
        try:
            assert Keyring.open(home, {})._keys == ring._keys
        except Unavailable as error:
            told = "".join(traceback.format_exception(error)) + str(error.details)
        assert not any(secret in told for secret in secrets_of(home, ring))
    finally:
        path.write_bytes(whole)


@pytest.fixture(scope="module")
def one_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return home, Keyring.create(home, {}).rotate({})


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 50_000, b'{"format": "tsunagu-keyring/1"}']
)
def test_what_is_no_keyring_is_refused(tmp_path, content):
    Keyring.create(tmp_path, {})
    (tmp_path / "keys" / "keyring.json").write_bytes(content)
    with pytest.raises(Unavailable):
        Keyring.open(tmp_path, {})


def test_an_older_version_of_the_signing_key_cannot_be_put_in_the_place_of_the_newest(tmp_path):
    Keyring.create(tmp_path, {}).rotate({})
    path = tmp_path / "keys" / "keyring.json"
    found = json.loads(path.read_text())
    found["public_keys"]["ledger-root"].reverse()
    path.write_text(json.dumps(found))
    with pytest.raises(Unavailable):
        Keyring.open(tmp_path, {})


def test_nothing_secret_shows_in_a_keyring_printed_or_in_its_file(ring, tmp_path):
    shown = repr(ring) + str(ring) + repr(ring.signer()) + (tmp_path / "keys" / "keyring.json").read_text()
    assert not any(secret in shown for secret in secrets_of(tmp_path, ring))


def test_after_a_rotation_old_blobs_open(ring, environ, tmp_path):
    old = ring.seal("totp", SECRET, HERE)
    following = environ | {"TSUNAGU_MASTER_KEY_NEXT": new_master()}
    after = ring.rotate(following)
    assert after.open_sealed("totp", old, HERE) == SECRET
    new = after.seal("totp", SECRET, HERE)
    with pytest.raises(Unavailable, match="does not hold"):
        ring.open_sealed("totp", new, HERE)
    assert Keyring.open(tmp_path, following if environ else {}).open_sealed("totp", new, HERE) == SECRET


def test_the_old_master_key_opens_nothing_after_a_rotation(tmp_path):
    ring = Keyring.create(tmp_path, {})
    old = (tmp_path / "keys" / "master.key").read_text()
    ring.rotate({})
    assert (tmp_path / "keys" / "master.key").read_text() != old
    with pytest.raises(Unavailable):
        Keyring.open(tmp_path, {"TSUNAGU_MASTER_KEY": old})


def test_a_master_key_in_the_environment_is_rotated_to_the_next_one_there(tmp_path):
    old, new = new_master(), new_master()
    ring = Keyring.create(tmp_path, {"TSUNAGU_MASTER_KEY": old})
    with pytest.raises(InputError, match="TSUNAGU_MASTER_KEY_NEXT"):
        ring.rotate({"TSUNAGU_MASTER_KEY": old})
    both = {"TSUNAGU_MASTER_KEY": old, "TSUNAGU_MASTER_KEY_NEXT": new}
    Keyring.open(tmp_path, both)
    after = ring.rotate(both)
    for works in (both, {"TSUNAGU_MASTER_KEY": new}):
        assert Keyring.open(tmp_path, works)._keys == after._keys
    with pytest.raises(InputError, match="in use already"):
        ring.rotate(both)


def test_a_rotation_builds_on_what_another_process_rotated_meanwhile(tmp_path):
    ring = Keyring.create(tmp_path, {})
    first = ring.rotate({})
    second = ring.rotate({})
    assert {purpose: keys[:2] for purpose, keys in second._keys.items()} == first._keys


class Killed(BaseException):
    """Stands for `kill -9`: nothing catches it."""


def crash_at(monkeypatch, step):
    """Stop the program just before its `step`th call that changes a file, or after the last of them."""
    calls = 0

    def counted(real):
        def call(*args, **more):
            nonlocal calls
            calls += 1
            if calls == step:
                raise Killed
            return real(*args, **more)

        return call

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    real_open = os.open
    writing = counted(real_open)
    monkeypatch.setattr(
        os, "open", lambda path, flags, *more: (writing if flags & os.O_CREAT else real_open)(path, flags, *more)
    )


@pytest.mark.parametrize("step", range(1, 20))
def test_a_rotation_that_crashes_at_any_step_loses_no_key_and_can_be_run_again(tmp_path, monkeypatch, step):
    ring = Keyring.create(tmp_path, {})
    blob = ring.seal("totp", SECRET, HERE)
    with monkeypatch.context() as patched:
        crash_at(patched, step)
        try:
            ring.rotate({})
        except Killed:
            is_killed = True
        else:
            is_killed = False
    assert is_killed == (step <= 12)
    found = Keyring.open(tmp_path, {})
    assert found.open_sealed("totp", blob, HERE) == SECRET
    with monkeypatch.context() as patched:
        crash_at(patched, step)  # a second crash on top of the first
        with suppress(Killed):
            found.rotate({})
    again = Keyring.open(tmp_path, {})
    newer = again.seal("totp", SECRET, HERE)
    last = again.rotate({})
    assert last.open_sealed("totp", blob, HERE) == last.open_sealed("totp", newer, HERE) == SECRET
    assert sorted(one.name for one in (tmp_path / "keys").iterdir()) == ["keyring.json", "master.key"]


@pytest.mark.parametrize("step", range(1, 12))
def test_a_creation_that_crashes_at_any_step_can_be_run_again(tmp_path, monkeypatch, step):
    with monkeypatch.context() as patched:
        crash_at(patched, step)
        with suppress(Killed):
            Keyring.create(tmp_path, {})
    with suppress(Conflict):
        Keyring.create(tmp_path, {})
    Keyring.open(tmp_path, {}).seal("totp", SECRET, HERE)


ROTATE_UNTIL_KILLED = """
import sys
from pathlib import Path
from tsunagu.records.keys.keyring import Keyring

ring = Keyring.open(Path(sys.argv[1]), {})
while True:
    ring = ring.rotate({})
"""


def test_kill_9_of_a_rotation_at_any_moment_loses_no_key(tmp_path):
    ring = Keyring.create(tmp_path, {})
    blobs = [ring.seal("totp", SECRET, HERE)]
    path = tmp_path / "keys" / "keyring.json"
    for round_ in range(6):
        before = path.read_bytes()
        with subprocess.Popen([sys.executable, "-c", ROTATE_UNTIL_KILLED, str(tmp_path)]) as child:
            while path.read_bytes() == before:
                assert child.poll() is None
                time.sleep(0.001)
            time.sleep(round_ * 0.0007)
            child.kill()
        ring = Keyring.open(tmp_path, {})
        blobs.append(ring.seal("totp", SECRET, HERE))
        assert all(ring.open_sealed("totp", blob, HERE) == SECRET for blob in blobs)


def test_every_failure_is_an_anticipated_one(tmp_path):
    (tmp_path / "keys").write_text("no folder")
    for attempt in (lambda: Keyring.create(tmp_path, {}), lambda: Keyring.open(tmp_path, {})):
        with pytest.raises(TsunaguError) as told:
            attempt()
        assert str(tmp_path) not in str(told.value)


def test_a_keyring_that_lacks_a_purpose_says_so_until_it_is_rotated(tmp_path):
    Keyring.create(tmp_path, {})
    master = MasterKey.from_text((tmp_path / "keys" / "master.key").read_text())
    older = {KeyPurpose.TOTP: (bytes(32),)}
    (tmp_path / "keys" / "keyring.json").write_bytes(seal_keys(older, master))
    ring = Keyring.open(tmp_path, {})
    with pytest.raises(Unavailable, match="rotate"):
        ring.mac("token", b"data")
    assert ring.public_keys() == {}
    after = ring.rotate({})
    assert len(after.mac("token", b"data")) == 32
    assert after.open_sealed("totp", ring.seal("totp", SECRET, HERE), HERE) == SECRET


def test_a_keyring_of_a_newer_release_is_refused(tmp_path, monkeypatch):
    Keyring.create(tmp_path, {})
    monkeypatch.setattr("tsunagu.records.keys.data_keys.KeyPurpose", StrEnum("Fewer", {"TOTP": "totp"}))
    with pytest.raises(Unavailable, match="newer release"):
        Keyring.open(tmp_path, {})


def test_a_master_key_without_its_keyring_is_told(ring, environ, tmp_path):
    (tmp_path / "keys" / "keyring.json").unlink()
    with pytest.raises(Unavailable, match="no keys yet"):
        Keyring.open(tmp_path, environ)


def test_a_file_that_is_no_ordinary_small_one_is_refused(tmp_path):
    Keyring.create(tmp_path, {})
    path = tmp_path / "keys" / "keyring.json"
    path.write_bytes(b" " * (2 << 20))
    with pytest.raises(Unavailable, match="ordinary"):
        Keyring.open(tmp_path, {})
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(Unavailable, match="ordinary"):
        Keyring.open(tmp_path, {})


def test_a_private_file_is_never_created_over_another(tmp_path):
    create_private(tmp_path / "one", b"first")
    with pytest.raises(Conflict):
        create_private(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"first"
