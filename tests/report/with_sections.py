"""The report as a run makes it: with the sections and the papers of every protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.protocols import PAPERS, SECTIONS
from unsaid.report import draw
from unsaid.report.blocks import Shown
from unsaid.report.files import csv_tables as sheets
from unsaid.report.files import figures
from unsaid.report.grid import Cell, Grid, words_of
from unsaid.report.run import page
from unsaid.report.section import Section
from unsaid.report.tables import Transcripts
from unsaid.report.terminal import summary as terminal
from unsaid.report.words.headline import headline as _headline

render = partial(page.render, sections=SECTIONS, papers=PAPERS)
summary = partial(terminal.summary, sections=SECTIONS)
headline = partial(_headline, sections=SECTIONS)
pictures = partial(figures.pictures, sections=SECTIONS)
sheets_of = partial(sheets.sheets, sections=SECTIONS)


def shown(
    section: Section,
    estimates: Sequence[Estimate],
    records: pl.DataFrame | None = None,
    behind: Transcripts | None = None,
    replies: Mapping[Any, int] | None = None,
) -> Shown:
    """What a section shows of a run."""
    like = Shown((), records, behind, replies or {}, "mention")
    return draw.shown_of(section, estimates, "mention", records, like)


def rows_of(grid: Grid | None) -> dict[str, dict[str, tuple[Cell, ...]]]:
    """Heading -> row -> cells; a name in words."""
    assert grid is not None
    return {words_of(heading): {words_of(row): cells for row, cells in rows} for heading, rows in grid.groups}
