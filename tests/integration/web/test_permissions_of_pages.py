"""Whoever asks a page for what is not his learns nothing, not even whether it is there; who is entitled succeeds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tsunagu.domain.permission import BY_GRANT, Permission, Role

from ..brought import SERVICES  # noqa: TID252 - tests are no package with a name
from ..compared import series_to_compare  # noqa: TID252 - tests are no package with a name
from ..enquired import SOON  # noqa: TID252 - tests are no package with a name
from ..frozen import BY_PAGE, WHO  # noqa: TID252 - likewise
from ..guested import OF_GUESTS  # noqa: TID252 - likewise
from ..peopled import OF_PERSONS  # noqa: TID252 - likewise
from ..scene import OVERSEES, Scene  # noqa: TID252 - tests are no package with a name
from ..series_scene import BESIDE, DOOR_ARGUMENTS, PAGE_CHANGES  # noqa: TID252 - likewise
from ..submitted import OF_RECEIVERS  # noqa: TID252 - likewise
from ..test_permissions import IN_THE_BROWSER, REFINES  # noqa: TID252 - tests are no package with a name
from ..world import random_name  # noqa: TID252 - tests are no package with a name
from .test_doors import OPEN_URLS, patterns
from .visitors import Visitor, seen

OTHER_AGENCIES = ("ben", "cleo", "carl")
ANSWERS = Permission.REFERRAL_ANSWER
DRAFT = {"hand_over": "designation", "authority": "an article", "handling": "none", "deconfliction": "nobody"}
ASSESSMENT = {"jurisdiction": "JP", "value": "lawful", "from_on": "2015-07-15", "reason": "w"}
ALLEGED = {"conduct": "JP possession", "act_on": "2016-05-01"}
PAGES_OF_THE_GATE: tuple[tuple[str, str, Permission, dict[str, str] | None, int], ...] = (
    ("case_list_titles", "list_titles", Permission.TITLE_ASSESS, None, 200),
    ("case_list_titles", "add_title", Permission.TITLE_ASSESS, {"title": "{new}"}, 302),
    ("case_list_title", "view_title", Permission.TITLE_ASSESS, None, 200),
    ("case_list_title", "assess_title", Permission.TITLE_ASSESS, ASSESSMENT, 302),
    ("case_list_persons", "list_persons", Permission.GATE_RECORD, None, 200),
    ("case_list_person", "view_person", Permission.GATE_RECORD, None, 200),
    *(
        ("case_person_decide", service, Permission.GATE_DECIDE, {"decision": word, "reason": "w", **typed}, status)
        for word, service, typed, status in (
            ("take-up", "take_up", ALLEGED, 302),
            ("promote", "promote", {}, 409),
            ("juvenile", "send_to_juvenile_way", {"age_at_act": "15", "age_now": "16"}, 422),
        )
    ),
    (
        "case_person_record",
        "record_fact",
        Permission.GATE_RECORD,
        {"fact": "welfare", "suicide": "s", "children": "c"},
        302,
    ),
    ("case_person_package", "make_referral", Permission.REFERRAL_SEND, DRAFT, 409),
    ("case_person_send", "send_referral", Permission.REFERRAL_SEND, {**DRAFT, "sha256": "0f" * 32}, 409),
    ("case_person_decide", "drop", Permission.GATE_DECIDE, {"decision": "drop", "reason": "w"}, 302),
    ("case_person_ask", "ask_force", Permission.GATE_RECORD, {"wanted": "born", "authority": "a", "until": SOON}, 409),
    ("case_list_packages", "packages_of_list", Permission.REFERRAL_READ, None, 200),
)

"""Of the second person of the list, who is no suspect."""
OF_JUVENILES = {"entitled": "june", "strangers": ("jasper",), "unfit": ("anna", "adam", "carl")}
HANDED_OVER = {"decision": "hand-over", "office": "o", "reason": "w"}
pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")
GRANTERS = {"entitled": "adam", "strangers": ("bella",), "unfit": ("carl", "audra")}
CONFIRMERS = {"strangers": ("ben", "cleo"), "unfit": ("carl", "audra")}
ADMINISTRATORS_ALONE = {"entitled": "adam", "strangers": ("bella",), "unfit": ("anna", "carl", "audra")}

OF_REPORTS = ("ben", "cleo")
OF_FORMS = ("report beside", "staffed case", "guest proposed", "guest ending", "submission withdrawing")
ASKED_BEYOND = {"to": "{beyond}", "until": "", "reason": "w"}
REPORTED = {"source_kind": "public", "source": "s", "source_reference": "{new}", "text": "t"}


@dataclass(frozen=True)
class Page:
    """A page or an answer to one, and who must find it closed.

    Attributes:
        target: the kind of what is asked for, all of it A's; None where the page lists what the asker has.
        typed: what the form sends; `{new}` stands for a new name, `{self}` for the login of who is entitled,
            `{colleague}` for that of one who works on the staffed case.
        asked: what is asked for in the address.
        named_in: the part of the address that names the target, where it is none of the path.
        service: the service behind it.
        status: how the entitled are answered.
    """

    name: str
    service: str
    permission: Permission
    target: str | None = None
    typed: dict[str, str] | None = None
    entitled: str = "anna"
    strangers: tuple[str, ...] = ("cleo", "carl")
    unfit: tuple[str, ...] = ("adam", "audra")
    status: int = 200
    asked: dict[str, str] = field(default_factory=dict)
    named_in: str = ""

    def __str__(self) -> str:
        return f"{self.name} {'GET' if self.typed is None else 'POST'}"

    def ask(self, scene: Scene, name: str, target: str = "") -> HttpResponse:
        """Ask as one of the scene's people."""
        path = reverse(self.name, kwargs={} if self.named_in else _arguments(scene, self.name, target))
        visitor = Visitor(scene.world).sits_down_as(scene.people[name])
        if self.typed is None:
            return visitor.get(path, **self.asked, **({self.named_in: target} if self.named_in else {}))
        known = {
            "new": random_name("new"),
            "self": scene.people[self.entitled].login,
            "colleague": scene.targets["helper"],
            "above": scene.targets["above"],
            "taken": scene.targets["taken"],
            **{one.replace(" ", "_"): scene.targets[one] for one in OF_FORMS},
            "seal": scene.targets["seal"],
            "beyond": scene.targets["beyond"],
            **{one.replace(" ", "_"): scene.targets[one] for one in (*DOOR_ARGUMENTS, *BESIDE)},
        }
        typed: dict[str, Any] = {one.format(**known): text.format(**known) for one, text in self.typed.items()}
        return visitor.post(path, **typed)


