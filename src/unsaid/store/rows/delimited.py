"""CSV and TSV: with quotes, or without.

A quote that opens a cell and is closed lines later makes the rows between them vanish inside the cell, without an
error. So the rows are counted: where every line of a cell of several lines looks like a row of the table itself, the
file is refused, with the line. `quotes=csv` says that the cell is meant, `quotes=none` that a quote is a character like
any other, which is how TSV is read unless its header is quoted.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Literal

from unsaid.errors import DataError
from unsaid.store.rows.opened import blocks_of, lines_of, opened
from unsaid.store.rows.part import ROWS, Columns, Part, Table

__all__ = ["Quotes", "delimited"]

Quotes = Literal["auto", "csv", "none"]

#: Cells of spans of lines that are kept to be looked at; what a header is looked for in.
_MOST_SPANS, _SAMPLE = 200, 500
#: How many rows are turned into columns at once.
_TURNED = 256


@dataclass(frozen=True)
class _Shape:
    """How a file is written.

    Attributes:
        separator: between cells.
        quoted: whether quotes hold cells together.
        sure: somebody said that they do.
    """

    separator: str
    quoted: bool
    sure: bool


@dataclass
class _Count:
    """The lines that were read, and the spans of several that became one row.

    Attributes:
        spans: where one began, and its lines, where each has as many separators as the header.
        rows, lines, broken: how many rows, lines, and rows of several lines there are.
        sampled: how many of the first rows were looked at.
        tokens: a column's place -> how many of them have a word without white space there.
        forms: a column's place, and the form of such a word.
    """

    spans: list[tuple[int, list[str]]] = field(default_factory=list)
    rows: int = 0
    lines: int = 0
    broken: int = 0
    sampled: int = 0
    tokens: Counter[int] = field(default_factory=Counter)
    forms: set[tuple[int, str]] = field(default_factory=set)


def delimited(path: Path, stem: str, ending: str, quotes: Quotes) -> Table:
    """Return the table in a CSV or TSV file.

    Raises:
        DataError: it has no header, or one whose names are not different.
    """
    with opened(path) as file:
        first = next(lines_of(path, file), "")
    shape = _shape(first, ending, quotes)
    header = _header(path, first, shape)
    notes = []
    if (trimmed := [name.strip() for name in header]) != header:
        notes.append(
            f"the names of {sum(map(str.__ne__, trimmed, header))} columns had blanks around them; they were taken away"
        )
    if twice := sorted(name for name, times in Counter(trimmed).items() if times > 1):
        names = ", ".join(ascii(name) for name in twice[:20])
        raise DataError(f"{path}, line 1: the column name(s) {names} stand there more than once; rename them")
    if (usual := "\t" if ending in (".tsv", ".tab") else ",") != shape.separator:
        notes.append(f"cells are separated by {shape.separator!r}, not by {usual!r}")
    return Table(stem, tuple(trimmed), lambda: _parts(path, stem, trimmed, shape, notes), notes)


def _shape(first: str, ending: str, quotes: Quotes) -> _Shape:
    usual = "\t" if ending in (".tsv", ".tab") else ","
    others = [mark for mark in ("\t", ",", ";", "|") if mark != usual and mark in first]
    separator = usual if usual in first or not others else max(others, key=first.count)
    cells = first.rstrip("\r\n").split(separator)
    around = all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)
    quoted = quotes == "csv" or (quotes == "auto" and (separator != "\t" or around))
    return _Shape(separator, quoted, quotes == "csv")


def _header(path: Path, first: str, shape: _Shape) -> list[str]:
    if not first.strip():
        raise DataError(
            f"{path}, line 1: expected the names of the columns, found {'an empty line' if first else 'an empty file'}"
        )
    if "\0" in first:
        raise DataError(
            f"{path}, line 1: expected the names of the columns, found NUL characters: no text, or neither UTF-8 nor "
            "UTF-16; save it as UTF-8"
        )
    if not shape.quoted:
        return first.rstrip("\r\n").split(shape.separator)
    try:
        with _long_cells():
            return next(csv.reader([first], strict=True, delimiter=shape.separator))
    except csv.Error as error:
        raise DataError(f"{path}, line 1: not valid CSV: {error}") from error


def _parts(path: Path, stem: str, header: Sequence[str], shape: _Shape, notes: list[str]) -> Iterator[Part]:
    count = _Count()
    with opened(path) as file, _long_cells():
        blocks = blocks_of(path, file)
        rows = (_quoted if shape.quoted else _plain)(path, blocks, shape, count, len(header))
        cells = _Cells(header)
        for place, row in rows:
            if len(row) != len(header):
                raise DataError(f"{path}, line {place}: {_misfit(len(header), row, shape)}")
            cells.add(place, row)
            if len(cells.places) == ROWS:
                yield cells.part(path, stem)
                cells = _Cells(header)
        if cells.places:
            yield cells.part(path, stem)
    _check_spans(path, count, shape, len(header))
    if count.broken:
        notes.append(
            f"{count.rows} rows in {count.lines} lines: {count.broken} rows have line breaks inside quoted cells"
        )


class _Cells:
    """Rows as columns. Some hundred rows are turned at a time, while the processor still has them at hand."""

    def __init__(self, header: Sequence[str]) -> None:
        self.places: list[int] = []
        self._header, self._rows = header, list[list[str]]()
        self._columns: list[list[str]] = [[] for _ in header]

    def add(self, place: int, row: list[str]) -> None:
        self.places.append(place)
        self._rows.append(row)
        if len(self._rows) == _TURNED:
            self._turn()

    def part(self, path: Path, stem: str) -> Part:
        self._turn()
        cells = Columns(dict(zip(self._header, self._columns, strict=True)))
        return Part(str(path), stem, self.places, "line", cells)

    def _turn(self) -> None:
        for column, cells in zip(self._columns, zip(*self._rows, strict=True), strict=bool(self._rows)):
            column.extend(cells)
        self._rows = []


def _misfit(expected: int, row: list[str], shape: _Shape) -> str:
    told = f"expected {expected} cells as in the header, found {len(row)}"
    if not shape.quoted and any(cell.startswith('"') for cell in row):
        return f"{told}; if quotes hold cells together, say quotes=csv"
    return told


class _Lines:
    """The lines of a file, one after another, and those since the last row.

    Attributes:
        begin: how many lines the rows so far took.
    """

    def __init__(self, blocks: Iterator[list[str]]) -> None:
        self.begin = 0
        self._blocks, self._held, self._before = blocks, list[str](), 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._every())

    def _every(self) -> Iterator[list[str]]:
        for block in self._blocks:
            self._held = self._held[self.begin - self._before :] + block
            self._before = self.begin
            yield block

    def since(self, end: int) -> list[str]:
        """Return the lines from the last row to this one."""
        return self._held[self.begin - self._before : end - self._before]


def _plain(
    path: Path, blocks: Iterator[list[str]], shape: _Shape, count: _Count, width: int
) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(chain.from_iterable(blocks), start=1):
        if number > 1 and (bare := line.rstrip("\r\n")):
            count.rows += 1
            yield number, bare.split(shape.separator)


def _quoted(
    path: Path, blocks: Iterator[list[str]], shape: _Shape, count: _Count, width: int
) -> Iterator[tuple[int, list[str]]]:
    lines = _Lines(blocks)
    each = iter(lines)
    next(each, None)
    lines.begin = 1
    reader = csv.reader(each, strict=True, delimiter=shape.separator)
    try:
        for row in reader:
            end = reader.line_num + 1
            if row:
                count.rows += 1
                if end > lines.begin + 1 or count.sampled < _SAMPLE:
                    _looked_at(count, row, lines, end, shape, width)
                yield lines.begin + 1, row
            lines.begin = end
    except csv.Error as error:
        last = reader.line_num + 1
        began = f" (the row begins on line {lines.begin + 1})" if last > lines.begin + 1 else ""
        raise DataError(
            f"{path}, line {last}: not valid CSV: {error}{began}; a quote inside a quoted cell is written twice, and "
            "where quotes hold no cells together, say quotes=none"
        ) from error
    count.lines = lines.begin - 1


def _looked_at(count: _Count, row: list[str], lines: _Lines, end: int, shape: _Shape, width: int) -> None:
    """Count a row; keep its lines where each of several may be a row itself."""
    recent = lines.since(end)
    if len(recent) > 1:
        count.broken += 1
        if len(count.spans) < _MOST_SPANS and all(
            line.count(shape.separator) >= width - 1 for line in recent
        ):
            count.spans.append((lines.begin + 1, recent))
    elif count.sampled < _SAMPLE:
        count.sampled += 1
        for place, cell in enumerate(row):
            if not any(map(str.isspace, cell)):
                count.tokens[place] += 1
                count.forms.add((place, _form(cell)))


def _check_spans(path: Path, count: _Count, shape: _Shape, width: int) -> None:
    """Refuse a file in which rows stand inside a cell.

    A line inside a cell looks like a row where it has as many cells as the header at least, and in each column in which
    the other rows have a word without white space, one of the same form (q17 of the form of q3); the column that the
    cell stands in is left out. The first column is looked at where there are no other rows.

    Raises:
        DataError: it is so; the message names the line.
    """
    if shape.sure or width < 2:
        return
    usual = [place for place in range(width) if count.tokens[place] >= 0.95 * count.sampled]
    usual = usual if count.sampled else [0]
    for begin, lines in count.spans if usual else ():
        first, *inner = ([cell.strip("\r\n") for cell in line.split(shape.separator)] for line in lines)
        forms = count.forms if count.sampled else {(0, _form(first[0]))}
        opening = next((place for place, cell in enumerate(first) if cell.count('"') % 2), width - 1)
        others = [place for place in usual if place != opening]
        if others and all((place, _form(cells[place])) in forms for cells in inner for place in others):
            raise DataError(
                f"{path}, line {begin}: a quote opens a cell here that ends on line {begin + len(lines) - 1}, and the "
                f"{len(lines) - 1} lines between look like rows of their own: say quotes=none where quotes hold no "
                "cells together, quotes=csv where this is one cell"
            )


def _form(word: str) -> str:
    """Return the form of a word: "a9" of "q17"; words with white space are of forms that no word without it has."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", word))


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let Python's reader take cells over 128 KB, which a chain of thought may well be."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)
