"""A table that is read across: on the page, in the terminal, and as CSV and Markdown."""

from __future__ import annotations

from markupsafe import Markup

from unsaid.report.blocks import Shown, Table
from unsaid.report.draw.macros import macro
from unsaid.report.files.csv import Sheet, of_words
from unsaid.report.grid import Grid, words_of
from unsaid.report.terminal.table import Column, Fitted

__all__ = ["fitted", "page", "sheet", "sheets", "terminal"]


def page(block: Table, shown: Shown) -> Markup | None:
    """Return the table, folded where it is long; where it has no row, the reason, or None where none is given."""
    grid = block.grid(shown)
    if grid is None or not grid.rows:
        return macro("absent")(block.heading, block.absent) if block.absent else None
    folded = block.fold is not None and grid.rows > block.fold
    summary = block.summary if isinstance(block.summary, str) else block.summary(shown)
    return macro("table")(block.heading, block.intro, grid, summary if folded else "")


def terminal(block: Table, shown: Shown) -> list[Fitted]:
    """Return the table; nothing where it has no row."""
    grid = block.grid(shown)
    return [] if grid is None or not grid.rows else [fitted(grid)]


def sheets(block: Table, shown: Shown) -> list[Sheet]:
    """Return the table as one file; nothing where it has no row, or its numbers have a file already."""
    grid = block.grid(shown) if block.file else None
    return [] if grid is None or not grid.rows else [sheet(block.file, grid)]


def fitted(grid: Grid) -> Fitted:
    """Return a grid for the terminal."""
    spare = grid.spare or (0,) * len(grid.columns)
    columns = (Column(grid.corner), *(Column(*each) for each in zip(grid.columns, spare, strict=True)))
    groups = tuple(
        (words_of(heading), tuple((words_of(label), *map(words_of, cells)) for label, cells in rows))
        for heading, rows in grid.groups
    )
    return Fitted(grid.caption, columns, groups)


def sheet(name: str, grid: Grid) -> Sheet:
    """Return a grid as a file; what stands over several columns on the page is said in each."""
    over = [head for head, width in grid.heads for _ in range(width)] or [""] * len(grid.columns)
    columns = [f"{head}: {name}" if head else name for head, name in zip(over, grid.columns, strict=True)]
    rows = [
        [words_of(heading), words_of(label), *map(words_of, cells)]
        for heading, of in grid.groups
        for label, cells in of
    ]
    return of_words(name, grid.caption, ["group", grid.corner or "row", *columns], rows)
