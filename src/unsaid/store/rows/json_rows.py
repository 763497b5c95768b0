"""JSON: a list of objects, an object that holds one, or JSON lines. What the file holds decides, not its name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unsaid.errors import DataError
from unsaid.store.reading import DEEPEST, LARGEST, MB, check_depth
from unsaid.store.rows.opened import lines_of, opened
from unsaid.store.rows.part import KEY, ROWS, Columns, Part, Records, Table

__all__ = ["json_table"]


def json_table(path: Path, stem: str) -> Table:
    """Return the table in a JSON file.

    Raises:
        DataError: it is empty.
    """
    with opened(path) as file:
        lines = lines_of(path, file)
        first = next((line for line in lines if line.strip()), "")
        more = any(line.strip() for line in lines) if _is_object(first) else True
    if not first:
        raise DataError(f"{path}: expected at least one row, found an empty file")
    notes: list[str] = []
    named = path.name.lower().partition(".")[2].startswith(("jsonl", "ndjson"))
    if first.lstrip().startswith("{") and (named or (more and _is_object(first))):
        return Table(stem, None, lambda: _lines(path, stem), notes)
    if first.lstrip().startswith(("{", "[")):
        return Table(stem, None, lambda: _whole(path, stem, notes), notes)
    return Table(stem, None, lambda: _lines(path, stem), notes)


def _is_object(line: str) -> bool:
    """Return whether a line is a JSON object by itself, as each of JSON lines is."""
    if not line.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return line.rstrip().endswith("}")


def _lines(path: Path, stem: str) -> Iterator[Part]:
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    with opened(path) as file:
        for number, line in enumerate(lines_of(path, file), start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            value = _parsed(where, line)
            if not isinstance(value, dict):
                raise DataError(f"{where}: expected a JSON object, found {type(value).__name__}")
            rows.append(value)
            places.append(number)
            if len(rows) == ROWS:
                yield Part(str(path), stem, places, "line", Records(rows))
                rows, places = [], []
    if rows:
        yield Part(str(path), stem, places, "line", Records(rows))


def _parsed(where: str, text: str) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_unique)
        if text.count("[") + text.count("{") > DEEPEST:
            check_depth(value)
    except _Twice as error:
        raise DataError(f"{where}: {error}") from error
    except json.JSONDecodeError as error:
        place = where if ", line " in where else f"{where}, line {error.lineno}"
        raise DataError(f"{place}: not valid JSON: {error.msg}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not valid JSON: {error}") from error
    return value


class _Twice(ValueError):
    """A field stands in one object twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice("a field stands in one object twice")
    return found


def _whole(path: Path, stem: str, notes: list[str]) -> Iterator[Part]:
    with opened(path) as file:
        text = "".join(_bounded(path, lines_of(path, file)))
    value = _parsed(str(path), text)
    if isinstance(value, dict):
        value = _rows_in(path, value, notes)
    if isinstance(value, Mapping):  # columns
        height = len(next(iter(value.values())))
        yield Part(str(path), stem, range(1, height + 1), "row", Columns(value))
        return
    for number, row in enumerate(value, start=1):
        if not isinstance(row, dict):
            raise DataError(f"{path}, row {number}: expected a JSON object, found {type(row).__name__}")
    for start in range(0, len(value), ROWS):
        rows = value[start : start + ROWS]
        yield Part(str(path), stem, range(start + 1, start + len(rows) + 1), "row", Records(rows))


def _bounded(path: Path, lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > LARGEST:
            raise DataError(
                f"{path}: one JSON value of over {LARGEST // MB} MB; write it as JSON lines, an object a line"
            )
        yield line


def _rows_in(path: Path, value: dict[str, Any], notes: list[str]) -> list[Any] | dict[str, list[Any]]:
    """Return the rows that an object holds: its one list of objects, its objects by name, its columns, or itself.

    Raises:
        DataError: it holds several lists of objects.
    """
    lists = [
        name for name, each in value.items() if isinstance(each, list) and each and isinstance(each[0], dict)
    ]
    if len(lists) == 1:
        others = [ascii(name)[1:-1] for name in value if name != lists[0]]
        left = f"; beside them and not read: {', '.join(others[:20])}" if others else ""
        notes.append(f"the rows are those of the list {lists[0]!a}{left}")
        return list(value[lists[0]])
    if lists:
        listed = ", ".join(ascii(name) for name in lists[:20])
        raise DataError(
            f"{path}: holds several lists of rows ({listed}); write the one to read into a file of its own"
        )
    if len(value) > 1 and all(isinstance(each, dict) for each in value.values()):
        notes.append(f"each row is an object by name; the name is the column {KEY}")
        return [{KEY: name, **each} for name, each in value.items()]
    sizes = {len(each) if isinstance(each, list) else -1 for each in value.values()}
    if len(sizes) == 1 and min(sizes) > 0:
        notes.append("the file holds columns, a list each")
        return value
    return [value]
