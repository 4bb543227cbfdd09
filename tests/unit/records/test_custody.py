from __future__ import annotations

import base64
import json
import os
import stat
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import Conflict, InputError, TsunaguError, Unavailable
from tsunagu.records.keys.custody import export, restore
from tsunagu.records.keys.keyring import Keyring

FIRST, SECOND = "correct horse battery", "staple パスワード 鍵です"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A home, and the two shares of its master key."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("shares")
    Keyring.create(home, {})
    return home, *export(home, {}, folder, passphrases=(FIRST, SECOND))


def keys_of(home, environ=None):
    return Keyring.open(home, environ or {})._keys


def test_two_shares_bring_master_key_and_keyring_back_in_an_empty_home(exported, tmp_path):
    home, one, other = exported
    restore(one, other, FIRST, SECOND, tmp_path)
    assert keys_of(tmp_path) == keys_of(home)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_the_order_of_the_shares_does_not_matter_and_a_restore_can_be_run_again(exported, tmp_path):
    home, one, other = exported
    for _attempt in range(2):
        restore(other, one, SECOND, FIRST, tmp_path)
    assert keys_of(tmp_path) == keys_of(home)


def test_where_only_the_master_key_was_lost_the_keyring_that_stands_there_stays(tmp_path):
    home = tmp_path / "home"
    Keyring.create(home, {})
    one, other = export(home, {}, tmp_path, passphrases=(FIRST, SECOND))
    before = (home / "keys" / "keyring.json").read_bytes()
    (home / "keys" / "master.key").unlink()
    restore(one, other, FIRST, SECOND, home)
    assert (home / "keys" / "keyring.json").read_bytes() == before
    Keyring.open(home, {})


def test_a_master_key_of_the_environment_is_exported_and_restored_as_a_file(tmp_path):
    environ = {"TSUNAGU_MASTER_KEY": base64.b64encode(os.urandom(32)).decode()}
    Keyring.create(tmp_path / "home", environ)
    one, other = export(tmp_path / "home", environ, tmp_path, passphrases=(FIRST, SECOND))
    restore(one, other, FIRST, SECOND, tmp_path / "new")
    assert (tmp_path / "new" / "keys" / "master.key").read_text().strip() == environ["TSUNAGU_MASTER_KEY"]
    assert keys_of(tmp_path / "new") == keys_of(tmp_path / "home", environ)


def test_shares_from_before_a_rotation_overwrite_nothing(tmp_path):
    home = tmp_path / "home"
    ring = Keyring.create(home, {})
    one, other = export(home, {}, tmp_path, passphrases=(FIRST, SECOND))
    ring.rotate({})
    before = {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    with pytest.raises(Conflict):
        restore(one, other, FIRST, SECOND, home)
    (home / "keys" / "keyring.json").unlink()
    with pytest.raises(Conflict):
        restore(one, other, FIRST, SECOND, home)
    assert (home / "keys" / "master.key").read_bytes() == before["master.key"]


def test_neither_share_alone_opened_by_its_custodian_holds_the_master_key(exported):
    home, one, other = exported
    master = base64.b64decode((home / "keys" / "master.key").read_text())
    from tsunagu.records.keys import custody

    first, second = custody._opened(one, FIRST), custody._opened(other, SECOND)
    assert custody._xor(first.half, second.half) == master
    for share in (first, second):
        assert share.half != master
        assert master not in share.keyring
        assert base64.b64encode(master) not in share.keyring
        assert share.half.hex() not in repr(share)


def test_halves_differ_with_every_export(exported, tmp_path):
    from tsunagu.records.keys import custody

    home, one, _other = exported
    again, _second = export(home, {}, tmp_path, passphrases=(FIRST, SECOND))
    assert custody._opened(one, FIRST).half != custody._opened(again, FIRST).half


def test_share_files_are_for_their_owner_only_and_open_from_a_medium_without_owners(exported, tmp_path):
    home, _one, _other = exported
    one, other = export(home, {}, tmp_path, passphrases=(FIRST, SECOND))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (one, other)} == {0o600}
    one.chmod(0o755)
    other.chmod(0o755)
    restore(one, other, FIRST, SECOND, tmp_path / "new")


