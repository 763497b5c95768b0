"""What a run needs of its disk: the folder for itself, and room for the replies that it pays for.

Inspect goes on asking when a reply can no longer be written (its cache fails silently, and its log is written
every few questions): a full disk would cost every reply of the rest of the night. So the disk is looked at while
the run goes on, and the run stops while there is still room for the replies that are on their way.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unsaid.errors import FolderInUse, RunError
from unsaid.store.secrets import scrub_folder
from unsaid.store.write import LinkInTheWay, check_links, open_shared, sweep, try_block

#: Left free for what is on its way when the run stops: replies in flight, the log of their questions, the records.
RESERVE = 16 * 2**20
#: Seconds between two looks: a look writes a block, and a fast model answers hundreds of calls a second.
_BETWEEN = 1.0
_BLOCK = b"\0" * 65536
_LOCK = ".lock"
#: Where Inspect and we write many files into a run's folder.
_INNER = ("logs", "cache", "cache/refused")

_BUSY = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_OF_DISK = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO", "ESTALE", "ENOTDIR")
    if hasattr(errno, name)
)
_OF_RUST = re.compile(r"\(os error (\d+)\)")


@contextmanager
def alone(folder: Path, what: str = "audit") -> Iterator[None]:
    """Keep every other audit out of a run's folder; the system lets it in again when this process ends, however.

    Two audits in one folder would ask everything twice, and each would overwrite the other's records. A file
    system without locks (some network shares) goes unguarded rather than unused.

    Args:
        folder: of a run, a training or a study.
        what: happens in such a folder, for the message.

    Raises:
        FolderInUse: another audit is in it.
        RunError: it cannot be made, or not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_links(folder, *_INNER)
        handle = open_shared(folder / _LOCK)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        if not _locked(handle):
            who = os.read(handle, 200).decode("utf-8", "replace").strip() or "its process is not known"
            raise FolderInUse(
                f"{folder}: another {what} is running in this folder ({who}), and nothing was changed. "
                "Wait for it or stop it and run the same command again, or choose another folder with --out"
            )
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
            sweep(folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        begun = time.time()
        try:
            yield
        finally:
            scrub_folder(folder, begun)  # what a provider echoed, and Inspect kept
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the lock is ours now, or cannot be had of this file system at all."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _BUSY
    return True


class Room:
    """Looks at the disk of a run while it goes on.

    Attributes:
        problem: why nothing more is to be asked; None while there is room.
    """

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        """Nothing was looked at yet.

        Args:
            folder: the run's.
            reserve: bytes that must stay free.
        """
        self._folder, self._reserve, self._next = folder, reserve, 0.0
        self.problem: RunError | None = None

    def look(self) -> RunError | None:
        """Look, unless that was done a moment ago: why nothing more is to be asked, from then on."""
        if self.problem is None and time.monotonic() >= self._next:
            self.problem = self._look()
            self._next = time.monotonic() + _BETWEEN
        return self.problem

    def _look(self) -> RunError | None:
        try:
            free = shutil.disk_usage(self._folder).free
            try_block(self._folder, _BLOCK)
        except OSError as error:
            return unwritable(self._folder, error)
        if free >= self._reserve:
            return None
        return RunError(
            f"{self._folder}: the disk is nearly full: {free / 2**20:.1f} MB are free, and "
            f"{self._reserve / 2**20:.0f} are kept for replies that are on their way; free some space and "
            "run the same command again to continue; what is written is kept"
        )


def interrupt() -> None:
    """Break off what this process asks, as Ctrl-C does; nothing where Ctrl-C does nothing.

    Inspect has no other way to call off hundreds of calls that wait in its queue. Calls in flight lose their
    replies, one a connection; what has come is written.
    """
    if threading.current_thread() is threading.main_thread():
        signal.raise_signal(signal.SIGINT)


def unwritable(folder: Path, error: BaseException) -> RunError:
    """The error of a folder that does not take what a run writes, with what is kept and what to do."""
    number = _number(error)
    why = os.strerror(number) if number is not None else str(error)
    if isinstance(error, LinkInTheWay):
        why = str(error.strerror)
    full = number in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}
    kept = "what was written before is kept; " if os.path.exists(folder / "run.json") else ""
    todo = "free some space" if full else "make it writable"
    return RunError(
        f"{folder}: cannot write here ({why}); {kept}{todo} and run the same command again to continue, or choose "
        "another folder with --out"
    )


def of_disk(error: BaseException) -> bool:
    """Whether this was, in the end, a disk that did not take or give what it should."""
    return _number(error) in _OF_DISK


def _number(error: BaseException) -> int | None:
    """The system's number of the error: Python's own, or the one that Polars puts into its message.

    Through groups and causes; a connection that breaks is no error of the disk.
    """
    if isinstance(error, OSError) and not isinstance(error, ConnectionError) and error.errno is not None:
        return error.errno
    told = _OF_RUST.search(str(error))
    if told:
        return int(told[1])
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else [error.__cause__]
    numbers = [_number(each) for each in inner if each is not None]
    return next((number for number in numbers if number is not None), None)
