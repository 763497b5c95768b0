"""A command in a terminal of its own, for tests and benchmarks of what a person at a keyboard does to it.

with Terminal(["audit", "--out", "run"]) as shell:
    shell.wait_for("asking")
    shell.press(CTRL_C)
    assert shell.ended() == 130
"""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from warm import PATIENCE, popen

CTRL_C = b"\x03"

# The terminal becomes the process's own, so that a key reaches it as a signal; and a test that was started in the
# background of a shell, which ignores Ctrl-C, must not hand that on.
_START = (
    "import os, signal; os.close(os.open(os.ttyname(0), os.O_RDWR));"
    "signal.signal(signal.SIGINT, signal.default_int_handler); from unsaid.cli import main; main()"
)
_MARKS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A pseudo-terminal with `unsaid` in it."""

    def __init__(
        self, words: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """Start it.

        Args:
            words: the command, without "unsaid".
            cwd: where.
            env: beside the environment of this process.
        """
        self._screen, inner = pty.openpty()
        self._written = bytearray()
        self._more = threading.Condition()
        self.process = popen(
            _START,
            words,
            (inner, inner, inner),
            session=True,
            cwd=cwd,
            env=os.environ | {"COLUMNS": "120"} | dict(env or {}),
        )
        os.close(inner)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        """It runs already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(10)
        os.close(self._screen)

    @property
    def text(self) -> str:
        """What stands on the screen so far, without the marks that move the cursor, and on one line."""
        with self._more:
            written = bytes(self._written)
        return " ".join(_MARKS.sub("", written.decode("utf-8", "replace")).split())

    def wait_for(self, words: str, times: int = 1) -> None:
        """Wait until something was printed so often.

        Raises:
            AssertionError: it ended, or nothing came for very long.
        """
        self.wait_until(lambda: self.text.count(words) >= times, words)

    def wait_until(self, done: Callable[[], bool], what: str = "what is waited for") -> None:
        """Wait until something holds; it is looked at whenever something was printed, and every second.

        Raises:
            AssertionError: the process ended before, or it did not come for very long.
        """
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline or not self._reader.is_alive():
                raise AssertionError(f"no {what!r} in: {self.text[-3000:]}")
            with self._more:
                self._more.wait(1)

    def runs_for(self, seconds: float) -> bool:
        """Let so many seconds pass; whether it still runs then. For benchmarks: no test may depend on time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def press(self, key: bytes, times: int = 1) -> None:
        """Press a key; nothing where the process has ended."""
        for _ in range(times):
            os.write(self._screen, key)

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end: the exit status, negative where a signal ended it."""
        status = self.process.wait(PATIENCE)
        self._reader.join(10)
        return status

    def _read(self) -> None:
        while True:
            try:
                some = os.read(self._screen, 65536)
            except OSError:  # Linux's way to say that nobody writes any more
                some = b""
            with self._more:
                self._written += some
                self._more.notify_all()
            if not some:
                return
