"""Progress bars with rate and time left, on the error stream, so that results can be piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from tsunagu.cli.output import complaints


class _Rate(ProgressColumn):
    """Finished units a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, or a blank before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f} {task.fields['unit']}/s" if speed else "", style="cyan")


@contextmanager
def progress_bar(what: str, total: int, *, unit: str) -> Iterator[Callable[..., None]]:
    """Show a bar while the block runs; the function it yields moves it on, or to `completed`."""
    if not complaints.is_terminal:
        yield _untold
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=complaints, transient=True) as bar:
        task = bar.add_task(what, total=total, unit=unit)

        def advance(completed: int | None = None, total: int | None = None) -> None:
            if completed is None:
                bar.advance(task)
            else:
                bar.update(task, completed=completed, total=total)

        yield advance


def _untold(completed: int | None = None, total: int | None = None) -> None:
    """Tell nobody: no terminal shows it."""
