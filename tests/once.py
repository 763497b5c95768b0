"""What is made once in a session, by whichever test of whichever process needs it first, and then only read."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["once"]


def once(root: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled; what a `make` that failed has left is made anew.

    Args:
        root: the session's (`conftest.session_folder`).
        name: of the folder in it.
        make: fills the empty folder.
    """
    folder, done = root / name, root / f"{name}.done"
    with _alone(root / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            done.touch()
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let no other process in."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
