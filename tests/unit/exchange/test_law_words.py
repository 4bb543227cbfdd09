"""Names of laws and elements on forms in Japanese: those of the shipped rules, and others as they are."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tsunagu.exchange.law_words import law_in_japanese
from tsunagu.law.shipped import shipped_rules

CHILD_ACT = "児童買春、児童ポルノに係る行為等の規制及び処罰並びに児童の保護等に関する法律"


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (
            "Act 52 of 1999 on the punishment of acts against children, as amended by Act 79 of 2014",
            f"{CHILD_ACT}（平成11年法律第52号）（平成26年法律第79号による改正後）",
        ),
        (
            "Act 52 of 1999 on acts, as amended by Act 61 of 2019",
            f"{CHILD_ACT}（平成11年法律第52号）（令和元年法律第61号による改正後）",
        ),
        ("Act 99 of 1999 on something", "Act 99 of 1999 on something"),
        ("an agency's own words", "an agency's own words"),
    ],
)
def test_an_act_is_called_as_japan_calls_it(text: str, called: str) -> None:
    assert law_in_japanese(text) == called


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Art. 7(1)", "第7条第1項"),
        ("Art. 7(2), (3)", "第7条第2項、第3項"),
        ("Art. 182", "第182条"),
        ("all", "全文"),
        ("Art. 4bis", "Art. 4bis"),
    ],
)
def test_an_article_is_called_with_its_paragraphs(text: str, called: str) -> None:
    assert law_in_japanese(text) == called


def test_all_that_the_shipped_rules_say_is_told_in_japanese() -> None:
    texts = {
        text
        for one in shipped_rules().rules
        for text in (one.instrument, one.provision, one.says, one.penalty, one.source)
    }
    texts |= {each.says for one in shipped_rules().rules for each in one.elements}
    names = {"Trust & Safety Professional Association"}
    assert {text for text in texts if text and law_in_japanese(text) == text} == names


def test_nothing_is_translated_that_no_rule_says() -> None:
    table = files("tsunagu.exchange").joinpath("law_words.tsv").read_text(encoding="utf-8").splitlines()
    rules = files("tsunagu.law").joinpath("rules.tsv").read_text(encoding="utf-8")
    assert not [line for line in table[1:] if line.split("\t")[0] not in rules]
