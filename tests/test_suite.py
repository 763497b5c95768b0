"""What the suite itself does: signals are heard however it was started, and its lists name files that exist."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dealing import APART, LONG, longest_first, together
from once import once

TESTS = Path(__file__).parent

_STARTED_IGNORING = """
import signal, subprocess, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
from signals import hear_signals
hear_signals()
child = subprocess.Popen([sys.executable, "-S", "-c", "import sys; print(1, flush=True); sys.stdin.read()"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
signal.raise_signal(getattr(signal, sys.argv[1]))  # not heard here, as before
child.send_signal(getattr(signal, sys.argv[1]))
print(child.wait() != 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_program_hears_signals_though_the_suite_was_started_to_ignore_them(name: str) -> None:
    path = os.pathsep.join([str(TESTS), *sys.path])
    ended = subprocess.run(
        [sys.executable, "-c", _STARTED_IGNORING, name],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "True\n")


def test_files_that_are_dealt_out_in_another_way_exist() -> None:
    for name in (*LONG, *APART):
        assert (TESTS.parent / name).is_file(), name


def test_the_longest_come_first_and_the_rest_stays_in_order() -> None:
    class Item:
        def __init__(self, nodeid: str) -> None:
            self.nodeid = nodeid

    items = [Item(f"{name}::t") for name in ("tests/b.py", LONG[1], "tests/a.py", LONG[0])]
    longest_first(items)
    assert [each.nodeid for each in items] == [
        f"{name}::t" for name in (LONG[0], LONG[1], "tests/b.py", "tests/a.py")
    ]
    assert together(f"{LONG[0]}::t[a]") == f"{LONG[0]}::t[a]"
    assert together("tests/a.py::t[a]") == "tests/a.py"


def test_what_is_shared_is_made_once_and_anew_where_making_it_failed(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError, match="no power"):
        once(tmp_path, "run", fails)
    folder = once(tmp_path, "run", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
    assert once(tmp_path, "run", fails) == folder
