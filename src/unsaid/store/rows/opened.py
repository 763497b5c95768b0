"""A file of text, packed or not, as its lines; bounded, so that a small file cannot take as much memory as there is."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

from unsaid.errors import DataError, UsageError
from unsaid.store.reading import MB, short

__all__ = ["LONGEST_LINE", "PACKED", "blocks_of", "lines_of", "opened", "unpacked_name"]

#: How the names of packed files end.
PACKED = (".gz", ".zst", ".zstd", ".bz2", ".xz")
#: Bytes of one line, which is one row of JSON lines, and of one row of CSV.
LONGEST_LINE = 128 * MB
#: Bytes that are read at once.
_BLOCK = MB
#: Above `_SMALL` bytes a packed file may not be more times its packed size: text packs 3 to 20 times, a bomb 1,000.
_RATIO, _SMALL = 200, 256 * MB

_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}


def unpacked_name(path: Path) -> str:
    """Return a file's name without the ending that says how it is packed."""
    return path.stem if path.suffix.lower() in PACKED else path.name


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, packed or not, for reading what it holds.

    Raises:
        UsageError: it is packed with zstd, and nothing that unpacks it is installed.
        DataError: it cannot be read, or is damaged, within the block too.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe waits for whoever writes into it
            raise DataError(f"{path}: a pipe or a device, which can be read once at most; save it as a file")
        with path.open("rb") as file:
            head = file.read(6)
            file.seek(0)
            kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "plain")
            yield file if kind == "plain" else _unpacked(path, file, kind)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: damaged or cut off ({short(error)}); fetch it again, or unpack it by hand"
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or short(error)})") from error


def _unpacked(path: Path, file: BinaryIO, kind: str) -> BinaryIO:
    if kind == "zstd":
        raw: Any = _zstd(path, file)
    else:
        openers: dict[str, Any] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
        raw = openers[kind](file, "rb")
    packed = os.fstat(file.fileno()).st_size
    bounded = _Bounded(path, raw, max(_SMALL, _RATIO * packed))
    return cast(BinaryIO, io.BufferedReader(bounded, MB))


class _Bounded(io.RawIOBase):
    """A stream that ends in an error where it holds more than its packed size allows."""

    def __init__(self, path: Path, raw: Any, most: int) -> None:
        self._path, self._raw, self._left = path, raw, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._raw.read(len(buffer))
        self._left -= len(block)
        if self._left < 0:
            raise DataError(
                f"{self._path}: unpacks to over {_RATIO} times its size; unpack it by hand, and look at it"
            )
        buffer[: len(block)] = block
        return len(block)


def _zstd(path: Path, file: BinaryIO) -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore] # of Python 3.14
    except ImportError:
        return _Zstd(path, file)
    return zstd.open(file, "rb")


class _Zstd:
    """Frames of zstd, through the package `zstandard`; one that is cut off is an error, which its own reader hides."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        try:
            import zstandard
        except ImportError as error:
            raise UsageError(
                f"{path}: packed with zstd, which needs the package zstandard: pip install zstandard"
            ) from error
        self._fresh = zstandard.ZstdDecompressor().decompressobj
        self._error: type[Exception] = zstandard.ZstdError
        self._file, self._frame, self._held, self._begun = file, self._fresh(), b"", False

    def read(self, size: int) -> bytes:
        while not self._held:
            block = self._file.read(128 * 1024)
            if not block:
                if self._begun:
                    raise EOFError("the last frame has no end")
                return b""
            self._held = self._fed(block)
        found, self._held = self._held[:size], self._held[size:]
        return found

    def _fed(self, block: bytes) -> bytes:
        found = []
        while block:
            try:
                found.append(self._frame.decompress(block))
            except self._error as error:
                raise EOFError(str(error)) from error
            self._begun, block = not self._frame.eof, self._frame.unused_data
            if not self._begun:
                self._frame = self._fresh()
        return b"".join(found)


def lines_of(path: Path, file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file with their ends, as text: UTF-8, or UTF-16 where its first bytes say so.

    Raises:
        DataError: it is no such text, or a line is longer than `LONGEST_LINE`; the message names the line.
    """
    return chain.from_iterable(blocks_of(path, file))


def blocks_of(path: Path, file: BinaryIO) -> Iterator[list[str]]:
    """Yield the lines of a file as `lines_of`, many at a time: a million lines are decoded in a second.

    Raises:
        DataError: as `lines_of`, once the lines before it were yielded.
    """
    block = file.read(_BLOCK)
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield list(_utf16(path, block + file.read(LONGEST_LINE)))
        return
    block = block.removeprefix(codecs.BOM_UTF8)
    number, begun, size = 1, list[bytes](), 0
    while block:
        whole, end, rest = block.rpartition(b"\n")
        if end:
            lines = b"".join((*begun, whole, end))
            yield from _decoded(path, lines, number)
            number, begun, size = number + lines.count(b"\n"), [], 0
        begun.append(rest)
        size += len(rest)
        if size >= LONGEST_LINE:
            raise DataError(f"{path}, line {number}: longer than {LONGEST_LINE // MB} MB")
        block = file.read(_BLOCK)
    yield from _decoded(path, b"".join(begun), number)


def _decoded(path: Path, data: bytes, number: int) -> Iterator[list[str]]:
    """Yield lines as text, the first of which has this number; those before one that is no text, too."""
    try:
        yield list(io.StringIO(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        begin = data.rfind(b"\n", 0, error.start) + 1
        yield list(io.StringIO(data[:begin].decode("utf-8")))
        place, byte = number + data.count(b"\n", 0, begin), f"byte 0x{data[error.start]:02x}"
        raise DataError(f"{path}, line {place}: expected UTF-8 text, found {byte}") from error


def _utf16(path: Path, data: bytes) -> Iterator[str]:
    if len(data) >= LONGEST_LINE:
        raise DataError(f"{path}: UTF-16 text of over {LONGEST_LINE // MB} MB; save it as UTF-8")
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: expected UTF-16 text, as its first bytes say ({error.reason})") from error
    yield from io.StringIO(text, newline="")
