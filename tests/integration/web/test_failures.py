"""What goes wrong is told with a reference number, and with nothing of what was worked on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tsunagu.domain.errors import (
    Conflict,
    Exhausted,
    Forbidden,
    InputError,
    LedgerBroken,
    MalformedFingerprint,
    NotFound,
    TsunaguError,
    Unavailable,
)
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.services.cases.opening import open_case

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, random_name  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

CONTENT = "the name of somebody"
STATUS = {
    InputError: 422,
    MalformedFingerprint: 422,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Exhausted: 429,
    Unavailable: 503,
    LedgerBroken: 503,
}


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def _raising(error: Exception) -> Callable[..., HttpResponse]:
    def page(*_: object, **__: object) -> HttpResponse:
        raise error

    return page


def test_every_class_of_failure_has_its_status() -> None:
    def below(kind: type[TsunaguError]) -> set[type[TsunaguError]]:
        return {kind, *(one for each in kind.__subclasses__() for one in below(each))}

    theirs = {one for one in below(TsunaguError) if one.__module__ == "tsunagu.domain.errors"} - {TsunaguError}
    assert {one for one in theirs if not issubclass(one, tuple(STATUS))} == set()


@pytest.mark.parametrize(("kind", "status"), STATUS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_a_failure_is_told_by_its_message_and_reference_without_its_details(
    kind: type[TsunaguError], status: int, visitor: Callable[[], Visitor], anna: Person, monkeypatch, caplog
) -> None:
    monkeypatch.setattr("tsunagu.web.pages.cases.list_cases", _raising(kind("it cannot be done", name=CONTENT)))
    with caplog.at_level(logging.DEBUG):
        answer = visitor().sits_down_as(anna).get("/cases/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert re.fullmatch("[0-9a-f]{8}", answer["X-Reference"])
    assert answer["X-Reference"] in page
    assert CONTENT not in page
    assert ("It cannot be done." in page) == (status != 404)  # what is not there and what is not yours are one page
    [line] = [one for one in caplog.messages if answer["X-Reference"] in one]
    assert line == f"{answer['X-Reference']} refused: {status} {kind.code}"
    assert CONTENT not in caplog.text


def test_a_bug_is_a_page_that_says_nothing_and_a_line_that_says_where(
    visitor: Callable[[], Visitor], anna: Person, monkeypatch, caplog
) -> None:
    monkeypatch.setattr("tsunagu.web.pages.cases.list_cases", _raising(ZeroDivisionError(CONTENT)))
    with caplog.at_level(logging.DEBUG):
        answer = visitor().sits_down_as(anna).get("/cases/")
    assert answer.status_code == 500
    assert answer["X-Reference"] in answer.content.decode()
    for word in (CONTENT, "ZeroDivisionError", "Traceback", "list_cases", ".py"):
        assert word not in answer.content.decode()
    [line] = [one for one in caplog.messages if answer["X-Reference"] in one]
    assert re.fullmatch(rf"{answer['X-Reference']} failed: ZeroDivisionError at [\w/]+\.py:\d+", line)
    assert CONTENT not in caplog.text


def test_a_bug_before_any_page_is_told_alike(visitor: Callable[[], Visitor], anna: Person, monkeypatch, caplog) -> None:
    def broken(officer_id: UUID) -> None:
        raise RuntimeError(CONTENT)

    one = visitor().sits_down_as(anna)
    monkeypatch.setattr("tsunagu.web.middleware.agencies.has_factor", broken)
    answer = one.get("/cases/")
    assert (answer.status_code, CONTENT in answer.content.decode()) == (500, False)
    assert answer["X-Reference"] in answer.content.decode()
    assert CONTENT not in caplog.text


def test_a_bug_while_signing_in_undoes_what_was_begun(
    visitor: Callable[[], Visitor], anna: Person, monkeypatch, world: World
) -> None:
    before = world.entry_count()
    monkeypatch.setattr("allauth.account.views.LoginView.form_valid", _raising(RuntimeError(CONTENT)))
    answer = visitor().name(anna.login)
    assert answer.status_code == 500
    assert CONTENT not in answer.content.decode()
    assert world.entry_count() == before


def test_signing_in_and_working_writes_no_name_and_no_secret_into_the_logs(
    visitor: Callable[[], Visitor], anna: Person, caplog
) -> None:
    with caplog.at_level(logging.DEBUG):
        one = visitor().signs_in(anna)
        one.name(anna.login, "a wrong password")
        for path in ("/", "/cases/", "/cases/DK-SECRET-7/", "/overlaps/", "/notices/", "/nothing/"):
            one.get(path)
        one.post("/cases/", reference="DK-SECRET-7", purpose="investigation")
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name != "django.db.backends")
    for secret in (anna.login, anna.agency, anna.totp_secret, "a wrong password", "DK-SECRET-7", "/cases/"):
        assert secret not in ours


def test_the_frameworks_own_lines_are_not_kept(caplog) -> None:
    assert logging.getLogger("django").propagate is False
    assert not logging.getLogger("django.request").isEnabledFor(logging.ERROR)
    assert not logging.getLogger("django.security").isEnabledFor(logging.ERROR)


def test_an_enquiry_without_a_day_on_which_it_is_due_is_refused(
    world: World, anna: Person, visitor: Callable[[], Visitor]
) -> None:
    case = random_name("case")
    kept = {"reference": case, "purpose": Purpose.INVESTIGATION, "covert": False}
    open_case(actor=anna.actor, **kept, **world.parts)
    one, path = visitor().sits_down_as(anna), reverse("case_enquiries", args=[case])
    assert one.post(path, what="whose it is", to="a carrier", until="").status_code == STATUS[InputError]
    assert "whose it is" not in one.get(path).content.decode()


def test_who_enters_again_what_is_a_colleagues_by_now_is_led_to_the_queue(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    anna, ben = world.found({Role.OFFICER}, {Role.OFFICER})
    typed = {"source_kind": "public", "source": "s", "source_reference": "1", "text": "one\r\ntwo"}
    first = visitor().sits_down_as(anna).post(reverse("report_new"), **typed)["Location"]
    assert visitor().sits_down_as(ben).post(reverse("report_new"), **typed)["Location"] == first
    merged = {"deed": "merge", "case": random_name("case"), "purpose": "investigation", "reason": "w"}
    assert visitor().sits_down_as(anna).post(f"{first}act/", **merged).status_code == 302
    assert visitor().sits_down_as(ben).post(reverse("report_new"), **typed)["Location"] == reverse("reports")
