"""One notation for what stands inside a record of somebody else: names and places in lists, joined by dots.

    meta.answer              the field `answer` of the record in the field `meta`
    messages.0.content       of the first entry of a list
    messages.-1.content      of the last

A name that holds a dot itself wins over the path: where a record has a field called `meta.answer`, that is what the
path means. At every step the longest name that leads to something is taken. A text that is a JSON object or list, as
tables keep records in a cell, is opened where a path goes on within it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unsaid.store.reading import check_depth

__all__ = ["Absent", "absent", "leaves", "opened_text", "value_at"]


class Absent:
    """The kind of `absent`, which says that a path leads nowhere; a null that stands there is None."""

    def __repr__(self) -> str:
        return "absent"


absent = Absent()

#: A text longer than this is not opened as JSON.
_LONGEST = 8_000_000


def value_at(record: Any, path: str, default: Any = None) -> Any:
    """Return what stands at a path in a record.

    Args:
        record: a mapping, a list, or a text that is JSON of one.
        path: names and places in lists, joined by dots.
        default: what to return where the path leads nowhere (`absent` tells that from a null that stands there).
    """
    found = _at(record, path)
    return default if found is absent else found


def _at(value: Any, path: str) -> Any:
    if isinstance(value, str):
        value = opened_text(value)
    if value.__class__ is dict or isinstance(
        value, Mapping
    ):  # what is no dict takes ten times as long to tell
        return value[path] if path in value else _in_mapping(value, path)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        head, dot, rest = path.partition(".")
        place = _place(head, len(value))
        if place is None:
            return absent
        return _at(value[place], rest) if dot else value[place]
    return absent


def _in_mapping(value: Mapping[str, Any], path: str) -> Any:
    end = path.rfind(".")
    while end > 0:
        head = path[:end]
        if head in value and (found := _at(value[head], path[end + 1 :])) is not absent:
            return found
        end = path.rfind(".", 0, end)
    return absent


def _place(text: str, length: int) -> int | None:
    """Return the index that a step of a path names in a list of that length; None where there is none."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    place = int(text)
    return place if -length <= place < length else None


def opened_text(text: str) -> Any:
    """Return what a text is as JSON, where that is an object or a list; else None."""
    bare = text.strip()
    if not bare.startswith(("{", "[")) or len(bare) > _LONGEST:
        return None
    try:
        found = json.loads(bare)
        check_depth(found)
    except (ValueError, RecursionError):
        return None
    return found


def leaves(record: Any, depth: int = 4, prefix: str = "") -> Iterator[str]:
    """Yield the paths of what stands in a record, for messages: a list's entries by their first one.

    Args:
        record: a mapping or a list.
        depth: how many steps are taken at most; what lies deeper is named by where it begins.
        prefix: of each path.
    """
    inner: list[tuple[str, Any]] = []
    if depth and isinstance(record, Mapping):
        inner = [(str(name), each) for name, each in record.items()]
    elif depth and isinstance(record, list) and record and isinstance(record[0], Mapping | list):
        inner = [("0", record[0])]
    if not inner:
        if prefix:
            yield prefix
        return
    for name, each in inner:
        yield from leaves(each, depth - 1, f"{prefix}.{name}" if prefix else name)
