"""The rows of a CSV, TSV, JSON lines or Parquet file, each with its line."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError, QuestionError, UsageError
from unsaid.questions.reading import missing_file, read_text
from unsaid.records.importers.tabular import Row
from unsaid.store.reading import check_depth
from unsaid.store.tables import Unreadable, read_parquet

__all__ = ["SUFFIXES", "Table", "read_table"]

SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")

#: Columns in the file's order, and the rows.
Table = tuple[list[str], list[Row]]


def read_table(path: Path) -> Table:
    """Return the columns and rows of a table.

    Raises:
        UsageError: there is no such file, or its name ends in none of `SUFFIXES`.
        DataError: it is not what its name says; the message names the line.
    """
    expected = f"expected a file that ends in {', '.join(SUFFIXES)}"
    if not path.is_file():
        raise UsageError(f"{missing_file(path)}; {expected}")
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: {expected}")
    if path.suffix == ".parquet":
        columns, rows = _parquet(path)
    else:
        try:
            text = read_text(path)
        except QuestionError as error:
            raise DataError(str(error)) from error
        columns, rows = (
            _jsonl(path, text)
            if path.suffix == ".jsonl"
            else _csv(path, text, "\t" if path.suffix == ".tsv" else ",")
        )
    if not rows:
        raise DataError(f"{path}: expected at least one row, found none")
    return columns, rows


def _parquet(path: Path) -> Table:
    try:
        frame, _ = read_parquet(path)
        rows = [
            Row(f"{path}, row {n}", cells) for n, cells in enumerate(frame.iter_rows(named=True), start=1)
        ]
    except (pl.exceptions.PolarsError, Unreadable, OSError) as error:
        raise DataError(f"{path}: not readable as Parquet ({error})") from error
    return frame.columns, rows


def _jsonl(path: Path, text: str) -> Table:
    columns: dict[str, None] = {}
    rows = []
    # Not splitlines(): it also breaks at characters that may stand inside a JSON string.
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        where = f"{path}, line {line}"
        cells = _object(where, written)
        columns |= dict.fromkeys(cells)
        rows.append(Row(where, cells))
    return list(columns), rows


def _object(where: str, written: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise DataError(f"{where}: a field stands in one object twice")
        return found

    try:
        value = json.loads(written, object_pairs_hook=unique)
        check_depth(value)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected a JSON object, found {type(value).__name__}")
    return value


def _csv(path: Path, text: str, delimiter: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        with _long_cells():
            header = next(reader, [])
            if twice := sorted(name for name, times in Counter(header).items() if times > 1):
                names = ", ".join(ascii(name) for name in twice)
                raise DataError(
                    f"{path}, line 1: the column name(s) {names} stand there more than once; rename them"
                )
            rows = list(_csv_rows(path, reader, header))
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not valid CSV: {error}") from error
    return header, rows


def _csv_rows(path: Path, reader: Any, header: list[str]) -> Iterator[Row]:
    begin = reader.line_num + 1
    for cells in reader:
        where = f"{path}, line {begin}"
        begin = reader.line_num + 1
        if not cells:
            continue
        if len(cells) != len(header):
            raise DataError(f"{where}: expected {len(header)} cells as in the header, found {len(cells)}")
        yield Row(where, dict(zip(header, cells, strict=True)))


@contextmanager
def _long_cells() -> Iterator[None]:
    """Python's reader refuses cells over 128 KB, which a chain of thought may well be."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)
