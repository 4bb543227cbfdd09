"""Series of the scene's agency A, and the doors to series that are tried in it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any
from uuid import UUID

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.digest import Digests
from tsunagu.domain.media import Examined, MediaType
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.scheme import Grade
from tsunagu.domain.series import Distributed
from tsunagu.records import holdings
from tsunagu.records.models import Exhibit
from tsunagu.records.session import acting_for
from tsunagu.services.banks.ownership import open_bank
from tsunagu.services.cases.claims import claim
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.facts import name_series, set_distributed, set_handling
from tsunagu.services.series.publishing import publish_series
from tsunagu.services.series.reading import open_series, view_series
from tsunagu.services.series.schemes import load_scheme
from tsunagu.services.series.votes import cast_vote, dispute_votes

from .world import Person, World, random_name

SERIES = ("series", "merged series", "ended series", "circulating series")
DOOR_ARGUMENTS = ("series case", "other series", "series item", "member", "split member", "voted member", "step")
BESIDE = (
    "platform bank",
    "scheme",
    "scheme file",
    "answer",
    "question",
    "said",
    "picked",
    "picked split",
    "picked vote",
    "guest agency",
)
"""What doors name besides their target."""


def hold(world: World, person: Person, case: str, count: int) -> list[str]:
    """Let a case hold so many contents more, and return their SHA-256 in hex."""
    found = []
    with acting_for(person.actor.agency_id):
        exhibit_id: UUID = Exhibit.objects.filter(case__reference=case).values_list("id", flat=True)[0]
        for _ in range(count):
            content = secrets.token_bytes(12)
            md5, sha1 = (hashlib.new(name, content, usedforsecurity=False).digest() for name in ("md5", "sha1"))
            digests = Digests(md5, sha1, hashlib.sha256(content).digest())
            examined = Examined(random_name("/member").encode(), len(content), MediaType.PNG, digests)
            holdings.keep([(examined, 1)], agency_id=person.actor.agency_id, exhibit_id=exhibit_id)
            found.append(digests.sha256.hex())
    return found


def put_together(
    world: World, person: Person, case: str, targets: dict[str, str], secret: set[str], receiver: str
) -> None:
    """Let somebody have three series of one case, with items, an alias and a history."""
    actor: dict[str, Any] = {"actor": person.actor, **world.parts}
    contents = hold(world, person, case, 7)
    for kind in SERIES:
        targets[kind] = random_name("series")
        open_series(name=targets[kind], case=case, purpose=None, **actor)
    first, alias, reason = targets["series"], random_name("alias"), random_name("reason")
    for number, items in enumerate(([contents[0]], contents[1:4])):
        add_to_series(name=first, case=case, items=items, is_context=number == 0, **actor)
    add_to_series(name=targets["merged series"], case=case, items=contents[4:5], is_context=False, **actor)
    name_series(name=first, alias=alias, is_dropped=False, **actor)
    handling = {"receivers": [receiver], "purposes": [Purpose.INVESTIGATION], "may_forward": False, "until": None}
    set_handling(name=first, reason=reason, **handling, **actor)
    set_distributed(name=first, distributed=Distributed.NO, **actor)
    _publish(world, person, case, targets["circulating series"], contents[6], targets)
    scheme = random_name("scheme")
    element = {"code": random_name("code"), "question": {"en": random_name("question")}}
    element["answers"] = [random_name("answer") for _ in range(2)]
    content = {"name": scheme, "version": 1, "needed": 1, "voters": 1, "elements": [element]}
    load_scheme(content=json.dumps(content).encode(), **actor)
    path = world.folder / random_name("scheme")
    path.write_text(json.dumps(content | {"name": random_name("another")}))
    targets |= {"scheme": scheme, "scheme file": str(path)}
    targets |= {"answer": f"{element['code']}={element['answers'][0]}"}
    targets |= {"question": element["code"], "said": element["answers"][0]}
    numbers = {one.sha256.hex(): one.number for one in view_series(name=first, **actor).items}
    picks = (f"{numbers[one]}|{case}" for one in contents[1:4])
    targets |= zip(("picked", "picked split", "picked vote"), picks, strict=True)
    voted = {"name": first, "case": case, "item": contents[3], "scheme": scheme}
    cast_vote(grade=Grade.NOT_ILLEGAL, answers={element["code"]: element["answers"][0]}, **voted, **actor)
    dispute_votes(reason=random_name("reason"), **voted, **actor)
    claimed = {"kind": ClaimScope.SERIES, "name": first, "is_imminent": False}
    claim(reason=random_name("reason"), **claimed, **actor)
    step = view_series(name=first, **actor).history[-2]
    targets |= zip(
        DOOR_ARGUMENTS,
        (case, targets["merged series"], contents[5], *contents[1:4], str(step.step_id)),
        strict=True,
    )
    secret |= {alias, reason, *contents, *(targets[kind] for kind in SERIES), str(step.step_id)}


def _publish(world: World, person: Person, case: str, series: str, content: str, targets: dict[str, str]) -> None:
    """Let a series circulate, and a bank know what it consists of."""
    actor: dict[str, Any] = {"actor": person.actor, **world.parts}
    targets["platform bank"] = random_name("bank")
    open_bank(name=targets["platform bank"], semantics=BankSemantics.KNOWN, legal_ground=random_name("law"), **actor)
    add_to_series(name=series, case=case, items=[content], is_context=False, **actor)
    set_distributed(name=series, distributed=Distributed.YES, **actor)
    publish_series(name=series, bank=targets["platform bank"], reason=random_name("reason"), **actor)


IN_CASE = ("--case", "{series_case}")
WHY = ("--reason", "it is needed")
BY_SCHEME = ("--scheme", "{scheme}")
DOORS_TO_SERIES: tuple[dict[str, Any], ...] = (
    {"command": "series list", "arguments": (), "service": "list_series", "permission": Permission.SERIES_READ},
    {"command": "series count", "arguments": (), "service": "count_series", "permission": Permission.SERIES_READ},
    {
        "command": "series candidates",
        "arguments": (),
        "service": "list_candidates",
        "permission": Permission.SERIES_CHANGE,
    },
    *(
        {
            "command": f"series {command}",
            "arguments": arguments,
            "service": service,
            "permission": permission,
            "target": target,
        }
        for command, arguments, service, permission, target in (
            ("open", ("{new}", "--case", "{target}"), "open_series", Permission.SERIES_CHANGE, "case"),
            ("show", ("{target}",), "view_series", Permission.SERIES_READ, "series"),
            ("add", ("{target}", *IN_CASE, "{series_item}"), "add_to_series", Permission.SERIES_CHANGE, "series"),
            (
                "remove",
                ("{target}", *IN_CASE, "{member}", *WHY),
                "remove_from_series",
                Permission.SERIES_CHANGE,
                "series",
            ),
            ("alias", ("{target}", "{new}"), "name_series", Permission.SERIES_CHANGE, "series"),
            ("circulation", ("{target}", "yes"), "set_distributed", Permission.SERIES_CHANGE, "series"),
            ("handling", ("{target}", *WHY), "set_handling", Permission.SERIES_CHANGE, "series"),
            ("status", ("{target}", "alerted", *WHY), "set_status", Permission.SERIES_CHANGE, "series"),
            (
                "split",
                ("{target}", "{new}", *IN_CASE, "{split_member}", *WHY),
                "split_series",
                Permission.SERIES_CHANGE,
                "series",
            ),
            ("merge", ("{target}", "{other_series}", *WHY), "merge_series", Permission.SERIES_CHANGE, "series"),
            (
                "vote",
                ("{target}", "{voted_member}", *IN_CASE, *BY_SCHEME, "--grade", "not_illegal", "--answer", "{answer}"),
                "cast_vote",
                Permission.ITEM_VOTE,
                "series",
            ),
            (
                "dispute",
                ("{target}", "{voted_member}", *IN_CASE, *BY_SCHEME, *WHY),
                "dispute_votes",
                Permission.ITEM_VOTE,
                "series",
            ),
            ("votes", ("{target}", *BY_SCHEME), "list_votes", Permission.SERIES_READ, "series"),
            ("undo", ("{target}", "{step}", *WHY), "undo_step", Permission.SERIES_CHANGE, "series"),
        )
    ),
    {"command": "claims list", "arguments": (), "service": "list_claims", "permission": Permission.SERIES_READ},
    {"command": "scheme list", "arguments": (), "service": "list_schemes", "permission": Permission.SERIES_READ},
    {
        "command": "scheme load",
        "arguments": ("{scheme_file}",),
        "service": "load_scheme",
        "permission": Permission.SCHEME_SET,
        "strangers": ("ben", "cleo"),
        "unfit": ("adam", "audra", "carl"),
    },
    *(
        {
            "command": f"claims {command}",
            "arguments": ("--series", "{target}", *options),
            "service": service,
            "permission": Permission.CLAIM_MAKE,
            "target": target,
        }
        for command, options, service, target in (
            ("ask", (), "ask_interest", "series"),
            ("renew", WHY, "renew_claim", "series"),
            ("release", WHY, "release_claim", "series"),
            ("claim", WHY, "claim", "ended series"),
        )
    ),
    *(
        {
            "command": f"series {command}",
            "arguments": ("{target}", "--bank", "{platform_bank}", *WHY),
            "service": service,
            "permission": Permission.SERIES_PUBLISH,
            "target": "circulating series",
            "strangers": ("ben", "cleo"),
            "unfit": ("adam", "audra", "carl"),
        }
        for command, service in (("publish", "publish_series"), ("unpublish", "withdraw_published"))
    ),
    {
        "command": "series status",
        "arguments": ("{target}", "not_illegal", *WHY),
        "service": "set_status",
        "permission": Permission.SERIES_CLOSE,
        "target": "ended series",
        "strangers": ("ben", "cleo"),
        "unfit": ("adam", "audra", "carl"),
    },
)
"""As `scene.Door` takes them; where nothing is said of strangers they are those of cases."""

PAGE_CHANGES: tuple[tuple[str, Permission, dict[str, str]], ...] = (
    ("add_to_series", Permission.SERIES_CHANGE, {"act": "add", "case": "{series_case}", "items": "{series_item}"}),
    ("remove_from_series", Permission.SERIES_CHANGE, {"act": "remove", "picked": "{picked}", "reason": "why"}),
    ("name_series", Permission.SERIES_CHANGE, {"act": "alias", "alias": "{new}"}),
    ("set_distributed", Permission.SERIES_CHANGE, {"act": "circulation", "distributed": "yes"}),
    ("set_handling", Permission.SERIES_CHANGE, {"act": "handling", "reason": "why"}),
    ("set_status", Permission.SERIES_CHANGE, {"act": "status", "status": "alerted", "reason": "why"}),
    (
        "split_series",
        Permission.SERIES_CHANGE,
        {"act": "split", "picked": "{picked_split}", "new": "{new}", "reason": "why"},
    ),
    ("merge_series", Permission.SERIES_CHANGE, {"act": "merge", "other": "{other_series}", "reason": "why"}),
    ("undo_step", Permission.SERIES_CHANGE, {"act": "undo", "step": "{step}", "reason": "why"}),
    (
        "cast_vote",
        Permission.ITEM_VOTE,
        {
            "act": "vote",
            "picked": "{picked_vote}",
            "scheme": "{scheme}",
            "grade": "baseline",
            "answer-{question}": "{said}",
        },
    ),
    (
        "dispute_votes",
        Permission.ITEM_VOTE,
        {"act": "dispute", "picked": "{picked_vote}", "scheme": "{scheme}", "reason": "why"},
    ),
    ("renew_claim", Permission.CLAIM_MAKE, {"act": "renew", "reason": "why"}),
    ("release_claim", Permission.CLAIM_MAKE, {"act": "release", "reason": "why"}),
    ("claim", Permission.CLAIM_MAKE, {"act": "claim", "reason": "why"}),
    ("ask_interest", Permission.CLAIM_MAKE, {"act": "ask"}),
)
"""What buttons of a series' page do, as forms send it."""
