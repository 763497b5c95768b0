"""The one way in which a file is read: no more of it than its kind may hold, and no deeper than it may nest.

A damaged file, or one that somebody made to cost as much as there is, ends in one line with the file and the place.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from unsaid.errors import DataError, UnsaidError

__all__ = [
    "DEEPEST",
    "LARGEST",
    "MB",
    "check_depth",
    "parse_json",
    "read_bytes",
    "read_json",
    "read_text",
    "short",
]

MB = 2**20
#: Bytes that a file of JSON, YAML or CSV may have where its reader says nothing else; it is held in memory whole.
LARGEST = 512 * MB
#: How deep JSON may nest. Ours is 10 deep; Inspect's logs hold the schemas of other people's tools.
DEEPEST = 100


def read_bytes(path: Path, limit: int = LARGEST) -> bytes:
    """Return a plain file's bytes.

    Raises:
        FileNotFoundError: there is none.
        OSError: it cannot be read, is no plain file (a pipe would never end), or is larger than `limit`.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(0, "no plain file", str(path))
        if about.st_size > limit:
            raise OSError(0, f"{about.st_size / MB:,.0f} MB; at most {limit / MB:,.0f} are read", str(path))
        return file.read(limit)


def read_text(path: Path, limit: int = LARGEST) -> str:
    """Return a plain file's text, which is UTF-8.

    Raises:
        FileNotFoundError: there is none.
        OSError: as `read_bytes`.
        ValueError: it is not UTF-8.
    """
    return read_bytes(path, limit).decode("utf-8")


def read_json(path: Path, todo: str, limit: int = LARGEST, fault: type[UnsaidError] = DataError) -> Any:
    """Return what a JSON file of ours holds.

    Args:
        path: the file.
        todo: what to do where it is damaged; ends the message.
        limit: bytes that it may have.
        fault: the error to raise.

    Raises:
        FileNotFoundError: there is none.
        UnsaidError: of the class `fault`: it cannot be read, is larger than `limit`, no JSON or nested too deeply.
    """
    try:
        return parse_json(read_bytes(path, limit))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise fault(f"{path}: damaged ({why}); {todo}") from error


def parse_json(data: bytes | str, deepest: int = DEEPEST) -> Any:
    """Parse JSON as the standard has it: no NaN or infinity, no name twice in an object, at most so deep.

    Raises:
        ValueError: it is not that; the message says where.
    """
    try:
        value = json.loads(data, parse_constant=_refuse, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    check_depth(value, deepest)
    return value


def check_depth(value: Any, deepest: int = DEEPEST) -> None:
    """Refuse a value that nests deeper than what walks through it later can follow.

    Raises:
        ValueError: it does.
    """
    level = [value]
    for _ in range(deepest + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {deepest} levels")


def short(error: BaseException, longest: int = 200) -> str:
    """Return an error's message on one line, cut where it is long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= longest else f"{text[:longest]}..."


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:60]!a} stands in one object twice")
    return found
