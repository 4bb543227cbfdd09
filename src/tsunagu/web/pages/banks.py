"""Banks: listed, opened, switched; their items looked for, judged, released and withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.bank import MOST_RADIUS_BITS, BankRules, BankSemantics, Opinion
from tsunagu.domain.look_up import TYPES, Query
from tsunagu.exchange.reading import Of256Bits
from tsunagu.exchange.registry import READERS
from tsunagu.services.banks.judging import judge_item, release_item, withdraw_item
from tsunagu.services.banks.ownership import change_bank, list_banks, open_bank, view_bank
from tsunagu.services.banks.search import find_items, view_item
from tsunagu.services.intake.list_uploads import list_progress
from tsunagu.web.desk import chosen, day, parts_of, whole
from tsunagu.web.rooms import rooms
from tsunagu.web.sign_in.proof import grave

MOST_PERCENT = 100
NAME = "name"
RELEASE = "release"


@require_http_methods(["GET", "POST"])
@grave
def banks(request: HttpRequest) -> HttpResponse:
    """List the agency's banks, or open one."""
    if request.method == "POST":
        name = request.POST.get("name", "")
        open_bank(
            name=name,
            semantics=chosen(BankSemantics, request.POST.get("semantics", "")),
            legal_ground=request.POST.get("legal_ground", ""),
            rules=_rules(request, is_new=True),
            **parts_of(request),
        )
        return redirect("bank", name)
    found = list_banks(**parts_of(request))
    context = {"banks": found, "semantics": list(BankSemantics), "rules": BankRules()}
    return render(request, "web/banks.html", context | _bounds())


@require_GET
def page(request: HttpRequest, bank: str) -> HttpResponse:
    """Show one bank with what its officers decide on."""
    return render(request, "web/bank.html", shown_bank(request, bank))


def shown_bank(request: HttpRequest, bank: str) -> dict[str, Any]:
    """Return what the page of a bank shows."""
    parts = parts_of(request)
    view = view_bank(name=bank, **parts)
    lists = list_progress(bank=bank, uploads=rooms().uploads, **parts)
    context = {
        "view": view,
        "bank": view.bank,
        "rules": view.bank.rules,
        "lists": lists,
        "under_way": any(not one.state.has_ended for one in lists),
        "formats": sorted(READERS),
        "hex_is": list(Of256Bits),
        "types": TYPES,
    }
    return context | _bounds()


@require_POST
@grave
def rules(request: HttpRequest, bank: str) -> HttpResponse:
    """Let a bank answer by other rules from now on."""
    sent = _rules(request, is_new=False)
    ground = request.POST.get("legal_ground") or None
    change_bank(name=bank, changed=lambda _: sent, legal_ground=ground, **parts_of(request))
    return redirect("bank", bank)


@require_POST
def find(request: HttpRequest, bank: str) -> HttpResponse:
    """Show the item of a name, or what the bank holds under a digest or near a fingerprint.

    What is looked for is posted: an address would stay in the browser's history.
    """
    typed, kind = request.POST.get("what", "").strip(), request.POST.get("type", "")
    if kind == NAME:
        return _shown_item(request, bank, typed)
    search = find_items(name=bank, query=Query.of_hex(typed, kind), known=rooms().known(), **parts_of(request))
    context = {"search": search, "bank": search.bank, "types": TYPES, "what": typed, "kind": kind}
    return render(request, "web/bank_found.html", context)


@require_GET
def item(request: HttpRequest, bank: str, item_id: UUID) -> HttpResponse:
    """Show one item of a bank, with what can be said of it."""
    return _shown_item(request, bank, str(item_id))


@require_POST
def judge(request: HttpRequest, bank: str, item_id: UUID) -> HttpResponse:
    """Confirm an item, dispute it, take that back, or let it out of quarantine."""
    said = request.POST.get("opinion", "")
    if said == RELEASE:
        release_item(name=bank, item=str(item_id), **parts_of(request))
        return redirect("bank", bank)
    opinion = None if said == "none" else chosen(Opinion, said)
    judge_item(name=bank, item=str(item_id), opinion=opinion, **parts_of(request))
    return redirect("bank_item", bank, item_id)


@require_POST
@grave
def withdraw(request: HttpRequest, bank: str, item_id: UUID) -> HttpResponse:
    """Withdraw an item for good."""
    withdraw_item(name=bank, item=str(item_id), **parts_of(request))
    return redirect("bank", bank)


def _shown_item(request: HttpRequest, bank: str, name: str) -> HttpResponse:
    found, one = view_item(name=bank, item=name, **parts_of(request))
    return render(request, "web/bank_item.html", {"bank": found, "item": one, "name": name})


def _rules(request: HttpRequest, *, is_new: bool) -> BankRules:
    """Return the rules that a form sends: of its boxes those that are ticked alone. A new bank is on."""
    sent, usual = request.POST, BankRules()
    radius, share = (str(usual.radius_bits), str(usual.share_percent)) if is_new else ("", "")
    return BankRules(
        radius_bits=whole(sent.get("radius", radius), most=MOST_RADIUS_BITS),
        is_on=is_new or "on" in sent,
        is_open="open" in sent,
        share_percent=whole(sent.get("share", share), most=MOST_PERCENT),
        expires_on=day(sent.get("expires", "")),
    )


def _bounds() -> dict[str, Any]:
    return {"most_radius": MOST_RADIUS_BITS, "most_percent": MOST_PERCENT}
