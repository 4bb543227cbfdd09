"""Pairs of rows of a seized list side by side, and where its people live: what officers answer and decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import TAKEN_BACK, UNKNOWN_PREFECTURE, ListField, RowPair
from tsunagu.resolution.prefectures import prefectures
from tsunagu.web.desk import chosen, parts_of
from tsunagu.web.desk import number as place

PAIRS_A_PAGE = 10
PERSONS_A_PAGE = 20
COMPARED = {
    "name": ListField.NAME,
    "e-mail": ListField.MAIL,
    "telephone": ListField.PHONE,
    "address": ListField.ADDRESS,
    "birth": ListField.BORN,
}
"""In the line of which field it stands how two rows agree."""
OF_PLACES = (
    ListField.NAME, ListField.KANA, ListField.POSTCODE, ListField.ADDRESS, ListField.PHONE,
    ListField.SENT_POSTCODE, ListField.SENT_ADDRESS,
)  # fmt: skip
"""What an officer needs to see where somebody lives; where parcels went is not where he lives, and may explain it."""
WEIGHTY_BITS = 20.0
"""What fills half of a weight's drawing."""
Pair = tuple[int, int]
NO_PAIR: Pair = (0, 0)
"""Rows that no list has: whether he may ask at all is told first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of two rows.

    Attributes:
        agreement: how they agree, where they are compared by it; else empty.
        bits: what that weighs.
        x, width: of the weight in its drawing, whose middle is at 20 of 40.
    """

    field: ListField
    cells: tuple[str, str]
    agreement: str = ""
    bits: float = 0.0

    @property
    def is_same(self) -> bool:
        """Return whether both rows say the same, letter by letter."""
        return self.cells[0] == self.cells[1]

    @property
    def width(self) -> float:
        """Return how long the weight is drawn."""
        return min(abs(self.bits), WEIGHTY_BITS)

    @property
    def x(self) -> float:
        """Return where its drawing begins."""
        return 20.0 if self.bits >= 0 else 20.0 - self.width


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show pairs that wait for the officer, or that are disputed; or keep his answer to one."""
    if request.method == "POST":
        return _answer(request, reference, number)
    from tsunagu.services.seized import review as service  # noqa: PLC0415 - loads NumPy

    disputed = request.GET.get("state") == "disputed"
    view = service.list_pairs(
        reference=reference,
        number=number,
        most=PAIRS_A_PAGE,
        after=_pair(request.GET.get("after", "")),
        disputed=disputed,
        **parts_of(request),
    )
    context: dict[str, Any] = {"reference": reference, "number": number, "disputed": disputed, "waiting": view.waiting}
    context["pairs"] = [(one, lines_of(one)) for one in view.pairs]
    context["after"] = request.GET.get("after", "")
    context["next"] = f"{view.pairs[-1].one}-{view.pairs[-1].other}" if view.has_more else ""
    return render(request, "web/seized_review.html", context)


@require_http_methods(["GET", "POST"])
def residences(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show persons whose prefecture an officer has to decide or has decided; or keep what he decides of one."""
    if request.method == "POST":
        return _decide(request, reference, number)
    from tsunagu.services.seized import places as service  # noqa: PLC0415 - loads NumPy

    after = place(request.GET.get("after", ""))
    found = service.list_persons_to_place(
        reference=reference, number=number, after=after, most=PERSONS_A_PAGE, **parts_of(request)
    )
    context: dict[str, Any] = {
        "reference": reference,
        "number": number,
        "persons": found.persons,
        "after": after,
        "next": found.next,
    }
    context |= {
        "fields": OF_PLACES,
        "prefectures": list(prefectures()),
        "unknown": UNKNOWN_PREFECTURE,
        "open": TAKEN_BACK,
    }
    return render(request, "web/seized_places.html", context)


def lines_of(pair: RowPair) -> tuple[Line, ...]:
    """Return the fields of a pair, those first by which people are told; fields that both leave empty are left out."""
    reasons = {COMPARED[name]: (how, bits) for name, how, bits in pair.reasons}
    told = [(one, pair.cells[one]) for one in ListField if one in pair.cells and any(pair.cells[one])]
    return tuple(Line(one, cells, *reasons.get(one, ())) for one, cells in told)


def _answer(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    from tsunagu.services.seized import review as service  # noqa: PLC0415 - loads NumPy

    said, _, named = request.POST.get("answer", "").partition(":")
    pair = _pair(named) or NO_PAIR
    asked: dict[str, Any] = {"reference": reference, "number": number, "pair": pair, **parts_of(request)}
    answer = chosen(Judgement, said)
    service.answer_pair(answer=answer, reason=request.POST.get("reason", ""), **asked)
    if "HX-Request" in request.headers:
        one = service.view_pair(**asked)
        context = {"reference": reference, "number": number, "pair": one, "lines": lines_of(one)}
        return render(request, "web/seized_pair.html", context)
    return redirect("case_list_review", reference, number)


def _decide(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    from tsunagu.services.seized import places as service  # noqa: PLC0415 - loads NumPy

    sent = request.POST
    rows = tuple(sorted({place(one) for one in sent.get("rows", "").split(",")}))
    service.decide_prefecture(
        reference=reference,
        number=number,
        rows=rows,
        prefecture=sent.get("prefecture", ""),
        reason=sent.get("reason", ""),
        **parts_of(request),
    )
    after = place(request.GET.get("after", ""))
    back = reverse("case_list_prefectures", args=[reference, number])
    return redirect(f"{back}?after={after}#person-{rows[0]}" if after else f"{back}#person-{rows[0]}")


def _pair(typed: str) -> Pair | None:
    """Return the two rows that are named as `3-17`, the smaller first; None where none are."""
    one, _, other = typed.partition("-")
    first, second = place(one), place(other)
    return (min(first, second), max(first, second)) if first and second else None
