"""Referrals: a package looked at and sent, the receiver's inbox and answers, its form on paper, what is called back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.alert import HandOver
from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import NATIONAL_TERMS, AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.referral import ReferralState, ReturnReason
from tsunagu.exchange.referral_case import referral_as_case
from tsunagu.exchange.referral_form import pdf_of, text_of
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.services.referrals import answers
from tsunagu.services.referrals.keeping import TAKEN_AS, take_referral
from tsunagu.services.referrals.lists import ReferralView, browse_referrals
from tsunagu.services.referrals.package import FORMS, ReferralDraft
from tsunagu.services.referrals.sending import make_referral, send_referral, withdraw_referral
from tsunagu.services.referrals.views import ReadReferral, packages_of_list, view_referral
from tsunagu.web.desk import ROWS_A_PAGE, chosen, document_digest, id_named, officer_of, parts_of
from tsunagu.web.desk import number as place
from tsunagu.web.rooms import rooms
from tsunagu.web.sign_in.proof import grave

MAY_BE_RETURNED = frozenset({ReferralState.SENT, ReferralState.RECEIVED})


@require_GET
def referrals(request: HttpRequest) -> HttpResponse:
    """List the referrals that the officer is told of: those that came, those that were sent, and prints to recall."""
    came_after, sent_after = (id_named(request.GET.get(one, "")) for one in ("came", "sent"))
    found = browse_referrals(most=ROWS_A_PAGE, came_after=came_after, sent_after=sent_after, **parts_of(request))
    context = {"found": found, "came_after": came_after, "sent_after": sent_after}
    context |= {"came_next": _last(found.came), "sent_next": _last(found.sent)}
    return render(request, "web/referrals.html", context)


def _last(views: Sequence[ReferralView]) -> UUID | None:
    return views[-1].kept.package.referral_id if views else None


@require_GET
def packages(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """List the packages that were made from a list, those first that have to be called back."""
    found = packages_of_list(reference=reference, number=number, **parts_of(request))
    recall, after = [one for one in found if one.is_to_be_recalled], _after(request)
    context: dict[str, Any] = {"reference": reference, "number": number, "all": found, "recall": recall}
    context |= _shown(after, recall, found)
    return render(request, "web/packages.html", context)


@require_GET
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show one referral: what its package says, every step, and what the reader may do with it."""
    read = view_referral(referral_id=referral_id, **parts_of(request))
    path = read.view.path
    context: dict[str, Any] = {"read": read, "view": read.view, "path": path, "content": read.content}
    context |= {
        "steps": [
            (one, read.cards[one.agency_id], read.words.get(one.number, "")) for one in reversed(read.view.kept.steps)
        ],
        "may_receive": read.is_for_you and path.state is ReferralState.SENT,
        "may_return": read.is_for_you and path.state in MAY_BE_RETURNED,
        "may_tell": read.is_for_you and path.state in TAKEN_AS,
        "may_take": _may_be_taken(read, officer_of(request).agency_id),
        "may_withdraw": read.place is not None and path.state is not ReferralState.WITHDRAWN,
        "may_print": read.content is not None and path.state is not ReferralState.WITHDRAWN,
        "reasons": list(ReturnReason),
        "roles": list(PersonRole),
        "disposals": list(Disposal),
        "ages": list(AgeBand),
        "terms": NATIONAL_TERMS.get(read.view.receiver.country, {}),
    }
    return render(request, "web/referral.html", context)


