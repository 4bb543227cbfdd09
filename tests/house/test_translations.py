"""Every text of the pages has its Japanese, with the same placeholders, and is compiled as it stands."""

from __future__ import annotations

import gettext
import importlib.util
import io
import os
import re
import string
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import django
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.utils.translation.trans_real import translation

ROOT = Path(__file__).parents[2]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()

SIGN_IN_PAGES = [
    "account/base_entrance.html",
    "account/base_manage_password.html",
    "account/base_reauthenticate.html",
    "account/logout.html",
    "account/password_change.html",
    "account/reauthenticate.html",
    "mfa",
]
"""Templates of allauth that are shown as they are."""
NEVER_SHOWN = {"signup_form.html", "trust.html"}
WRITTEN_ALIKE = {"MD5", "PDQ", "SHA-1", "SHA-256", "Tsunagu"}
"""What a page says in every language."""
PRINTF = re.compile(r"%\(\w+\)[sd]")


def script(name: str) -> ModuleType:
    """A script of the Makefile's, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "make" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


translations = script("translations")
compile_catalogs = script("compile_catalogs")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The Japanese catalog."""
    return translations.known()


@pytest.fixture(scope="module")
def texts() -> list:
    """Every text that pages show."""
    return translations.gathered()


def test_the_catalog_holds_every_text_of_the_pages_and_no_other(texts: list) -> None:
    """`make translations` brings it up to date."""
    assert translations.brought_up_to_date(texts).decode() == translations.CATALOG.read_text(encoding="utf-8")


def test_every_text_has_its_japanese(catalog: Catalog) -> None:
    assert [one.id for one in catalog if one.id and not one.string] == []


