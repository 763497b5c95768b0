"""Progress of a run for whoever waits: one line that is replaced in a cell of a notebook, and lines elsewhere."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from unsaid.pace import clock
from unsaid.report.words.text import visible
from unsaid.store.secrets import scrub

if TYPE_CHECKING:
    from unsaid.runs.own_process import OwnProcess

__all__ = ["Teller", "line", "teller"]

#: Called again and again with the run: shows what is new of it.
Teller = Callable[["OwnProcess"], None]

#: Seconds between two lines where a line cannot be replaced, and between two changes of one that can.
_SELDOM, _OFTEN = 10.0, 0.5


def line(running: OwnProcess, seconds: float) -> str:
    """Return where a run is, in one line: what it does, how many calls have come of how many, and the time left.

    Args:
        running: the run.
        seconds: since its calls began.
    """
    stage = running.stages[-1] if running.stages else "starting"
    done, expected = running.replied, running.expected
    if not expected:
        return visible(scrub(stage))
    left = ""
    if 0 < done < expected:
        left = f", about {clock(seconds / done * (expected - done))} left"
    return visible(scrub(f"{stage}: {done:,} of {expected:,} calls{left}"))


def teller(progress: bool | None) -> Teller:
    """Return what shows progress.

    Args:
        progress: True shows it, False does not, None shows it in a notebook alone. Warnings are shown in any case.
    """
    if progress is False:
        return _warn
    display = _display()
    if display is not None:
        return _Telling(_replaced(display), _OFTEN)
    return _Telling(_written, _SELDOM, every=True) if progress else _warn


class _Telling:
    """Shows a line where the stage is another, and else every so often.

    Where lines stay (`every`), a stage that began and ended between two looks has its line as well.
    """

    def __init__(self, show: Callable[[str], None], pause: float, *, every: bool = False) -> None:
        self._show, self._pause, self._every = show, pause, every
        self._began: float | None = None
        self._stages, self._shown, self._at = -1, "", 0.0

    def __call__(self, running: OwnProcess) -> None:
        _warn(running)
        now = time.monotonic()
        if self._began is None and running.expected is not None:
            self._began = now
        if len(running.stages) == self._stages and now - self._at < self._pause:
            return
        for stage in running.stages[max(self._stages, 0) : -1] if self._every else ():
            self._show(visible(scrub(stage)))
        text = line(running, now - (self._began or now))
        if text != self._shown:
            self._show(text)
        self._stages, self._shown, self._at = len(running.stages), text, now


def _warn(running: OwnProcess) -> None:
    while running.warnings:
        sys.stderr.write(visible(scrub(running.warnings.popleft())))


def _written(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _replaced(display: Any) -> Callable[[str], None]:
    handle = display({"text/plain": ""}, raw=True, display_id=True)

    def show(text: str) -> None:
        handle.update({"text/plain": text}, raw=True)

    return show


def _display() -> Any:
    """`IPython.display.display` of a kernel; None elsewhere, IPython's terminal included, which replaces no line."""
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    return importlib.import_module("IPython.display").display if hasattr(shell, "kernel") else None
