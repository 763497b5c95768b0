"""How far a long job is, told now and then to whoever listens.

A job that may take long counts its parts; what shows the count (a bar, lines in a log, nothing) is chosen once, by the
command line, so that no function between the two passes it on. Where nobody listens, counting does nothing.

    with shown(lines(say)):                      # the command line, once
        for run in paced(runs, "runs read"):     # a loop, wherever it stands
            ...
        with counting("readings made", 400) as tick:
            ...                                  # concurrent work calls tick() at each end
        for part in streamed(parts, "rows read", len):
            ...                                  # how many there are is not known before
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

__all__ = ["Pace", "Shower", "Tick", "clock", "counting", "lines", "paced", "shown", "streamed", "thousands"]

#: Seconds until the first line, and the longest time between two; in between each gap is twice the one before.
FIRST = 10.0
LONGEST = 60.0

T = TypeVar("T")


class Tick(Protocol):
    """Called when some parts are done: one, where nobody says how many."""

    def __call__(self, count: int = 1) -> None:
        """Count so many."""


#: Called with what is counted and how many there are (None: unknown); gives what is called at each.
Shower = Callable[[str, int | None], AbstractContextManager[Tick]]


def thousands(number: float) -> str:
    """Return a count with separators: 1,234,567."""
    return f"{round(number):,}"


def clock(seconds: float) -> str:
    """Return a duration: 40 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


@dataclass
class Pace:
    """Lines that say how far a job is, for a log file or a pipe: after 10 seconds, 30, 70, then every minute.

    A line is written when a part is done, so a model that has stopped answering writes none.

    Attributes:
        say: takes each line.
        what: is counted, with what is done to it: "calls made".
        now: the clock, in seconds.
        total: how many there are; None as long as nobody said.
        done: how many are done.
    """

    say: Callable[[str], None]
    what: str = "calls made"
    now: Callable[[], float] = time.monotonic
    total: int | None = None
    done: int = 0
    _began: float | None = field(default=None, repr=False)
    _due: float = field(default=0.0, repr=False)
    _gap: float = field(default=0.0, repr=False)

    def expect(self, total: int) -> None:
        """Begin to count anew, towards so many."""
        self.total, self.done = total, 0
        self.start()

    def tick(self, count: int = 1) -> None:
        """Count what was done; say how far the job is where a line is due."""
        self.done += count
        if self._began is None:
            self.start()
        elapsed = self.now() - (self._began or 0.0)
        if elapsed >= self._due:
            self.say(self.line(elapsed))
            self._gap = min(2 * self._gap, LONGEST)
            self._due = elapsed + self._gap

    def line(self, elapsed: float) -> str:
        """Return what is done, what is left and the time it will take at this pace."""
        spent = f"{clock(elapsed)} so far"
        if self.total is None or self.total < self.done:
            return f"{thousands(self.done)} {self.what}; {spent}"
        left = self.total - self.done
        return (
            f"{thousands(self.done)} of {thousands(self.total)} {self.what}, {thousands(left)} left: about "
            f"{clock(left * elapsed / self.done)} more ({spent})"
        )

    def start(self) -> None:
        """Take this for the time from which seconds are counted; else it is that of the first part that is done."""
        self._began, self._due, self._gap = self.now(), FIRST, FIRST


def lines(say: Callable[[str], None]) -> Shower:
    """Return what shows a count as lines."""

    @contextmanager
    def show(what: str, total: int | None) -> Iterator[Tick]:
        pace = Pace(say, what)
        pace.start()
        if total is not None:
            pace.expect(total)
        yield pace.tick

    return show


def _nothing(count: int = 1) -> None:
    """Show no count."""


@contextmanager
def _unseen(what: str, total: int | None) -> Iterator[Tick]:
    yield _nothing


#: What shows counts in this process, as a log handler does: chosen by the command line, and no part of any result.
_SHOWERS: list[Shower] = [_unseen]


@contextmanager
def shown(how: Shower) -> Iterator[None]:
    """Show within how far each job is."""
    _SHOWERS.append(how)
    try:
        yield
    finally:
        _SHOWERS.remove(how)


def counting(what: str, total: int | None = None) -> AbstractContextManager[Tick]:
    """Return a context that gives what is to be called at each part.

    Args:
        what: is counted, with what is done to it, for "3 of 10 `runs read`".
        total: how many there are, where it is known.
    """
    return _SHOWERS[-1](what, total)


def paced(items: Sequence[T], what: str) -> Iterator[T]:
    """Go through items, and count each one that is done."""
    with counting(what, len(items)) as tick:
        for item in items:
            yield item
            tick()


def streamed(items: Iterable[T], what: str, size: Callable[[T], int] = lambda item: 1) -> Iterator[T]:
    """Go through items of which nobody knows how many will come, and count what each one holds when it is done.

    Args:
        items: as they come.
        what: is counted: "rows read".
        size: how many of these an item holds.
    """
    with counting(what) as tick:
        for item in items:
            yield item
            tick(size(item))
