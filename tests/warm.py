"""Programs that start at once: a process that has imported the libraries, and forks itself for each.

A test that starts `unsaid` as a program pays several seconds of CPU for libraries that never change between two tests.
Here one process for all workers imports them once, and every program is a fork of it: a process of its own, with
its own files, folder, environment, session and signals, that ends as any interpreter does. Modules of `unsaid` are
kept as well, which do nothing when they are imported but define; how the command line starts cold, and what it then
imports, is tested in `test_house.py` with new interpreters.

Which modules: what an audit needs (`_FIRST`), before the first program, and what the programs before it imported.
Linux only; elsewhere, and with `UNSAID_COLD=1`, each program is a new interpreter.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

__all__ = ["MAIN", "PATIENCE", "Forked", "cpu_seconds", "popen", "run", "share", "shims"]

#: What the program `unsaid` runs.
MAIN = "from unsaid.cli import main; main()"
#: Seconds: nothing may hang for ever; far beyond what the slowest machine needs.
PATIENCE = 900.0
#: Never in the process that forks: what starts threads of its own, and what is a program's alone.
_NOT_KEPT = {"torch", "transformers", "datasets", "inspect_scout", "__main__", "__mp_main__"}
#: What an audit, its plan and its report import, with what they import: read before the first fork.
_FIRST = (
    *(
        "unsaid.cli.work.audit",
        "unsaid.cli.audit",
        "unsaid.cli.plan",
        "unsaid.cli.report",
        "unsaid.runs.audit",
    ),
    *(
        "unsaid.runs.requested",
        "unsaid.runs.resume",
        "unsaid.runs.reread",
        "unsaid.integrations.inspect_entry",
    ),
    *("unsaid.models.organism.provider", "unsaid.models.scripted.dialled", "unsaid.models.inspect.judging"),
    *("unsaid.judges.gate", "unsaid.judges.learned", "unsaid.judges.panel", "unsaid.planning.labels"),
    *("unsaid.report.terminal.summary", "unsaid.report.files.folder", "openai.types.chat", "rich.markdown"),
    *("anyio._backends._asyncio", "inspect_ai.agent._acp.server", "inspect_ai.agent._acp.transport_live"),
    *("inspect_ai.model._openai_responses", "inspect_ai.model._providers.none", "inspect_swe._registry"),
)
#: Where the process that forks listens, for the workers of a session.
_SHARED = "UNSAID_WARM"
#: CPU seconds of the programs of this process that have ended.
_spent: list[float] = []


class Forked:
    """A program, as `subprocess.Popen` shows one."""

    def __init__(self, request: Mapping[str, Any], files: Sequence[int]) -> None:
        self.returncode: int | None = None
        self._answers = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._answers.connect(_server())
        data = json.dumps(request).encode()
        socket.send_fds(self._answers, [len(data).to_bytes(4, "big")], list(files))
        self._answers.sendall(data)
        self._text = self._answers.makefile("r")
        self.pid = int(self._text.readline())

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        if self.returncode is None and select.select([self._answers], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            status, spent = self._text.readline().split()
            self.returncode = int(status)
            _spent.append(float(spent))
            self._text.close()
            self._answers.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def popen(
    code: str,
    words: Sequence[str],
    files: tuple[int, int, int],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    session: bool = False,
) -> Forked | subprocess.Popen[bytes]:
    """Start Python with code and words, as `python -P -c CODE WORDS` would.

    Args:
        code: what it runs.
        words: `sys.argv` from 1 on.
        files: the descriptors of its input, output and errors.
        cwd: its folder.
        env: its whole environment.
        session: whether it leads a session of its own.
    """
    environment = dict(os.environ if env is None else env)
    if sys.platform != "linux" or environment.get("UNSAID_COLD"):
        command = [sys.executable, "-P", "-c", code, *words]
        stdin, stdout, stderr = files
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=cwd,
            env=environment,
            start_new_session=session,
        )
    request = {"code": code, "words": list(words), "env": environment, "session": session}
    return Forked(request | {"cwd": str(cwd or Path.cwd())}, files)


def run(
    code: str, words: Sequence[str] = (), *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, and return what it printed.

    Raises:
        AssertionError: it did not end for longer than the slowest machine needs; says what it had printed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open() as none:
        process = popen(code, words, (none.fileno(), out.fileno(), err.fileno()), cwd=cwd, env=env)
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            raise AssertionError(f"{words} did not end; it printed {_text(out)}{_text(err)}") from error
        return subprocess.CompletedProcess([code, *words], status, _text(out), _text(err))


def cpu_seconds() -> float:
    """Return the CPU seconds of all programs that this process had forked and that have ended."""
    folder = shims() if shims.cache_info().currsize else None
    file = Path(folder) / "cpu" if folder else None
    return sum(_spent) + (sum(map(float, file.read_text().split())) if file and file.exists() else 0.0)


def share() -> None:
    """Start the process that forks, for this process and for the workers that it starts."""
    if sys.platform == "linux" and not os.environ.get("UNSAID_COLD"):
        os.environ[_SHARED] = _server()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@lru_cache(maxsize=1)
def shims() -> str | None:
    """Return a folder with a program `unsaid` for the front of PATH; None where programs start cold.

    Beside it stands a `python` that can do one thing: `python -P -m MODULE`, for a module that has a `main`. A signal
    that ends it at once does not end the program.
    """
    if sys.platform != "linux" or os.environ.get("UNSAID_COLD"):
        return None
    folder = Path(tempfile.mkdtemp(prefix="bin-", dir=Path(_server()).parent))
    for name in ("unsaid", "python"):
        program = folder / name
        command = [sys.executable, "-IS", __file__, name, _server(), str(folder / "cpu")]
        program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        program.chmod(0o755)
    return str(folder)


@lru_cache(maxsize=1)
def _server() -> str:
    if place := os.environ.get(_SHARED):
        return place
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    place = str(Path(folder.name) / "socket")
    command = [sys.executable, "-P", __file__, "serve", place]
    # What is not imported before the fork is compiled once, and not by each program.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=kept | single,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout
    assert stdout.readline() == b"ready\n", "the process that forks did not start"

    def end() -> None:
        stdin.close()
        stdout.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return place


# From here on: what runs in the process that forks, and in the program `unsaid` of `shims`.


def _serve(place: str) -> None:
    """Fork for each request, until the input ends. Returns only in a program, which then goes on to its end."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(place)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    known = -1
    while True:
        if select.select([listener, sys.stdin], [], [])[0] != [listener]:
            os._exit(0)
        known = _import(place + ".modules", known)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            request = _one(connection)
            _program(request, place + ".modules")
            return
        connection.close()


