"""Grave acts are done by an officer who has proven lately that it is he: whoever sits down at his desk does none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from tsunagu.domain.permission import Role
from tsunagu.services.agencies.proposals import propose_officer, propose_reset
from tsunagu.services.agencies.proving import MOST_FAILURES
from tsunagu.web import rooms as served

from ..scene import WORKS, Scene  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD, Person, World, now, random_name  # noqa: TID252 - tests are no package with a name
from .test_doors import patterns
from .visitors import Visitor, next_code

REAUTHENTICATE = "/account/reauthenticate/"
LONG_AGO_S = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 5
GRAVE = {
    "alert_answer",
    "alert_raise",
    "bank_rules",
    "bank_withdraw",
    "banks",
    "case_comparisons",
    "case_delete",
    "case_export",
    "case_keep",
    "case_person_decide",
    "case_person_send",
    "certify",
    "comparison_withdraw",
    "share",
    "staff",
    "release",
    "report_act",
    "report_letter",
    "keys",
    "leave",
    "confirm",
    "withdraw",
    "permission_confirm",
    "provider_bind",
    "provider_unbind",
    "case_person_ask",
    "enquiry_request_answer",
    "enquiry_request_letter",
    "one_person_identity",
    "one_person_withdraw",
    "referral_answer",
    "referral_form",
    "series_comparisons",
    "series_guests",
    "series_publish",
    "series_submissions",
}
"""Pages of ours that ask. A new one that shows content to others, grants a right, or ends what nobody brings back
belongs here."""
OF_THE_PROVIDER = {"provider_bind", "provider_unbind"}
"""`test_single_sign_on` tries these, with a provider."""
ORDINARY = {
    "acknowledge", "ask", "ask_file", "bank_find", "bank_judge", "bank_lists", "case_close", "case_list_compare",
    "case_list_import", "case_list_mapping", "case_list_preview", "case_list_prefectures",
    "case_list_review", "case_list_title", "case_list_titles", "case_person_package", "case_person_record",
    "case_enquiries", "one_person", "persons", "persons_recalls", "case_reopen", "enquiry_answer", "own_statistics",
    "cases", "comparison_acknowledge", "clue_sign", "clue_withdraw", "clues", "intake", "intake_chunk", "intake_again",
    "intake_files", "intake_finish", "intake_folder", "intake_stop", "invitation", "judge", "key_end", "list_chunk",
    "list_files", "list_finish", "list_stop", "officers", "permission_withdraw", "permissions",
    "provider_sign_in", "refuse", "report_new", "reset", "retention", "reveal", "series_board", "series_change",
    "set_language", "submission", "unstaff", "visit",
}  # fmt: skip
"""Pages of ours that do not: what they do is proposed only, can be undone, ends a right, or stays within the case."""
OF_FACTORS = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
}
PAGES_WITH_A_BUTTON = {
    "alert_answer": "alert",
    "alert_raise": "alert_draft",
    "bank_rules": "bank",
    "bank_withdraw": "bank",
    "banks": "banks",
    "case_comparisons": "case_comparisons",
    "comparison_withdraw": "comparisons",
    "case_delete": "case_delete",
    "case_export": "case",
    "case_keep": "case",
    "case_person_decide": "case_list_person",
    "case_person_send": "case_list_person",
    "certify": "officers",
    "staff": "case",
    "keys": "keys",
    "series_comparisons": "series_comparisons",
    "series_guests": "series_guests",
    "series_publish": "series",
    "series_submissions": "series_submissions",
    "share": "overlap",
    "release": "overlap",
    "report_act": "report",
    "report_letter": "report",
    "leave": "officers",
    "confirm": "proposals",
    "permission_confirm": "permissions",
    "withdraw": "case",
    "case_person_ask": "case_list_person",
    "one_person_identity": "one_person",
    "one_person_withdraw": "one_person",
    "enquiry_request_answer": "enquiry_request",
    "enquiry_request_letter": "enquiry_request",
    "referral_answer": "referral",
    "referral_form": "referral",
}
TYPED = {
    "act": "end",
    "step": "acknowledge",
    "deed": "answer",
    "words": "w",
    "decision": "drop",
    "reply": "receive",
    "as": "text",
    "hand_over": "designation",
    "authority": "an article",
    "handling": "none",
    "deconfliction": "nobody",
    "key": random_name("key"),
    "until": str(now().date() + timedelta(days=60)),
    "reason": "why it is done",
    "why": "mistaken",
    "bank": "none",
    "name": "script",
    "days": "7",
    "scopes": ["case:read"],
    "radius": "31",
    "share": "100",
    "semantics": "benign",
    "legal_ground": "a law",
    "grounds": "DK=0.5",
    "finding": "a bell",
    "priority": "normal",
    "purpose": ["investigation"],
    "wanted": "born",
    "residence": "confirmed",
}
Visitors = Callable[[], Visitor]


@pytest.fixture(scope="module")
def paths(web_scene: Scene) -> dict[str, tuple[Person, str]]:
    """Who does each grave act, and where; each is his to do."""
    world, people, targets = web_scene.world, web_scene.people, web_scene.targets
    leaver = world.enroll(people["adam"], Role.OFFICER)
    item, person = [targets["bank"], targets["doomed"]], [targets["case"], 1, 2]
    return {
        "alert_answer": (people["dora"], reverse("alert_answer", args=[targets["alert"]])),
        "alert_raise": (people["anna"], reverse("alert_raise", args=[targets["shared case"]])),
        "bank_rules": (people["anna"], reverse("bank_rules", args=item[:1])),
        "bank_withdraw": (people["anna"], reverse("bank_withdraw", args=item)),
        "banks": (people["anna"], reverse("banks")),
        "share": (people["anna"], reverse("share", args=[targets["overlap"]])),
        "case_comparisons": (people["anna"], reverse("case_comparisons", args=[targets["comparable"]])),
        "comparison_withdraw": (people["anna"], reverse("comparison_withdraw", args=[targets["comparison"]])),
        "series_comparisons": (people["anna"], reverse("series_comparisons", args=[targets["submitted series"]])),
        "series_guests": (people["anna"], reverse("series_guests", args=[targets["looked-at series"]])),
        "series_publish": (people["anna"], reverse("series_publish", args=[targets["circulating series"]])),
        "series_submissions": (people["anna"], reverse("series_submissions", args=[targets["submitted series"]])),
        "release": (people["anna"], reverse("release", args=[targets["held"]])),
        "report_act": (people["anna"], reverse("report_act", args=[targets["report told"]])),
        "report_letter": (people["anna"], reverse("report_letter", args=[targets["report answered"]])),
        "leave": (people["adam"], reverse("leave", args=[leaver.actor.officer_id])),
        "confirm": (people["anna"], reverse("confirm", args=[targets["officer proposal"]])),
        "case_delete": (people["anna"], reverse("case_delete", args=[targets["shared case"]])),
        "case_export": (people["anna"], reverse("case_export", args=[targets["shared case"]])),
        "case_keep": (people["anna"], reverse("case_keep", args=[targets["shared case"]])),
        "case_person_decide": (people["anna"], reverse("case_person_decide", args=person)),
        "case_person_send": (people["anna"], reverse("case_person_send", args=person)),
        "certify": (people["adam"], reverse("certify", args=[leaver.login])),
        "keys": (people["anna"], reverse("keys")),
        "staff": (people["anna"], reverse("staff", args=[targets["shared case"]])),
        "permission_confirm": (people["adam"], reverse("permission_confirm", args=[targets["proposal"]])),
        "case_person_ask": (people["anna"], reverse("case_person_ask", args=[targets["case"], 1, 2])),
        "enquiry_request_answer": (
            people["dora"],
            reverse("enquiry_request_answer", args=[targets["request answered"]]),
        ),
        "enquiry_request_letter": (people["anna"], reverse("enquiry_request_letter", args=[targets["request told"]])),
        **{
            f"one_person_{act}": (people["anna"], reverse(f"one_person_{act}", args=[targets["case"], "subject-3"]))
            for act in ("identity", "withdraw")
        },
        "referral_answer": (people["dora"], reverse("referral_answer", args=[targets["referral received"]])),
        "referral_form": (people["anna"], reverse("referral_form", args=[targets["referral told"]])),
        "withdraw": (people["anna"], reverse("withdraw", args=[targets["shared case"]])),
    }


def test_every_page_that_takes_an_answer_is_grave_or_ordinary_by_a_decision() -> None:
    names = {str(one.name) for one in patterns() if "tsunagu" in one.callback.__module__ or one.name == "set_language"}
    reads = {"alert", "alert_draft", "alerts", "alerts_overdue", "bank", "bank_item", "case", "case_list",
             "case_graph", "overlap_hit", "case_reports", "enquiries_overdue", "report", "reports", "reports_passed_on",
             "case_list_new", "case_list_packages", "case_list_person", "case_list_persons", "case_list_refused",
             "case_list_state", "case_lists", "demonstration",
             "healthz", "home",
             "intake_refused", "intake_run", "items", "comparisons",
             "ledger", "law",
             "erasures", "metrics", "my_ledger", "notices", "overlap", "overlaps", "proposals", "provider",
             "provider_callback", "referral", "referrals", "revealed", "series", "series_counter",
             "enquiry_request", "enquiry_requests", "statistics", "submissions", "vintage", "visits"}  # fmt: skip
    assert names == GRAVE | ORDINARY | reads


@pytest.mark.parametrize("name", sorted(GRAVE - OF_THE_PROVIDER))
def test_a_grave_act_is_not_done_before_a_new_proof(
    name: str, paths: dict[str, tuple[Person, str]], web_scene: Scene, world: World, visitor: Visitors
) -> None:
    person, path = paths[name]
    one = visitor().sits_down_as(person, proven_s=LONG_AGO_S)
    entries = world.entry_count()
    answer = one.post(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, REAUTHENTICATE)
    assert world.entry_count() == entries
    back = answer["Location"].partition("next=")[2].replace("%2F", "/")
    assert one.get(back).resolver_match.url_name == PAGES_WITH_A_BUTTON[name]
    proof = one.post(f"{REAUTHENTICATE}?next={back}", password=PASSWORD)
    assert (proof.status_code, proof["Location"]) == (302, back)
    named = {"login": web_scene.targets["colleague"], "to": web_scene.targets["above"]}
    named["guest"] = web_scene.targets["guest ending"]
    named["submission"] = web_scene.targets["submission withdrawing"]
    answer = one.post(path, exhibit="none", ground="ordered", **TYPED, **named)
    # To refer who is no suspect is refused after the proof, as is an identity to whom nobody granted it.
    assert answer.status_code in {200, 302, 403, 404, 409}
    assert REAUTHENTICATE not in answer.headers.get("Location", "")
    assert world.entry_count() > entries


@pytest.mark.parametrize("name", sorted(OF_FACTORS))
def test_second_factors_are_changed_and_shown_after_a_new_proof_only(
    name: str, world: World, visitor: Visitors
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    visitor().sits_down_as(anna).post(reverse("mfa_generate_recovery_codes"))
    one = visitor().sits_down_as(anna, proven_s=LONG_AGO_S)
    path = reverse(name, kwargs={"pk": 1} if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else {})
    answers = [answer for answer in (one.get(path), one.post(path)) if answer.status_code != 405]
    assert answers
    assert {(it.status_code, "reauthenticate" in it.headers.get("Location", "")) for it in answers} == {(302, True)}


@pytest.fixture
def demonstration() -> Iterator[None]:
    """What is served, as if it were a demonstration."""
    served._demo[:] = [True]
    yield
    served._demo[:] = [False]


@pytest.mark.usefixtures("demonstration")
def test_a_demonstrations_officers_who_have_no_password_are_not_asked(world: World, visitor: Visitors) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    login, held = random_name("new"), frozenset({Role.OFFICER})
    proposal = propose_officer(actor=adam.actor, login=login, name="N", roles=held, **world.parts)
    one = visitor().sits_down_as(anna, proven_s=LONG_AGO_S)
    assert one.post(reverse("confirm", args=[proposal])).status_code == 200
    assert one.get(reverse("keys")).status_code == 200
    made = one.post(reverse("keys"), name="script", days="7", scopes=["case:read"])
    assert b'id="api-key"' in made.content


def test_wrong_proofs_are_counted_and_lock_the_officer_out(world: World, visitor: Visitors) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor().sits_down_as(anna, proven_s=LONG_AGO_S)
    for _ in range(5):
        assert one.post(REAUTHENTICATE, password="x" * 20).status_code == 200
    assert one.post(REAUTHENTICATE, password=PASSWORD).status_code == 200
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, next_code(anna))).status == 5


def test_guesses_at_the_old_password_are_counted_written_down_and_lock_the_officer_out(
    world: World, visitor: Visitors
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one, new = visitor().sits_down_as(anna), "another correct horse"
    for _ in range(MOST_FAILURES):
        typed = {"oldpassword": "x" * 20, "password1": new, "password2": new}
        assert one.post("/account/password/", **typed).status_code == 200
        entry = world.last_entry()
        assert (entry["act"], entry["details"]) == ("access:denied", {"door": "password-change"})
        assert entry["officer"] == str(anna.actor.officer_id)
    cache.clear()  # the slowing down of all attempts, which lasts a minute
    assert one.post("/account/password/", oldpassword=PASSWORD, password1=new, password2=new).status_code == 200
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, next_code(anna))).status == 5


def test_a_reset_second_factor_ends_the_browsers_sessions_and_a_new_one_is_asked_for(
    world: World, visitor: Visitors
) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl = world.enroll(adam, Role.OFFICER)
    one = visitor().sits_down_as(carl)
    assert one.is_in
    world.confirm(adam, propose_reset(actor=adam.actor, login=carl.login, **world.parts))
    assert not one.is_in
    again = visitor()
    assert again.name(carl.login).status_code == 302
    assert again.get("/")["Location"] == reverse("mfa_activate_totp")
