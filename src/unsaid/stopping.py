"""How a command hears that it is to stop: Ctrl-C, SIGTERM and SIGHUP, all alike.

The first signal raises nothing in the middle of anything. It is noted, calls that are under way are called off, and
the command goes on to its next orderly point: it writes what has come and ends with status 130. The second signal
ends the process at once; files are replaced whole, so nothing that was written before is lost.

Why not Python's own `KeyboardInterrupt`: it arrives between any two instructions, also where an exception is printed
and dropped (a destructor, a callback of the import system), and an event loop turns it into a cancellation that
Inspect takes for the end of a run that succeeded.

Nothing heavy is imported before it is used: what is imported before the handlers are there is not guarded.

    with listening():            # the handlers; the command line, or a library's caller in the main thread
        with at_once():          # a command that asks nothing: the first signal raises Interrupted
            with orderly():      # a run: the first signal is noted, and `check()` raises Interrupted
                run(coroutine)   # an event loop of ours, cancelled by the first signal
                ...              # an event loop of Inspect's: its tasks say where it ends with `reach`
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from unsaid.errors import Interrupted

if TYPE_CHECKING:
    import asyncio

__all__ = [
    "STOPPED",
    "at_once",
    "call_off",
    "called_off",
    "check",
    "deaf_children",
    "forget",
    "heard",
    "importing",
    "install",
    "listening",
    "orderly",
    "reach",
    "resume",
    "run",
    "uninstall",
]

#: Every signal by which somebody asks a command to stop; Windows has no SIGHUP.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
STOPPING = "stopping: no further call is made, and what has come is being written; Ctrl-C again stops at once"
#: Of the second signal, and of a command that asks nothing.
STOPPED = "stopped at once. What was written before is kept; run the same command again to continue"

#: An event loop that sleeps wakes up so often to hear a signal: seconds.
HEARTBEAT = 0.25

T = TypeVar("T")
Handler = Callable[[int, FrameType | None], Any] | int | None


class _State:
    """What the handlers of this process know; written by the main thread alone, but for `called_off`."""

    def __init__(self) -> None:
        self.heard: str | None = None
        self.called_off = False
        self.orderly = True
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ends: Callable[[], object] | None = None
        self.before: dict[int, Handler] = {}
        self.terminals: tuple[int, ...] = ()


_STATE = _State()


def install() -> bool:
    """Listen to the signals from now on; whether this call began it.

    A signal that this process was told to ignore (`nohup`, a job in the background) stays ignored. Outside of the
    main thread nothing is done, because Python has no handlers there.
    """
    if _STATE.before or threading.current_thread() is not threading.main_thread():
        return False
    _STATE.terminals = tuple(number for number in (1, 2) if os.isatty(number))
    for number in SIGNALS:
        before = signal.getsignal(number)
        _STATE.before[number] = before
        if before is not signal.SIG_IGN:
            signal.signal(number, _hear)
    return True


def uninstall() -> None:
    """Give the signals back to whoever had them, and forget what was heard."""
    for number, before in _STATE.before.items():
        signal.signal(number, before if before is not None else signal.SIG_DFL)
    _STATE.before.clear()
    forget()


def forget() -> None:
    """Begin anew: nothing was heard, and nothing is called off."""
    _STATE.heard = None
    resume()


@contextmanager
def listening() -> Iterator[None]:
    """Listen to the signals; within another `listening`, and outside of the main thread, it changes nothing."""
    began = install()
    try:
        yield
    finally:
        if began:
            uninstall()


@contextmanager
def orderly() -> Iterator[None]:
    """Note the first signal instead of raising, because what was begun is to be ended in order."""
    with _mode(orderly=True):
        yield


@contextmanager
def at_once() -> Iterator[None]:
    """Raise `Interrupted` at the first signal, and at the beginning where one was heard already."""
    with _mode(orderly=False):
        check()
        yield


@contextmanager
def importing() -> Iterator[None]:
    """Note the first signal while modules are imported, and raise `Interrupted` after that.

    Raised in the middle, it can be printed and dropped by a callback of the import system, or leave half a module.
    """
    with orderly():
        yield
    if not _STATE.orderly:
        check()


@contextmanager
def _mode(*, orderly: bool) -> Iterator[None]:
    before, _STATE.orderly = _STATE.orderly, orderly
    try:
        yield
    finally:
        _STATE.orderly = before


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes begun within do not hear a terminal's Ctrl-C: the one that began them ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set(SIGNALS) - {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def heard() -> str | None:
    """The name of the first signal ("SIGINT"), or None."""
    return _STATE.heard


def called_off() -> bool:
    """Whether nothing more is to be asked: a signal was heard, or `call_off` was called."""
    return _STATE.called_off


def check() -> None:
    """Raise `Interrupted` where a signal was heard.

    Raises:
        Interrupted: one was.
    """
    if _STATE.heard is not None:
        raise Interrupted


def call_off() -> None:
    """Cancel what the event loop runs, and let no further call begin; from any thread."""
    _STATE.called_off = True
    if _STATE.loop is not None and _STATE.ends is not None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            _STATE.loop.call_soon_threadsafe(_STATE.ends)  # also where it sleeps: it is woken up


def resume() -> None:
    """Let calls begin again after `call_off`, unless a signal was heard; what ran has ended."""
    _STATE.called_off = _STATE.heard is not None
    _STATE.loop = _STATE.ends = None


def reach(find: Callable[[], Callable[[], object]]) -> None:
    """Make the event loop that runs here known, so that `call_off` ends what it does.

    Args:
        find: gives what is to be called in the loop to end it; asked once a loop.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    if _STATE.loop is not loop:
        _STATE.loop, _STATE.ends = loop, find()
        _beat(loop)
        if _STATE.called_off:
            call_off()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, as `asyncio.run` does; the first signal cancels it.

    Raises:
        Interrupted: a signal was heard before it ended.
    """
    import asyncio

    if _STATE.heard is not None:
        coroutine.close()
        raise Interrupted

    async def reached() -> T:
        task = asyncio.current_task()
        if task is not None:
            reach(lambda: task.cancel)
        return await coroutine

    try:
        return asyncio.run(reached())
    except asyncio.CancelledError:
        check()
        raise
    finally:
        resume()


def _beat(loop: asyncio.AbstractEventLoop) -> None:
    """Wake a loop up again and again, as long as it is the one that a signal ends.

    Python runs a handler between two instructions of the main thread. A signal that comes after the last instruction
    before a loop's sleep, or to another thread, does not end that sleep: a loop that waits for one long call would
    hear it when that call ends, and one that waits for ever never.
    """
    if _STATE.loop is loop:
        loop.call_later(HEARTBEAT, _beat, loop)


def _hear(number: int, frame: FrameType | None) -> None:
    """The handler of every signal."""
    if _STATE.heard is not None:
        _tell(STOPPED)
        _end_children()
        os._exit(Interrupted.exit_status)
    _STATE.heard = signal.Signals(number).name
    if _STATE.heard == "SIGHUP":
        _detach()
    call_off()
    if not _STATE.orderly:
        raise Interrupted
    _tell(STOPPING)


def _end_children() -> None:
    """End the processes that this one began, which would wait for it for ever."""
    begun = sys.modules.get("multiprocessing")
    for child in begun.active_children() if begun is not None else ():
        child.kill()


def _detach() -> None:
    """Write into nothing from now on where a terminal was written to: it is gone, and every write would fail."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for number in _STATE.terminals:
        os.dup2(nothing, number)
    os.close(nothing)


def _tell(line: str) -> None:
    """Write a line past every buffer and lock, which the interrupted code may hold; a hidden cursor is shown."""
    clear, show = ("\r\x1b[2K", "\x1b[?25h") if 2 in _STATE.terminals else ("", "")
    with suppress(OSError):
        os.write(2, f"{clear}unsaid: {line}{show}{os.linesep}".encode())
