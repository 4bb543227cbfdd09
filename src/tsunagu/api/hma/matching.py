"""Look-ups as HMA answers them: by bank, with distances as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from tsunagu.api.fast_lane import Environ, Incoming, Question
from tsunagu.api.hma.shapes import query_of, signal, truth
from tsunagu.api.look_ups import stated
from tsunagu.api.middleware import HMA
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.look_up import PDQ, Answer, Known, Query
from tsunagu.domain.purpose import Purpose
from tsunagu.services.opaque import content_number, item_number
from tsunagu.services.parts import Keys

NEITHER = "Either url or both signal and signal_type are required"
Params = Mapping[str, str]


def purpose_of(header: str | None) -> Purpose:
    """Return why a program asks: HMA's clients state no purpose, and ask to find victims."""
    return stated(header) or Purpose.VICTIM_IDENTIFICATION


def asks_all(params: Params) -> bool:
    """Return whether own banks answer whatever share of theirs is enabled."""
    return truth(params.get("bypass_coinflip", "false"))


def by_bank(found: Answer, params: Params, keys: Keys) -> dict[str, list[dict[str, Any]]]:
    """Return hits by the name of their bank.

    What is benign, and what its owner doubts, is left out: who reads this acts upon it.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for one in _named(found, params):
        if one.semantics is not BankSemantics.BENIGN and not one.is_disputed:
            told.setdefault(one.bank, []).append(_content(one, keys))
    return told


def raw(found: Answer, params: Params, keys: Keys) -> dict[str, Any]:
    """Return the numbers of all contents that were found, with their distances where these are asked for."""
    contents = [_content(one, keys) for one in _named(found, params)]
    if truth(params.get("include_distance", "false")):
        return {"matches": contents}
    return {"matches": [one["bank_content_id"] for one in contents]}


def compare(body: Any) -> dict[str, Any]:
    """Return for each type of signal whether two are near, and how near.

    Raises:
        InputError: it is no object of pairs of signals.
    """
    if not isinstance(body, dict):
        raise InputError("an object of pairs of signals is compared")
    told: dict[str, Any] = {}
    for kind, pair in body.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError("two signals of each type are compared")
        one, other = (signal(kind, each) for each in pair)
        if kind == PDQ:
            near = Fingerprint(FingerprintKind.PDQ, one, 100).distance(Fingerprint(FingerprintKind.PDQ, other, 100))
            told[kind] = [near <= FingerprintKind.PDQ.radius_bits, {"distance": near}]
        else:
            told[kind] = [one == other, {"distance": int(one != other)}]
    return told


class SignalLane:
    """A look-up by signal, before the framework. It satisfies `fast_lane.Lane`."""

    method = "GET"

    def __init__(self, keys: Callable[[], Keys], *, is_raw: bool) -> None:
        """Answer `m/raw_lookup`, or `m/lookup`.

        Args:
            keys: returns the keyring of this process.
            is_raw: whether own banks answer also with what is switched off.
        """
        self._keys = keys
        self._is_raw = is_raw
        self.path = f"{HMA}m/{'raw_lookup' if is_raw else 'lookup'}"
        self.page = "hma:raw_lookup" if is_raw else "hma:lookup"

    def takes(self, environ: Environ) -> bool:
        """Return whether a signal is asked for, and no file elsewhere."""
        return "url=" not in environ.get("QUERY_STRING", "")

    def question(self, incoming: Incoming) -> Question:
        """Return what is asked for."""
        params = QueryDict(incoming.query).dict()
        queries, tell = [asked(params)], raw if self._is_raw else by_bank
        return Question(
            purpose_of(incoming.purpose),
            queries,
            lambda found: tell(found.answers[0], params, self._keys()),
            of_own_all=self._is_raw or asks_all(params),
        )

    def failure(
        self, status: int, code: str, message: str, fields: Sequence[str], reference: str
    ) -> tuple[int, dict[str, str]]:
        """Return how a failure is told."""
        del fields
        return 400 if code in _WRONG else status, {"message": message, "reference": reference}


_WRONG = frozenset({"input", "malformed-fingerprint"})


def asked(params: Params) -> Query:
    """Return what to ask for by a signal.

    Raises:
        InputError: no signal, or no type, is given, or it is no signal of it.
    """
    if not params.get("signal") or not params.get("signal_type"):
        raise InputError(NEITHER)
    return query_of(params["signal_type"], params["signal"])


def _named(found: Answer, params: Params) -> list[Known]:
    """Return the hits of the banks that are asked for by name, of all where none is named."""
    names = {one for one in params.get("banks", "").split(",") if one}
    return [one for one in found.known if not names or one.bank in names]


def _content(one: Known, keys: Keys) -> dict[str, Any]:
    number = {"bank_content_id": content_number(keys, item_number(keys, one.item))}
    return number if one.distance_bits is None else {**number, "distance": str(one.distance_bits)}
