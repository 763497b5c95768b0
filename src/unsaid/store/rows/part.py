"""Rows of a table, some thousands at a time: columns by name or by path, and where each row stands.

A large table is never held whole as Python values: its readers yield parts, and what is not wanted of a part is never
made into values at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from unsaid.store.paths import absent, value_at

__all__ = ["FILE", "KEY", "ROWS", "Cells", "Columns", "Part", "Records", "Table"]

#: How many rows a part has at most.
ROWS = 20_000
#: Columns that a table has beside its own: its file's name without ending; the name of a row in a JSON object.
FILE, KEY = "@file", "@key"


class Cells(Protocol):
    """The cells of some rows, by column."""

    def names(self) -> list[str]:
        """Return the columns, in the file's order."""
        ...

    def column(self, name: str) -> Sequence[Any] | None:
        """Return a column's cells, `absent` where a row has none; None where there is no such column."""
        ...

    def row(self, index: int) -> dict[str, Any]:
        """Return what one row has, by column."""
        ...


@dataclass(frozen=True)
class Part:
    """Some consecutive rows.

    Attributes:
        path: of the file, for messages.
        stem: the file's name without its endings.
        lines: where each row begins, from 1.
        unit: what `lines` counts: "line" or "row".
        cells: the columns.
    """

    path: str
    stem: str
    lines: Sequence[int]
    unit: str
    cells: Cells

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, index: int) -> str:
        """Return where a row stands, for a message."""
        return f"{self.path}, {self.unit} {self.lines[index]}"

    def column(self, path: str) -> list[Any]:
        """Return what stands in each row at a column's name, or at a path that begins with one, else `absent`."""
        if path == FILE:
            return [self.stem] * len(self.lines)
        whole = self.cells.column(path)
        found: list[Any] = [absent] * len(self.lines) if whole is None else list(whole)
        if "." not in path or (whole is not None and absent not in found):
            return found
        end = path.rfind(".")
        while end > 0:
            inner = self.cells.column(path[:end])
            if inner is not None:
                rest = path[end + 1 :]
                found = [
                    value_at(cell, rest, absent) if value is absent else value
                    for value, cell in zip(found, inner, strict=True)
                ]
            end = path.rfind(".", 0, end)
        return found

    def row(self, index: int) -> dict[str, Any]:
        """Return one row by column, for messages and for readers of few rows."""
        return self.cells.row(index)


@dataclass(frozen=True)
class Columns:
    """Cells that a reader has by column."""

    by_name: Mapping[str, Sequence[Any]]

    def names(self) -> list[str]:
        """Return the columns, in the file's order."""
        return list(self.by_name)

    def column(self, name: str) -> Sequence[Any] | None:
        """Return a column's cells; None where there is no such column."""
        return self.by_name.get(name)

    def row(self, index: int) -> dict[str, Any]:
        """Return one row's cells by column."""
        return {name: cells[index] for name, cells in self.by_name.items()}


@dataclass(frozen=True)
class Records:
    """Cells that a reader has as one mapping a row, each with names of its own."""

    rows: Sequence[Mapping[str, Any]]

    def names(self) -> list[str]:
        """Return every name that a row has, in the order in which they are met."""
        found: dict[str, None] = {}
        for row in self.rows:
            found.update(dict.fromkeys(row))
        return list(found)

    def column(self, name: str) -> Sequence[Any] | None:
        """Return a name's values, `absent` where a row has none; None where no row has it."""
        found = [row.get(name, absent) for row in self.rows]
        return None if all(value is absent for value in found) else found

    def row(self, index: int) -> dict[str, Any]:
        """Return what one row has, by name."""
        return dict(self.rows[index])


@dataclass(frozen=True)
class Table:
    """Anybody's table, opened and not yet read.

    Attributes:
        name: the file's or folder's, without endings.
        columns: in the file's order; None where only reading tells them (JSON).
        parts: reads the rows; raises `DataError`, with file and place, where they are not what the file's name says.
        notes: what was met in reading that a reader should know; complete once all parts are read.
    """

    name: str
    columns: tuple[str, ...] | None
    parts: Callable[[], Iterator[Part]]
    notes: list[str] = field(default_factory=list)
