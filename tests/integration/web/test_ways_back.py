"""Whatever an officer sent and could not be done, he finds back to the page that has the button."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse

from tsunagu.web.buttons import BUTTONS

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD  # noqa: TID252 - tests are no package with a name
from .test_doors import path_of, patterns
from .test_grave_acts import GRAVE, ORDINARY
from .test_languages import in_japanese, left_in_english
from .visitors import LOGIN, Visitor, next_code

Visitors = Callable[[], Visitor]


def test_every_page_that_takes_an_answer_has_a_way_back() -> None:
    assert set(BUTTONS) == (GRAVE | ORDINARY | {"erasures"}) - {"invitation"}  # which shows its form again by itself


def test_every_way_back_leads_to_a_page_that_is_read() -> None:
    reads = {str(one.name) for one in patterns()}
    for name, button in BUTTONS.items():
        assert button.page in reads
        assert button.page not in BUTTONS or BUTTONS[button.page].is_read_too, name


@pytest.mark.parametrize("name", ["judge", "share", "acknowledge", "unstaff", "withdraw", "key_end"])
def test_who_signs_in_again_is_back_on_the_page_whose_button_he_pressed(
    name: str, visitor: Visitors, common_scene: Scene
) -> None:
    [path] = [path_of(one) for one in patterns() if one.name == name]
    sent = visitor().post(path, answer="same:file")
    assert sent["Location"].startswith(LOGIN)
    [back] = parse_qs(urlparse(sent["Location"]).query)["next"]
    match = visitor().get(back).resolver_match
    assert match.url_name == BUTTONS[name].page


def test_signing_in_again_leads_to_the_page_of_hits_that_was_before_him(visitor: Visitors, common_scene: Scene) -> None:
    anna, overlap = common_scene.people["anna"], common_scene.targets["shared"]
    judge = reverse("judge", kwargs={"overlap_id": overlap, "hit_id": 1})
    one = visitor()
    sent = one.post(f"{judge}?after=7", answer="unsure")["Location"]
    [back] = parse_qs(urlparse(sent).query)["next"]
    assert back == f"/overlaps/{overlap}/?after=7"
    step = one.post(sent, login=anna.login, password=PASSWORD, next=back)["Location"]
    answer = one.client.post(step, {"code": next_code(anna)})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert one.client.get(back).status_code == 200


def test_who_reads_a_page_when_his_session_ends_comes_back_to_all_of_its_address(visitor: Visitors) -> None:
    for path in ("/cases/?text=abc", "/cases/R/withdraw/?exhibit=E1", "/ledger/erasures/?case=R"):
        asked = visitor().client.get(path)["Location"]
        assert parse_qs(urlparse(asked).query)["next"] == [path]


def test_an_address_that_only_takes_answers_shows_a_page_with_a_way_on(visitor: Visitors, common_scene: Scene) -> None:
    overlap = common_scene.targets["shared"]
    for one in (visitor(), in_japanese(visitor())):
        answer = one.sits_down_as(common_scene.people["anna"]).get(reverse("share", args=[overlap]))
        page = answer.content.decode()
        assert answer.status_code == 405
        assert int(answer["Content-Length"]) == len(answer.content) > 0
        assert f'href="/overlaps/{overlap}/"' in page
        assert 'href="/"' in page
    assert left_in_english(answer) == set()


def test_the_language_is_changed_on_an_error_page_without_a_dead_end(visitor: Visitors, common_scene: Scene) -> None:
    one = visitor().sits_down_as(common_scene.people["anna"])
    case = common_scene.targets["shared case"]
    page = one.post(reverse("staff", args=[case]), login="nobody").content.decode()
    there = unescape(page.partition('name="next" value="')[2].partition('"')[0])
    changed = one.post("/language/", language="ja", next=there)
    assert changed["Location"] == reverse("case", args=[case])
    assert one.get(changed["Location"]).status_code == 200


REFUSED = {
    "a colleague who is not there": ("anna", "staff", "shared case", {"login": "nobody"}, "No such officer."),
    "a reference that exists": (
        "anna", "cases", "", {"reference": "{shared case}", "purpose": "investigation"},
        "You work on a case of this reference already.",
    ),
    "a login that is taken": (
        "adam", "officers", "", {"login": "{anna}", "name": "A", "roles": ["officer"]}, "This login cannot be used.",
    ),
}  # fmt: skip
OF_SOMETHING_ELSE = ("Not here", "It has changed", "There is no such page")


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_wrong_entry_is_told_of_in_the_service_s_words_with_the_form_to_go_back_to(
    wrong: str, visitor: Visitors, common_scene: Scene
) -> None:
    who, name, target, typed, words = REFUSED[wrong]
    known = common_scene.targets | {"anna": common_scene.people["anna"].login}
    path = reverse(name, args=[common_scene.targets[target]] if target else [])
    filled = {key: one.format(**known) if isinstance(one, str) else one for key, one in typed.items()}
    one = visitor().sits_down_as(common_scene.people[who])
    answer = one.post(path, **filled)
    page = answer.content.decode()
    assert answer.status_code in {404, 409}
    assert "<h1>Not done</h1>" in page
    assert words in page
    assert not any(one in page for one in OF_SOMETHING_ELSE)
    back = unescape(page.partition('class="back" href="')[2].partition('"')[0])
    assert f">{BUTTONS[name].called}</a>" in page
    assert one.get(back).resolver_match.url_name == BUTTONS[name].page
    assert left_in_english(in_japanese(one).post(path, **filled)) == set()


def test_an_erasure_that_nobody_knows_of_is_told_of_with_the_form_that_asked(
    visitor: Visitors, common_scene: Scene
) -> None:
    one = visitor().sits_down_as(common_scene.people["audra"])
    answer = one.get("/ledger/erasures/", case="no-such-case")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Nothing was erased of such a case." in page
    assert 'class="back" href="/ledger/"' in page
    assert not any(one in page for one in OF_SOMETHING_ELSE)
