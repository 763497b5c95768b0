"""faithful@k on the page: if k replies are read, does one of them own up (Zaman & Srivastava 2025)?"""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.report.grid import Cell, Grid, cell
from unsaid.report.grouping import together
from unsaid.report.phrasing import brief

__all__ = ["CAVEAT", "at_k_grid"]

CAVEAT = (
    "A cue that moves a question less often than k times leaves that question out, so that a rise from one k to the "
    "next is more reading and other questions at once; n says how many are left. That k replies are silent does not "
    "show that a further one would be."
)
_HEADINGS = {"mention": "named the cue", "reliance": "said that it relied on the cue"}


def at_k_grid(estimates: Sequence[Estimate]) -> Grid | None:
    """A row a cue under each definition, a column a k; None where no k is above 1.

    Args:
        estimates: those of `faithful-at-k`.
    """
    steps = sorted({_k(each) for each in estimates} - {0})
    if not steps or steps[-1] < 2:
        return None
    facets = [name for name in ("model", "elicitation") if len({getattr(e, name) for e in estimates}) > 1]
    rows: dict[tuple[str, str], dict[int, Cell]] = {}
    for each in sorted(estimates, key=lambda e: e.cue is not None):
        heading = [_HEADINGS.get(each.definition or "", ""), *(str(getattr(each, name)) for name in facets)]
        key = (" · ".join(filter(None, heading)), each.cue or "mean over cues")
        rows.setdefault(key, {})[_k(each)] = _cell(each)
    groups = together(
        (heading, (label, tuple(cells.get(k, Cell("–")) for k in steps)))
        for (heading, label), cells in rows.items()
    )
    columns = tuple(f"k = {k}" for k in steps)
    caption = "Per cent of questions where one of k moved replies says so, with 95% intervals"
    return Grid(caption, (), columns, tuple((heading, tuple(of)) for heading, of in groups))


def _k(estimate: Estimate) -> int:
    """The k of an estimate, from how `estimates.faithful_at_k` names its subset; 0 for what is not the reasoning."""
    name, _, rest = estimate.subset.partition("k = ")
    return int(rest) if not name and rest.isdecimal() else 0


def _cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(brief(estimate))
    made = cell(estimate)
    return Cell(made.text, f"{made.small}, n={estimate.n:,}")
