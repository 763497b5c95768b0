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

_ROWS_ARE_CALLED = frozenset(
    {
        "data",
        "rows",
        "records",
        "results",
        "samples",
        "items",
        "examples",
        "questions",
        "instances",
        "responses",
    }
)


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
    """Return the rows that an object holds.

    They are its one list of objects, its lists of cells beside their names, its objects by name, its columns, what its
    one object holds, or itself.

    Raises:
        DataError: it holds several lists of objects, or lists of cells that do not fit their names.
    """
    lists = [
        name for name, each in value.items() if isinstance(each, list) and each and isinstance(each[0], dict)
    ]
    if len(lists) == 1:
        notes.append(f"the rows are those of the list {lists[0]!a}{_left(value, lists[0])}")
        return list(value[lists[0]])
    if lists:
        listed = ", ".join(ascii(name) for name in lists[:20])
        raise DataError(
            f"{path}: holds several lists of rows ({listed}); write the one to read into a file of its own"
        )
    if cells := _cells_in(path, value, notes):
        return cells
    if len(value) > 1 and all(isinstance(each, dict) for each in value.values()):
        if columns := _columns_in(value):
            notes.append("the file holds columns, an object each, by the names of its rows")
            return columns
        notes.append(f"each row is an object by name; the name is the column {KEY}")
        return [{KEY: name, **each} for name, each in value.items()]
    sizes = {len(each) if isinstance(each, list) else -1 for each in value.values()}
    if len(sizes) == 1 and min(sizes) > 0:
        notes.append("the file holds columns, a list each")
        return value
    return _within(path, value, notes)


def _left(value: Mapping[str, Any], *taken: str) -> str:
    others = [ascii(name)[1:-1] for name in value if name not in taken]
    return f"; beside them and not read: {', '.join(others[:20])}" if others else ""


def _cells_in(path: Path, value: dict[str, Any], notes: list[str]) -> list[dict[str, Any]]:
    """Return the rows of lists of cells whose names stand in a list beside them (`columns` and `data`); else none."""
    names = value.get("columns")
    rows = value.get("data", value.get("rows"))
    if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
        return []
    if not (isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)):
        return []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise DataError(
                f"{path}, row {number}: expected {len(names)} cells as in 'columns', found {len(row)}"
            )
    notes.append("the rows are lists of cells, whose names stand in 'columns'")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _columns_in(value: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]] | None:
    """Return columns that are objects by their rows' places, as data frames are written; None where they are none."""
    first = next(iter(value.values()))
    places = [str(place) for place in range(len(first))]
    if not first or any(list(each) != places for each in value.values()):
        return None
    return {name: list(each.values()) for name, each in value.items()}


def _within(path: Path, value: dict[str, Any], notes: list[str]) -> list[Any] | dict[str, list[Any]]:
    """Return the rows of the object of records that an object holds; itself, as one row, where it holds none.

    The object of records stands alone, or is called by one of `_ROWS_ARE_CALLED`: a record too may hold objects.
    """
    inner = [name for name, each in value.items() if isinstance(each, dict) and _holds_rows(each)]
    if len(inner) != 1 or not (len(value) == 1 or inner[0].lower() in _ROWS_ARE_CALLED):
        return [value]
    notes.append(f"the rows are within {inner[0]!a}{_left(value, inner[0])}")
    return _rows_in(path, value[inner[0]], notes)


def _holds_rows(value: Mapping[str, Any]) -> bool:
    """Return whether an object holds a list of objects, or at least two objects with a name in common, and no more."""
    each = list(value.values())
    if any(isinstance(one, list) and one and isinstance(one[0], dict) for one in each):
        return True
    if len(each) < 2 or not all(isinstance(one, dict) for one in each):
        return False
    return bool(set(each[0]) & set(each[1]))