def _import(file: str, known: int) -> int:
    """Import what programs have imported since, and at first what an audit does; returns how much of the file was read.

    All of it is taken out of garbage collection: a program that looked through it would copy every page of it.
    """
    import gc
    import importlib
    import warnings

    first, known = known < 0, max(known, 0)
    text = Path(file).read_text()[known:] if Path(file).exists() else ""
    names = [*(_FIRST if first else ()), *text.split("\n")[:-1]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Tried again behind the others: of two modules that import each other one has to come first.
        for last in (False, True):
            for name in dict.fromkeys(names):
                if name not in sys.modules:
                    try:
                        importlib.import_module(name)
                    except Exception as error:  # noqa: BLE001 - of another version, or for some programs alone
                        if last:
                            print(name, repr(error), file=sys.stderr)
    if inspect := sys.modules.get("inspect_ai.model"):
        inspect.get_model_info("openai/gpt-4o")  # reads eleven files of YAML, once per process
    if names:
        gc.collect()
        gc.freeze()
    return known + len(text)


def _one(connection: socket.socket) -> dict[str, Any]:
    """Fork the program; this process tells its end to whoever asked for it, and the program alone returns."""
    size, files, _, _ = socket.recv_fds(connection, 4, 3)
    data = b""
    while len(data) < int.from_bytes(size, "big"):
        data += connection.recv(1 << 20)
    started, go = os.pipe()
    child = os.fork()
    if child:
        for file in (started, go, *files):
            os.close(file)
        connection.sendall(f"{child}\n".encode())
        _, ended, took = os.wait4(child, 0)
        status = os.waitstatus_to_exitcode(ended)
        try:
            connection.sendall(f"{status} {took.ru_utime + took.ru_stime}\n".encode())
        finally:
            os._exit(0)
    os.close(go)
    os.read(started, 1)  # until its parent has said who it is
    os.close(started)
    connection.close()
    request: dict[str, Any] = json.loads(data)
    if request["session"]:
        os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    return request


def _program(request: Mapping[str, Any], learned: str) -> None:
    """Be the program."""
    import types

    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for signal_ in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_, signal.SIG_DFL)
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        tty = os.isatty(number)
        mode, errors = (
            ("r", "strict") if number == 0 else ("w", "backslashreplace" if number == 2 else "strict")
        )
        stream = open(  # noqa: SIM115
            number,
            mode,
            buffering=1 if tty or number == 2 else -1,
            encoding="utf-8",
            errors=errors,
            closefd=False,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = [request.get("name", "-c"), *request["words"]]
    sys.path[:0] = [path for path in request["env"].get("PYTHONPATH", "").split(os.pathsep) if path]
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    before = set(sys.modules)
    try:
        exec(compile(request["code"], "<string>", "exec"), main.__dict__)  # noqa: S102
    finally:
        new = [name for name in sys.modules if name not in before and name.partition(".")[0] not in _NOT_KEPT]
        new = [name for name in new if _installed(getattr(sys.modules[name], "__spec__", None))]
        with Path(learned).open("a") as file:
            file.write("".join(f"{name}\n" for name in new))


def _installed(spec: Any) -> bool:
    """Whether a module is of the standard library, of an installed package or ours, and not of a test or a user."""
    origin = getattr(spec, "origin", None) or ""
    ours = str(Path(__file__).parents[1] / "src")
    return origin in ("built-in", "frozen") or origin.startswith((sys.prefix, sys.base_prefix, ours))


def _call(name: str, place: str, counted: str, words: Sequence[str]) -> None:
    """Be a program of `shims`: a fork runs it with the files, the folder and the environment of this process."""
    code = MAIN
    if name == "python":
        assert words[:2] == ["-P", "-m"]
        code, words = f"from {words[2]} import main; main()", words[3:]
    asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    asked.connect(place)
    request = {"name": name, "code": code, "words": list(words), "session": False}
    request |= {"env": dict(os.environ), "cwd": str(Path.cwd())}
    data = json.dumps(request).encode()
    socket.send_fds(asked, [len(data).to_bytes(4, "big")], [0, 1, 2])
    asked.sendall(data)
    answers = asked.makefile("r")
    child = int(answers.readline())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: os.kill(child, number))
    ended, spent = answers.readline().split()
    with Path(counted).open("a") as file:
        file.write(f"{spent}\n")
    status = int(ended)
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve(sys.argv[2])
    else:
        _call(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
