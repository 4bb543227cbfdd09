"""The system user that decode children run as when Tsunagu was started as root."""

from __future__ import annotations

import pwd
import subprocess
from dataclasses import dataclass
from typing import Final

from tsunagu.domain.errors import Unavailable

USER_NAME: Final = "tsunagu-decode"
"""A user that owns no file and runs nothing else: never `nobody`, whom other programs share."""

_USERADD: Final = "/usr/sbin/useradd"


@dataclass(frozen=True, slots=True)
class Account:
    """A user and its group, by number; neither is 0."""

    user_id: int
    group_id: int


def decode_account() -> Account:
    """Return the user of decode children, made if it is absent; the caller is root.

    Raises:
        Unavailable: the user is absent and cannot be made, or has the rights of root.
    """
    found = _find()
    if found is None:
        _add()
        found = _find()
    if found is None:
        raise Unavailable("the system user tsunagu-decode is missing and could not be made: make it with useradd")
    if 0 in {found.user_id, found.group_id}:
        raise Unavailable("the system user tsunagu-decode has the rights of root")
    return found


def _find() -> Account | None:
    try:
        entry = pwd.getpwnam(USER_NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _add() -> None:
    command = [_USERADD, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        # The status is not asked for: another Tsunagu may have made the user in the same moment.
        subprocess.run(  # noqa: S603 - fixed words
            [*command, "--shell", "/usr/sbin/nologin", USER_NAME], check=False, capture_output=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable("the system user tsunagu-decode could not be made: useradd does not run") from error
