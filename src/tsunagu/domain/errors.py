"""Every anticipated failure, as one tree.

TsunaguError
├── InputError           what came in is wrong              exit 2   422
│   └── MalformedFingerprint
├── NotFound             absent, or not yours               exit 4   404
├── Forbidden            known who you are, not allowed     exit 5   403
│   ├── NotCertified
│   └── NotSignedIn      nobody is signed in                        401
├── Conflict             it changed, or exists already      exit 6   409
├── Exhausted            a budget is used up                exit 8   429
└── Unavailable          a part that is needed is missing   exit 7   503
    ├── LedgerBroken
    └── ShardMissing
"""

from typing import ClassVar


class TsunaguError(Exception):
    """Base of every anticipated failure.

    A message never holds a name, a path, a hash or any content: messages reach
    logs and browsers. Put identifiers in `details`, which only the caller's own
    screen and the ledger keep.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, **details: str | int) -> None:
        """Keep `message`, which is safe to show anywhere, apart from `details`, which are not."""
        super().__init__(message)
        self.details = details


class InputError(TsunaguError):
    """What came in is wrong; sending it again unchanged fails again."""

    code = "input"
    exit_status = 2
    http_status = 422


class MalformedFingerprint(InputError):
    """The bytes are no fingerprint of the kind they claim."""

    code = "malformed-fingerprint"


class NotFound(TsunaguError):
    """There is no such record, or it is not the actor's: the answer is the same for both."""

    code = "not-found"
    exit_status = 4
    http_status = 404


class Forbidden(TsunaguError):
    """The actor is known and may not do this."""

    code = "forbidden"
    exit_status = 5
    http_status = 403


class NotCertified(Forbidden):
    """The actor's role would allow it, but his certification has expired or there is none."""

    code = "not-certified"


class NotSignedIn(Forbidden):
    """Nobody is signed in, or the sign-in has expired."""

    code = "not-signed-in"
    http_status = 401


class Exhausted(TsunaguError):
    """What may be asked for in a time has been asked for; it is open again later."""

    code = "exhausted"
    exit_status = 8
    http_status = 429


class Conflict(TsunaguError):
    """The record exists already, or has changed since it was read."""

    code = "conflict"
    exit_status = 6
    http_status = 409


class Unavailable(TsunaguError):
    """A part that is needed is missing or does not answer; nothing was done."""

    code = "unavailable"
    exit_status = 7
    http_status = 503


class LedgerBroken(Unavailable):
    """The ledger does not verify against what is held outside the database."""

    code = "ledger-broken"


class DamagedSnapshot(Unavailable):
    """A file of fingerprints is not whole, and nothing is searched in it."""

    code = "damaged-snapshot"


class ShardMissing(Unavailable):
    """A part of a sharded index is searched nowhere, and a shorter answer would be a wrong one."""

    code = "shard-missing"
