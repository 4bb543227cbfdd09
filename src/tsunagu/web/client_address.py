"""From which address somebody asks, when web servers stand in front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from tsunagu.domain.errors import InputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks_of(text: str | None) -> tuple[Network, ...]:
    """Return the networks in a text with commas between them, none for None; an address is a network of its own.

    Raises:
        InputError: one of them is neither.
    """
    try:
        return tuple(ip_network(one.strip()) for one in (text or "").split(",") if one.strip())
    except ValueError as error:
        raise InputError("the setting trusted_proxies is addresses or networks, with commas between them") from error


def client_address(request: HttpRequest) -> str:
    """Return the address of who asks: the peer's, or where that is a proxy of ours, the last one that it tells of.

    Each proxy adds at the right of `X-Forwarded-For` from whom it got the request. From the right, the first that is no
    proxy of ours is taken; whatever stands to its left is that client's own word, as is all of it where the peer itself
    is no proxy of ours.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    found = _last_outside([*told, peer], settings.TSUNAGU_TRUSTED_PROXIES)
    return str(found) if found else peer


def is_from_proxy(request: HttpRequest) -> bool:
    """Return whether the peer is a proxy of ours, whose word about the browser counts."""
    address = _address(request.META.get("REMOTE_ADDR", ""))
    return address is not None and any(address in network for network in settings.TSUNAGU_TRUSTED_PROXIES)


def _last_outside(hops: Sequence[str], proxies: Iterable[Network]) -> Address | None:
    """Return the right-most hop that is no proxy, or the last one before what is no address at all."""
    last = None
    for hop in reversed(hops):
        address = _address(hop)
        if address is None:
            return last
        last = address
        if not any(address in network for network in proxies):
            return last
    return last


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
