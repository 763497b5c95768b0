"""Zip archives and gzip, no more of them than their size allows.

A few kilobytes of zip or gzip can unpack to as much memory as there is. What an archive says that a member unpacks to
is compared with bounds before it is unpacked, and is not exceeded while it is: Python's reader stops there.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from unsaid.store.reading import LARGEST, MB

__all__ = ["MEMBER", "check_archive", "gunzip", "member"]

#: Bytes that one member may unpack to: one sample of a log, with every call of a question.
MEMBER = 128 * MB
#: Above `_SMALL` bytes a member, or the whole of an archive above `_WHOLE`, may not be more times its packed size:
#: JSON of real logs packs 5 to 40 times, and a bomb 1,000 times.
RATIO = 100
_SMALL, _WHOLE = 8 * MB, 64 * MB
#: What stands before a member: of interest are how long its name and what follows that are.
_HEAD = struct.Struct("<26xHH")
#: Flags of members that are encrypted or patched; of names in UTF-8.
_UNUSUAL, _UTF8 = 0x1 | 0x20 | 0x40, 0x800


def check_archive(archive: zipfile.ZipFile) -> None:
    """Look at what an archive says of its members, before any is unpacked.

    Raises:
        ValueError: one is too large, or unpacks to many times its size.
    """
    whole = packed = 0
    for info in archive.infolist():
        _check(info.filename, info.file_size, info.compress_size, _SMALL)
        if info.file_size > MEMBER:
            size = f"{info.file_size / MB:,.0f} MB; at most {MEMBER // MB} are read"
            raise ValueError(f"{info.filename[:60]!a} unpacks to {size}")
        whole, packed = whole + info.file_size, packed + info.compress_size
    _check("the archive", whole, packed, _WHOLE)


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member of an archive that `check_archive` has seen.

    A deflated member is unpacked at once, in half the time; what is not as the archive says goes to Python's reader,
    which says what is wrong.

    Raises:
        Exception: whatever a decompressor makes of flipped bits.
    """
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & _UNUSUAL or archive.fp is None:
        return archive.read(name)
    archive.fp.seek(info.header_offset)
    head = archive.fp.read(_HEAD.size)
    if len(head) < _HEAD.size or head[:4] != b"PK\x03\x04":
        return archive.read(name)
    named, extra = _HEAD.unpack(head)
    packed = archive.fp.read(named + extra + info.compress_size)
    if packed[:named] != info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace"):
        return archive.read(name)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = unpacker.decompress(memoryview(packed)[named + extra :], info.file_size + 1)
    except zlib.error:
        return archive.read(name)
    whole = unpacker.eof and len(found) == info.file_size and zlib.crc32(found) == info.CRC
    return found if whole else archive.read(name)


def gunzip(path: Path, limit: int = LARGEST) -> bytes:
    """Return what a gzip file holds.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged, or holds more than `limit` bytes.
    """
    found = bytearray()
    with path.open("rb") as file:
        unpacker = zlib.decompressobj(wbits=31)
        while block := file.read(MB):
            while block:
                found += unpacker.decompress(block, limit + 1 - len(found))
                if len(found) > limit:
                    raise ValueError(f"it unpacks to more than {limit / MB:,.0f} MB")
                block = unpacker.unconsumed_tail
                if unpacker.eof:
                    block, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=31)
    return bytes(found)


def _check(name: str, size: int, packed: int, small: int) -> None:
    if size > small and size > RATIO * max(1, packed):
        raise ValueError(f"{name[:60]!a} unpacks to {size / MB:,.0f} MB, over {RATIO} times its size")