PAGES = (
    Page("cases", "list_cases", Permission.CASE_READ, strangers=OTHER_AGENCIES),
    Page(
        "cases",
        "open_case",
        Permission.CASE_OPEN,
        typed={"reference": "{new}", "purpose": "investigation"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page("case", "view_case", Permission.CASE_READ, "case", strangers=OTHER_AGENCIES),
    Page("items", "page_holdings", Permission.MEDIA_READ, "case", strangers=OTHER_AGENCIES),
    *(
        Page(name, service, permission, "case", typed, strangers=OTHER_AGENCIES, status=200 if typed is None else 302)
        for name, service, permission, typed in (
            ("case_lists", "lists_of_case", Permission.SEIZED_LIST_READ, None),
            ("case_list_new", "lists_to_read_like", Permission.SEIZED_LIST_IMPORT, None),
            ("case_list_compare", "ask_to_resolve", Permission.SEIZED_LIST_IMPORT, {}),
            ("case_list_state", "is_being_compared", Permission.SEIZED_LIST_READ, None),
            ("case_list", "view_list", Permission.SEIZED_LIST_READ, None),
            ("case_list_refused", "refused_of_list", Permission.SEIZED_LIST_READ, None),
            ("case_list_review", "list_pairs", Permission.SEIZED_LIST_REVIEW, None),
            (
                "case_list_review",
                "answer_pair",
                Permission.SEIZED_LIST_REVIEW,
                {"answer": "unsure:1-2", "reason": "as seen"},
            ),
            ("case_list_prefectures", "list_persons_to_place", Permission.SEIZED_LIST_REVIEW, None),
            (
                "case_list_prefectures",
                "decide_prefecture",
                Permission.SEIZED_LIST_REVIEW,
                {"rows": "3", "prefecture": "23", "reason": "as seen"},
            ),
        )
    ),
    *(
        Page(name, service, permission, "case", typed, strangers=OTHER_AGENCIES, status=status)
        for name, service, permission, typed, status in PAGES_OF_THE_GATE
    ),
    Page(
        "case_person_decide",
        "hand_over_juvenile",
        Permission.JUVENILE_HANDLE,
        "case",
        HANDED_OVER,
        status=409,
        **OF_JUVENILES,
    ),
    Page("referrals", "browse_referrals", Permission.REFERRAL_READ),
    Page("referral", "view_referral", Permission.REFERRAL_READ, "referral told", strangers=OTHER_AGENCIES),
    *(
        Page(
            name,
            service,
            permission,
            f"referral {word}",
            typed,
            entitled=who,
            strangers=OTHER_AGENCIES,
            status=200 if name == "referral_form" else 302,
        )
        for name, service, permission, word, typed, who in (
            ("referral_form", "write_referral_letter", Permission.REFERRAL_READ, "told", {"as": "text"}, "anna"),
            ("referral_answer", "receive_referral", ANSWERS, "received", {"reply": "receive"}, "dora"),
            (
                "referral_answer",
                "return_referral",
                ANSWERS,
                "returned",
                {"reply": "return", "because": "moved"},
                "dora",
            ),
            (
                "referral_answer",
                "tell_referral_outcome",
                ANSWERS,
                "answered",
                {"reply": "outcome", "role": "suspect"},
                "dora",
            ),
            ("referral_answer", "take_referral", ANSWERS, "taken", {"reply": "take", "case": "{taken}"}, "dora"),
            (
                "referral_answer",
                "withdraw_referral",
                Permission.REFERRAL_SEND,
                "withdrawn",
                {"reply": "withdraw", "words": "w"},
                "anna",
            ),
        )
    ),
    Page("clues", "view_clues", Permission.MEDIA_READ, "case", strangers=OTHER_AGENCIES),
    Page(
        "clues",
        "record_clue",
        Permission.CLUE_RECORD,
        "case",
        {"item": "1", "kind": "object", "text": "a lamp", "bearing": "neutral"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page(
        "clue_withdraw",
        "withdraw_clue",
        Permission.CLUE_RECORD,
        "case",
        {"reason": "seen wrongly"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page(
        "clue_sign",
        "sign_assessment",
        Permission.COUNTRY_ASSESS,
        "shared case",
        {"state": "probable", "statement": "as seen", "seal": "{seal}"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page(
        "staff", "staff_case", Permission.CASE_STAFF, "case", {"login": "{self}"}, strangers=OTHER_AGENCIES, status=302
    ),
    Page(
        "unstaff",
        "unstaff_case",
        Permission.CASE_STAFF,
        "staffed case",
        {"login": "{colleague}"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page("case_graph", "view_case_graph", Permission.CASE_READ, "case", strangers=OTHER_AGENCIES),
    Page("case_export", "export_case", Permission.CASE_EXPORT, "case", {}, strangers=OTHER_AGENCIES),
    Page("case_close", "close_case", Permission.CASE_CLOSE, "closable case", {}, strangers=OTHER_AGENCIES, status=302),
    Page(
        "case_reopen",
        "reopen_case",
        Permission.CASE_CLOSE,
        "closed case",
        {"reason": "new facts"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page(
        "case_keep",
        "keep_case",
        Permission.CASE_KEEP,
        "staffed case",
        {"until": f"{datetime.now(UTC).date() + timedelta(days=40)}", "reason": "needed"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page("retention", "read_retention", Permission.RETENTION_SET, **ADMINISTRATORS_ALONE),
    Page(
        "retention",
        "set_retention",
        Permission.RETENTION_SET,
        typed={"months": "70"},
        **ADMINISTRATORS_ALONE,
        status=302,
    ),
    Page(
        "erasures",
        "prove_erasures",
        Permission.LEDGER_READ,
        "wrong case",
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl", "adam"),
        named_in="case",
    ),
    Page("case_delete", "view_deletion", Permission.CASE_DELETE, "staffed case", strangers=OTHER_AGENCIES),
    *(
        Page(
            "case_delete",
            f"{act}_deletion",
            Permission.CASE_DELETE,
            kind,
            {"act": act, "ground": "ordered"},
            entitled=who,
            strangers=OTHER_AGENCIES,
            status=302,
        )
        for act, kind, who in (
            ("propose", "staffed case", "anna"),
            ("withdraw", "staffed case", "anna"),
            ("confirm", "doomed case", "helper"),
        )
    ),
    Page(
        "withdraw",
        "withdrawal_consequences",
        Permission.EXHIBIT_WITHDRAW,
        "wrong case",
        asked={"exhibit": "wrong"},
        strangers=OTHER_AGENCIES,
    ),
    Page(
        "withdraw",
        "withdraw_exhibit",
        Permission.EXHIBIT_WITHDRAW,
        "wrong case",
        {"exhibit": "wrong", "ground": "ordered"},
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page("overlaps", "list_notices", Permission.OVERLAP_READ),
    Page("overlap", "view_overlap", Permission.OVERLAP_READ, "shared"),
    Page("acknowledge", "acknowledge", Permission.NOTICE_ACKNOWLEDGE, "overlap", {}, status=302),
    Page("share", "share", Permission.OVERLAP_SHARE, "overlap", {}, status=302),
    Page(
        "release",
        "release",
        Permission.HELD_NOTICE_RELEASE,
        "held",
        {},
        strangers=("cleo",),
        unfit=("adam", "audra", "carl"),
        status=302,
    ),
    Page("overlap_hit", "view_overlap", Permission.OVERLAP_READ, "hit"),
    Page("judge", "judge_hit", Permission.HIT_JUDGE, "hit", {"answer": "unsure"}, status=302),
    Page("notices", "list_notices", Permission.NOTICE_READ),
    Page("alerts", "list_alerts", Permission.ALERT_READ),
    Page("alerts_overdue", "list_overdue", Permission.ALERT_READ),
    Page("alert_draft", "alert_basis", Permission.ALERT_RAISE, "shared case", strangers=OTHER_AGENCIES),
    Page(
        "alert_raise",
        "raise_alert",
        Permission.ALERT_RAISE,
        "shared case",
        {
            "to": "{above}",
            "grounds": "DK=0.5, jp=0.25",
            "finding": "a bell",
            "priority": "normal",
            "purpose": "investigation",
            "days": "30",
            "key": "{new}",
        },
        strangers=OTHER_AGENCIES,
        status=302,
    ),
    Page("alert", "view_alert", Permission.ALERT_READ, "alert"),
    *(
        Page("alert_answer", service, permission, target, {**typed, "key": "{new}"}, entitled=entitled, status=302)
        for service, permission, target, entitled, typed in (
            ("withdraw_alert", Permission.ALERT_RAISE, "alert withdrawn", "anna", {"step": "withdraw", "words": "w"}),
            ("acknowledge_alert", Permission.ALERT_ANSWER, "alert", "dora", {"step": "acknowledge"}),
            (
                "refuse_alert",
                Permission.ALERT_ANSWER,
                "alert refused",
                "dora",
                {"step": "refuse", "because": "wrong-country", "words": "w"},
            ),
            ("pass_alert", Permission.ALERT_ANSWER, "alert passed", "dora", {"step": "back", "words": "w"}),
            ("write_note", Permission.ALERT_ANSWER, "alert", "dora", {"step": "note", "words": "w"}),
            ("take_alert", Permission.ALERT_ANSWER, "alert taken", "dora", {"step": "take"}),
            (
                "tell_outcome",
                Permission.ALERT_ANSWER,
                "alert taken",
                "dora",
                {"step": "outcome", "safeguarded": "1", "school-high": "1", "method-selfie": "1", "words": "w"},
            ),
        )
    ),
    *(
        Page(name, service, permission, target, typed, strangers=OF_REPORTS, status=302 if typed else 200)
        for name, service, permission, target, typed in (
            ("reports", "list_reports", Permission.REPORT_READ, None, None),
            ("reports_passed_on", "list_passed_on", Permission.REPORT_READ, None, None),
            ("report_new", "enter_report", Permission.REPORT_ENTER, None, REPORTED),
            ("report", "view_report", Permission.REPORT_READ, "report told", None),
            ("report_letter", "write_report_letter", Permission.REPORT_ANSWER, "report answered", {}),
            *(
                ("report_act", service, permission, f"report {word}", {"deed": deed, "reason": "w", **typed})
                for service, permission, word, deed, typed in (
                    ("set_risk", Permission.REPORT_HANDLE, "at risk", "risk", {}),
                    ("answer_report", Permission.REPORT_ANSWER, "told", "answer", {"words": "w"}),
                    ("join_report", Permission.REPORT_HANDLE, "joined", "join", {"other": "{report_beside}"}),
                    ("merge_report", Permission.REPORT_HANDLE, "merged", "merge", {"case": "{staffed_case}"}),
                    ("close_report", Permission.REPORT_HANDLE, "closed", "close", {}),
                    ("put_back_report", Permission.REPORT_HANDLE, "waiting", "back", {}),
                    ("assign_report", Permission.REPORT_HANDLE, "assigned", "assign", {"to": "{above}"}),
                )
            ),
        )
    ),
    *(
        Page(name, service, permission, "case", typed, strangers=OTHER_AGENCIES, status=200 if typed is None else 302)
        for name, service, permission, typed in (
            ("case_enquiries", "list_enquiries", Permission.CASE_READ, None),
            ("case_enquiries", "record_enquiry", Permission.ENQUIRY_RECORD, {"what": "w", "to": "t", "until": SOON}),
            ("enquiry_answer", "answer_enquiry", Permission.ENQUIRY_RECORD, {"result": "found", "words": "w"}),
        )
    ),
    *(Page(**one, strangers=OTHER_AGENCIES) for one in OF_PERSONS),
    Page("enquiries_overdue", "list_overdue_enquiries", Permission.CASE_READ),
    Page("enquiry_requests", "list_enquiry_requests", Permission.REFERRAL_READ),
    *(
        Page(name, service, permission, f"request {word}", typed, **who, strangers=OTHER_AGENCIES, status=status)
        for name, service, permission, word, typed, who, status in (
            ("enquiry_request", "view_enquiry_request", Permission.REFERRAL_READ, "told", None, {}, 200),
            ("enquiry_request_letter", "write_enquiry_letter", Permission.REFERRAL_READ, "told", {}, {}, 200),
            (
                "enquiry_request_answer",
                "answer_enquiry_request",
                ANSWERS,
                "answered on a page",
                {"residence": "confirmed"},
                {"entitled": "dora"},
                302,
            ),
        )
    ),
    Page("law", "rules_in_use", Permission.LAW_READ, strangers=("ben", "cleo"), unfit=("audra",)),
    Page("own_statistics", "list_vintages", Permission.STATISTIC_READ, **WHO),
    Page("vintage", "read_vintage", Permission.STATISTIC_READ, "vintage", **WHO),
    Page(
        "own_statistics",
        "freeze_figures",
        Permission.STATISTIC_FREEZE,
        typed={"year": str(BY_PAGE), "status": "final"},
        status=302,
        **WHO,
    ),
    Page("case_reports", "reports_of_case", Permission.REPORT_READ, "case", strangers=OTHER_AGENCIES),
    Page("banks", "list_banks", Permission.BANK_READ, strangers=("ben", "cleo")),
    Page(
        "banks",
        "open_bank",
        Permission.BANK_CHANGE,
        typed={"name": "{new}", "legal_ground": "a law", "semantics": "benign"},
        strangers=("ben", "cleo"),
        status=302,
    ),
    Page("bank", "view_bank", Permission.BANK_READ, "bank", strangers=("ben", "cleo")),
    Page("bank_item", "view_item", Permission.BANK_READ, "bank", strangers=("ben", "cleo")),
    *(
        Page(name, service, permission, "bank", typed, strangers=("ben", "cleo"), status=status)
        for name, service, permission, typed, status in (
            ("bank_find", "find_items", Permission.BANK_READ, {"what": "00" * 16, "type": "md5"}, 200),
            ("bank_rules", "change_bank", Permission.BANK_CHANGE, {"radius": "20", "share": "100", "on": "on"}, 302),
            ("bank_judge", "judge_item", Permission.BANK_CHANGE, {"opinion": "confirmed"}, 302),
            ("bank_withdraw", "withdraw_item", Permission.BANK_CHANGE, {}, 302),
            ("bank_lists", "begin_list", Permission.BANK_CHANGE, {"name": "n", "size": "2", "format": "csv"}, 201),
        )
    ),
    Page("series_board", "list_series", Permission.SERIES_READ, strangers=OTHER_AGENCIES),
    Page("series_counter", "count_series", Permission.SERIES_READ, strangers=OTHER_AGENCIES),
    Page(
        "series_board",
        "open_series",
        Permission.SERIES_CHANGE,
        typed={"name": "{new}", "case": "{series_case}"},
        strangers=(),
        status=302,
    ),
    Page("series", "view_series", Permission.SERIES_READ, "series", strangers=OTHER_AGENCIES),
    *(
        Page("series_change", service, permission, "series", typed, strangers=OTHER_AGENCIES, status=302)
        for service, permission, typed in PAGE_CHANGES
    ),
    Page(
        "series_change",
        "set_status",
        Permission.SERIES_CLOSE,
        "ended series",
        {"act": "status", "status": "not_illegal", "reason": "why"},
        strangers=("ben", "cleo"),
        unfit=("adam", "audra", "carl"),
        status=302,
    ),
    *(
        Page(
            "series_publish",
            service,
            Permission.SERIES_PUBLISH,
            "circulating series",
            {"act": act, "bank": "{platform_bank}", "reason": "why"},
            strangers=("ben", "cleo"),
            unfit=("adam", "audra", "carl"),
            status=302,
        )
        for act, service in (("publish", "publish_series"), ("withdraw", "withdraw_published"))
    ),
    Page("series_guests", "list_guests", Permission.SERIES_READ, "looked-at series", strangers=OTHER_AGENCIES),
    *(
        Page(
            "series_guests",
            service,
            Permission.GUEST_INVITE,
            "looked-at series",
            typed,
            strangers=OTHER_AGENCIES,
            status=302,
        )
        for service, typed in (
            (
                "propose_guest",
                {"act": "propose", "to": "{guest_agency}", "login": "{new}", "words": "w", "until": SOON},
            ),
            ("confirm_guest", {"act": "confirm", "guest": "{guest_proposed}"}),
            ("end_guest", {"act": "end", "guest": "{guest_ending}"}),
        )
    ),
    Page(
        "series_submissions", "list_submissions", Permission.SERIES_READ, "submitted series", strangers=OTHER_AGENCIES
    ),
    *(
        Page(
            "series_submissions",
            service,
            Permission.SUBMISSION_SEND,
            "submitted series",
            typed,
            strangers=OTHER_AGENCIES,
            status=302,
        )
        for service, typed in (
            (
                "submit_series",
                {
                    "act": "submit",
                    "to": "{guest_agency}",
                    "name": "{new}",
                    "purpose": "investigation",
                    "until": SOON,
                    "reason": "w",
                },
            ),
            ("withdraw_submission", {"act": "end", "submission": "{submission_withdrawing}", "reason": "w"}),
        )
    ),
    Page("comparisons", "list_comparisons", Permission.SERIES_READ, strangers=OTHER_AGENCIES),
    *(
        Page(
            name,
            service,
            permission,
            target,
            typed,
            strangers=OTHER_AGENCIES if service != "ask_comparison" and "with" not in name else ("ben", "cleo"),
            status=200 if typed is None else 302,
        )
        for name, service, permission, target, typed in (
            ("series_comparisons", "list_comparisons", Permission.SERIES_READ, "comparable series", None),
            ("case_comparisons", "list_comparisons", Permission.SERIES_READ, "comparable", None),
            ("series_comparisons", "ask_comparison", Permission.COMPARISON_ASK, "comparable series", ASKED_BEYOND),
            ("case_comparisons", "ask_comparison", Permission.COMPARISON_ASK, "comparable", ASKED_BEYOND),
            ("comparison_acknowledge", "acknowledge_comparison", Permission.NOTICE_ACKNOWLEDGE, "comparison", {}),
            ("comparison_withdraw", "withdraw_comparison", Permission.COMPARISON_ASK, "comparison", {}),
        )
    ),
    Page("submissions", "list_received", Permission.SUBMISSION_RECEIVE, entitled="ben", unfit=("adam", "bella")),
    *(
        Page(
            "submission",
            service,
            Permission.SUBMISSION_RECEIVE,
            target,
            typed,
            status=302 if typed else 200,
            **OF_RECEIVERS,
        )
        for service, target, typed in (
            ("view_received", "submission", None),
            ("take_submission", "submission taking", {"act": "take", "name": "{new}"}),
            ("reject_submission", "submission rejecting", {"act": "reject", "why": "other", "words": "w"}),
        )
    ),
    Page("visits", "list_visits", Permission.GUEST_ANSWER, entitled="ben", unfit=("adam", "bella")),
    *(
        Page("visit", service, Permission.GUEST_ANSWER, target, typed, status=302 if typed else 200, **OF_GUESTS)
        for service, target, typed in (
            ("view_visit", "guest", None),
            (
                "answer_visit",
                "guest",
                {"act": "answer", "words": "w", "bearing": "neutral", "reliability": "B", "information": "2"},
            ),
            ("accept_visit", "guest invited", {"act": "accept"}),
            ("decline_visit", "guest declining", {"act": "decline"}),
            ("leave_visit", "guest leaving", {"act": "leave"}),
        )
    ),
    Page("ask", "begin_to_ask", Permission.MEDIA_LOOK_UP),
    Page(
        "ask",
        "look_up",
        Permission.MEDIA_LOOK_UP,
        typed={"what": "0f" * 16, "type": "md5", "purpose": "investigation"},
    ),
    Page("officers", "list_officers", Permission.OFFICER_ENROLL, **ADMINISTRATORS_ALONE),
    Page(
        "officers",
        "propose_officer",
        Permission.OFFICER_ENROLL,
        typed={"login": "{new}", "name": "N", "roles": "officer"},
        **ADMINISTRATORS_ALONE,
        status=302,
    ),
    Page("certify", "certify_officer", Permission.OFFICER_ENROLL, "colleague", {}, **ADMINISTRATORS_ALONE, status=302),
    Page("reset", "propose_reset", Permission.OFFICER_ENROLL, "colleague", {}, **ADMINISTRATORS_ALONE, status=302),
    Page("proposals", "list_proposals", Permission.OFFICER_CONFIRM, **CONFIRMERS),
    Page("confirm", "confirm_proposal", Permission.OFFICER_CONFIRM, "officer proposal", {}, **CONFIRMERS),
    Page("refuse", "refuse_proposal", Permission.OFFICER_CONFIRM, "refusable", {}, **CONFIRMERS, status=302),
    Page("leave", "end_officer", Permission.OFFICER_ENROLL, "leaver", {}, **ADMINISTRATORS_ALONE, status=302),
    Page("permissions", "list_grants", Permission.PERMISSION_GRANT, **GRANTERS),
    Page(
        "permissions",
        "propose_grant",
        Permission.PERMISSION_GRANT,
        typed={"permission": "media:view", "days": "30"},
        **GRANTERS,
        status=302,
    ),
    Page("permission_confirm", "confirm_grant", Permission.PERMISSION_GRANT, "proposal", {}, **GRANTERS, status=302),
    Page("permission_withdraw", "withdraw_grant", Permission.PERMISSION_GRANT, "grant", {}, **GRANTERS, status=302),
    Page(
        "ledger",
        "read_ledger",
        Permission.LEDGER_READ,
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl", "adam"),
    ),
)
WITH_TARGET = [page for page in PAGES if page.target]
LISTS = [page for page in PAGES if not page.target]
FOR_EVERYBODY = {
    "statistics",  # figures that others published, the same for everybody
    "my_ledger",  # what he did himself, and what others read in his own cases
    "home",  # shows what the lists show; who has no cases is sent on
    "keys",
    "key_end",
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "provider",  # `test_single_sign_on` tries these three
    "provider_bind",
    "provider_unbind",
}
"""Pages about the officer himself; `test_sign_in` and `test_keys_page` try them."""
ELSEWHERE = (
    "ask_file", "case_list_import", "case_list_mapping", "case_list_preview", "intake", "list_", "one_person_identity",
    "reveal",
)  # fmt: skip
"""How the names of the pages begin that bring media in, or show them; their own tests try them."""
SERVICES_ELSEWHERE = {
    "mapping_of_list", "saved_mapping", "save_mapping", "list_mappings", "delete_mapping",
    "preview_seized", "add_list_chunk", "finish_list", "list_progress", "offer_list", "stop_list",
    "alerts_of_case", "ask_to_see", "case_timeline", "count_outcomes", "count_waiting", "own_deeds",
    "reveal_desk", "seen_by_others", "show",
    "watched_folders", *SERVICES
}  # fmt: skip


@pytest.fixture(scope="module")
def scene(web_scene: Scene) -> Scene:
    web_scene.people["leaver"] = web_scene.world.enroll(web_scene.people["adam"], Role.OFFICER)
    anna, named = web_scene.people["anna"], web_scene.targets
    named["comparable series"] = series_to_compare(web_scene.world, anna, named["comparable"], named["there"])
    web_scene.targets["leaver"] = str(web_scene.people["leaver"].actor.officer_id)
    return web_scene


def _arguments(scene: Scene, name: str, target: str) -> dict[str, str]:
    of_cases = (
        "case",
        "clue_sign",
        "alert_draft",
        "alert_raise",
        "case_enquiries",
        "case_reports",
        "clues",
        "persons",
        "persons_recalls",
        "items",
        "staff",
        "unstaff",
        "case_close",
        "case_comparisons",
        "case_export",
        "case_graph",
        "case_reopen",
        "case_keep",
        "case_delete",
        "withdraw",
    )
    kinds = {
        **dict.fromkeys(of_cases, "reference"),
        **dict.fromkeys(("certify", "reset"), "login"),
        **dict.fromkeys(("confirm", "refuse"), "proposal_id"),
        **dict.fromkeys(("alert", "alert_answer"), "alert_id"),
        **dict.fromkeys(("report", "report_act", "report_letter"), "report_id"),
        **dict.fromkeys(("referral", "referral_answer", "referral_form"), "referral_id"),
        **dict.fromkeys(("enquiry_request", "enquiry_request_answer", "enquiry_request_letter"), "request_id"),
        **dict.fromkeys(("comparison_acknowledge", "comparison_withdraw"), "comparison_id"),
        "leave": "officer_id",
        "submission": "submission_id",
        "visit": "guest_id",
        "permission_confirm": "proposal_id",
        "permission_withdraw": "grant_id",
    }
    if name.startswith("bank_") or name == "bank":
        of_items = {"bank_item": "item", "bank_judge": "item", "bank_withdraw": "doomed"}
        return {"bank": target, **({"item_id": scene.targets[of_items[name]]} if name in of_items else {})}
    if name.startswith(("case_list", "case_person")):
        inner = {"person": "2"} if "_person" in name and name != "case_list_persons" else {}
        inner |= {"title": "1"} if name == "case_list_title" else {}
        return {"reference": target, **({} if name in {"case_lists", "case_list_new"} else {"number": "1"}), **inner}
    of_a_case, of_an_overlap = ("clue_withdraw", "enquiry_answer"), ("judge", "overlap_hit")
    called = {"one_person": "child-1", "one_person_withdraw": "subject-4"}
    others = {
        **{one: {"reference": target, "called": who} for one, who in called.items()},
        **{one: {"reference": target, "number": "1"} for one in of_a_case},
        **{
            one: {"series": target}
            for one in (
                "series",
                "series_change",
                "series_comparisons",
                "series_guests",
                "series_publish",
                "series_submissions",
            )
        },
        **{one: {"overlap_id": scene.targets["shared"], "hit_id": target} for one in of_an_overlap},
        "vintage": dict(zip(("year", "known_on"), target.split("/"), strict=False)),
    }
    if name in others:
        return others[name]
    return {kinds.get(name, "overlap_id"): target} if target else {}


def _absent(scene: Scene, target: str) -> str:
    return scene.absent("overlap" if target == "leaver" else target)


def test_every_url_is_tried_here_or_is_open_or_is_about_the_officer_himself() -> None:
    names = {str(one.name) for one in patterns()}
    tried = {page.name for page in PAGES}
    assert {one for one in names - tried - OPEN_URLS - FOR_EVERYBODY if not one.startswith(ELSEWHERE)} == set()


BY_COMMAND = {
    Permission.AGENCY_PLACE,
    Permission.LAW_CHANGE,
    Permission.LAW_REVIEW,
    Permission.MEDIA_INGEST,
    Permission.SCHEME_SET,
    Permission.HUB_ACCEPT,
    Permission.IDENTITY_REVIEW,
}
"""What has no page here: where agencies stand is confirmed, schemes are loaded, rules of law are adopted and
emergencies reviewed by a command, and intakes have tests of their own."""


def test_every_permission_opens_a_page_and_is_refused_to_somebody() -> None:
    assert {page.permission for page in PAGES if page.unfit} == set(Permission) - BY_COMMAND - BY_GRANT - REFINES


@contextmanager
def _services_called() -> Iterator[set[str]]:
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "tsunagu/services/" in frame.f_code.co_filename:
            called.add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("page", WITH_TARGET, ids=str)
def test_not_yours_is_the_same_as_absent_and_written_down(scene: Scene, page: Page) -> None:
    assert page.target
    for name in page.strangers:
        of_others = seen(page.ask(scene, name, scene.targets[page.target]))
        entry = scene.world.last_entry()
        of_nobody = seen(page.ask(scene, name, _absent(scene, page.target)))
        assert of_others == of_nobody
        assert of_others.status == 404
        assert not scene.told_in(of_others.text)
        assert (entry["act"], entry["officer"]) == ("access:denied", str(scene.people[name].actor.officer_id))
        assert entry["details"]["permission"] == page.permission.value


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_who_lacks_the_permission_is_refused_whether_or_not_it_is_there(scene: Scene, page: Page) -> None:
    for name in page.unfit:
        targets = (scene.targets[page.target], _absent(scene, page.target)) if page.target else ("", "")
        refused, of_nobody = (seen(page.ask(scene, name, one)) for one in targets)
        assert refused == of_nobody
        assert refused.status == 403
        assert not scene.told_in(refused.text)
        assert scene.world.last_entry()["act"] == "access:denied"


@pytest.mark.parametrize("page", LISTS, ids=str)
def test_a_list_tells_a_stranger_nothing(scene: Scene, page: Page) -> None:
    for name in page.strangers:
        answer = page.ask(scene, name)
        assert answer.status_code == page.status
        told = scene.told_in(answer.content.decode()) - {scene.people[name].login}
        assert not told


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_who_is_entitled_succeeds_through_the_service(scene: Scene, page: Page) -> None:
    with _services_called() as called:
        answer = page.ask(scene, page.entitled, scene.targets[page.target] if page.target else "")
    assert answer.status_code == page.status, answer.content
    assert page.service in called


def test_services_without_a_command_are_tried_here_or_in_tests_of_their_own() -> None:
    assert {page.service for page in PAGES} >= IN_THE_BROWSER - SERVICES_ELSEWHERE


@pytest.mark.parametrize("name", ["adam", "audra"])
def test_home_sends_who_has_no_cases_to_the_page_that_is_his(scene: Scene, name: str) -> None:
    answer = Visitor(scene.world).sits_down_as(scene.people[name]).get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/officers/" if name == "adam" else "/ledger/")
    assert scene.people["bella"].actor.roles == frozenset(OVERSEES)


def test_home_tells_a_stranger_nothing(scene: Scene) -> None:
    for name in OTHER_AGENCIES[1:]:
        page = Visitor(scene.world).sits_down_as(scene.people[name]).get("/").content.decode()
        assert not scene.told_in(page) - {scene.people[name].login}


def test_before_both_share_a_page_tells_neither_side_anything_of_the_other_case(scene: Scene) -> None:
    ben = Visitor(scene.world).sits_down_as(scene.people["ben"])
    known = {one for one in scene.secrets if len(one) == 64} | {scene.targets["shared case"]}
    for path in ("/", "/overlaps/", "/notices/", f"/overlaps/{scene.targets['overlap']}/"):
        answer = ben.get(path)
        assert answer.status_code == 200
        assert scene.told_in(answer.content.decode()) <= known, path
