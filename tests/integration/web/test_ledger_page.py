"""The auditor's page of the ledger: narrowed down by act, day and case, and in words in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.act import Act
from tsunagu.domain.search import LedgerSearch
from tsunagu.services.ledger.accounts import read_ledger
from tsunagu.web.ledger_lines import deeds

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from ..world import now  # noqa: TID252 - likewise
from .test_languages import in_japanese
from .visitors import Visitor

Visitors = Callable[[], Visitor]
CODE = re.compile(r"[a-z-]+:[a-z_]+")


def found(scene: Scene, search: LedgerSearch) -> Sequence[dict[str, Any]]:
    actor = scene.people["audra"].actor
    return read_ledger(actor=actor, search=search, most=10_000, **scene.world.parts)


def by_definition(scene: Scene, search: LedgerSearch) -> list[str]:
    """The bodies of the agency's entries that are such, newest first, out of all."""
    bodies = [one for one in scene.world.entries() if one.get("agency") == str(scene.people["audra"].actor.agency_id)]
    days = search.since, search.until
    return [
        json.dumps(one)
        for one in reversed(bodies)
        if search.deed in {"", one["act"], one["act"].split(":")[0]}
        and (days[0] is None or days[0].isoformat() <= one["at"][:10])
        and (days[1] is None or one["at"][:10] <= days[1].isoformat())
        and (search.case_id is None or str(search.case_id) in {one.get("case"), *one.get("cases", ())})
    ]


def a_case(scene: Scene) -> UUID:
    """A case of the agency's that some list told of."""
    return UUID(next(one["cases"][0] for one in found(scene, LedgerSearch()) if one.get("cases")))


def test_the_search_finds_every_entry_that_is_such_and_no_other(common_scene: Scene) -> None:
    today, case = now().date(), a_case(common_scene)
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    many = [
        LedgerSearch(deed="case"),
        LedgerSearch(deed="case:opened"),
        LedgerSearch(case_id=case),
        LedgerSearch(deed="case", case_id=case, since=yesterday, until=tomorrow),
        LedgerSearch(since=tomorrow),
        LedgerSearch(deed="enquiry", until=yesterday),
        LedgerSearch(case_id=uuid4()),
        LedgerSearch(until=date.max),
    ]
    counts = []
    for search in many:
        expected, told = by_definition(common_scene, search), found(common_scene, search)
        assert [json.dumps({key: one[key] for key in one if key != "entry"}) for one in told] == expected
        counts.append(len(told))
    assert all(counts[:4])
    assert (counts[4], counts[6]) == (0, 0)


def test_the_ledger_tells_what_an_auditor_looked_for_and_of_a_case_that_he_found(common_scene: Scene) -> None:
    today, case = now().date(), a_case(common_scene)
    for search, of in ((LedgerSearch("case", today, today, case), str(case)), (LedgerSearch(case_id=uuid4()), None)):
        count = len(found(common_scene, search))
        entry = common_scene.world.entries()[-1]
        assert (entry["act"], entry.get("case")) == (Act.LEDGER_READ, of)
        day = today.isoformat()
        sought = {"acts": "case", "from": day, "until": day} if search.deed else {}
        assert entry["details"] == {"entries": count, **sought}


def test_the_page_keeps_what_was_looked_for_goes_on_with_it_and_says_where_it_cannot_be_looked_for(
    common_scene: Scene, visitor: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tsunagu.web.pages.accounts.ENTRIES", 2)
    audra = visitor().sits_down_as(common_scene.people["audra"])
    page = audra.get("/ledger/", deed="case", since=now().date().isoformat()).content.decode()
    assert page.count('<td class="words">case: ') == 2
    assert common_scene.world.entries()[-1]["details"]["entries"] == 2, "no more were told"
    assert '<option value="case" selected>' in page
    onward = unescape(re.search(r'rel="next" data-key="x" href="([^"]+)"', page)[1])  # type: ignore[index]
    further = audra.client.get(f"/ledger/{onward}").content.decode()
    assert further.count('<td class="words">case: ') == 2
    assert not set(re.findall(r'"digest when">(\w+)<', page)) & set(re.findall(r'"digest when">(\w+)<', further))
    assert "No entry is such." in audra.get("/ledger/", case_id=str(uuid4())).content.decode()
    for wrong in ({"case_id": common_scene.targets["case"]}, {"deed": "no-such"}, {"since": "yesterday"}):
        refused = audra.get("/ledger/", **wrong)
        assert refused.status_code == 200
        assert "All are shown." in refused.content.decode()


def test_both_languages_tell_acts_and_facts_by_words(common_scene: Scene, visitor: Visitors) -> None:
    for one in (visitor(), in_japanese(visitor())):
        page = one.sits_down_as(common_scene.people["audra"]).get("/ledger/").content.decode()
        cells = re.findall(r'<td class="words">([^<]+)</td>', page)
        assert cells
        assert not [cell for cell in cells if CODE.fullmatch(cell)]
        assert not {"himself", "sign-in", "coordinator"} & set(re.findall(r'class="digest">([^<]+)<', page))


def test_every_act_can_be_chosen_once_beneath_what_it_is_done_to() -> None:
    chosen = [act for _, _, acts in deeds() for act, _ in acts]
    assert sorted(chosen) == sorted(one.value for one in Act)
    assert all(act.startswith(f"{subject}:") for subject, _, acts in deeds() for act, _ in acts)
