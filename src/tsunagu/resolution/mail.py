"""E-mail addresses: one key that is always right, and further keys that a provider's own rules allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tsunagu.resolution.writing import plain

_CARRIERS: Final = frozenset({"docomo.ne.jp", "au.com", "softbank.ne.jp", "ymobile.ne.jp", "uqmobile.jp"})
_VODAFONE: Final = tuple(f"{one}.vodafone.ne.jp" for one in "dhtcrkqns")
_MOVED: Final = {"ezweb.ne.jp": "au.com", "ymobile1.ne.jp": "ymobile.ne.jp"} | dict.fromkeys(
    (*_VODAFONE, *(f"jp-{one}.ne.jp" for one in "dhtcrkqns")), "softbank.ne.jp"
)
"""Domains of carriers whose customers kept their local part when the domain moved."""
_DOTLESS: Final = frozenset({"gmail.com"})
_ALIAS: Final = {"googlemail.com": "gmail.com"}
_PLUS: Final = frozenset(
    {"gmail.com", "outlook.jp", "outlook.com", "hotmail.com", "hotmail.co.jp", "icloud.com", "me.com"}
)
_DISPOSABLE: Final = frozenset({
    "sharklasers.com", "guerrillamail.com", "mailinator.com", "yopmail.com", "10minutemail.com",
    "instaddr.ch", "mail-temp.com", "temp-mail.org", "trashmail.com", "throwawaymail.com",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mail:
    """The normal forms of one address.

    Attributes:
        key: local part as it is in small letters, domain in small A-labels. Two of one key are one mailbox.
        extra: the key after the provider's rules; the same as `key` where none applies. Two of one are likely one.
        local: the local part, for comparing accounts across providers.
        is_carrier: of a telephone company, which gives addresses out again after some years.
        is_disposable: of a provider of addresses that last minutes.
    """

    key: str
    extra: str
    local: str
    is_carrier: bool
    is_disposable: bool


def mail_of(text: str) -> Mail | None:
    """Return the normal forms of an address, or None for what is none.

    `..` and a dot before the @ break RFC 5321, and carriers gave such addresses out: they are kept as they are.
    """
    local, at, domain = plain(text).replace(" ", "").removeprefix("mailto:").rpartition("@")
    domain = domain.lower().strip(".")
    if not (local and at and "." in domain):
        return None
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    local = local.lower()
    home = _MOVED.get(domain) or _ALIAS.get(domain, domain)
    plain_local = local.partition("+")[0] if home in _PLUS and not local.startswith("+") else local
    if home in _DOTLESS:
        plain_local = plain_local.replace(".", "")
    extra = f"{plain_local}@{home}"
    return Mail(f"{local}@{domain}", extra, plain_local, home in _CARRIERS, domain in _DISPOSABLE)
