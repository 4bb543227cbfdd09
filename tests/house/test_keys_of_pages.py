"""A key leads to one page."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "src/tsunagu/web/templates/web"


def test_no_two_pages_are_reached_by_the_same_key() -> None:
    keys = re.findall(r'data-key="(.)"', (TEMPLATES / "base.html").read_text(encoding="utf-8"))
    assert len(keys) > 10
    assert len(keys) == len(set(keys))


def test_every_key_that_a_script_answers_to_is_told() -> None:
    scripts = TEMPLATES.parents[1] / "static/web"
    answered = {
        key
        for name in ("keys.js", "reveal.js")
        for key in re.findall(r'event\.key === "(\w+|\?)"', (scripts / name).read_text(encoding="utf-8"))
    }
    told = set(re.findall(r"<kbd[^>]*>(\w+|\?)</kbd>", (TEMPLATES / "keyboard.html").read_text(encoding="utf-8")))
    assert answered - {"g"} == told
