"""An invented shop's list, and a case of an agency in which two officers work with it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tsunagu.domain.permission import Permission, Role
from tsunagu.records.models import ListedPersonRow
from tsunagu.records.session import acting_for
from tsunagu.resolution.invented.writing import write_list
from tsunagu.services.cases.opening import staff_case

from .world import Person, World, random_name

COLUMNS = {
    "name": "氏名", "kana": "フリガナ", "mail": "メールアドレス", "phone": "電話番号", "postcode": "郵便番号",
    "address": "住所", "born": "生年月日",
}  # fmt: skip
TITLES = tuple(COLUMNS.values())


REFUSED, CONFLICT = 2, 6
DECIDES = {"take_up", "promote", "drop", "send_to_juvenile_way"}
"""Services by which somebody decides about a person."""


def invented(rows: int, seed: int) -> bytes:
    """Return an invented list."""
    out = io.BytesIO()
    write_list(rows, seed, out=out, truth=io.BytesIO())
    return out.getvalue()


def fillers(count: int = 60) -> list[tuple[str, ...]]:
    """Return rows of people who have nothing in common: in a list of two, every value is a frequent one."""
    letters = "安伊宇江岡加木久毛小佐清須瀬曽田千津手戸名仁沼根野羽比布辺保真三武目森矢油代良里"
    return [
        (f"{letters[at % 40]}{letters[-1 - at % 37]} {letters[at * 7 % 40]}{at % 7}", "", f"who{at}@example.jp")
        for at in range(count)
    ]


def table(*rows: tuple[str, ...], encoding: str = "utf-8") -> bytes:
    """Return rows of the seven columns that tell of people, as a file; cells that are left out are empty."""
    lines = [TITLES, *((*row, *("",) * (len(TITLES) - len(row))) for row in rows)]
    return "".join(",".join(line) + "\r\n" for line in lines).encode(encoding)


def seize(world: World, officer: Person, case: str, secrets: set[str]) -> dict[str, str]:
    """Let an officer seal a list within a case, resolve it, answer and decide; return what doors name besides."""
    name, title, reason, why, kept = (random_name(one) for one in ("name", "title", "reason", "why", "kept"))
    rows = [
        (name, "", "x@example.jp"), ("佐藤 太郎", "", "x@example.jp", "", "060-0001"),
        ("鈴木 花子", "", "", "", "498-0000"), ("田中 次郎", "", "", "", "060-0001"),
    ]  # fmt: skip
    path = world.file(table(*rows).replace("氏名".encode(), title.encode()))
    mapping = world.file(json.dumps({"columns": {**COLUMNS, "name": title}}, ensure_ascii=False).encode())
    for typed in (
        ("import", path, "--mapping", mapping), ("resolve",),
        ("review", "--pair", "1", "2", "--answer", "unsure", "--reason", reason),
        ("prefecture", "--rows", "3", "--is", "23", "--reason", why),
    ):  # fmt: skip
        done = world.run(officer, "list", *typed, "--case", case)
        assert done.status == 0, done.text
    assert world.run(officer, "list", "save-mapping", kept, mapping).status == 0
    look_into(world, officer, case)
    film, ground = random_name("film"), random_name("ground")
    day = ("--from", "2015-07-15")
    for typed in (
        ("title", "add", "--title", film, "--code", "T1"),
        ("title", "assess", "1", "--jurisdiction", "JP", "--as", "illegal", *day, "--reason", ground),
    ):
        done = world.run(officer, *typed, "--case", case)
        assert done.status == 0, done.text
    secrets |= {name, title, reason, Path(path).name, film, why, ground, kept}
    return {"seized": path, "mapping": mapping, "kept mapping": kept}


def look_into(world: World, officer: Person, case: str) -> None:
    """Let an officer look at the first person, and take up the others, of whom the fourth is a juvenile."""
    alleged = ("--jurisdiction", "JP", "--conduct", "possession", "--date", "2016-05-01", "--reason", "w")
    for person, command, *typed in (
        ("1", "show"),
        ("2", "promote", "--to", "person-of-interest", *alleged),
        ("3", "promote", "--to", "person-of-interest", *alleged),
        ("4", "promote", "--to", "person-of-interest", *alleged),
        ("4", "age", "--as", "juvenile", "--evidence", "E-1=a register"),
        ("4", "juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "w"),
    ):
        done = world.run(officer, "gate", command, "--case", case, "--person", person, *typed)
        assert done.status == 0, done.text


DOORS_TO_LISTS: tuple[dict[str, Any], ...] = (
    {
        "command": "list import",
        "arguments": ("{seized}", "--mapping", "{mapping}", "--case", "{target}"),
        "service": "import_seized",
        "permission": Permission.SEIZED_LIST_IMPORT,
        "target": "case",
    },
    *(
        {
            "command": f"list {act}",
            "arguments": arguments,
            "service": service,
            "permission": Permission.SEIZED_LIST_IMPORT,
            "target": target,
        }
        for act, arguments, service, target in (
            ("mappings", (), "list_mappings", None),
            ("save-mapping", ("{new}", "{mapping}"), "save_mapping", None),
            ("delete-mapping", ("{target}",), "delete_mapping", "kept mapping"),
        )
    ),
    {
        "command": "list resolve",
        "arguments": ("--case", "{target}"),
        "service": "resolve_seized",
        "permission": Permission.SEIZED_LIST_IMPORT,
        "target": "case",
    },
    *(
        {
            "command": "list review",
            "arguments": ("--case", "{target}", *options),
            "service": service,
            "permission": Permission.SEIZED_LIST_REVIEW,
            "target": "case",
        }
        for options, service in (
            ((), "list_pairs"),
            (("--pair", "1", "2"), "view_pair"),
            (("--pair", "1", "2", "--answer", "unsure", "--reason", "w"), "answer_pair"),
        )
    ),
    *(
        {
            "command": "list prefecture",
            "arguments": ("--case", "{target}", *options),
            "service": service,
            "permission": Permission.SEIZED_LIST_REVIEW,
            "target": "case",
        }
        for options, service in (
            ((), "list_persons_to_place"),
            (("--rows", "3", "--is", "23", "--reason", "w"), "decide_prefecture"),
        )
    ),
    {
        "command": "list status",
        "arguments": (),
        "service": "list_seized",
        "permission": Permission.SEIZED_LIST_READ,
    },
    *(
        {
            "command": f"title {act}",
            "arguments": (*options, "--case", "{target}"),
            "service": service,
            "permission": Permission.TITLE_ASSESS,
            "target": "case",
        }
        for act, options, service in (
            ("add", ("--title", "{new}"), "add_title"),
            (
                "assess",
                ("1", "--jurisdiction", "JP", "--as", "lawful", "--from", "2015-07-15", "--reason", "w"),
                "assess_title",
            ),
            ("list", (), "list_titles"),
        )
    ),
    {
        "command": "gate show",
        "arguments": ("--case", "{target}"),
        "service": "list_persons",
        "permission": Permission.GATE_RECORD,
        "target": "case",
    },
    *(
        {
            "command": f"gate {act}",
            "arguments": ("--case", "{target}", "--person", "2", *options),
            "service": service,
            "permission": Permission.GATE_DECIDE if service in DECIDES else Permission.GATE_RECORD,
            "target": "case",
            "status": status,
        }
        for act, options, service, status in (
            ("show", (), "view_person", 0),
            (
                "promote",
                (
                    "--to",
                    "person-of-interest",
                    "--jurisdiction",
                    "JP",
                    "--conduct",
                    "possession",
                    "--date",
                    "2016-05-01",
                    "--reason",
                    "w",
                ),
                "take_up",
                0,
            ),
            ("promote", ("--to", "suspect", "--reason", "w"), "promote", CONFLICT),
            ("juvenile", ("--age-at-act", "15", "--age-now", "16", "--reason", "w"), "send_to_juvenile_way", REFUSED),
            ("record", ("--point", "day", "--showing", "unknown"), "record_fact", 0),
            ("age", ("--as", "adult", "--evidence", "E=s"), "record_fact", 0),
            ("residence", ("--prefecture", "42", "--evidence", "E=s"), "record_fact", 0),
            (
                "risk",
                ("--tool", "t", "--tool-version", "1", "--on", "2026-11-01", "--band", "low", "--assessor", "a"),
                "record_fact",
                0,
            ),
            ("welfare", ("--suicide", "s", "--children", "c"), "record_fact", 0),
            ("position", ("--as", "other", "--basis", "stated", "--children", "no"), "record_fact", CONFLICT),
            ("drop", ("--reason", "w"), "drop", 0),
        )
    ),
    {
        "command": "gate hand-over",
        "arguments": ("--case", "{target}", "--person", "2", "--office", "o", "--reason", "w"),
        "service": "hand_over_juvenile",
        "permission": Permission.JUVENILE_HANDLE,
        "target": "case",
        "entitled": "june",
        "strangers": ("jasper",),
        "unfit": ("anna", "adam", "carl"),
        "status": CONFLICT,
    },
)
"""Commands about the list that is sealed within the case; each field as `scene.Door` has it."""


def staff(world: World) -> tuple[Person, Person]:
    """Found an agency with two officers."""
    one, administrator = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    return one, world.enroll(administrator, Role.OFFICER)


@dataclass
class Desk:
    """Two officers of one agency who work on a case, and how they use a list."""

    world: World
    one: Person
    other: Person
    case: str
    folder: Path

    @classmethod
    def of(cls, world: World, people: tuple[Person, Person], folder: Path) -> Desk:
        (one, other), case = people, random_name("case")
        assert world.run(one, "case", "open", case).status == 0
        staff_case(actor=one.actor, reference=case, login=other.login, **world.parts)
        return cls(world, one, other, case, folder)

    def file(self, content: bytes, name: str = "") -> str:
        path = self.folder / (name or random_name("list.csv"))
        path.write_bytes(content)
        return str(path)

    def mapping(self, **more: Any) -> str:
        told = {"columns": COLUMNS, **more}
        return self.file(json.dumps(told, ensure_ascii=False).encode(), random_name("mapping"))

    def bring_in(self, content: bytes, *, status: int = 0, **more: Any) -> dict[str, Any]:
        done = self.world.run(
            self.one, "list", "import", self.file(content), "--mapping", self.mapping(**more), "--case", self.case,
            "--json",
        )  # fmt: skip
        assert done.status == status, done.text
        return dict(json.loads(done.stdout))

    def json(self, *typed: str, by: Person | None = None) -> list[dict[str, Any]]:
        command, *options = typed
        return self.world.json(by or self.one, "list", command, "--case", self.case, *options)

    def resolve(self) -> dict[str, Any]:
        [done] = self.json("resolve")
        return done

    def stages(self) -> dict[str, dict[str, Any]]:
        [view] = self.json("status")
        return {one["stage"]: one for one in view["stages"]}

    def persons(self, *, ended: bool = False) -> list[list[int]]:
        """Return the rows of each person whom the lists of the case name, or named once."""
        rows = ListedPersonRow.objects.filter(list__exhibit__case__reference=self.case, ended_at__isnull=not ended)
        with acting_for(self.one.actor.agency_id):
            return sorted(rows.values_list("rows", flat=True))

    def answer(self, pair: list[int], answer: str, *, by: Person | None = None) -> str:
        [done] = self.json("review", "--pair", *map(str, pair), "--answer", answer, "--reason", "as seen", by=by)
        return str(done["settled"])