def test_a_passphrase_opens_however_its_signs_were_put_together(exported, tmp_path):
    home, _one, _other = exported
    composed, apart = "\u304c" * 12, "\u304b\u3099" * 12  # one sign, or a sign and its voicing mark
    one, other = export(home, {}, tmp_path, passphrases=(composed, SECOND))
    restore(one, other, apart, SECOND, tmp_path / "new")


@pytest.mark.parametrize(
    "passphrases",
    [
        ("short", SECOND),
        (FIRST, ""),
        (FIRST, FIRST),
        ("\u304c" * 12, "\u304b\u3099" * 12),
        ("\u304b\u3099" * 6, SECOND),
    ],
)
def test_short_or_equal_passphrases_are_refused(exported, tmp_path, passphrases):
    with pytest.raises(InputError):
        export(exported[0], {}, tmp_path, passphrases=passphrases)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong", [("wrong" * 4, SECOND), (FIRST, "wrong" * 4), (SECOND, FIRST), (FIRST, "\udcff" * 12)]
)
def test_a_wrong_passphrase_is_told_and_nothing_is_written(exported, tmp_path, wrong):
    _home, one, other = exported
    with pytest.raises(InputError, match="passphrase") as told:
        restore(one, other, *wrong, tmp_path)
    assert not list(tmp_path.iterdir())
    assert not any(one in "".join(traceback.format_exception(told.value)) for one in (FIRST, SECOND))


def test_shares_that_do_not_belong_together_are_refused(exported, tmp_path):
    home, one, other = exported
    again, _second = export(home, {}, tmp_path, passphrases=(FIRST, SECOND))
    for pair, passphrases in (((again, other), (FIRST, SECOND)), ((one, one), (FIRST, FIRST))):
        with pytest.raises(InputError, match="belong together"):
            restore(*pair, *passphrases, tmp_path / "new")


@given(data=st.data(), flip=st.integers(1, 127))
@settings(deadline=None, max_examples=12)
def test_whatever_byte_of_a_share_is_changed_it_does_not_open_or_is_the_same_share(
    exported, tmp_path_factory, data, flip
):
    home, one, other = exported
    whole = one.read_bytes()
    where = data.draw(st.integers(0, len(whole) - 1))
    folder = tmp_path_factory.mktemp("new")
    changed = folder / "share.json"
    changed.write_bytes(whole[:where] + bytes([whole[where] ^ flip]) + whole[where + 1 :])
    try:
        restore(changed, other, FIRST, SECOND, folder / "home")
    except InputError:
        assert not (folder / "home").exists()
    else:
        assert keys_of(folder / "home") == keys_of(home)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xff", b'{"sealed": ""}', json.dumps({"sealed": "", "format": 1}).encode()]
)
def test_what_is_no_share_is_refused(exported, tmp_path, content):
    (tmp_path / "share.json").write_bytes(content)
    with pytest.raises(InputError, match="no share"):
        restore(tmp_path / "share.json", exported[2], FIRST, SECOND, tmp_path / "new")


def test_missing_shares_and_folders_are_told_without_their_names(exported, tmp_path):
    home, one, _other = exported
    attempts = (
        lambda: restore(one, tmp_path / "none.json", FIRST, SECOND, tmp_path / "new"),
        lambda: restore(tmp_path, tmp_path, FIRST, SECOND, tmp_path / "new"),
        lambda: export(home, {}, tmp_path / "none", passphrases=(FIRST, SECOND)),
        lambda: export(tmp_path / "none", {}, tmp_path, passphrases=(FIRST, SECOND)),
    )
    for attempt in attempts:
        with pytest.raises(Unavailable) as told:
            attempt()
        assert isinstance(told.value, TsunaguError)
        assert str(tmp_path) not in str(told.value)
