"""A table as a file: CSV for programs and spreadsheets, Markdown for people.

The two hold the same rows. CSV has plain numbers (a proportion of 0.123, an absent value an empty cell
beside its reason); Markdown has what the page shows ("12.3%", "too few (n=7)").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unsaid.report.words.text import visible

__all__ = ["Cell", "Sheet", "of_words", "to_csv", "to_markdown"]

Cell = str | int | float | None

#: What a spreadsheet takes for the start of a formula.
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


@dataclass(frozen=True)
class Sheet:
    """A table: `raw` for CSV, `readable` for Markdown; each a header and its rows.

    Attributes:
        name: the file's name, without its ending.
        title: what stands above the Markdown table.
        raw: header and rows of plain values.
        readable: header and rows of words.
    """

    name: str
    title: str
    raw: tuple[Sequence[str], Sequence[Sequence[Cell]]]
    readable: tuple[Sequence[str], Sequence[Sequence[str]]]


def of_words(name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Sheet:
    """Return a sheet whose CSV has the words that Markdown has."""
    return Sheet(name, title, (header, rows), (header, rows))


def to_csv(sheet: Sheet) -> str:
    """Return the sheet as CSV (RFC 4180 with line feeds), a header first. An absent value is an empty cell.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, since names and notes
    may come from a model or a data set; numbers are never touched.
    """
    header, rows = sheet.raw
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return made.getvalue()


def to_markdown(sheet: Sheet) -> str:
    """Return the sheet as a Markdown table under its title, with whatever Markdown or HTML would act on escaped."""
    header, rows = sheet.readable
    lines = [f"**{_escaped(sheet.title)}**", "", _row(header), _row("---" for _ in header)]
    lines += [_row(_escaped(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _inert(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = visible(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def _escaped(text: str) -> str:
    """On one line, as the letters it has."""
    plain = " ".join(visible(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", plain)
