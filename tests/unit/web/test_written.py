"""How values are written on a page, in both languages."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import django
import pytest
from django.template import Context, Template
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()

from tsunagu.domain.hit import Evidence, EvidenceKind, Stretch  # noqa: E402
from tsunagu.domain.media import Refusal  # noqa: E402
from tsunagu.domain.overlap import Commonness  # noqa: E402
from tsunagu.overlap.summary import WeighedEvidence, summarise  # noqa: E402
from tsunagu.web.templatetags.tsunagu import moment, reason, sentence, word  # noqa: E402

LONG = Stretch(0.0, 4000.0, 0.0, 4000.0, 5)


def test_a_fixed_message_is_told_in_the_page_s_language():
    with override("en"):
        assert sentence("no such case") == "No such case."
    with override("ja"):
        assert sentence("no such case") == "該当する事件はありません。"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_message_that_is_not_fixed_is_told_in_english(language):
    with override(language):
        assert sentence("line 7 is damaged") == "Line 7 is damaged."


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_message_is_no_sentence(language):
    with override(language):
        assert sentence("") == ""
        assert word(None) == ""


def test_every_reason_that_a_summary_can_give_has_its_japanese_with_its_number():
    pairs = [WeighedEvidence(Evidence(kind, 5, None, (LONG,)), band) for kind in EvidenceKind for band in Commonness]
    for many in (pairs, pairs * 2000):
        for english in summarise(many).reasons:
            with override("ja"):
                japanese = reason(english)
            assert japanese.endswith("。"), english
            assert "{" not in japanese
            number = english.split()[0]
            assert not number.isdigit() or f"{int(number):,}" in japanese


def test_a_reason_in_english_stays_as_it_is_but_for_thousands():
    with override("en"):
        assert reason("10000 files are identical and rare.") == "10,000 files are identical and rare."


def test_a_refusal_is_told_by_its_code_in_english_and_by_a_word_in_japanese():
    with override("en"):
        assert word(Refusal.ENCRYPTED) == "encrypted"
    with override("ja"):
        assert word(Refusal.ENCRYPTED) == "暗号化されている"


def test_a_time_is_written_as_the_page_s_language_writes_it():
    page = Template('{% load i18n %}{{ at|date:_("Y-m-d H:i") }}')
    at = Context({"at": datetime(2026, 3, 4, 5, 6, tzinfo=UTC)})
    with override("en"):
        assert page.render(at) == "2026-03-04 05:06"
    with override("ja"):
        assert page.render(at) == "2026年3月4日 05:06"


def test_a_mapping_is_told_in_pairs_also_where_it_has_a_key_called_items():
    page = Template("{% load tsunagu %}{% for name, value in counts|pairs %}{{ name }}={{ value }} {% endfor %}")
    assert page.render(Context({"counts": {"items": 3, "refused": 1}})) == "items=3 refused=1 "
    assert page.render(Context({})) == ""


def test_a_day_or_a_time_is_written_in_the_language_s_own_form_and_nothing_else_is_touched():
    told = {"en": ("2026-03-01", "2026-03-01 10:20"), "ja": ("2026年3月1日", "2026年3月1日 10:20")}
    for language, (day, time) in told.items():
        with override(language):
            assert moment("2026-03-01") == day
            assert moment("2026-03-01T10:20:30.5+00:00") == time
            for other in ("2026-13-01", "2026-03-01T", "2026-03-01T::", "case 2026-03-01", "", "7"):
                assert moment(other) == other


def test_times_and_constant_words_are_kept_apart_by_language():
    page = Template(
        "{% load i18n tsunagu %}{% trans 'Cases' %} {{ at|minute }} {{ at|day }} {{ code|word }} {{ none|day }}"
    )
    context = Context({"at": datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "code": "too-large", "none": None})
    said = {}
    for _ in range(2):
        for language in ("en", "ja"):
            with override(language):
                assert said.setdefault(language, page.render(context)) == page.render(context)
    assert said["en"].startswith("Cases 2026-03-01 09:05 2026-03-01 ")
    assert "2026年3月1日 09:05 2026年3月1日" in said["ja"]
    assert "Cases" not in said["ja"]
