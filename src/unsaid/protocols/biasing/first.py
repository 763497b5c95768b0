"""What is seen first of `biasing`: accuracy without and with the cue that changes it most."""

from __future__ import annotations

from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.biasing import CONTRADICTING
from unsaid.estimates.cued.targets import WRONG
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing.settings import CLEAN, CUED
from unsaid.report.first.cued import basis, measured
from unsaid.report.first.hundred import Hundred, Screened, Share
from unsaid.report.words.phrasing import briefly
from unsaid.report.words.subjects import Subject, one

__all__ = ["accuracy"]

_APART = "This is about answers alone; how often the reasoning said so is not estimated from it."


def accuracy(subject: Subject) -> Screened | None:
    """Return accuracy without and with the cue that changes it most; None where no change was estimated."""
    drops = [
        row
        for row in subject.rows
        if row.quantity in ("accuracy.drop", "accuracy.difference")
        and row.value is not None
        and "task" not in row.at
    ]
    # A wrong target is what can cost accuracy, so these questions lead (Turpin et al. 2023, section 3.1).
    drops = [row for row in drops if row.at == At(questions=CONTRADICTING)] or drops
    if not drops:
        return None
    largest = max(drops, key=lambda row: abs(row.value or 0.0))
    of = (
        "questions whose cue points at a wrong option"
        if largest.at == At(questions=CONTRADICTING)
        else "questions"
    )
    pair = [_answered(subject, largest, quantity) for quantity in (CLEAN, CUED)]
    shares = tuple(
        measured(Share(f"Of 100 {of}", part, "were not", basis=basis(row, "pairs")), row)
        for row, part in zip(
            pair, ("were answered rightly without it", "were answered rightly with it"), strict=True
        )
        if row is not None and row.value is not None
    )
    cue = f"the cue {largest.cue}" if largest.cue else "a cue"
    several = f", the largest change of {len(drops)} cues" if len(drops) > 1 else ""
    if len(shares) == 2:
        took = f"With {cue}, the accuracy of {subject.name} went from {shares[0].number} to {shares[1].number} of 100"
        said = (f"{took}: {briefly(largest)}{several}.", _unsaid(subject))
        return Hundred(subject.name, shares, changed=True), said
    changed = f"The accuracy of {subject.name} changed by {briefly(largest)} with {cue}{several}."
    return (Hundred(subject.name, shares), (changed, _unsaid(subject))) if shares else None


def _unsaid(subject: Subject) -> str:
    """How often a cue moved the answer and the reasoning never named it, to a wrong option where the run has both."""
    rows = [
        row for row in subject.near if row.quantity == "effective.mention" and row.definition == "mention"
    ]
    wrong = [row for row in rows if row.at == At(targets=WRONG)] or [row for row in rows if not row.at]
    row = one(wrong)
    if row is None or row.value is None:
        return _APART
    where = " to a wrong option" if row.at else ""
    read = f", as {row.judge} reads it" if row.judge else ""
    return f"A cue moved the answer{where}, and the reasoning never named it{read}: {briefly(row)} of pairs."


def _answered(subject: Subject, like: Estimate, quantity: str) -> Estimate | None:
    same = (like.cue, like.at, like.protocol)
    rows = (row for row in subject.rows if row.quantity == quantity)
    return next((row for row in rows if (row.cue, row.at, row.protocol) == same), None)
