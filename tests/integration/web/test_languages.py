"""The pages speak the language that is chosen, all of it: what is said in English elsewhere as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.utils.translation.trans_real import translation

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

Visitors = Callable[[], Visitor]
ENGLISH = re.compile(r"(?<!=)\b[a-z]{3,} [a-z]{3,}\b(?!=)")
"""Two English words on end: nothing that people of the scene typed reads like this. The ledger's `name=value` may."""
NAME = "Name"
"""What every officer of the scene is called."""
READ_OUT = ("alt", "aria-label", "placeholder", "title")
PAGES = [
    ("anna", "/"),
    ("anna", "/cases/"),
    ("anna", "/cases/{shared case}/"),
    ("anna", "/cases/{shared case}/items/"),
    ("anna", "/cases/{shared case}/intake/"),
    ("anna", "/cases/{case}/lists/"),
    ("anna", "/cases/{case}/lists/new/"),
    ("anna", "/cases/{case}/lists/1/"),
    ("anna", "/cases/{case}/lists/1/refused/"),
    ("anna", "/cases/{case}/lists/1/review/"),
    ("anna", "/cases/{case}/lists/1/prefectures/"),
    ("anna", "/cases/{case}/reports/"),
    ("anna", "/cases/{case}/enquiries/"),
    ("anna", "/enquiries/"),
    ("anna", "/cases/{case}/persons/"),
    ("anna", "/cases/{case}/persons/child-1/"),
    ("anna", "/cases/{case}/persons/subject-1/"),
    ("anna", "/cases/{case}/persons/recalls/"),
    ("anna", "/series/{looked-at series}/guests/"),
    ("ben", "/visits/"),
    ("ben", "/visits/{guest}/"),
    ("anna", "/series/{submitted series}/submissions/"),
    ("anna", "/comparisons/"),
    ("anna", "/series/{submitted series}/comparisons/"),
    ("anna", "/cases/{comparable}/comparisons/"),
    ("ben", "/submissions/"),
    ("ben", "/submissions/{submission}/"),
    ("anna", "/reports/"),
    ("anna", "/reports/new/"),
    ("anna", "/reports/passed-on/"),
    ("anna", "/reports/{report beside}/"),
    ("anna", "/reports/{report in a case}/"),
    ("anna", "/cases/{case}/lists/1/titles/"),
    ("anna", "/cases/{case}/lists/1/titles/1/"),
    ("anna", "/cases/{case}/lists/1/persons/"),
    ("anna", "/cases/{case}/lists/1/persons/2/"),
    ("anna", "/cases/{case}/lists/1/persons/3/"),
    ("anna", "/cases/{case}/lists/1/packages/"),
    ("anna", "/referrals/"),
    ("anna", "/referrals/{referral told}/"),
    ("dora", "/referrals/{referral received}/"),
    ("anna", "/overlaps/"),
    ("anna", "/overlaps/{shared}/"),
    ("anna", "/overlaps/{held}/"),
    ("anna", "/notices/"),
    ("anna", "/ask/"),
    ("anna", "/statistics/"),
    ("ben", "/law/?all=1&deed=JP:possession_own_interest&on=2015-07-15"),
    ("stella", "/statistics/own/"),
    ("anna", "/enquiries/requests/"),
    ("dora", "/enquiries/requests/{request told}/"),
    ("stella", "/statistics/own/{vintage}/"),
    ("anna", "/counter/"),
    ("anna", "/counter/?by=day"),
    ("anna", "/statistics/?by=half-year"),
    ("anna", "/banks/"),
    ("anna", "/banks/{bank}/"),
    ("anna", "/banks/{bank}/items/{quarantined}/"),
    ("anna", "/account/2fa/"),
    ("anna", "/account/password/"),
    ("anna", "/account/logout/"),
    ("adam", "/officers/"),
    ("adam", "/permissions/"),
    ("adam", "/proposals/"),
    ("anna", "/proposals/"),
    ("audra", "/ledger/"),
]


class Read(HTMLParser):
    """Everything on a page that a person reads or has read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.texts: set[str] = set()
        self._is_ours = True
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        # The name of a language is said in that language.
        self._is_ours = tag not in {"script", "style"} and (tag == "html" or "lang" not in named)
        if tag == "html":
            self.language = named["lang"] or ""
        self.texts |= {value for name, value in attrs if name in READ_OUT and value}

    def handle_endtag(self, tag: str) -> None:
        self._is_ours = True

    def handle_data(self, data: str) -> None:
        if self._is_ours and data.strip():
            self.texts.add(data.strip())


def in_japanese(visitor: Visitor) -> Visitor:
    """Let somebody choose Japanese at the top of the page."""
    assert visitor.post("/language/", language="ja", next="/").status_code == 302
    return visitor


def left_in_english(response: HttpResponse) -> set[str]:
    """What a Japanese page says in English."""
    page = Read(response.content.decode())
    assert page.language == "ja"
    known = translation("ja")._catalog
    codes = {f"code\x04{one}" for one in page.texts}
    keys = {key.removeprefix("code\x04"): known.get(key) for key in page.texts | codes}
    known_in_english = {text for text, japanese in keys.items() if japanese not in {None, text}}
    return known_in_english - {NAME} | {one for one in page.texts if ENGLISH.search(one)}


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_a_page_in_japanese_says_nothing_in_english(
    visitor: Visitors, common_scene: Scene, who: str, path: str
) -> None:
    person = in_japanese(visitor()).sits_down_as(common_scene.people[who])
    answer = person.get(path.format(**common_scene.targets))
    assert answer.status_code == 200
    assert left_in_english(answer) == set()


@pytest.mark.parametrize("path", ["/account/login/", "/invitation/none-such/"])
def test_the_pages_before_signing_in_are_japanese_too(visitor: Visitors, path: str) -> None:
    answer = in_japanese(visitor()).get(path)
    assert answer.status_code == 200
    assert left_in_english(answer) == set()


def test_a_refusal_is_told_in_japanese(visitor: Visitors, common_scene: Scene) -> None:
    person = in_japanese(visitor()).sits_down_as(common_scene.people["anna"])
    answer = person.post("/cases/", reference=common_scene.targets["shared case"], purpose="investigation")
    assert answer.status_code == 409
    assert "同じ番号の事件をすでに担当しています。" in answer.content.decode()
    assert left_in_english(answer) == set()


def test_what_is_not_there_is_told_in_japanese(visitor: Visitors, common_scene: Scene) -> None:
    answer = in_japanese(visitor()).sits_down_as(common_scene.people["anna"]).get("/nowhere/")
    assert answer.status_code == 404
    assert left_in_english(answer) == set()


def test_passwords_that_differ_are_told_of_in_japanese(visitor: Visitors) -> None:
    answer = in_japanese(visitor()).post("/invitation/none-such/", password="x" * 12, again="y" * 12)
    assert "2つのパスワードが一致しません。" in answer.content.decode()
    assert left_in_english(answer) == set()


def test_a_wrong_password_is_told_of_in_japanese(visitor: Visitors) -> None:
    answer = in_japanese(visitor()).name("nobody-here", "x" * 12)
    assert "ログインIDまたはパスワードが正しくありません。" in answer.content.decode()
    assert left_in_english(answer) == set()


def test_who_chooses_nothing_is_answered_in_the_browser_s_language(visitor: Visitors) -> None:
    for asked, told in (("ja,en;q=0.5", "ja"), ("da,en;q=0.5", "en"), ("fr", "en")):
        answer = visitor().client.get("/account/login/", headers={"accept-language": asked})
        assert Read(answer.content.decode()).language == told