def test_nothing_is_fuzzy(catalog: Catalog) -> None:
    assert [one.id for one in catalog if one.id and one.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages(catalog: Catalog) -> None:
    def placeholders(text: str) -> tuple[list[str], set[str | None]]:
        braces = {name for _, name, _, _ in string.Formatter().parse(text)} if "{" in text else set()
        return sorted(PRINTF.findall(text)), braces - {None}

    differ = [one.id for one in catalog if one.id and placeholders(one.id) != placeholders(one.string)]
    assert differ == []


def test_a_sentence_is_a_sentence_in_both_languages(catalog: Catalog) -> None:
    differ = [one.id for one in catalog if one.id and one.id.endswith(".") and one.string[-1] not in "。\uff09"]
    assert differ == []


def test_the_messages_of_failures_are_sentences(catalog: Catalog, texts: list) -> None:
    floors = ("src/tsunagu/services/", "src/tsunagu/records/")
    failures = {one.text for one in texts if one.place.startswith(floors) and not one.context}
    ours = [one for one in catalog if one.id in failures and not one.context]
    assert len(ours) > 20, "the pattern finds none"
    assert [one.id for one in ours if not one.string.endswith("。")] == []


def test_the_compiled_catalog_is_that_of_the_texts_as_they_stand() -> None:
    """`make setup` compiles it."""
    entries = compile_catalogs.entries(translations.CATALOG.read_text(encoding="utf-8"))
    assert translations.CATALOG.with_suffix(".mo").read_bytes() == compile_catalogs.compiled(entries)


def test_our_compiler_does_what_babel_s_does() -> None:
    plural = Catalog(locale="ja", domain="django", fuzzy=False)
    plural.add('a line\nand "another" \\ one', "一行\nと「もう一行」\\")
    plural.add(("%(n)s file", "%(n)s files"), ("%(n)s個のファイル",))
    plural.add("open", "未処理", context="code")
    plural.add("not yet translated")
    for one in (plural, translations.known()):
        ours, theirs = io.BytesIO(), io.BytesIO()
        translations.write_po(ours, one, width=40)
        written = compile_catalogs.compiled(compile_catalogs.entries(ours.getvalue().decode()))
        write_mo(theirs, one)
        theirs.seek(0)
        read = [gettext.GNUTranslations(file)._catalog for file in (io.BytesIO(written), theirs)]
        assert {key: text for key, text in read[0].items() if key} == {
            key: text for key, text in read[1].items() if key
        }


def test_a_fuzzy_entry_is_not_compiled() -> None:
    with pytest.raises(ValueError, match="fuzzy"):
        compile_catalogs.entries('#, fuzzy\nmsgid "one"\nmsgstr "一"\n')


def test_a_wheel_carries_the_compiled_catalog(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        name = translations.CATALOG.with_suffix(".mo").relative_to(ROOT / "src").as_posix()
        assert wheel.read(name) == translations.CATALOG.with_suffix(".mo").read_bytes()


def test_the_sign_in_pages_of_allauth_are_japanese_too() -> None:
    allauth = Path(importlib.util.find_spec("allauth").origin).parent / "templates"
    pages = [
        page
        for name in SIGN_IN_PAGES
        for page in ([allauth / name] if ".html" in name else (allauth / name).rglob("*.html"))
    ]
    wanted = {one.text for page in pages if page.name not in NEVER_SHOWN for one in translations.of_template(page)}
    assert "Authenticator App" in wanted, "the pattern finds none"
    held = translation("ja")._catalog
    keys = {one: one if isinstance(one, str) else (one[0], 0) for one in wanted}
    missing = {one for one, key in keys.items() if held.get(key) is None}
    assert missing == set()


class Visible(HTMLParser):
    """What a person can read of a template's own text, outside of what is marked for translation."""

    READ_OUT = ("alt", "aria-label", "placeholder", "title")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._foreign = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in self.READ_OUT and value]
        # What names its own language is said in that language.
        self._foreign += tag != "html" and any(name == "lang" for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._foreign = max(0, self._foreign - (tag in {"button", "span"}))

    def handle_data(self, data: str) -> None:
        if not self._foreign:
            self.found.append(data)


TAGS = re.compile(
    r"{%\s*(?:blocktrans|blocktranslate|comment)\b.*?{%\s*end\w+\s*%}|{%.*?%}|{{.*?}}|{#.*?#}|<script\b.*?</script>",
    re.DOTALL,
)


def visible(template: str) -> list[str]:
    """The words of a template that stand there in English, whatever the page's language."""
    reader = Visible()
    reader.feed(TAGS.sub("", template))
    words = {word.strip(":.,·") for text in reader.found for word in text.split()}
    return sorted(word for word in words - WRITTEN_ALIKE if re.search(r"[A-Za-z]{2}", word))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src/tsunagu/web/templates").rglob("*.html")), ids=lambda path: path.name
)
def test_no_template_shows_a_text_that_is_not_marked_for_translation(path: Path) -> None:
    assert visible(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Plain</p>", ["Plain"]),
        ('<p>{% trans "Marked" %}</p>', []),
        ("<p>{% blocktrans with n=1 %}Marked {{ n }}{% endblocktrans %}</p>", []),
        ('<img alt="Described">', ["Described"]),
        ('<span lang="en">English</span> Left', ["Left"]),
        ('<p class="lead" data-key="x">{{ value }}</p>', []),
    ],
)
def test_what_counts_as_a_text_of_a_template(template: str, words: list[str]) -> None:
    assert visible(template) == words


def test_no_script_shows_a_text_of_its_own() -> None:
    """A script takes its texts from the page, which has them translated."""
    shows = re.compile(r"""(?:textContent|innerText|placeholder|title)\s*=\s*["'`][^"'`$]*[A-Za-z]{2}|\balert\(""")
    scripts = sorted((ROOT / "src/tsunagu/web/static").rglob("*.js"))
    assert [path.name for path in scripts if shows.search(path.read_text(encoding="utf-8"))] == []


def test_no_other_catalog_says_a_text_of_ours_otherwise(catalog: Catalog) -> None:
    said = translation("ja")
    ours = [one for one in catalog if isinstance(one.id, str) and one.id and not one.context]
    assert [one.id for one in ours if said.gettext(one.id) != one.string] == []
