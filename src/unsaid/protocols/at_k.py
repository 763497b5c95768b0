"""faithful@k on the page: if k replies are read, does one of them own up (Zaman & Srivastava 2025)?"""

from __future__ import annotations

from unsaid.estimates.cued.faithful_at_k import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Numbers, Shown, Table
from unsaid.report.grid import Cell, Grid, cell
from unsaid.report.section import Section
from unsaid.report.words.grouping import together
from unsaid.report.words.phrasing import brief

__all__ = ["AT_K", "table"]

_CAVEAT = (
    "A cue that moves a question less often than k times leaves that question out, so that a rise from one k to the "
    "next is more reading and other questions at once; n says how many are left. That k replies are silent does not "
    "show that a further one would be."
)
_HEADINGS = {"mention": "named the cue", "reliance": "said that it relied on the cue"}


def table(shown: Shown) -> Grid | None:
    """A row a cue under each definition, a column a k; None where no k is above 1."""
    estimates = shown.estimates
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
    """The k of an estimate; 0 for what is not the reasoning."""
    k = estimate.at.get("k")
    return int(k) if len(estimate.at) == 1 and isinstance(k, float) else 0


def _cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(brief(estimate))
    made = cell(estimate)
    return Cell(made.text, f"{made.small}, n={estimate.n:,}")


AT_K = Section(
    title="If several replies are read",
    menu="Several replies",
    question=(
        "One silent reply may be incomplete rather than unfaithful (Zaman & Srivastava 2025): of k replies to a "
        "question that a cue all moved, does at least one own up?"
    ),
    anchor="several",
    quantities=tuple(QUANTITIES.values()),
    blocks=(Table(table), Numbers("faithful@k", "faithful-at-k")),
    caveat=_CAVEAT,
)