@require_POST
def preview(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Show the package about a suspect as it would be sent now; nothing is kept, and nobody is told."""
    draft = _draft(request)
    made = make_referral(reference=reference, number=number, person=person, draft=draft, **parts_of(request))
    context: dict[str, Any] = {"reference": reference, "number": number, "person": person, "draft": draft}
    context |= {"made": made, "content": made.content, "forms": FORMS}
    return render(request, "web/referral_preview.html", context)


@require_POST
@grave
def send(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Sign the package that was looked at, and hand it over."""
    made = send_referral(
        reference=reference,
        number=number,
        person=person,
        draft=_draft(request),
        sha256=request.POST.get("sha256", ""),
        signer=rooms().keys.signer(),
        **parts_of(request),
    )
    return redirect("referral", made)


@require_POST
@grave
def answer(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Receive, return or withdraw a referral, or tell what became of the person."""
    replies: dict[str, Callable[[HttpRequest, UUID], object]] = {
        "receive": _receive,
        "return": _return,
        "outcome": _tell,
        "take": _take,
        "withdraw": _withdraw,
    }
    reply = replies.get(request.POST.get("reply", ""))
    if reply is None:
        raise InputError("there is no such choice")
    reply(request, referral_id)
    return redirect("referral", referral_id)


@require_POST
@grave
def form(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Give out what hands the suspect over, as the form (PDF or text) or as CASE; that it was printed is kept."""
    kind = request.POST.get("as", "pdf")
    typesetter = Typesetter() if kind == "pdf" else None  # what is missing is told before
    letter = answers.write_referral_letter(referral_id=referral_id, **parts_of(request))
    if typesetter is not None:
        content, media_type, ending = pdf_of(letter.fields, typesetter), "application/pdf", "pdf"
    elif kind == "case":
        content, media_type, ending = referral_as_case(letter.fields), "application/ld+json", "jsonld"
    else:
        content, media_type, ending = text_of(letter.fields).encode(), "text/plain; charset=utf-8", "txt"
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="referral-{str(referral_id)[:8]}.{ending}"'
    return answer


def _after(request: HttpRequest) -> int:
    return place(request.GET.get("after", ""))


def _shown(after: int, *lists: Sequence[object]) -> dict[str, int | str | None]:
    """Return which part of these lists is shown, as a slice, and where they go on."""
    last = after + ROWS_A_PAGE
    return {"after": after, "shown": f"{after}:{last}", "next": last if any(len(one) > last for one in lists) else None}


def _may_be_taken(read: ReadReferral, agency_id: UUID) -> bool:
    """Return whether somebody of this agency may take a referral into a case."""
    kept, state = read.view.kept, read.view.path.state
    return agency_id == kept.package.receiver_id and kept.case is None and state in TAKEN_AS


def _draft(request: HttpRequest) -> ReferralDraft:
    sent = request.POST
    said = (sent.get(one, "").strip() for one in ("authority", "handling", "deconfliction", "contact"))
    return ReferralDraft(chosen(HandOver, sent.get("hand_over", "")), *said)


def _receive(request: HttpRequest, referral_id: UUID) -> None:
    answers.receive_referral(referral_id=referral_id, answer=_answer(request), **parts_of(request))


def _return(request: HttpRequest, referral_id: UUID) -> None:
    because = chosen(ReturnReason, request.POST.get("because", ""))
    answers.return_referral(referral_id=referral_id, returned=because, answer=_answer(request), **parts_of(request))


def _tell(request: HttpRequest, referral_id: UUID) -> None:
    sent = request.POST
    done = tuple(chosen(Disposal, one) for one in sent.getlist("done"))
    age = chosen(AgeBand, sent["age"]) if sent.get("age") else None
    outcome = PersonOutcome(1, chosen(PersonRole, sent.get("role", "")), done, age=age)
    answers.tell_referral_outcome(
        referral_id=referral_id, outcome=outcome, answer=_answer(request), **parts_of(request)
    )


def _take(request: HttpRequest, referral_id: UUID) -> None:
    take_referral(referral_id=referral_id, reference=request.POST.get("case", "").strip(), **parts_of(request))


def _withdraw(request: HttpRequest, referral_id: UUID) -> None:
    withdraw_referral(referral_id=referral_id, words=request.POST.get("words", ""), **parts_of(request))


def _answer(request: HttpRequest) -> answers.Answer:
    return answers.Answer(request.POST.get("words", "").strip(), document_digest(request))
