"""The folder for itself, and room on the disk: what is told apart, and what is said."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from unsaid.errors import FolderInUse, RunError
from unsaid.store.disk import Room, alone, of_disk, unwritable


def test_a_folder_belongs_to_one_audit_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "mine"
    said = rf"(?s)mine.*process {os.getpid()} on .*nothing was changed.*--out"
    with alone(folder):
        with pytest.raises(FolderInUse, match=said), alone(folder):
            raise AssertionError("two at once")
        with alone(tmp_path / "runs" / "other"):
            pass
    with alone(folder):
        pass


def test_a_process_that_is_killed_lets_the_folder_go(tmp_path: Path) -> None:
    holding = "import sys; from pathlib import Path; from unsaid.store.disk import alone\n"
    holding += "with alone(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", holding, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        with pytest.raises(FolderInUse, match=f"process {process.pid}"), alone(tmp_path):
            raise AssertionError("two at once")
        process.kill()
    with alone(tmp_path):
        pass


def test_a_disk_that_is_nearly_full_stops_and_stays_stopped(tmp_path: Path) -> None:
    assert Room(tmp_path, reserve=1).look() is None
    assert not list(tmp_path.iterdir()), "a look leaves nothing"
    room = Room(tmp_path, reserve=2**62)
    problem = room.look()
    assert isinstance(problem, RunError)
    assert room.look() is problem
    for part in (str(tmp_path), "nearly full", "MB are free", "free some space", "kept"):
        assert part in str(problem)


def test_a_folder_that_is_gone_is_a_problem_of_the_disk(tmp_path: Path) -> None:
    assert "cannot write here" in str(Room(tmp_path / "gone").look())


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (PermissionError(errno.EACCES, "Permission denied"), True),
        (pl.exceptions.ComputeError("underlying IO error: No space left on device (os error 28)"), True),
        (ExceptionGroup("tasks", [ValueError("x"), OSError(errno.ENOSPC, "full")]), True),
        (ConnectionResetError(errno.ECONNRESET, "reset"), False),
        (FileNotFoundError(errno.ENOENT, "gone"), False),
        (TimeoutError("too late"), False),
        (ValueError("28"), False),
    ],
)
def test_errors_of_the_disk_are_told_from_others(error: Exception, ours: bool) -> None:
    assert of_disk(error) is ours
    wrapped = RuntimeError("while a log was written")
    wrapped.__cause__ = error
    assert of_disk(wrapped) is ours


def test_what_is_said_of_a_disk_fits_what_is_wrong_with_it(tmp_path: Path) -> None:
    empty = str(unwritable(tmp_path, OSError(errno.EROFS, "x")))
    assert "Read-only file system" in empty
    assert "make it writable" in empty
    assert "kept" not in empty, "nothing was there before"
    (tmp_path / "run.json").write_text("{}")
    full = str(unwritable(tmp_path, OSError(errno.ENOSPC, "x")))
    assert "what was written before is kept" in full
    assert "free some space" in full
    assert "the same command" in full
