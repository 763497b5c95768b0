"""Rows and a map into records: what `table` and `inspect` share.

A wide row is a pair: up to four replies (clean, replay, placebo, cued) to one question, or replies to several cues.
A long row is a reply, or one label of one. What is not mapped is null, and said; what is blank is missing, and
counted; an answer that cannot be read is null with its reason, and counted with its line. Only a table that says what
no table of ours can mean is an error.

Rows are read a part at a time and a column at a time, and each different cell once, so that a million rows take a
minute and not an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from unsaid.errors import DataError, UsageError
from unsaid.pace import streamed
from unsaid.records.importers.cells import blank, shown
from unsaid.records.importers.column_map import ARMS, FIELDS, OF_THE_CUE, ColumnMap, Entry, unknown_column
from unsaid.records.importers.columns import Fields, each, series
from unsaid.records.importers.distinct import PLACE, distinct
from unsaid.records.importers.filters import kept_rows
from unsaid.records.importers.ids import with_same_ids
from unsaid.records.importers.labels_in import Labels, verdict_column
from unsaid.records.importers.questions_in import UNNAMED_MODEL, question_columns
from unsaid.records.importers.reading import Reading
from unsaid.records.importers.replies_in import reply_columns
from unsaid.records.ranges import TOKENS, check_ranges, counted
from unsaid.records.schema import SCHEMA
from unsaid.store.paths import leaves
from unsaid.store.reading import short
from unsaid.store.rows.part import Part, Records

__all__ = ["UNNAMED_CUE", "UNNAMED_MODEL", "Reading", "Row", "read_parts", "read_rows"]

#: What stands where the map does not say which cue it was.
UNNAMED_CUE = "unnamed cue"


@dataclass(frozen=True)
class Row:
    """One row: where it stands, for messages, and its cells."""

    where: str
    cells: Mapping[str, Any]

    def get(self, entry: Entry | None) -> Any:
        """Return the cell that an entry names, or its text; None where nothing is mapped."""
        if entry is None:
            return None
        return entry.text if entry.column is None else self.cells.get(entry.column)


@dataclass(frozen=True)
class _Placed(Part):
    """Rows that know by themselves where they stand."""

    places: Sequence[str] = ()

    def where(self, index: int) -> str:
        return self.places[index]


def read_rows(rows: Sequence[Row], columns: ColumnMap, name: str) -> Reading:
    """Return every row as records, in order.

    Args:
        rows: the table.
        columns: the map; its columns must be there.
        name: of the table, for ids where no question is named.

    Raises:
        DataError: a cell is not what its field needs; a question's clean reply differs between rows that
            share it; or a whole column of answers cannot be read. The message names the line.
    """
    places = [row.where for row in rows]
    part = _Placed("", name, range(1, len(rows) + 1), "row", Records([row.cells for row in rows]), places)
    return read_parts([part], columns, name, strict=False)


def read_parts(parts: Iterable[Part], columns: ColumnMap, name: str, *, strict: bool = True) -> Reading:
    """Return the rows of all parts as records, in order.

    Args:
        parts: the table.
        columns: the map.
        name: of the table, for ids where no question is named.
        strict: whether each column of the map must be found in some row of each file.

    Raises:
        UsageError: a column or path of the map is in no row, or no row meets the conditions.
        DataError: as `read_rows`.
    """
    reading, kept, frames = Reading(), list[Part](), list[pl.DataFrame]()
    hits: dict[str, set[str]] = {}
    seen: dict[str, Fields] = {}
    for part in streamed(parts, "rows read", len):
        fields = Fields(part, columns, hits.setdefault(part.path, set()))
        seen.setdefault(part.path, fields)
        begin = reading.rows + 1
        some, places = _looked_at(reading, fields)
        if len(some):
            number = partial(_numbered, name, begin, places)
            frames.append(_frame(some, reading, len(kept), number))
        kept.append(_without_cells(part if some is fields else some.part))
    if strict:
        for path, fields in seen.items():
            _check_hits(columns, fields, hits[path])
    if reading.rows == reading.left and reading.rows:
        told = "; ".join(condition.text for condition in columns.where)
        raise UsageError(
            f"no row of {reading.rows} meets the conditions ({told}){_words_there(seen, columns)}"
        )
    _check_readable(reading, columns)
    return _whole(reading, frames, kept, columns)


def _numbered(name: str, begin: int, places: Sequence[int], index: int) -> str:
    """Return what a row is called where no question is named: the table's name and the row's number in it."""
    return f"{name}-{begin + places[index]}"


def _looked_at(reading: Reading, fields: Fields) -> tuple[Fields, Sequence[int]]:
    """Count rows and names, and return those rows that meet the conditions, with their places."""
    part = fields.part
    if not reading.rows:
        reading.paths |= dict.fromkeys(
            path for index in range(min(20, len(part))) for path in leaves(part.row(index))
        )
    reading.names |= dict.fromkeys(part.cells.names())
    reading.rows += len(part)
    if not fields.columns.where:
        return fields, range(len(part))
    some, places = kept_rows(fields)
    reading.left += len(part) - len(some)
    return some, places


def _without_cells(part: Part) -> Part:
    """Return a part that knows where its rows stand, and holds none of them."""
    if isinstance(part, _Placed):
        return _Placed(part.path, part.stem, part.lines, part.unit, Records([]), part.places)
    return Part(part.path, part.stem, part.lines, part.unit, Records([]))


def _frame(fields: Fields, reading: Reading, part: int, number: Callable[[int], str]) -> pl.DataFrame:
    """Return the records of some rows: those of one row beside each other, in the order of the map.

    Columns in which nothing stands are left out: `_whole` adds them once, which costs no memory.
    """
    columns = fields.columns
    entries = dict(columns.entries)
    asked = question_columns(fields, entries, number, reading)
    found = []
    if columns.long:
        arms = each(fields.of(entries["arm"]), lambda cell, index: _arm(fields, cell, index))
        found.append(_slot(fields, (entries, ""), arms, asked, _labels(columns, ""), reading))
    for arm in () if columns.long else ARMS:
        labels = _labels(columns, arm)
        if _mapped(entries, arm) or labels:
            found.append(_slot(fields, (entries, f"{arm}_"), [arm] * len(fields), asked, labels, reading))
    for cue, own in columns.by_cue.items():
        of_cue = {**entries, "cue": Entry(None, cue, "the map"), **own}
        asked_of = question_columns(fields, of_cue, number, reading)
        for arm in ("placebo", "cued"):
            labels = columns.cue_labels.get(cue, {}) if arm == "cued" else {}
            if any(entry.startswith(f"{arm}_") for entry in own) or labels:
                found.append(
                    _slot(fields, (of_cue, f"{arm}_"), [arm] * len(fields), asked_of, labels, reading)
                )
    placed = [
        frame.with_columns(
            pl.lit(part, pl.Int32).alias("_part"),
            pl.int_range(pl.len(), dtype=pl.Int32).alias("_row"),
            pl.lit(slot, pl.Int32).alias("_slot"),
        )
        for slot, frame in enumerate(found)
    ]
    if len(placed) == 1:
        return placed[0].drop("_slot")
    return pl.concat(placed, how="diagonal").sort("_row", "_slot", maintain_order=True).drop("_slot")


def _mapped(entries: Mapping[str, Entry], arm: str) -> bool:
    return any(name.startswith(f"{arm}_") and name not in FIELDS for name in entries)


def _labels(columns: ColumnMap, arm: str) -> Labels:
    return {who: entries for (of, who), entries in columns.labels.items() if of == arm}


def _arm(fields: Fields, cell: Any, index: int) -> str:
    columns = fields.columns
    said = "" if blank(cell) else str(cell).strip()
    for arm, names in columns.values.items():
        if said in names:
            return arm
    if said in ARMS and said not in columns.values:
        return said
    known = [name for names in columns.values.values() for name in names]
    known += [arm for arm in ARMS if arm not in columns.values]
    expected = ", ".join(ascii(name)[1:-1] for name in known)
    raise DataError(
        f"{fields.part.where(index)}: the arm is {shown(cell)}; expected {expected}"
        " (to name yours: arm.clean=NAME,arm.cued=NAME|NAME; to leave rows out: --where)"
    )


def _slot(
    fields: Fields,
    of: tuple[dict[str, Entry], str],
    arms: list[str],
    asked: dict[str, list[Any]],
    labels: Labels,
    reading: Reading,
) -> pl.DataFrame:
    """Return the records of one reply of each row; `of` is the map, and what stands before the reply's fields in it."""
    entries, prefix = of
    told = asked | reply_columns(fields, entries, prefix, asked, reading)
    told["arm"] = arms
    told |= {name: [counted(value) for value in told[name]] for name in TOKENS if prefix + name in entries}
    filled = {name: cells for name, cells in told.items() if cells.count(None) < len(cells)}
    try:
        frame = pl.DataFrame({name: series(name, cells, SCHEMA[name]) for name, cells in filled.items()})
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f"{fields.part.where(0)} and after it: not what records hold ({short(error)})"
        ) from error
    lacking = {name for name in (*OF_THE_CUE, "reading") if name not in frame.columns}
    frame = frame.with_columns(pl.lit(None, SCHEMA[name]).alias(name) for name in lacking)
    cue = pl.col("cue").fill_null(UNNAMED_CUE)
    verdicts = verdict_column(fields, labels, frame.select("arm", cue, "reading"), reading)
    # What a cue is does not belong to a reply that never saw it.
    saw = pl.col("arm").is_in(["cued", "placebo"])
    named = pl.when(pl.col("arm") == "cued").then(cue).otherwise("cue")
    own = [pl.when(saw).then(named if name == "cue" else name).alias(name) for name in OF_THE_CUE]
    return frame.with_columns(*own, verdicts).drop(lacking - {"cue"})


