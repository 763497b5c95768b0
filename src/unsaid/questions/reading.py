"""Text and JSON from files, with errors that name file, line and field."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from unsaid.errors import QuestionError
from unsaid.store.reading import check_depth, read_bytes

__all__ = ["fail", "has_surrogate", "missing_file", "parse_json", "read_text"]

_SHOWN = 60
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Names beside a missing file that are looked through for a near one: nearness costs time with each.
_MOST_NAMES = 1000


def read_text(path: Path) -> str:
    """Return a file's text, without the byte-order mark that some editors put first.

    Raises:
        QuestionError: there is no such file (with the nearest names beside it), it cannot be read, or it
            is not UTF-8.
    """
    if not path.is_file():
        raise QuestionError(missing_file(path))
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{error.object[error.start]:02x}"
        raise QuestionError(f"{path}, line {line}: expected UTF-8 text, found {found}") from error
    except OSError as error:
        raise QuestionError(f"{path}: cannot be read ({error.strerror})") from error


def parse_json(path: Path, line: int, text: str) -> Any:
    """Parse JSON in which no object has a field twice and no text holds a lone surrogate.

    Raises:
        QuestionError: it is not that; the message names file and line.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = Counter(name for name, _ in pairs)
            fail(
                path,
                line,
                next(name for name, times in names.items() if times > 1),
                "one value",
                "two values",
            )
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique)
        check_depth(value)
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        raise QuestionError(
            f"{path}, line {at}: not valid JSON: {error.msg}, column {error.colno}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{path}, line {line}: not readable as JSON: {error}") from error
    _check_text(path, line, "", value)
    return value


def has_surrogate(text: str) -> bool:
    """Return whether the text holds half a character, which no UTF-8 file can."""
    return _SURROGATE.search(text) is not None


def _check_text(path: Path, line: int, field: str, value: Any) -> None:
    if isinstance(value, str):
        if has_surrogate(value):
            fail(path, line, field or "(the line)", "whole characters", f"a lone surrogate in {value!a}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(path, line, "(a field's name)", name)
            _check_text(path, line, name, inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(path, line, field, inner)


def missing_file(path: Path) -> str:
    """Return what to say of a path at which there is no file, with the nearest names beside it."""
    if path.is_dir():
        return f"{path}: expected a file, found a folder"
    if path.is_symlink():
        return f"{path}: a link that leads nowhere"
    try:
        beside = sorted(entry.name for entry in islice(path.parent.iterdir(), _MOST_NAMES))
    except OSError:
        return f"{path}: no such file, and no folder {path.parent}"
    near = difflib.get_close_matches(path.name, beside, n=3, cutoff=0.4)
    return f"{path}: no such file" + (f"; near it: {', '.join(near)}" if near else f" in {path.parent}")


def fail(path: Path, line: int, field: str, expected: str, found: Any) -> NoReturn:
    """Raise the `QuestionError` that says where what was expected was not found.

    What was found is shown short and, being hostile, as ASCII unless it is plainly printable.
    """
    shown = found if isinstance(found, str) and found.isprintable() and " " in found else ascii(found)
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."
    raise QuestionError(
        f"{path}, line {line}, field {ascii(field)[1:-1]}: expected {expected}, found {shown}"
    )
