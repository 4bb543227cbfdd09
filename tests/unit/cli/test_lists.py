"""`list generate`: two new files, or none and a reason."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tsunagu.cli.lists import lists
from tsunagu.domain.errors import Conflict, InputError


def generate(out: Path, truth: Path, *more: str) -> BaseException | None:
    done = CliRunner().invoke(lists, ["generate", "--out", str(out), "--truth", str(truth), *more])
    return None if done.exit_code == 0 else done.exception


def test_a_list_and_its_truth_are_written_into_two_new_files(tmp_path: Path) -> None:
    out, truth = tmp_path / "list.csv", tmp_path / "truth.csv"
    assert generate(out, truth, "--rows", "50", "--seed", "9", "--encoding", "utf-8") is None
    assert [len(one.read_text("utf-8").splitlines()) for one in (out, truth)] == [51, 51]
    assert (out.stat().st_mode & 0o777, truth.stat().st_mode & 0o777) == (0o600, 0o600)


def test_nothing_is_overwritten_and_the_list_is_not_written_without_its_truth(tmp_path: Path) -> None:
    out, truth = tmp_path / "list.csv", tmp_path / "truth.csv"
    truth.write_text("kept", encoding="utf-8")
    assert isinstance(generate(out, truth, "--rows", "5"), Conflict)
    assert (truth.read_text("utf-8"), out.exists()) == ("kept", False)


def test_the_truth_goes_neither_into_the_list_nor_into_a_pipe(tmp_path: Path) -> None:
    assert isinstance(generate(tmp_path / "one", tmp_path / "one"), InputError)
    assert isinstance(generate(tmp_path / "one", Path("-")), InputError)
