"""Pages at two installations: a package and a request that go over the line, on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from ..gated import BUYER, Gated  # noqa: TID252 - tests are no package with a name
from ..homes import Home  # noqa: TID252 - likewise
from ..lined import Line  # noqa: TID252 - likewise
from ..seized import fillers  # noqa: TID252 - likewise
from ..test_enquiry_requests import ask  # noqa: TID252 - likewise
from ..test_referrals import RISK, send  # noqa: TID252 - likewise
from ..world import Person  # noqa: TID252 - likewise
from .visitors import Visitor


@contextmanager
def sitting(home: Home, person: Person) -> Iterator[Visitor]:
    """Let somebody sit at a browser at his installation."""
    with home.here() as world:
        serve_from(world.rooms)
        yield Visitor(world).sits_down_as(person)


def read(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def _served_again(rooms: Rooms) -> Iterator[None]:
    yield
    serve_from(rooms)


@pytest.mark.usefixtures("_served_again")
def test_both_sides_see_a_package_and_a_request_on_their_way_with_the_times_of_each_hop(
    line: Line, tmp_path: Path
) -> None:
    others = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers(3)]
    with line.here.here() as world:
        gated = Gated.of(world, line.force, tmp_path, BUYER, *others)
        asked = f"/enquiries/requests/{ask(gated)}/"
        gated.suspect()
        gated.gate("risk", *RISK)
        gated.gate("welfare", "--suicide", "a physician is told", "--children", "the centre is told")
        address = f"/referrals/{send(gated)}/"
    with sitting(line.here, line.force.one) as sender:
        assert "on its way to another installation" in read(sender, "/referrals/")
        assert "on its way to another installation" in read(sender, "/enquiries/requests/")
        assert 'name="reply" value="receive"' not in read(sender, address), "its receiver answers it itself"
    line.carry()
    with sitting(line.there, line.nagasaki) as receiver:
        assert "waits for you" in read(receiver, "/referrals/")
        assert BUYER[0] in read(receiver, address)
        assert receiver.post(f"{address}answer/", reply="receive").status_code == 302
        assert receiver.post(f"{asked}answer/", residence="confirmed").status_code == 302
    line.carry()
    with sitting(line.here, line.force.one) as sender:
        shown = read(sender, address)
        assert shown.count("told here") == 2, "its arrival, and its receipt"
        told = read(sender, asked)
        assert "Arrived at the other installation" in told
        assert "told here" in told
