"""How far an audit is: a bar on a terminal, and a line now and then where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from unsaid.cli.console import ERR, tell
from unsaid.planning.budget import clock, thousands
from unsaid.runs.audit import Progress

__all__ = ["Pace", "progress_shown"]

#: Seconds until the first line, and the longest time between two; in between each gap is twice the one before.
_FIRST = 10.0
_LONGEST = 60.0


@dataclass
class Pace:
    """Lines that say how far the calls are, for a log file or a pipe: after 10 seconds, 30, 70, then every minute.

    A line is written when a reply arrives, so a model that has stopped answering writes none.

    Attributes:
        say: takes each line.
        now: the clock, in seconds.
        total: calls that are to be made; None as long as nobody said.
        done: replies that have come.
    """

    say: Callable[[str], None]
    now: Callable[[], float] = time.monotonic
    total: int | None = None
    done: int = 0
    _began: float | None = field(default=None, repr=False)
    _due: float = field(default=_FIRST, repr=False)
    _gap: float = field(default=_FIRST, repr=False)

    def expect(self, calls: int) -> None:
        """Begin to count, towards so many calls; the number may change while they are made."""
        self.total = calls
        if self._began is None:
            self._began = self.now()

    def replied(self) -> None:
        """Count a reply; say how far it is where a line is due."""
        self.done += 1
        if self._began is None:
            self._began = self.now()
        elapsed = self.now() - self._began
        if elapsed >= self._due:
            self.say(self.line(elapsed))
            self._gap = min(2 * self._gap, _LONGEST)
            self._due = elapsed + self._gap

    def line(self, elapsed: float) -> str:
        """Return what is done, what is left and the time it will take at this pace."""
        spent = f"{clock(elapsed)} so far"
        if self.total is None or self.total < self.done:
            return f"{thousands(self.done)} calls made; {spent}"
        left = self.total - self.done
        return (
            f"{thousands(self.done)} of {thousands(self.total)} calls made, {thousands(left)} left: about "
            f"{clock(left * elapsed / self.done)} more ({spent})"
        )


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A bar with the time left on a terminal; elsewhere a line per stage, and one now and then while calls are made.

    All of it goes to the standard error, so that a script reads the result alone.
    """
    if not ERR.is_terminal:
        pace = Pace(tell)
        yield Progress(stage=tell, expect=pace.expect, replied=pace.replied)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("calls", total=None)
        yield Progress(
            stage=tell,
            expect=lambda calls: bar.update(task, total=calls),
            replied=lambda: bar.advance(task),
        )
