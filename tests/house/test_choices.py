"""No form answers for an officer: what he is to judge or to name stands at nothing before he has chosen."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "src/tsunagu/web/templates/web"
SELECT = re.compile(r'<select name="([^"]+)"(?P<more>[^>]*)>(?P<options>.*?)</select>', re.DOTALL)
IN_ONE_CASE = re.compile(r"{% if [^%]*%} selected{% endif %}")
OF_NO_WEIGHT = {
    ("alert_acts.html", "form"), ("alert_raise.html", "priority"), ("bank.html", "format"), ("bank_find.html", "type"),
    ("cases.html", "purpose"), ("intake.html", "folder"), ("own_statistics.html", "status"),
    ("permissions.html", "permission"), ("referral_draft.html", "hand_over"), ("seized_preview.html", "calendar"),
    ("seized_preview.html", "delimiter"), ("seized_preview.html", "encoding"), ("series.html", "distributed"),
    ("series_submissions.html", "purpose"), ("title.html", "jurisdiction"),
}  # fmt: skip
"""Whose first choice is the usual one, or what is kept already, and says nothing of a person, an item or a child."""


def test_only_what_says_nothing_of_anybody_is_chosen_before_an_officer_chooses() -> None:
    found = {
        (path.name, one[1])
        for path in sorted(TEMPLATES.glob("*.html"))
        for one in SELECT.finditer(path.read_text(encoding="utf-8"))
        if "multiple" not in one["more"]
        and 'value=""' not in one["options"]
        and " selected" not in IN_ONE_CASE.sub("", one["options"])
    }
    assert found == OF_NO_WEIGHT
