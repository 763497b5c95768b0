"""The columns of some rows, through a map: what a field's cells are, and how each different cell is read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import polars as pl

from unsaid.records.importers.cells import NOTHING, blank
from unsaid.records.importers.column_map import ColumnMap, Entry, said
from unsaid.store.paths import absent
from unsaid.store.rows.part import Part

__all__ = ["Fields", "each", "each_pair", "series"]

T = TypeVar("T")


class Fields:
    """The fields of some rows.

    Attributes:
        part: the rows.
        columns: the map.
        words: what means that there is nothing.
        hits: columns that were found in at least one row; shared by all parts of one file.
    """

    def __init__(self, part: Part, columns: ColumnMap, hits: set[str]) -> None:
        self.part, self.columns, self.hits = part, columns, hits
        self.words = NOTHING if columns.nothing is None else columns.nothing
        self._known: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.part)

    def of(self, entry: Entry | None) -> list[Any]:
        """Return the cells of a field: what the map says that they mean, None where nothing is mapped."""
        if entry is None:
            return [None] * len(self)
        if entry.column is None:
            return [entry.text] * len(self)
        cells = self._joined(entry.parts) if entry.parts else self._column(entry.column)
        if not entry.values:
            return cells
        values = entry.values
        folded = {word.casefold(): meaning for word, meaning in values.items()}
        return each(cells, lambda cell, _: _meaning(cell, values, folded))

    def read(self, entry: Entry | None, read: Callable[[Any, int], T | None]) -> list[T | None]:
        """Return what each cell of a field is read as, as `each`; None where nothing is mapped."""
        if entry is None:
            return [None] * len(self)
        if entry.column is None and len(self):
            return [read(entry.text, 0)] * len(self)
        return each(self.of(entry), read)

    def _column(self, path: str) -> list[Any]:
        if path not in self._known:
            found = self.part.column(path)
            # An empty cell was found, an absent one was not.
            if absent in found:
                there = any(cell is not absent for cell in found)
                found = [None if cell is absent else cell for cell in found]
            else:
                there = True
            if there:
                self.hits.add(path)
            self._known[path] = found
        return self._known[path]

    def _joined(self, parts: Sequence[str]) -> list[str | None]:
        columns = [self._column(part) for part in parts]
        found: list[str | None] = []
        for cells in zip(*columns, strict=True):
            texts = ["" if blank(cell) else said(cell) for cell in cells]
            found.append("+".join(map(_part, texts)) if any(texts) else None)
        return found


def _part(text: str) -> str:
    """Return a part of an id, in which no "+" stands: ("a+b", "c") and ("a", "b+c") are two questions."""
    return text.replace("%", "%25").replace("+", "%2B") if "+" in text or "%" in text else text


def _meaning(cell: Any, values: Any, folded: Any) -> Any:
    word = said(cell)
    if word in values:
        return values[word]
    return folded.get(word.casefold(), cell)


def each(cells: Sequence[Any], read: Callable[[Any, int], T]) -> list[T]:
    """Return what each cell is read as; `read` gets each different cell once, and where the first of them stands."""
    known: dict[Any, T] = {}
    found: list[T] = []
    for index, cell in enumerate(cells):
        key = cell if cell.__class__ is str or cell is None else _key(cell)
        try:
            found.append(known[key])
        except KeyError:
            known[key] = value = read(cell, index)
            found.append(value)
    return found


def each_pair(cells: Sequence[Any], others: Sequence[Any], read: Callable[[Any, Any, int], T]) -> list[T]:
    """Return what each cell is read as beside another: as `each`, for each different pair once."""
    known: dict[Any, T] = {}
    found: list[T] = []
    for index, (cell, other) in enumerate(zip(cells, others, strict=True)):
        key = (cell if cell.__class__ is str or cell is None else _key(cell), other)
        try:
            found.append(known[key])
        except KeyError:
            known[key] = value = read(cell, other, index)
            found.append(value)
    return found


def series(name: str, cells: Sequence[Any], kind: Any) -> pl.Series:
    """Return a column of a frame; lists are made once for each different one, for Polars takes long to make them.

    Raises:
        TypeError: a cell is of another kind; so may be the errors of Polars.
    """
    if not isinstance(kind, pl.List):
        return pl.Series(name, cells, dtype=kind, strict=True)
    places: dict[Any, int] = {}
    index = [None if cell is None else places.setdefault(tuple(cell), len(places)) for cell in cells]
    lists = pl.Series(name, [list(cell) for cell in places], dtype=kind, strict=True)
    return lists.gather(pl.Series(index, dtype=pl.UInt32)) if places else pl.Series(name, index, dtype=kind)


def _key(cell: Any) -> Any:
    """Return what tells a cell that is no text from others: 1, 1.0 and True are three."""
    if isinstance(cell, list | tuple):
        return ("list", *(part if type(part) is str else repr(part) for part in cell))
    if isinstance(cell, dict):
        return ("record", repr(cell))
    return (type(cell).__name__, repr(cell))
