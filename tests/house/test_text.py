"""What no file of the project may hold, and how long one may be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

# Each word with the one folder that may speak it; see the glossary for what to say instead.
NOT_OUR_WORDS = {
    r"child porn": "src/tsunagu/exchange/",
    r"kiddie": None,
    r"child prostitut": "src/tsunagu/law/",
    r"rape\b": None,
}
# A project that is moved elsewhere must not point back at the place where it was written.
WORKPLACES = [r"\bshared/", r"\.\./\.library", r"/work/", r"/home/[a-z]", r"/Users/"]
BINARY = re.compile(
    r"\.(jpe?g|png|gif|webp|tiff?|bmp|hei[cf]|avif|ico|pdf|mp4|mov|mkv|webm|avi|wav|mp3|flac|ogg|opus|aac|m4a"
    r"|zip|tar|gz|bz2|xz|7z|npy|npz|pkl|pickle|db|sqlite|so|dll|whl|pyc|onnx|pt)$",
    re.IGNORECASE,
)
# What documents may show: a drawing of the terminal, and the pages of the demonstration, whose media are drawn by
# code. A page is a picture: no text says whether it can be read. Nothing else in that folder may be a binary.
PICTURES_OF_DOCUMENTS = "docs/pictures/"
PICTURES_ARE = (".svg", ".png")
PICTURE_OF_A_PAGE = "docs/pictures/pages/"
LARGE_PICTURE_IS_OVER_BYTES = 150_000
LARGE_IS_OVER_BYTES = 200_000
LONG_FILES_ARE_OVER = 300
HEX_DIGEST = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])", re.IGNORECASE)
LIST_OF_DIGESTS_FROM = 25
THIS_FILE = "tests/house/test_text.py"


@pytest.fixture(scope="session")
def texts(project_files: list[Path], root: Path) -> dict[str, str]:
    """Every file of the project, as text, by its path from the root."""
    named = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(project_files)}
    return {name: data.decode("utf-8") for name, data in named.items() if not name.startswith(PICTURES_OF_DOCUMENTS)}


def test_no_file_is_a_binary_or_media(project_files: list[Path], root: Path) -> None:
    found = []
    for path in project_files:
        name = path.relative_to(root).as_posix()
        if name.startswith(PICTURES_OF_DOCUMENTS) and name.endswith(PICTURES_ARE):
            continue
        if BINARY.search(name) or b"\0" in path.read_bytes():
            found.append(name)
    assert found == []


def test_no_file_is_a_list_of_digests(texts: dict[str, str]) -> None:
    found = [
        name
        for name, text in texts.items()
        if len(HEX_DIGEST.findall(text)) >= LIST_OF_DIGESTS_FROM and not name.endswith(".lock")
    ]
    assert found == []


def test_no_file_is_large(project_files: list[Path], root: Path) -> None:
    large = {path.relative_to(root).as_posix() for path in project_files if path.stat().st_size > LARGE_IS_OVER_BYTES}
    # Locks, and the catalog of translations, which is one file for all pages, grow with the program.
    assert {name for name in large if not name.endswith((".lock", ".po"))} == set()


def test_pictures_are_of_pages_alone_and_small(project_files: list[Path], root: Path) -> None:
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size for path in project_files if path.suffix == ".png"}
    assert [name for name in sizes if not name.startswith(PICTURE_OF_A_PAGE)] == []
    assert [name for name, size in sizes.items() if size > LARGE_PICTURE_IS_OVER_BYTES] == []


def test_no_file_holds_what_a_merge_left_undecided(texts: dict[str, str]) -> None:
    undecided = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
    assert [name for name, text in texts.items() if undecided.search(text)] == []


def test_no_file_holds_a_private_key(texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() if name != THIS_FILE and "PRIVATE KEY-----" in text] == []


@pytest.mark.parametrize("word", NOT_OUR_WORDS)
def test_words_that_are_not_ours_are_not_used(word: str, texts: dict[str, str]) -> None:
    allowed = NOT_OUR_WORDS[word]
    found = [
        name
        for name, text in texts.items()
        if re.search(word, text, re.IGNORECASE)
        and not (allowed and name.startswith(allowed))
        and name not in {THIS_FILE, "docs/glossary.md"}
    ]
    assert found == []


@pytest.mark.parametrize("place", WORKPLACES)
def test_no_file_points_at_the_place_where_it_was_written(place: str, texts: dict[str, str]) -> None:
    found = [name for name, text in texts.items() if re.search(place, text) and name != THIS_FILE]
    assert found == []


def written(sources: list[Path]) -> list[Path]:
    """The files that a person wrote: Django writes the migrations."""
    return [one for one in sources if one.parent.name != "migrations"]


def test_no_source_file_is_too_long_to_read_in_one_go(sources: list[Path], root: Path) -> None:
    lengths = {one.relative_to(root).as_posix(): len(one.read_text("utf-8").splitlines()) for one in written(sources)}
    assert {name: lines for name, lines in lengths.items() if lines > LONG_FILES_ARE_OVER} == {}


def test_no_source_file_unpickles_or_runs_text(sources: list[Path]) -> None:
    forbidden_modules = {"pickle", "cPickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
    found = []
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules = {(node.module or "").partition(".")[0]}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
                found.append(f"{path.name}:{node.lineno}")
                continue
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                if not (isinstance(node.value, ast.Constant) and node.value.value is False):
                    found.append(f"{path.name}:{node.value.lineno}")
                continue
            else:
                continue
            if modules & forbidden_modules:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
