"""What cues did to accuracy: the headline of runs that estimate nothing else, such as imported predictions."""

from __future__ import annotations

from unsaid.estimates.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.report.biased import is_pooled
from unsaid.report.coordinates import Subject
from unsaid.report.findings import Finding
from unsaid.report.phrasing import basis, figure, value_text

__all__ = ["accuracy"]

_CHANGES = ("accuracy.drop", "accuracy.difference")
#: So many cues are each said; of more, the range.
_FEW = 2


def accuracy(subject: Subject) -> list[Finding]:
    """The change in accuracy with each cue, pooled over tasks; the range where there are several cues."""
    drops = [
        row
        for row in subject.rows
        if row.quantity in _CHANGES and row.value is not None and is_pooled(row.subset)
    ]
    # A wrong target is what can cost accuracy, so these questions lead (Turpin et al. 2023, section 3.1).
    drops = [row for row in drops if row.subset == CONTRADICTING] or drops
    if not drops:
        return []
    return [Finding(_listed(subject, drops) if len(drops) <= _FEW else _range(subject, drops))]


def _listed(subject: Subject, drops: list[Estimate]) -> str:
    each = " and ".join(
        f"by {value_text(drop)} with {f'the cue {drop.cue}' if drop.cue else 'a cue'}{_where(drop.subset)}"
        f"{basis(drop, 'pairs', decimals=1)}"
        for drop in drops
    )
    return f"The accuracy of {subject.name} changed {each}."


def _range(subject: Subject, drops: list[Estimate]) -> str:
    low, high = (pick(drops, key=lambda row: row.value or 0.0) for pick in (min, max))
    largest = max(drops, key=lambda row: abs(row.value or 0.0))
    subsets = {row.subset for row in drops}
    where = _where(drops[0].subset) if len(subsets) == 1 else ""
    return (
        f"A cue changed the accuracy of {subject.name} by {figure(low)} to {figure(high)} points{where} over "
        f"{len(drops)} cues. The largest change, {value_text(largest)}{basis(largest, 'pairs', decimals=1)}, "
        f"came with {largest.cue or 'a cue'}."
    )


def _where(subset: str) -> str:
    return f" on {subset} questions" if subset else ""
