"""How far a command is: a bar on a terminal, and a line now and then where there is none.

All of it goes to the standard error, so that a script reads the result alone. Nothing heavy is imported before there
is something to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from unsaid.cli.console import ERR, tell
from unsaid.pace import Pace, Tick, lines, shown

if TYPE_CHECKING:
    from unsaid.runs.audit import Progress

__all__ = ["counts_shown", "progress_shown"]


@contextmanager
def counts_shown() -> Iterator[None]:
    """Show within how far each job is that counts its parts (`unsaid.pace`)."""
    with shown(_Bars().show if ERR.is_terminal else lines(tell)):
        yield


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """Give whom an audit tells its stages and calls; other jobs within are shown beside them."""
    from unsaid.runs.audit import Progress

    if not ERR.is_terminal:
        pace = Pace(tell)
        yield Progress(stage=tell, expect=pace.expect, replied=pace.tick)
        return
    bars = _Bars()
    with shown(bars.show), bars.opened() as bar:
        task = bar.add_task("calls", total=None)
        yield Progress(
            stage=tell,
            expect=lambda calls: bar.reset(task, total=calls),
            replied=lambda: bar.advance(task),
        )


class _Bars:
    """The bars of a command: on the screen as long as one of them counts, so that results are printed without."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._users = 0

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """Give the bars; the last one that leaves takes them off the screen."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        if not self._users:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=ERR, transient=True)
            self._bar.start()
        self._users += 1
        try:
            yield self._bar
        finally:
            self._users -= 1
            if not self._users:
                self._bar.stop()

    @contextmanager
    def show(self, what: str, total: int | None) -> Iterator[Tick]:
        """Show a count as a bar, which goes when the job is done."""
        with self.opened() as bar:
            task = bar.add_task(what, total=total)
            try:
                yield lambda count=1: bar.advance(task, count)
            finally:
                bar.remove_task(task)
