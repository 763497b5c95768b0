"""Parquet, Arrow and Excel: files that hold columns."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError, MissingExtra
from unsaid.store.archive import check_archive
from unsaid.store.reading import short
from unsaid.store.rows.part import ROWS, Columns, Part, Table
from unsaid.store.tables import Unreadable, read_arrow, read_parquet

__all__ = ["excel_table", "frame_table"]


@dataclass(frozen=True)
class _Slice:
    """The cells of some rows of a frame, made into Python values a column at a time."""

    frame: pl.DataFrame

    def names(self) -> list[str]:
        return self.frame.columns

    def column(self, name: str) -> Sequence[Any] | None:
        return self.frame[name].to_list() if name in self.frame.columns else None

    def row(self, index: int) -> dict[str, Any]:
        return self.frame.row(index, named=True)


def frame_table(path: Path, stem: str, kind: str) -> Table:
    """Return the table in a Parquet or Arrow file.

    Args:
        path: the file.
        stem: its name without endings.
        kind: "Parquet" or "Arrow".

    Raises:
        DataError: it is no such file, or damaged.
    """
    try:
        frame = read_parquet(path)[0] if kind == "Parquet" else read_arrow(path)
    except (pl.exceptions.PolarsError, Unreadable, OSError) as error:
        raise DataError(f"{path}: not readable as {kind} ({error})") from error
    return Table(stem, tuple(frame.columns), lambda: _slices(path, stem, frame))


def _slices(path: Path, stem: str, frame: pl.DataFrame) -> Iterator[Part]:
    for start in range(0, frame.height, ROWS):
        some = frame.slice(start, ROWS)
        yield Part(str(path), stem, range(start + 1, start + some.height + 1), "row", _Slice(some))


def excel_table(path: Path, stem: str) -> Table:
    """Return the table on the first sheet of an Excel file that has one.

    Raises:
        MissingExtra: nothing that reads Excel is installed.
        DataError: it is no such file, has no header, or one whose names are not different.
    """
    try:
        import openpyxl  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise MissingExtra(f"{path}: reading Excel", "excel") from error
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {
            sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
        }
    except Exception as error:  # whatever a damaged archive makes of a reader of XML
        raise DataError(f"{path}: not readable as Excel ({type(error).__name__}: {short(error)})") from error
    filled = {
        title: rows for title, rows in sheets.items() if any(cell is not None for row in rows for cell in row)
    }
    if not filled:
        raise DataError(f"{path}: expected at least one row, found none")
    title, rows = next(iter(filled.items()))
    notes = [f"the rows are those of the page {title!a} of the workbook"]
    if others := [name for name in filled if name != title]:
        notes[0] += f"; not read: {', '.join(map(ascii, others))}"
    return _sheet(path, stem, rows, notes)


def _sheet(path: Path, stem: str, rows: list[list[Any]], notes: list[str]) -> Table:
    header = ["" if name is None else str(name).strip() for name in rows[0]]
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell is not None), default=0)
    named = [name for name in header if name]
    if not all(header[:width]) or len(set(named)) < len(named):
        raise DataError(
            f"{path}, row 1: expected different names of columns in the first row, one for each column"
        )
    kept = [
        (number, row) for number, row in enumerate(rows[1:], start=2) if any(cell is not None for cell in row)
    ]

    def parts() -> Iterator[Part]:
        for start in range(0, len(kept), ROWS):
            some = kept[start : start + ROWS]
            cells = {name: [row[place] for _, row in some] for place, name in enumerate(header[:width])}
            yield Part(str(path), stem, [number for number, _ in some], "row", Columns(cells))

    return Table(stem, tuple(header[:width]), parts, notes)