def _check_hits(columns: ColumnMap, fields: Fields, hits: set[str]) -> None:
    """Every column of the map must be found in some row of each file.

    Raises:
        UsageError: one is in none; the message names the file, and the nearest path.
    """
    for name, entry in columns.every():
        for column in entry.parts or ([] if entry.column is None else [entry.column]):
            if column not in hits:
                fields.of(entry)  # where another column took its place, it was not looked for
            if column not in hits:
                known = list(dict.fromkeys([*fields.part.cells.names(), *_paths(fields)]))
                raise unknown_column(f"{fields.part.path}: {name}", entry, column, known)


def _paths(fields: Fields) -> Iterator[str]:
    for index in range(min(20, len(fields))):
        yield from leaves(fields.part.row(index))


def _words_there(seen: Mapping[str, Fields], columns: ColumnMap) -> str:
    for fields in seen.values():
        for condition in columns.where:
            words = list(dict.fromkeys(shown(cell) for cell in fields.of(condition.entry)))[:8]
            return f"; {ascii(condition.entry.column)[1:-1]} holds {', '.join(words)}"
    return ""


def _check_readable(reading: Reading, columns: ColumnMap) -> None:
    """Refuse a table in which no answer of a column, or no right answer or target, can be read.

    Raises:
        DataError: it is so.
    """
    for odd in (*reading.answers.values(), *reading.keys.values()):
        if not odd.read or odd.failed < odd.read:
            continue
        if odd.expected or odd.first.partition(": ")[2].startswith("expected"):
            setting = "correct_as and target_as, or answers, say how they are written"
            raise DataError(f"{odd.first}, and so in all {odd.read} rows that hold one; {setting}")
        counted_from = (
            ", and all are numbers: answers=index0 counts from 0, answers=index1 from 1"
            if odd.numbers
            else ""
        )
        raise DataError(
            f"none of the {odd.read} answers in {odd.column!a} could be read ({odd.first}{counted_from}): say what "
            "they are: answers=letter, index0, index1, text (needs options), free, or reply (whole replies)"
        )


def _whole(reading: Reading, frames: list[pl.DataFrame], parts: list[Part], columns: ColumnMap) -> Reading:
    records = (
        pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=dict.fromkeys(PLACE, pl.Int32))
    )
    frames.clear()
    absent = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in records.columns]
    records = records.with_columns(absent).select(*SCHEMA, *PLACE)
    records, notes = with_same_ids(records)
    reading.notes += notes
    shared = pl.lit(columns.labeller is not None) | (pl.lit(not columns.long) & pl.col("arm").ne("cued"))
    records = distinct(records, shared=shared, where=lambda part, row: parts[part].where(row)).drop(*PLACE)
    try:
        check_ranges(records)
    except ValueError as error:
        raise DataError(f"the records do not fit the schema: {short(error)}") from error
    reading.records = records
    return reading
