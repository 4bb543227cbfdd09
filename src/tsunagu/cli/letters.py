"""Letters as files: what was signed, its signature, the key, a text for people; and how OpenSSL checks them."""

from __future__ import annotations

from pathlib import Path

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its DER form: RFC 8410."""


def check_command(name: str) -> str:
    """Return the command by which whoever receives a letter of this name checks it, in the folder of its files."""
    return f"openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in {name}.json -sigfile {name}.sig"


def write_letter_files(out: Path, name: str, *, body: bytes, signature: bytes, public_key: bytes, text: str) -> None:
    """Write a letter into a folder, which is made if need be; files of the same names are overwritten.

    Args:
        out: the folder.
        name: what its files are called, without an ending.
        body: canonical JSON, exactly as signed.
        signature: Ed25519 over `body`, 64 bytes.
        public_key: 32 bytes.
        text: the same for people.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.json").write_bytes(body)
    (out / f"{name}.sig").write_bytes(signature)
    (out / f"{name}.txt").write_text(text, encoding="utf-8")
    (out / "key.der").write_bytes(ED25519_SPKI + public_key)
