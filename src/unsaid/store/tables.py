"""Parquet files: ours carry a checksum, and anybody else's is opened in a child process first.

Polars trusts what a Parquet file says of itself. One flipped bit makes it read other values, panic, or ask for so
much memory that the process is ended without a word; a file of 65 kB can unpack to gigabytes. So a table of ours is
written with the SHA-256 of its own bytes in its metadata, and is compared with it before Polars sees it. A table
without one (of an earlier version, or of somebody else) is first read by a child process with bounded memory and
time, so that whatever happens there happens to the child.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import polars as pl

from unsaid.store.reading import MB, parse_json, read_bytes, short
from unsaid.store.write import replacing

__all__ = ["Unreadable", "read_arrow", "read_parquet", "write_parquet"]

#: Bytes that a Parquet file may have, and of memory that a foreign one may take, beside eight times its size.
LARGEST = 8192 * MB
MEMORY = 2048 * MB
#: Seconds that the child may take, and a megabyte of file more.
_SECONDS, _SECONDS_PER_MB = 60.0, 1.0

_ZEROS = "0" * 64
_SEAL = re.compile(rb'"sha256": "([0-9a-f]{64})"')
#: Where the footer with the metadata is looked for, from the end.
_TAIL = 16 * MB

_CHILD = """
import io, resource, sys
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import polars
data = sys.stdin.buffer.read()
try:
    if sys.argv[2] == "parquet":
        polars.read_parquet_metadata(io.BytesIO(data))
        table = polars.read_parquet(io.BytesIO(data))
    elif sys.argv[2] == "file":
        table = polars.read_ipc(io.BytesIO(data))
    else:
        table = polars.read_ipc_stream(io.BytesIO(data))
except polars.exceptions.PolarsError as error:
    print(" ".join(str(error).split())[:200])
    sys.exit(3)
print(table.estimated_size())
"""


class Unreadable(ValueError):
    """A file is no Parquet file that can be read; the message says why."""


def write_parquet(table: pl.DataFrame, path: Path, about: Mapping[str, Any]) -> None:
    """Write a table with what is to be known of it, and its checksum; replaces the file at once.

    Args:
        table: the table.
        path: where to.
        about: its kind's version, under a name of that kind; read back by `read_parquet`.

    Raises:
        OSError: it cannot be written; an earlier file is as it was.
    """
    told = json.dumps({**about, "sealed": True, "sha256": _ZEROS})
    with replacing(path) as file:
        hashed = _Hashed(file)
        table.write_parquet(cast(IO[bytes], hashed), metadata={"unsaid": told})
        place = _place(hashed.tail)
        if place is None:
            raise ValueError("Polars did not write the metadata as it was given")
        file.seek(hashed.size - len(hashed.tail) + place)
        file.write(hashed.digest.hexdigest().encode())


class _Hashed:
    """A file that is hashed as it is written, so that a large table is never held beside its own bytes.

    Attributes:
        digest: of all that was written.
        size: how many bytes those are.
        tail: the last of them, in which the footer stands.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest, self.size, self.tail = file, hashlib.sha256(), 0, bytearray()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        self.tail += data
        if len(self.tail) > 2 * _TAIL:
            del self.tail[:-_TAIL]
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def read_parquet(path: Path) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return a table, and what is known of it; nothing is known of somebody else's.

    Raises:
        OSError: the file cannot be read.
        Unreadable: it is damaged, no Parquet, or unpacks to more than `MEMORY`.
    """
    data = read_bytes(path, LARGEST)
    if len(data) < 12 or data[-4:] != b"PAR1" or data[:4] != b"PAR1":
        raise Unreadable("it does not begin and end as Parquet does: cut off, or of another kind")
    sealed = _check_seal(data)
    if not sealed:
        _try_in_a_child(data, "parquet")
    try:
        about = _about(pl.read_parquet_metadata(io.BytesIO(data)).get("unsaid"))
        if not sealed and about.get("sealed"):
            raise Unreadable("its checksum is damaged")
        return pl.read_parquet(io.BytesIO(data)), about
    except Unreadable:
        raise
    except BaseException as error:
        if (
            isinstance(error, Exception) or type(error).__name__ == "PanicException"
        ):  # not an Exception to Python
            raise Unreadable(short(error)) from error
        raise


def read_arrow(path: Path) -> pl.DataFrame:
    """Return the table in somebody's Arrow file, or stream of Arrow, as the library `datasets` keeps tables.

    Raises:
        OSError: the file cannot be read.
        Unreadable: it is damaged, no Arrow, or unpacks to more than `MEMORY`.
    """
    data = read_bytes(path, LARGEST)
    kind = "file" if data.startswith(b"ARROW1") else "stream"
    if kind == "stream" and not data.startswith(b"\xff\xff\xff\xff"):
        raise Unreadable("it does not begin as Arrow does")
    _try_in_a_child(data, kind)
    try:
        if kind == "file":
            return pl.read_ipc(io.BytesIO(data))
        return pl.read_ipc_stream(io.BytesIO(data))
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Unreadable(short(error)) from error
        raise


def _check_seal(data: bytes) -> bool:
    """Return whether the file carries a checksum, which is then the right one.

    Raises:
        Unreadable: it is another.
    """
    place = _place(data)
    if place is None:
        return False
    digest = hashlib.sha256(memoryview(data)[:place])
    digest.update(_ZEROS.encode())
    digest.update(memoryview(data)[place + 64 :])
    if digest.hexdigest().encode() != data[place : place + 64]:
        raise Unreadable("its checksum differs: the file was changed or damaged after it was written")
    return True


def _place(data: bytes | bytearray) -> int | None:
    """Return where the checksum stands: the last of its kind, in the footer."""
    start = max(0, len(data) - _TAIL)
    places = [match.start(1) for match in _SEAL.finditer(data, start)]
    return places[-1] if places else None


def _about(told: str | None) -> dict[str, Any]:
    if told is None:
        return {}
    try:
        found = parse_json(told)
    except ValueError as error:
        raise Unreadable(f"its metadata are damaged: {short(error)}") from error
    if not isinstance(found, dict):
        raise Unreadable("its metadata are damaged")
    return found


def _try_in_a_child(data: bytes, kind: str) -> None:
    """Read the table in a process that may die of it.

    Args:
        data: the file.
        kind: "parquet"; "file" or "stream" of Arrow.

    Raises:
        Unreadable: it cannot be read there.
    """
    if sys.platform == "win32":  # no bound on memory there
        return
    seconds = _SECONDS + _SECONDS_PER_MB * len(data) / MB
    limit = MEMORY + 8 * len(data)
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter, our own text
            [sys.executable, "-c", _CHILD, str(limit), kind],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"reading it takes longer than {seconds:.0f} seconds") from None
    said = child.stdout.decode("utf-8", "replace").strip()
    if child.returncode == 3:
        raise Unreadable(said)
    if child.returncode != 0:
        raise Unreadable(f"it is damaged, or takes more than {limit / MB:,.0f} MB of memory")
