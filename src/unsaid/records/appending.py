"""Lines that are on the disk before anything else happens: for answers that cost a person's time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unsaid.store.disk import unwritable
from unsaid.store.write import open_shared

__all__ = ["append_lines"]


def append_lines(path: Path, rows: Sequence[Mapping[str, Any] | Sequence[Any]]) -> None:
    """Append rows as JSON lines, all or none; they are on the disk when this returns.

    A last line that was cut off is cut away first: whoever wrote it never heard that it was written.

    Raises:
        RunError: the file cannot be written to; it is left as it was.
    """
    data = b"".join(json.dumps(row, ensure_ascii=True).encode() + b"\n" for row in rows)
    try:
        handle = open_shared(path)
        try:
            _lock(handle)  # several people may label in one folder at once
            end = _whole(handle)
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            try:
                written = 0
                while written < len(data):
                    written += os.write(handle, data[written:])
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def _whole(handle: int) -> int:
    """Return where the last whole line ends."""
    end = os.lseek(handle, 0, os.SEEK_END)
    while end > 0:
        start = max(0, end - 65536)
        os.lseek(handle, start, os.SEEK_SET)
        found = os.read(handle, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _lock(handle: int) -> None:
    """Wait for whoever writes just now; a file system without locks goes unguarded, as in `disk.alone`."""
    if sys.platform != "win32":
        import errno
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}:
                raise
