"""An audit in a process of its own, for callers that cannot lend it theirs: notebooks, and programs with an event loop.

Inspect runs one evaluation at a time in a process, starts an event loop, and in a notebook patches asyncio for all
code of the kernel; a run also listens to signals, which only the main thread can. None of that touches the caller
here: the event loop that runs there, its signals and its asyncio stay as they are, several audits can run beside each
other, and a kernel that dies leaves a run that ends in order.

    caller                                      python -m unsaid.runs.own_process
    one line of JSON: the request  -- stdin ->  runs the audit, with the handlers of a command
    end of file: stop in order     -- stdin ->  as at the first Ctrl-C
                                   <- stdout -- a line of JSON for each event: stage, expect, replied, done or error
                                   <- stderr -- warnings, and tracebacks that nobody expected
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from unsaid import errors
from unsaid.errors import Interrupted, RunError, UnsaidError

__all__ = ["OwnProcess", "main"]

#: Lines of errors that are kept for the message where the process ended without a word.
_KEPT = 20


class OwnProcess:
    """A running audit, seen from its caller.

    Args:
        options: the options of `unsaid.runs.requested.Options`.
        out: the run's folder.
        command: the command line that asks for the same, for `run.json`.

    Attributes:
        stages: what was begun, a line each, the latest last.
        expected: calls that were to be made when asking began; None before.
        replied: replies since then.
        warnings: lines that the process wrote where errors go, and that nobody has taken yet.
    """

    def __init__(self, options: Mapping[str, Any], out: Path, command: str) -> None:
        self.stages: list[str] = []
        self.expected: int | None = None
        self.replied = 0
        self.warnings: deque[str] = deque()
        self._out = out
        self._last: deque[str] = deque(maxlen=_KEPT)
        self._end: dict[str, Any] | None = None
        # Not in the caller's group: a Ctrl-C of the terminal would reach it beside `stop`, and count as the second.
        apart: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "unsaid.runs.own_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            **apart,
        )
        self._send(json.dumps({"options": dict(options), "out": str(out), "command": command}) + "\n")
        self._done = threading.Event()
        self._events = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._events.start()
        threading.Thread(target=self._warn, args=(self._process.stderr,), daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait so long for the end of the process; whether it has ended, and all that it wrote was read."""
        return self._done.wait(seconds)

    @property
    def ended(self) -> bool:
        """Whether the process has ended, and all that it wrote was read."""
        return self._done.is_set()

    def stop(self) -> None:
        """Ask the run to end in order, as the first Ctrl-C does: it writes what has come."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            return  # it has ended already

    def kill(self) -> None:
        """End the process at once; files are replaced whole, so that nothing written before is lost."""
        self._process.kill()

    def check(self) -> None:
        """Return where the run is finished.

        Raises:
            UnsaidError: what `run_audit` raised there, of the same class and with the same message.
            Interrupted: it was stopped; what is kept is said in the message, where something is.
            RunError: the process ended without saying why.
        """
        if self._end is None:
            said = "\n".join(self._last) or "it wrote nothing"
            raise RunError(
                f"the process of the run ended with status {self._process.returncode}; what was written before is "
                f"kept in {self._out}, and the same call goes on from there. It ended with:\n{said}"
            )
        if "error" in self._end:
            raise _error(self._end)

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        try:
            self._process.stdin.write(text)
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it could not start; `check` says why

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._note(json.loads(line))

    def _note(self, event: dict[str, Any]) -> None:
        if "stage" in event:
            self.stages.append(event["stage"])
        elif "expect" in event:
            self.expected, self.replied = event["expect"], 0
        elif "replied" in event:
            self.replied += 1
        else:
            self._end = event

    def _warn(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.warnings.append(line)
                self._last.append(line.rstrip("\n"))
        self._process.wait()
        self._events.join()
        self.stop()  # lets go of the pipe
        self._done.set()


def _error(event: Mapping[str, Any]) -> BaseException:
    """The error that the process sent, as it was raised there."""
    kind = getattr(errors, event["error"])
    error: BaseException = kind.__new__(kind, event["message"])
    vars(error).update(event["attributes"])
    return error


def main() -> None:
    """Run the audit that stands on the first line of the input; end in order where the input ends."""
    from unsaid import stopping

    events = _events()
    stopping.install()
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_stop_at_the_end_of_the_input, daemon=True).start()
    try:
        with stopping.at_once():
            _audit(request, events)
    except (UnsaidError, KeyboardInterrupt) as error:
        kind = type(error).__name__ if isinstance(error, UnsaidError) else Interrupted.__name__
        events({"error": kind, "message": str(error) or stopping.STOPPED, "attributes": vars(error)})
    else:
        events({"done": True})


def _audit(request: Mapping[str, Any], events: Callable[[dict[str, Any]], None]) -> None:
    from unsaid.runs.audit import Progress, run_audit
    from unsaid.runs.requested import audit_of
    from unsaid.store.run_folder import RunFolder

    tell = Progress(
        stage=lambda line: events({"stage": line}),
        expect=lambda calls: events({"expect": calls}),
        replied=lambda: events({"replied": 1}),
    )
    folder = RunFolder(Path(request["out"]))
    run_audit(audit_of(request["options"]), folder, command=request["command"], progress=tell)


def _events() -> Callable[[dict[str, Any]], None]:
    """Send events where the output went; what anything else prints goes where errors go."""
    sink = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    os.dup2(2, 1)
    writing = threading.Lock()

    def send(event: dict[str, Any]) -> None:
        with writing, suppress(BrokenPipeError):  # a caller that is no more has ended the input as well
            sink.write(json.dumps(event, default=str) + "\n")

    return send


def _stop_at_the_end_of_the_input() -> None:
    """Hear the end of the input as Ctrl-C: the caller wants the run to stop, or is no more."""
    while os.read(0, 4096):
        continue
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(
            threading.main_thread().ident or 0, signal.SIGINT
        )  # wakes an event loop that sleeps
    else:
        signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
