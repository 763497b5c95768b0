"""Signals as the tests need them, however the suite was started.

`nohup make test`, `make test &` in a script and some runners of CI start it with signals ignored, and a program hands
that on to all that it starts: a test that interrupts one would wait for its end for ever.
"""

from __future__ import annotations

import signal
from types import FrameType

from unsaid.stopping import SIGNALS

__all__ = ["hear_signals"]


def hear_signals() -> None:
    """Let the programs that tests start hear every signal, also those that this process was started to ignore.

    A handler is not handed on to a program, as "ignored" is. This process goes on to do nothing about them.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, set(SIGNALS))
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _nothing)


def _nothing(number: int, frame: FrameType | None) -> None:
    """Do nothing, as before."""
