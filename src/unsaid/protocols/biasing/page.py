"""A `biasing` run at a glance, for the page: a row a setting, and a chart of accuracy a cue and model."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.cued.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing.settings import (
    CLEAN,
    CUED,
    DROP,
    EXPLAINED,
    OVERALL,
    SUBSETS,
    Setting,
    settings,
)
from unsaid.report.blocks import Shown
from unsaid.report.charts import strips
from unsaid.report.grid import Cell, Grid
from unsaid.report.standalone import Picture
from unsaid.report.tables import lines
from unsaid.report.words.grouping import grouping, together
from unsaid.report.words.phrasing import figure, interval_text

__all__ = ["charts", "charts_note", "note", "table"]

_TITLE = "Accuracy with and without the cue"
_KEY = "● with the cue\N{EM SPACE}○ without"


def table(shown: Shown) -> Grid | None:
    """The table at a glance: a row a setting, accuracy and its change on each kind of question, and changed answers."""
    rows = settings(shown.estimates)
    if not rows:
        return None
    by = grouping([row.about for row in rows], "elicitation")
    heads = [(f"{name}: {what}", 4) for name, what in SUBSETS.items()]
    columns = ("n", "without", "with", "change") * len(SUBSETS) + ("of all", "n", "to the target")
    groups = together((by.heading(row.about), (by.label(row.about), _cells(row))) for row in rows)
    caption = f"Per cent, with 95% intervals ({by.same})" if by.same else "Per cent, with 95% intervals"
    made = tuple((heading, tuple(of)) for heading, of in groups)
    return Grid(caption, (*heads, ("answers that changed", 3)), columns, made, "setting")


def note(shown: Shown) -> list[str]:
    """What a column means in some rows only."""
    rows = settings(shown.estimates)
    return [_note(rows)] if rows else []


def charts_note(shown: Shown) -> list[str]:
    """What the charts are of."""
    words = f"On {CONTRADICTING} questions, where the cue points at a wrong option: {_KEY}"
    return [words] if charts(shown) else []


def charts(shown: Shown) -> list[Picture]:
    """Accuracy on the bias-contradicting questions, clean and cued: a chart for each group of settings.

    One chart of all of them would need labels that no phone has room for.
    """
    rows = settings(shown.estimates)
    by = grouping([row.about for row in rows], "elicitation")
    numbers = [
        (by.heading(row.about), number)
        for row in rows
        for quantity in (CUED, CLEAN)
        if (number := row.number(quantity, CONTRADICTING)) is not None
    ]
    grouped = together(numbers)
    made = []
    for place, (heading, of) in enumerate(grouped, 1):
        chart = strips(f"{_TITLE}, {heading}", lines(of, (CUED, CLEAN), label=by.label))
        name = "accuracy" if len(grouped) == 1 else f"accuracy-{place}"
        made.append(Picture(name, f"{_TITLE}: {heading}" if heading else _TITLE, _KEY, chart))
    return made


def _note(rows: Sequence[Setting]) -> str:
    """Which cues' changes to the target are counted as the paper counts them, and not over all questions."""
    cues = list(dict.fromkeys(row.about.cue or "" for row in rows if row.explained))
    said = f" For {', '.join(cues)}, as in the paper, on the {CONTRADICTING} questions alone." if cues else ""
    return f"Answers that changed: of all pairs; then, of the n that changed, those that went to the target.{said}"


def _cells(row: Setting) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for subset in SUBSETS:
        numbers = [row.number(quantity, subset) for quantity in (CLEAN, CUED, DROP)]
        n = next((number.n for number in numbers if number is not None), None)
        cells += [Cell("–" if n is None else f"{n:,}"), *map(_cell, numbers)]
    explained = row.number(EXPLAINED, row.explained)
    changed = Cell("–" if explained is None else f"{explained.n:,}")
    return (*cells, _cell(row.number(OVERALL, row.whole)), changed, _cell(explained))


def _cell(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell("–")
    return Cell(figure(estimate), interval_text(estimate).removesuffix("%"))
