"""Members of archives are what Python's reader gives; where they are damaged, it says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial

import pytest

from unsaid.store.archive import member

TEXT = b"so it must be (B), " * 400
NAMES = ("header.json", "samples/é_epoch_1.json", "samples/" + "x" * 300, "empty")


def archive(kind: int) -> io.BytesIO:
    file = io.BytesIO(b"")
    with zipfile.ZipFile(file, "w", kind) as made:
        for name in NAMES:
            made.writestr(name, b"" if name == "empty" else name.encode() + TEXT)
    return file


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_every_member_is_what_pythons_reader_gives(kind: int) -> None:
    with zipfile.ZipFile(archive(kind)) as opened:
        for name in (*NAMES, *reversed(NAMES)):
            assert member(opened, name) == opened.read(name)
        with pytest.raises(KeyError):
            member(opened, "none")


def outcome(read: Callable[[], bytes]) -> bytes | str:
    """Return what was read, or the name of the error."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - whatever a decompressor makes of flipped bits
        return type(error).__name__


def test_flipped_bits_are_never_read_as_something_else() -> None:
    data = archive(zipfile.ZIP_DEFLATED).getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        whole = {name: opened.read(name) for name in NAMES}
    refused = 0
    for place in range(0, len(data), 5):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        try:
            opened = zipfile.ZipFile(io.BytesIO(bytes(flipped)))
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            continue
        for name in set(NAMES) & set(opened.namelist()):
            found = outcome(partial(member, opened, name))
            refused += isinstance(found, str)
            assert found in (whole[name], outcome(partial(opened.read, name)))
    assert refused > 50
