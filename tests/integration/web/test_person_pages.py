"""The pages of a case's persons: a drawing with its table, and an identity on one answer alone."""

from __future__ import annotations

import pytest

from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.person import PersonKind, PersonName
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.real_identity import RealIdentity
from tsunagu.services.cases.opening import open_case
from tsunagu.services.persons.identities import keep_identity

from ..granted import grant  # noqa: TID252 - tests are no package with a name
from ..peopled import people_a_case  # noqa: TID252 - likewise
from ..world import World, random_name  # noqa: TID252 - likewise
from .visitors import Visitor

pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")

REASON = "to tell the school whom to protect"


def test_a_page_shows_an_identity_once_and_the_network_as_a_drawing_with_a_table(
    world: World,
) -> None:
    one, two, *administrators = world.found(*[{Role.OFFICER}] * 2, *[{Role.ADMINISTRATOR}] * 2)
    grant(world, (administrators[0], administrators[1]), Permission.IDENTITY_OPEN, one)
    case, who = random_name("case"), random_name("who")
    kept = {"reference": case, "purpose": Purpose.INVESTIGATION, "covert": False}
    open_case(actor=one.actor, **kept, **world.parts)
    assert world.run(one, "case", "join", case, two.login).status == 0
    people_a_case(world, one, case)
    child = PersonName(PersonKind.CHILD, 1)
    keep_identity(actor=one.actor, reference=case, name=child, identity=RealIdentity(who), **world.parts)
    his, hers = (Visitor(world).sits_down_as(each) for each in (one, two))
    path = f"/cases/{case}/persons/"
    page = hers.get(path).content.decode()
    assert page.count("<g class=") == 2
    assert page.count('<path class="stated"') == 1
    assert who not in page + hers.get(f"{path}child-1/").content.decode()
    shown = his.post(f"{path}child-1/identity/", reason=REASON)
    assert who in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert hers.post(f"{path}child-1/identity/", reason=REASON).status_code == 403
    assert one.login in hers.get(f"{path}recalls/").content.decode()
    seen = hers.get("/my-ledger/", of="others").content.decode()
    assert one.login in seen
