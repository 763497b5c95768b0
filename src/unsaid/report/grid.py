"""A table that is read across: what is compared stands side by side, a figure over its interval in each cell.

The tables of numbers (`_numbers.html.j2`) hold every estimate once, one below the other, and nothing can be
compared there at a glance. A grid shows the few that belong together; `_grid.html.j2` lays it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.report.tables import Transcripts, link
from unsaid.report.words.phrasing import brief, figure, interval_text

__all__ = ["Cell", "Grid", "Label", "Replies", "cell", "counted", "named", "replies", "words_of"]


@dataclass(frozen=True)
class Cell:
    """A figure, in smaller type what it rests on, and its transcripts ("" for none)."""

    text: str
    small: str = ""
    href: str = ""


#: The name of a row or of a group of rows.
Label = str | Cell


@dataclass(frozen=True)
class Grid:
    """The table.

    Attributes:
        caption: what it shows, and in which unit.
        heads: (name, number of columns under it), over the columns; empty for none.
        columns: the columns' names.
        groups: (heading, rows), a row being its name and its cells; a heading of "" is not shown. A name may be a
            cell, to have something in smaller type.
        corner: what the rows' names are ("cue"); the page leaves it out.
        spare: how soon each column may go where a terminal is narrow, the highest first; 0 stays. Empty: all stay.
    """

    caption: str
    heads: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    groups: tuple[tuple[Label, tuple[tuple[Label, tuple[Cell, ...]], ...]], ...]
    corner: str = ""
    spare: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return sum(len(rows) for _, rows in self.groups)

    @property
    def starts(self) -> frozenset[int]:
        """Return the columns that a group of columns starts with; every column where there are no groups."""
        if not self.heads:
            return frozenset(range(len(self.columns)))
        widths = [width for _, width in self.heads]
        return frozenset(sum(widths[:place]) for place in range(len(widths)))


#: (model, cue, elicitation) -> how many cued replies the transcript browser shows for them.
Replies = Mapping[tuple[str | None, str | None, str | None], int]


def replies(records: pl.DataFrame) -> Replies:
    """Return how many transcripts the browser's filters find, to tell whether these are what a number counted."""
    keys = ("model", "cue", "elicitation")
    counts = records.filter(pl.col("arm") == "cued").group_by(*keys).len()
    return {(model, cue, elicitation): count for model, cue, elicitation, count in counts.iter_rows()}


def counted(estimate: Estimate, behind: Transcripts | None, shown: Replies, each: int = 1) -> str:
    """Return where the transcripts of a denominator are; "" where the filters would find more or fewer than it has.

    Args:
        estimate: whose denominator.
        behind: the transcripts that numbers may link to.
        shown: from `replies`.
        each: transcripts that one of the denominator is made of.
    """
    found = shown.get((estimate.model, estimate.cue, estimate.elicitation), 0)
    if behind is None or not estimate.n or found != each * estimate.n:
        return ""
    return link(estimate, "", behind.facets)


def cell(estimate: Estimate | None, href: str = "") -> Cell:
    """Return the value over its interval, without the caption's unit; a dash for what was not estimated."""
    if estimate is None:
        return Cell("–")
    if estimate.value is None:
        return Cell(brief(estimate), href=href)
    return Cell(figure(estimate), interval_text(estimate).removesuffix("%"), href)


def words_of(label: Label) -> str:
    """Return a cell or a name on one line: "12.0 (9.1 to 16.0)"."""
    if isinstance(label, str):
        return label
    return f"{label.text} ({label.small})" if label.small and label.text else label.text or label.small


def named(model: str | None, elicitation: str | None, several: bool) -> str:
    """Return a row's or column's name: the elicitation, after the model where there are several of these."""
    return " · ".join(part for part in (model if several else None, elicitation) if part) or "all"
