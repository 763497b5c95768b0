"""Every number of a section: folded on the page, a list in the terminal, and a file."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from unsaid.estimates.estimate import Estimate
from unsaid.report import tables
from unsaid.report.blocks import Numbers, Shown
from unsaid.report.draw.macros import macro
from unsaid.report.files.csv import Sheet
from unsaid.report.terminal.table import Column, Fitted
from unsaid.report.words.grouping import together, whole
from unsaid.report.words.phrasing import Words, measure, ranged

__all__ = ["of_estimates", "page", "sheets", "terminal"]

_ABOUT = ("model", "cue", "elicitation", "subset", "definition", "judge")
_RAW = (
    "quantity",
    "unit",
    "value",
    "low",
    "high",
    "level",
    "n",
    "k",
    "questions",
    "missing",
    "reason",
    "note",
)
_SHOWN = ("about", "measure", "value", "95% interval", "n", "questions", "missing", "note")


def page(block: Numbers, shown: Shown, words: Words) -> Markup | None:
    """Return the table, folded; None where there is no number."""
    if not shown.estimates:
        return None
    rows = tables.blocks(shown.estimates, shown.behind, block.cueless, words)
    return macro("all_numbers")(block.summary, block.caption, rows)


def terminal(block: Numbers, shown: Shown, words: Words) -> list[Fitted]:
    """Return each quantity with its parts, over all replies; what is read under two definitions as a mention."""
    rows = [each for each in shown.estimates if whole(each) and each.definition in (None, "mention")]
    if not block.listed or not rows:
        return []
    columns = (Column("elicitation"), Column("n"), Column("value"), Column("missing", spare=1))
    several = len({each.model for each in rows}) > 1
    groups = together(
        (measure(each, words), (_name(each, several), f"{each.n:,}", ranged(each), f"{each.missing:,}"))
        for each in rows
    )
    return [Fitted(block.listed, columns, tuple((heading, tuple(of)) for heading, of in groups))]


def sheets(block: Numbers, shown: Shown, words: Words) -> list[Sheet]:
    """Return the numbers as one file; nothing where there are none."""
    if not shown.estimates:
        return []
    title = block.file.replace("-", " ").capitalize()
    return [of_estimates(block.file, title, shown.estimates, words, block.cueless)]


def of_estimates(
    name: str, title: str, estimates: Sequence[Estimate], words: Words, cueless: str = "all cues"
) -> Sheet:
    """Return estimates as a file: plain values in CSV, what the page shows in Markdown."""
    readable = [
        (
            block.label,
            each.measure,
            each.value,
            each.interval,
            each.n,
            each.questions,
            each.missing,
            each.note,
        )
        for block in tables.blocks(estimates, None, cueless, words)
        for each in block.numbers
    ]
    raw = [
        [*(getattr(e, key) for key in _ABOUT), measure(e, words), *(getattr(e, key) for key in _RAW)]
        for e in estimates
    ]
    return Sheet(name, title, ((*_ABOUT, "measure", *_RAW), raw), (_SHOWN, readable))


def _name(estimate: Estimate, several_models: bool) -> str:
    parts = (estimate.model if several_models else None, estimate.elicitation)
    return " · ".join(part for part in parts if part) or "all"
