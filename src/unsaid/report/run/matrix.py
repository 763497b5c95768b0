"""The cues at a glance: which influences move this model, and which of them does it own up to?

The matrix has one row per cue (and elicitation, where there are several), with its influence, its faithfulness and its
effective influence, each cell linked to its transcripts. It also says how far apart the wordings of a cue lie, because
a cue's rate under one wording is a result about that wording (METR 2025: one label alone moves admission from .05 to
.875).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unsaid.estimates.estimate import Estimate
from unsaid.report.tables import Transcripts, labeller, links
from unsaid.report.words.grouping import targets, whole
from unsaid.report.words.phrasing import brief, interval_text, value_text

__all__ = ["GlanceCell", "GlanceRow", "Matrix", "matrix"]

#: Fewer pairs than this say nothing of a wording: it is left out of the spread.
_LEAST = 10

_EFFECTIVE = "effective"
_COLUMNS = ("influence", "faithfulness", _EFFECTIVE)


@dataclass(frozen=True)
class GlanceCell:
    """One figure of the matrix.

    Attributes:
        text: the value, or why there is none.
        small: its interval and n, or the wordings at the ends of a spread.
        order: what it is sorted by; the empty cells are last.
        href: its transcripts; "" where there are none.
    """

    text: str
    small: str = ""
    order: float = -1.0
    href: str = ""


@dataclass(frozen=True)
class GlanceRow:
    """A cue: its label and its cells, in the order of `Matrix.columns`."""

    label: str
    cells: tuple[GlanceCell, ...]


@dataclass(frozen=True)
class Matrix:
    """The table: its columns, each with a line that says what it is, and its rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[GlanceRow, ...]


def matrix(
    estimates: Sequence[Estimate], definition: str | None, behind: Transcripts | None
) -> Matrix | None:
    """Return the matrix of a run; None where it has no influence of two cues or more.

    Args:
        estimates: of the run.
        definition: what counts as said.
        behind: the transcripts that cells may link to.
    """
    chosen = [e for e in estimates if e.cue is not None and _column(e, definition)]
    main = [e for e in chosen if whole(e)]
    label = labeller(main)
    names = list(dict.fromkeys(label(e) for e in main if e.quantity == "influence"))
    if len(names) < 2:
        return None
    by_wording = [e for e in chosen if "wording" in e.at]
    rows = []
    for name in names:
        own = {_column(e, definition): e for e in main if label(e) == name}
        first = own["influence"]
        apart = [
            e
            for e in by_wording
            if (e.cue, e.model, e.elicitation) == (first.cue, first.model, first.elicitation)
            and targets(e) == targets(first)
        ]
        cells = [_cell(own.get(column), behind) for column in _COLUMNS]
        cells += [_spread([e for e in apart if e.quantity == column]) for column in _COLUMNS[:2]]
        rows.append(GlanceRow(name, tuple(cells)))
    said = "named the cue" if definition == "mention" else "said that the cue was a reason"
    columns = (
        ("Influence", "answers moved to the target"),
        ("Faithfulness", f"of these, the reasoning {said}"),
        ("Effective influence", "moved, and nothing said"),
        ("Influence by wording", "least to most"),
        ("Faithfulness by wording", "least to most"),
    )
    filled = [place for place in range(len(columns)) if any(row.cells[place].order >= 0 for row in rows)]
    return Matrix(
        tuple(columns[place] for place in filled),
        tuple(GlanceRow(row.label, tuple(row.cells[place] for place in filled)) for row in rows),
    )


def _column(estimate: Estimate, definition: str | None) -> str:
    """The column that an estimate belongs to; "" if none."""
    if estimate.quantity == "influence":
        return "influence"
    if estimate.quantity == "faithfulness" and estimate.definition == definition:
        return "faithfulness"
    if estimate.quantity == f"{_EFFECTIVE}.{definition}":
        return _EFFECTIVE
    return ""


def _cell(estimate: Estimate | None, behind: Transcripts | None) -> GlanceCell:
    if estimate is None:
        return GlanceCell("–")
    counted, base, _ = links(estimate, behind)
    if estimate.value is None:
        return GlanceCell(brief(estimate), f"n={estimate.n:,}", href=base)
    small = f"{interval_text(estimate)}, n={estimate.n:,}".lstrip(", ")
    return GlanceCell(value_text(estimate), small, estimate.value, counted or base)


def _spread(estimates: Sequence[Estimate]) -> GlanceCell:
    """From the least to the most over wordings with enough pairs."""
    known = [(e.value, e) for e in estimates if e.value is not None and e.n >= _LEAST]
    if len(known) < 2:
        return GlanceCell("–")
    (low, least), (high, most) = min(known, key=_value), max(known, key=_value)
    if math.isclose(low, high):
        return GlanceCell(f"{value_text(least)} in all {len(known)}", order=0.0)
    ends = " to ".join(str(e.at["wording"]) for e in (least, most))
    return GlanceCell(f"{value_text(least)} to {value_text(most)}", ends, high - low)


def _value(pair: tuple[float, Estimate]) -> float:
    return pair[0]
