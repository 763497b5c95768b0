"""A `biasing` run at a glance, for the page: a row a setting, and a chart of accuracy a cue and model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from unsaid.estimates.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.report.biased import CLEAN, CUED, DROP, EXPLAINED, OVERALL, SUBSETS, Setting, settings
from unsaid.report.charts import strips
from unsaid.report.grouping import grouping, together
from unsaid.report.phrasing import figure, interval_text
from unsaid.report.tables import lines

__all__ = ["Cell", "Overview", "charts", "overview"]


@dataclass(frozen=True)
class Cell:
    """A figure, and in smaller type its interval or what it rests on."""

    text: str
    small: str = ""


@dataclass(frozen=True)
class Overview:
    """The table.

    Attributes:
        same: what is the same throughout, in words.
        note: what a column means in some rows only; "" where there is nothing to say.
        heads: (what the columns under it are about, the columns).
        groups: (heading, rows), a row being its name and its cells.
    """

    same: str
    note: str
    heads: tuple[tuple[str, tuple[str, ...]], ...]
    groups: tuple[tuple[str, Sequence[tuple[str, tuple[Cell, ...]]]], ...]


def overview(estimates: Sequence[Estimate]) -> Overview | None:
    """The table of a run's `biasing` estimates; None where it has none."""
    rows = settings(estimates)
    if not rows:
        return None
    by = grouping([row.about for row in rows], "elicitation")
    heads: list[tuple[str, tuple[str, ...]]] = [
        (f"{name}: {what}", ("n", "without", "with", "change")) for name, what in SUBSETS.items()
    ]
    heads.append(("answers that changed", ("of all", "n", "to the target")))
    groups = together((by.heading(row.about), (by.label(row.about), _cells(row))) for row in rows)
    return Overview(by.same, _note(rows), tuple(heads), groups)


def charts(estimates: Sequence[Estimate]) -> list[tuple[str, Markup]]:
    """Accuracy on the bias-contradicting questions, clean and cued: (heading, chart) a group of settings.

    One chart of all of them would need labels that no phone has room for.
    """
    rows = settings(estimates)
    by = grouping([row.about for row in rows], "elicitation")
    shown = [
        (by.heading(row.about), number)
        for row in rows
        for quantity in (CUED, CLEAN)
        if (number := row.number(quantity, CONTRADICTING)) is not None
    ]
    return [
        (
            heading,
            strips(f"Accuracy with and without the cue, {heading}", lines(of, (CUED, CLEAN), label=by.label)),
        )
        for heading, of in together(shown)
    ]


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
