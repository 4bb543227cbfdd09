"""Submissions in the browser: a last day is asked for, and items are rejected one by one."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tsunagu.services.series.changes import add_to_series

from ..guested import show_to  # noqa: TID252 - tests are no package with a name
from ..linked import Held, Made  # noqa: TID252 - likewise
from ..scene import OVERSEES, WORKS  # noqa: TID252 - likewise
from ..series_scene import hold  # noqa: TID252 - likewise
from ..submitted import submit, take  # noqa: TID252 - likewise
from ..world import World  # noqa: TID252 - likewise
from .visitors import Visitor

pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")

SEE_OTHER, UNFIT = 302, 422


def test_one_item_is_rejected_the_others_wait_and_nothing_is_submitted_without_a_last_day(world: World) -> None:
    (ben, _), (anna, _) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    case = Held.open(world, ben).bring(Made().file()).case.reference
    series, _ = show_to(world, ben, case, anna)
    items = hold(world, ben, case, 2)
    add_to_series(actor=ben.actor, name=series, case=case, items=items, is_context=False, **world.parts)
    owner, receiver = (Visitor(world).sits_down_as(one) for one in (ben, anna))
    typed = {"act": "submit", "to": anna.agency, "name": "harbor", "purpose": "investigation", "reason": "they know"}
    assert owner.post(f"/series/{series}/submissions/", **typed).status_code == UNFIT
    path = f"/submissions/{submit(world, ben, series, anna)}/"
    offered = re.findall(r'name="picked" value="([0-9a-f]{64})"', receiver.get(path).content.decode())
    assert len(offered) == 3
    receiver.post(path, act="reject", picked=offered[0], why="other", words="not ours")
    left = re.findall(r'name="picked" value="([0-9a-f]{64})"', receiver.get(path).content.decode())
    assert set(left) == {*offered[1:]}
    take(world, anna, UUID(path.split("/")[2]))
    ended = owner.post(f"/series/{series}/submissions/", act="end", submission=path.split("/")[2], reason="too much")
    assert ended.status_code == SEE_OTHER
    assert "withdrawn by their owner within two weeks" in receiver.get("/").content.decode()
    assert "withdrawn</span> 3" in owner.get(f"/series/{series}/submissions/").content.decode()
