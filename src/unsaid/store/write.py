"""The one way in which a file is written: beside its place, onto the disk, then renamed over it.

A reader sees the earlier file or the whole new one, whenever the power goes. A run folder may come from somebody
else, with links in it: no link is followed. A link in the file's place is replaced, as a file would be; what it
leads to is never touched. A link in the place of a folder, a lock or a file that is appended to is refused.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "LinkInTheWay",
    "check_links",
    "is_partial",
    "make_folder",
    "open_shared",
    "replacing",
    "sweep",
    "try_block",
    "write_bytes",
    "write_text",
]

#: How the name of a file ends that is being written; the middle is chosen anew each time, so that nobody can
#: put a link there beforehand.
PARTIAL = ".partial"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
#: A name on disk may be 255 bytes long; the rest is kept for what is added to it.
_LONGEST = 200
#: Seconds after which nobody is still writing a file.
_STALE = 3600.0


class LinkInTheWay(OSError):
    """A link, a pipe or a file with a second name stands where something is to be written."""


def try_block(folder: Path, data: bytes) -> None:
    """Write something into a folder and remove it again: whether it takes what is written.

    Raises:
        OSError: it does not.
    """
    path = folder / f".block.{secrets.token_hex(8)}{PARTIAL}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file to write into, which takes the place of `path` once the block ends without an error.

    What was at `path` is as it was until then, and after an error nothing is left of the new file.

    Raises:
        OSError: it cannot be written.
    """
    name = path.name.encode("utf-8", "surrogateescape")[:_LONGEST].decode("utf-8", "ignore")
    partial = path.with_name(f".{name}.{secrets.token_hex(8)}{PARTIAL}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave the name on an empty file
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
    _keep_name(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file, replacing an earlier one at once.

    Raises:
        OSError: it cannot be written; an earlier file is as it was.
    """
    with replacing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    r"""Write a whole file of UTF-8 text, replacing an earlier one at once; "\n" is written as it is.

    Raises:
        OSError: it cannot be written; an earlier file is as it was.
        UnicodeEncodeError: the text holds half a surrogate pair.
    """
    write_bytes(path, text.encode("utf-8"))


def make_folder(path: Path) -> None:
    """Make a folder of a run, where it is not there; a link in its place is refused.

    The folders above it are the user's own, and may be links.

    Raises:
        OSError: it cannot be made, or a link or a file stands in its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir()
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise _no_link(path)


def open_shared(path: Path) -> int:
    """Open a file that stays in its place (a lock, a file that is appended to), for reading and writing.

    Returns:
        The handle, which the caller closes.

    Raises:
        OSError: it cannot be opened, or is a link, or is known under another name as well, or is no plain file.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | _NO_LINK, 0o644)
    except OSError as error:
        if error.errno in {errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP)}:
            raise _no_link(path) from error
        raise
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        os.close(handle)
        raise _no_link(path)
    return handle


def check_links(folder: Path, *inner: str) -> None:
    """Look for links in a folder that other programs will write to (Inspect does, into `logs` and `cache`).

    Args:
        folder: the run's; itself may be a link, for the user named it.
        inner: folders in it whose files are looked at too.

    Raises:
        OSError: an inner folder, or a file or folder in one, is a link.
    """
    for name in inner:
        place = folder / name
        if place.is_symlink():
            raise _no_link(place)
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink():
                    raise _no_link(Path(entry.path))


def is_partial(path: Path) -> bool:
    """Return whether this is what a killed process left of a file that it was writing."""
    return path.name.startswith(".") and path.name.endswith(PARTIAL)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written in a folder; nothing that was begun within the last hour.

    Raises:
        OSError: the folder cannot be read or written.
    """
    for path in sorted(folder.iterdir()):
        if is_partial(path) and not path.is_symlink() and time.time() - path.stat().st_mtime > _STALE:
            path.unlink(missing_ok=True)


def _no_link(path: Path) -> LinkInTheWay:
    why = f"{path.name} is a link or another special file, and what it leads to is not touched: remove it"
    return LinkInTheWay(errno.EPERM, why, str(path))


def _keep_name(folder: Path) -> None:
    """Ask the disk to keep the new name too; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
