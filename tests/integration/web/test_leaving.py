"""Nobody is let leave by a slip of the hand: what follows is told first, and asked."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from tsunagu.domain.permission import Role

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .test_languages import in_japanese, left_in_english
from .visitors import Visitor

Visitors = Callable[[], Visitor]


def test_an_officer_leaves_only_after_a_page_has_told_what_follows(
    visitor: Visitors, world: World, common_scene: Scene
) -> None:
    adam = common_scene.people["adam"]
    leaver = world.enroll(adam, Role.OFFICER)
    path = reverse("leave", args=[leaver.actor.officer_id])
    one, his = visitor().sits_down_as(adam), visitor().sits_down_as(leaver)
    listed = one.get("/officers/").content.decode()
    assert f'<a href="{path}">' in listed
    assert f'action="{path}"' not in listed
    told = one.get(path)
    assert told.status_code == 200
    for words in (leaver.login, "cannot be undone", "API keys", "nobody else works"):
        assert words in told.content.decode()
    assert his.is_in
    assert left_in_english(in_japanese(one).get(path)) == set()
    assert one.post(path)["Location"] == "/officers/"
    assert not his.is_in
    again = one.get(path)
    assert again.status_code == 404
    assert 'class="back" href="/officers/"' in again.content.decode()


def test_the_page_tells_nothing_of_an_officer_to_others(visitor: Visitors, common_scene: Scene) -> None:
    anna = common_scene.people["anna"]
    path = reverse("leave", args=[anna.actor.officer_id])
    for who, status in (("bella", 404), ("carl", 403), ("audra", 403)):
        answer = visitor().sits_down_as(common_scene.people[who]).get(path)
        assert answer.status_code == status
        assert anna.login not in answer.content.decode()
