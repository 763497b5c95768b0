"""Which rows of a table are read: conditions on its columns (`--where 'condition=hint'`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from unsaid.records.importers.cells import blank
from unsaid.records.importers.column_map import Condition, said
from unsaid.records.importers.columns import Fields, each
from unsaid.store.rows.part import Cells

__all__ = ["kept_rows"]


def kept_rows(fields: Fields) -> tuple[Fields, Sequence[int]]:
    """Return the rows that meet every condition of the map, and their places among all."""
    kept = [True] * len(fields)
    for condition in fields.columns.where:
        told = each(fields.of(condition.entry), lambda cell, _, of=condition: _meets(of, cell))  # type: ignore[misc]
        kept = [before and now for before, now in zip(kept, told, strict=True)]
    places = [index for index, each_kept in enumerate(kept) if each_kept]
    if len(places) == len(fields):
        return fields, places
    part = fields.part
    some = replace(part, lines=[part.lines[place] for place in places], cells=_Some(part.cells, places))
    if hasattr(part, "places"):
        some = replace(some, places=[part.places[place] for place in places])  # type: ignore[call-arg]
    return Fields(some, fields.columns, fields.hits), places


def _meets(condition: Condition, cell: Any) -> bool:
    word = "" if blank(cell) else said(cell)
    truth = word in ("true", "false") and word in {each.casefold() for each in condition.words}
    found = word in condition.words or truth
    return found == condition.kept


@dataclass(frozen=True)
class _Some:
    """Some of the rows of a part, by their places in it."""

    cells: Cells
    places: Sequence[int]

    def names(self) -> list[str]:
        return self.cells.names()

    def column(self, name: str) -> Sequence[Any] | None:
        found = self.cells.column(name)
        return None if found is None else [found[place] for place in self.places]

    def row(self, index: int) -> dict[str, Any]:
        return self.cells.row(self.places[index])
