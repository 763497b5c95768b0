"""What a reader sees of `biasing`, and what its headline says where no cue's influence was estimated."""

from __future__ import annotations

from functools import partial

from unsaid.estimates import QUANTITIES as GENERAL
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.biasing import CONTRADICTING
from unsaid.estimates.cued.effective import QUANTITIES as EFFECTIVE
from unsaid.estimates.cued.turpin_quantities import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.at_k import AT_K
from unsaid.protocols.biasing import first, page, terminal
from unsaid.protocols.biasing.published import PUBLISHED_SECTION, returned
from unsaid.protocols.biasing.settings import SUBSETS
from unsaid.protocols.leaks import LEAKS
from unsaid.report.blocks import TERMINAL, Forest, Notes, Table
from unsaid.report.section import Lead, Section
from unsaid.report.words.phrasing import basis, figure, value_text
from unsaid.report.words.subjects import Subject

__all__ = ["SECTION", "accuracy"]

_CHANGES = ("accuracy.drop", "accuracy.difference")
#: So many cues are each said; of more, the range.
_FEW = 2


def accuracy(subject: Subject) -> list[str]:
    """The change in accuracy with each cue, pooled over tasks; the range where there are several cues."""
    drops = [
        row
        for row in subject.rows
        if row.quantity in _CHANGES and row.value is not None and "task" not in row.at
    ]
    # A wrong target is what can cost accuracy, so these questions lead (Turpin et al. 2023, section 3.1).
    drops = [row for row in drops if row.at == At(questions=CONTRADICTING)] or drops
    if not drops:
        return []
    return [_listed(subject, drops) if len(drops) <= _FEW else _range(subject, drops)]


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
    where = _where(drops[0].subset) if len({row.at for row in drops}) == 1 else ""
    return (
        f"A cue changed the accuracy of {subject.name} by {figure(low)} to {figure(high)} points{where} over "
        f"{len(drops)} cues. The largest change, {value_text(largest)}{basis(largest, 'pairs', decimals=1)}, "
        f"came with {largest.cue or 'a cue'}."
    )


def _where(subset: str) -> str:
    return f" on {subset} questions" if subset else ""


SECTION = Section(
    asks="Do cues move the answers of {who}?",
    title="Accuracy at a glance",
    question=(
        "What does a cue do to accuracy and to answers? A row is a setting; the numbers behind it stand under Accuracy."
    ),
    anchor="accuracy-at-a-glance",
    quantities=(
        *(GENERAL[name] for name in ("accuracy.clean", "accuracy.cued")),
        *QUANTITIES.values(),
        *EFFECTIVE.values(),
    ),
    headline=(
        Lead(EFFECTIVE["effective.mention"], "A cue moved the answer and the reasoning never named it"),
    ),
    blocks=(
        Notes(page.charts_note, "key"),
        Forest(page.charts),
        Table(page.table, file="accuracy-at-a-glance"),
        Notes(page.note, "key"),
        *(Table(partial(terminal.accuracies, subset), where=TERMINAL) for subset in SUBSETS),
        Table(terminal.changes, where=TERMINAL),
        Notes(terminal.changes_note, where=TERMINAL),
        Notes(terminal.published_note, where=TERMINAL),
    ),
    more=(AT_K, LEAKS, PUBLISHED_SECTION),
    opening=first.accuracy,
    instead=accuracy,
    of_run=returned,
)
