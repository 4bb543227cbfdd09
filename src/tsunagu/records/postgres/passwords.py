"""The passwords of the database's roles: random, kept in a file of mode 0600, never changed once made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.locks import exclusive

FILE_NAME = "database.json"
PASSWORD_BYTES = 32
SCRAM_ITERATIONS = 4096
SCRAM_SALT_BYTES = 16


def keep_passwords(keys: Path, place: str, roles: Iterable[str]) -> dict[str, str]:
    """Return the passwords of `roles`, making and keeping those that are missing.

    Args:
        keys: the folder of the file; made with mode 0700 if it is missing.
        place: which server they belong to; every place has its own set.
        roles: the names.

    Raises:
        Unavailable: the file is damaged.
    """
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(keys / f".{FILE_NAME}.lock"):
        kept = _read(keys / FILE_NAME)
        of_place = kept.setdefault(place, {})
        missing = [role for role in roles if role not in of_place]
        if missing:
            of_place.update({role: secrets.token_urlsafe(PASSWORD_BYTES) for role in missing})
            _write(keys / FILE_NAME, kept)
    return {role: of_place[role] for role in roles}


def has_passwords(keys: Path, place: str) -> bool:
    """Say whether any password of `place` is kept.

    Raises:
        Unavailable: the file is damaged.
    """
    return bool(_read(keys / FILE_NAME).get(place))


def forget_passwords(keys: Path, place: str) -> None:
    """Forget the passwords of a place whose roles are gone, so that those made next have new ones.

    Raises:
        Unavailable: the file is damaged.
    """
    if not (keys / FILE_NAME).exists():
        return
    with exclusive(keys / f".{FILE_NAME}.lock"):
        kept = _read(keys / FILE_NAME)
        if kept.pop(place, None) is not None:
            _write(keys / FILE_NAME, kept)


def scram_verifier(password: str) -> str:
    """Return what PostgreSQL stores instead of `password`, so that the password itself never enters a statement.

    Args:
        password: ASCII, so that no normalising is needed.

    Source: RFC 5802 section 3 and RFC 7677; the text form is PostgreSQL 15 documentation, 53.19 `pg_authid`.
    """
    salt = secrets.token_bytes(SCRAM_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, SCRAM_ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (base64.b64encode(one).decode() for one in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{salt_text}${stored_text}:{server_text}"


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Unavailable("the file of the database passwords is damaged", file=str(path)) from error
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise Unavailable("the file of the database passwords is damaged", file=str(path))
    return found


def _write(path: Path, content: dict[str, dict[str, str]]) -> None:
    partial = path.with_name(f".{path.name}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
