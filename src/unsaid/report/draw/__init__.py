"""How the report draws a section: a file for each kind of block, and here which file draws which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup
from rich.console import RenderableType

from unsaid.estimates.estimate import Estimate
from unsaid.records.schema import first_replies
from unsaid.report.blocks import (
    Block,
    Curve,
    Forest,
    Matrix,
    Notes,
    Numbers,
    Shown,
    Strip,
    Table,
    Transcripts,
)
from unsaid.report.draw import curve, forest, matrix, notes, numbers, strip, table, transcripts
from unsaid.report.files.csv import Sheet
from unsaid.report.section import Section
from unsaid.report.standalone import Picture
from unsaid.report.words.phrasing import Words

__all__ = ["Drawn", "figures", "numbers_sheets", "page", "sheets", "shown_of", "terminal", "with_replies"]


@dataclass(frozen=True)
class Drawn:
    """A section on the page: its parts, in their order."""

    section: Section
    parts: tuple[Markup, ...]


def shown_of(
    section: Section,
    estimates: Sequence[Estimate],
    definition: str | None,
    records: pl.DataFrame | None = None,
    like: Shown | None = None,
) -> Shown:
    """Return what a section shows of a run.

    Args:
        section: which.
        estimates: of the run.
        definition: what counts as said.
        records: the tidy table; None where it is not at hand.
        like: has the transcripts that numbers may link to; None where there are none.
    """
    names = {each.name for each in section.quantities}
    own = tuple(each for each in estimates if each.quantity in names)
    if like is None:
        return Shown(own, records, definition=definition)
    return Shown(own, records, like.behind, like.replies, definition, like.followed)


def with_replies(
    section: Section, estimates: Sequence[Estimate], definition: str | None, every: pl.DataFrame | None
) -> Shown:
    """Return what a section shows outside of the page: its replies where it has a row for each, else numbers alone.

    Args:
        section: which.
        estimates: of the run.
        definition: what counts as said.
        every: all records of the run, those that followed included; None where they are not at hand.
    """
    if every is None or not any(isinstance(block, Strip) for block in section.blocks):
        return shown_of(section, estimates, definition)
    first = first_replies(every)
    like = Shown((), first, followed=every.filter(pl.col("intervention").is_not_null()))
    return shown_of(section, estimates, definition, first, like)


def page(section: Section, shown: Shown, words: Words) -> Drawn | None:
    """Return a section on the page; None where no block but its notes and its numbers has anything to show."""
    if not shown.estimates:
        return None
    parts = [(block, _on_page(block, shown, words)) for block in section.blocks]
    there = [(block, html) for block, html in parts if html is not None]
    if not any(not isinstance(block, Notes | Numbers) for block, _ in there):
        return None
    first = next((place for place, (block, _) in enumerate(there) if not isinstance(block, Notes)), 0)
    html = [html for _, html in there]
    caveat = notes.page(Notes(lambda shown: (section.caveat,), "key"), shown) if section.caveat else None
    return Drawn(section, (*html[:first], *([caveat] if caveat else []), *html[first:]))


def terminal(section: Section, shown: Shown, words: Words) -> list[list[RenderableType]]:
    """Return the tables of a section, each with the notes below it."""
    made: list[list[RenderableType]] = []
    for block in section.blocks if shown.estimates else ():
        if isinstance(block, Notes):
            if made and "terminal" in block.where:
                made[-1] += notes.terminal(block, shown)
        elif isinstance(block, Table):
            made += [[each] for each in table.terminal(block, shown) if "terminal" in block.where]
        elif isinstance(block, Curve | Strip):
            made += [[each] for each in curve.terminal(_curve(block), shown, words)]
            made += [[each] for each in strip.terminal(block, shown)] if isinstance(block, Strip) else []
        elif isinstance(block, Numbers):
            made += [[each] for each in numbers.terminal(block, shown, words)]
    return made


def sheets(section: Section, shown: Shown, words: Words) -> list[Sheet]:
    """Return the tables of a section that are files; that of all its numbers is not among them."""
    made: list[Sheet] = []
    for block in section.blocks if shown.estimates else ():
        if isinstance(block, Table):
            made += table.sheets(block, shown)
        elif isinstance(block, Curve | Strip):
            made += curve.sheets(_curve(block), shown, words)
            made += strip.sheets(block, shown) if isinstance(block, Strip) else []
    return made


def numbers_sheets(section: Section, shown: Shown, words: Words) -> list[Sheet]:
    """Return the table of all numbers of a section, as a file; none where they stand in other files."""
    block = section.numbers
    return [] if block is None else numbers.sheets(block, shown, words)


def figures(section: Section, shown: Shown, words: Words) -> list[Picture]:
    """Return the charts of a section."""
    made: list[Picture] = []
    for block in section.blocks if shown.estimates else ():
        if isinstance(block, Forest):
            made += forest.figures(block, shown)
        elif isinstance(block, Curve | Strip):
            made += curve.figures(_curve(block), shown, words)
    return made


def _curve(block: Curve | Strip) -> Curve:
    return block.curve if isinstance(block, Strip) else block


def _on_page(block: Block, shown: Shown, words: Words) -> Markup | None:  # noqa: PLR0911 - one for each kind
    match block:
        case Notes():
            return notes.page(block, shown) if "page" in block.where else None
        case Forest():
            return forest.page(block, shown)
        case Table():
            return table.page(block, shown) if "page" in block.where else None
        case Matrix():
            return matrix.page(block, shown)
        case Curve():
            return curve.page(block, shown, words)
        case Strip():
            return strip.page(block, shown, words)
        case Transcripts():
            return transcripts.page(block, shown)
        case Numbers():
            return numbers.page(block, shown, words)
