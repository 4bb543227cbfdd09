"""What the database guards is what the program means."""

import re
from pathlib import Path

from tsunagu import records
from tsunagu.domain.media import PASSING

SQL = (Path(records.__file__).parent / "migrations" / "0002_guards.sql").read_text(encoding="utf-8")


def test_the_database_lets_be_replaced_what_was_refused_for_a_passing_reason_and_nothing_else() -> None:
    lists = re.findall(r"refused IN \(([^)]*)\)", SQL)
    assert len(lists) == 2
    for one in lists:
        assert {code.strip(" '") for code in one.split(",")} == {refusal.value for refusal in PASSING}
