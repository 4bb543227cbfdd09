"""The embedded server keeps pages in an eighth of the memory, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsunagu.records.postgres.memory import shared_buffers_mib


@pytest.mark.parametrize(
    ("limit_bytes", "mib"), [(1 << 28, 128), (1 << 30, 128), (3 << 29, 192), (1 << 31, 256), (1 << 60, 1024)]
)
def test_it_takes_an_eighth_of_the_memory_within_bounds(
    limit_bytes: int, mib: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1 << 40, "SC_PAGE_SIZE": 4096}.__getitem__)
    limit = tmp_path / "memory.max"
    limit.write_text(f"{limit_bytes}\n")
    assert shared_buffers_mib(limit) == mib


@pytest.mark.parametrize("text", ["max\n", None])
def test_without_a_limit_of_a_container_the_machine_counts(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1 << 20, "SC_PAGE_SIZE": 4096}.__getitem__)
    limit = tmp_path / "memory.max"
    if text is not None:
        limit.write_text(text)
    assert shared_buffers_mib(limit) == 512
