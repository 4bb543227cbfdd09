"""Which page has the button that sends an answer: the one way back from whatever could not be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from tsunagu.web.desk import number


@dataclass(frozen=True, slots=True)
class Button:
    """Where what sends an answer stands.

    Attributes:
        page: name of the page that has the button, or the form.
        called: what stands on the button, or above the form.
        kept: which of the address's arguments that page takes.
        is_read_too: whether the address itself is a page as well.
    """

    page: str
    called: str
    kept: tuple[str, ...] = ()
    is_read_too: bool = False


REFERENCE, OVERLAP, INTAKE, BANK, ALERT = ("reference",), ("overlap_id",), ("intake_id",), ("bank",), ("alert_id",)
REPORT = ("report_id",)
CALLED = ("reference", "called")
SERIES = ("series",)
LIST_OF_CASE = ("reference", "number")
TITLE, PERSON, REFERRAL = (*LIST_OF_CASE, "title"), (*LIST_OF_CASE, "person"), ("referral_id",)
BUTTONS = {
    "acknowledge": Button("overlap", _("Acknowledge"), OVERLAP),
    "alert_answer": Button("alert", _("Your answer"), ALERT),
    "alert_raise": Button("alert_draft", _("Raise the alert"), REFERENCE),
    "ask": Button("ask", _("Ask the banks"), is_read_too=True),
    "ask_file": Button("ask", _("Ask the banks")),
    "bank_find": Button("bank", _("Look for an item"), BANK),
    "bank_judge": Button("bank", _("Bank"), BANK),
    "bank_lists": Button("bank", _("Import a list"), BANK, is_read_too=True),
    "bank_rules": Button("bank", _("How it answers"), BANK),
    "bank_withdraw": Button("bank", _("Bank"), BANK),
    "banks": Button("banks", _("Open a bank"), is_read_too=True),
    "case_close": Button("case", _("Close the case"), REFERENCE),
    "case_comparisons": Button("case_comparisons", _("Ask another installation"), REFERENCE, is_read_too=True),
    "case_delete": Button("case_delete", _("Delete a case"), REFERENCE, is_read_too=True),
    "case_export": Button("case", _("Export the case"), REFERENCE),
    "case_keep": Button("case", _("Keep until then"), REFERENCE),
    "case_list_compare": Button("case_list", _("Compare its rows"), LIST_OF_CASE),
    "case_list_mapping": Button("case_list_new", _("Bring in a seized list"), REFERENCE),
    "case_list_import": Button("case_list_new", _("Bring in a seized list"), REFERENCE),
    "case_list_preview": Button("case_list_new", _("Bring in a seized list"), REFERENCE),
    "case_list_prefectures": Button("case_list_prefectures", _("Decide prefectures"), LIST_OF_CASE, is_read_too=True),
    "case_list_review": Button("case_list_review", _("Review pairs"), LIST_OF_CASE, is_read_too=True),
    "case_list_title": Button("case_list_title", _("Assess it"), TITLE, is_read_too=True),
    "case_list_titles": Button("case_list_titles", _("Enter a title"), LIST_OF_CASE, is_read_too=True),
    "case_person_decide": Button("case_list_person", _("How he stands"), PERSON),
    "case_person_package": Button("case_list_person", _("Refer him to the force of where he lives"), PERSON),
    "case_person_record": Button("case_list_person", _("The five points"), PERSON),
    "case_person_send": Button("case_list_person", _("Refer him to the force of where he lives"), PERSON),
    "case_reopen": Button("case", _("Reopen"), REFERENCE),
    "cases": Button("cases", _("Open a case"), is_read_too=True),
    "certify": Button("officers", _("Certify for a year")),
    "clue_sign": Button("clues", _("Sign this list"), REFERENCE),
    "clue_withdraw": Button("clues", _("Take back"), REFERENCE),
    "clues": Button("clues", _("Enter a clue"), REFERENCE, is_read_too=True),
    "comparison_acknowledge": Button("comparisons", _("Compared at other installations")),
    "comparison_withdraw": Button("comparisons", _("Compared at other installations")),
    "confirm": Button("proposals", _("Confirm")),
    "case_enquiries": Button("case_enquiries", _("Enter an enquiry"), REFERENCE, is_read_too=True),
    "case_person_ask": Button("case_list_person", _("Ask the force of where he lives"), PERSON),
    "enquiry_request_answer": Button("enquiry_request", _("Your answer"), ("request_id",)),
    "enquiry_request_letter": Button("enquiry_request", _("The Japanese letter (PDF)"), ("request_id",)),
    "one_person": Button(
        "one_person", _("State how this person stands now"), ("reference", "called"), is_read_too=True
    ),
    "one_person_identity": Button("one_person", _("Read the identity"), CALLED),
    "one_person_withdraw": Button("one_person", _("Withdraw the person"), CALLED),
    "own_statistics": Button("own_statistics", _("Freeze the figures of a year"), is_read_too=True),
    "enquiry_answer": Button("case_enquiries", _("Enter the result"), REFERENCE),
    "erasures": Button("ledger", _("Proof of erasure"), is_read_too=True),
    "intake": Button("intake", _("Bring in an exhibit"), REFERENCE, is_read_too=True),
    "intake_again": Button("intake_run", _("Bring in an exhibit"), INTAKE),
    "intake_chunk": Button("intake_run", _("Bring in an exhibit"), INTAKE),
    "intake_files": Button("intake_run", _("Bring in an exhibit"), INTAKE),
    "intake_finish": Button("intake_run", _("Bring in an exhibit"), INTAKE),
    "intake_folder": Button("intake", _("Bring in an exhibit"), REFERENCE),
    "intake_stop": Button("intake_run", _("Bring in an exhibit"), INTAKE),
    "judge": Button("overlap", _("Judgement"), OVERLAP),
    "key_end": Button("keys", _("API keys")),
    "keys": Button("keys", _("Make a key"), is_read_too=True),
    "leave": Button("officers", _("Let an officer leave"), is_read_too=True),
    "list_chunk": Button("banks", _("Import a list")),
    "list_files": Button("banks", _("Import a list")),
    "list_finish": Button("banks", _("Import a list")),
    "list_stop": Button("banks", _("Import a list")),
    "officers": Button("officers", _("Propose an officer"), is_read_too=True),
    "persons": Button("persons", _("Persons"), REFERENCE, is_read_too=True),
    "persons_recalls": Button("persons_recalls", _("Enter the answer"), REFERENCE, is_read_too=True),
    "permission_confirm": Button("permissions", _("Permissions")),
    "permission_withdraw": Button("permissions", _("Permissions")),
    "permissions": Button("permissions", _("Permissions"), is_read_too=True),
    "provider_bind": Button("provider", _("Single sign-on")),
    "provider_sign_in": Button("account_login", _("Sign in")),
    "provider_unbind": Button("provider", _("Single sign-on")),
    "referral_answer": Button("referral", _("Your answer"), REFERRAL),
    "referral_form": Button("referral", _("The form on paper"), REFERRAL),
    "refuse": Button("proposals", _("Proposals")),
    "release": Button("overlap", _("Release"), OVERLAP),
    "report_act": Button("report", _("What you do with it"), REPORT),
    "report_letter": Button("report", _("The latest answer as a text"), REPORT),
    "report_new": Button("report_new", _("Enter a report"), is_read_too=True),
    "reset": Button("officers", _("Lost second factor")),
    "retention": Button("retention", _("Retention"), is_read_too=True),
    "reveal": Button("case", _("Reveal"), REFERENCE),
    "series_board": Button("series_board", _("Open a series"), is_read_too=True),
    "series_change": Button("series", _("Series"), SERIES),
    "series_comparisons": Button("series_comparisons", _("Ask another installation"), SERIES, is_read_too=True),
    "series_guests": Button("series_guests", _("Guests"), SERIES, is_read_too=True),
    "series_publish": Button("series", _("Publish to a bank"), SERIES),
    "series_submissions": Button("series_submissions", _("Submitted"), SERIES, is_read_too=True),
    "set_language": Button("home", _("Home")),
    "share": Button("overlap", _("Share"), OVERLAP),
    "staff": Button("case", _("Let work on this case"), REFERENCE),
    "submission": Button("submission", _("Submitted to your agency"), ("submission_id",), is_read_too=True),
    "unstaff": Button("case", _("Let leave"), REFERENCE),
    "visit": Button("visit", _("Your answer"), ("guest_id",), is_read_too=True),
    "withdraw": Button("case", _("Withdraw an exhibit"), REFERENCE, is_read_too=True),
}
"""By the name of the address that takes the answer."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """The way from an answer that was refused to the form that sent it: its address, and what it is called."""

    path: str
    called: str


def way_back(request: HttpRequest) -> WayBack | None:
    """Return the way to the form from which a request came; None where it came from none, or from this very page."""
    button = _button(request)
    if button is None or (_is_reading(request) and button is BUTTONS.get(button.page)):
        return None
    return WayBack(_path(request, button), button.called)


def page_of(request: HttpRequest) -> str:
    """Return the address that shows again what the officer had before him: of an answer, the page with its button."""
    button = _button(request)
    if button is None or (button.is_read_too and _is_reading(request)):
        return request.get_full_path()
    return _path(request, button)


def _is_reading(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"}


def _button(request: HttpRequest) -> Button | None:
    match = request.resolver_match
    return BUTTONS.get(match.url_name or "") if match else None


def _path(request: HttpRequest, button: Button) -> str:
    """Return the address of the page with a button; a hit's button may be on a later page of its overlap."""
    arguments = request.resolver_match.kwargs if request.resolver_match else {}
    path = reverse(button.page, kwargs={name: arguments[name] for name in button.kept})
    after = number(request.GET.get("after", ""))
    return f"{path}?after={after}" if after else path
