"""No form answers for an officer: what he is to judge or to name stands at nothing before he has chosen."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "src/tsunagu/web/templates/web"
SELECT = re.compile(r'<select name="([^"]+)"(?P<more>[^>]*)>(?P<options>.*?)</select>', re.DOTALL)
OF_NO_WEIGHT = {
    ("alert_acts.html", "form"), ("bank.html", "format"), ("cases.html", "purpose"), ("intake.html", "folder"),
    ("own_statistics.html", "status"), ("permissions.html", "permission"),
    ("series_submissions.html", "purpose"),
}  # fmt: skip
"""Whose first choice is the usual one, and says nothing of a person, an item or a child."""


def test_only_what_says_nothing_of_anybody_is_chosen_before_an_officer_chooses() -> None:
    found = {
        (path.name, one[1])
        for path in sorted(TEMPLATES.glob("*.html"))
        for one in SELECT.finditer(path.read_text(encoding="utf-8"))
        if "multiple" not in one["more"] and 'value=""' not in one["options"] and " selected" not in one["options"]
    }
    assert found == OF_NO_WEIGHT
