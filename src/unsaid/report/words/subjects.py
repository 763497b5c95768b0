"""Who and what an estimate is about: one grouping, which every line of the page is generated from.

An estimate has coordinates: model, elicitation, cue, definition, judge, and the part of the replies it is about
(`Estimate.at`). A sentence speaks of one model under one elicitation, and, where a run has
cues that lead to right and to wrong options, of one kind of target. `subjects` groups by these three. Within a subject
`pick` chooses by the others, so that no sentence can mix two definitions, two judges or two parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from unsaid.estimates.coordinates import WHOLE, At
from unsaid.estimates.estimate import Estimate
from unsaid.report.words.grouping import part, targets, together

__all__ = ["Subject", "one", "subjects"]


@dataclass(frozen=True)
class Subject:
    """One model, asked in one way, by cues that lead to one kind of target; and what was estimated of it.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for; None where that is not known.
        targets: one of `grouping.TARGETS`; "" where the run has one kind only.
        rows: the estimates of this subject.
        near: the estimates of this model and elicitation, whatever the targets.
    """

    model: str
    elicitation: str | None
    targets: str = ""
    rows: tuple[Estimate, ...] = field(default=(), repr=False)
    near: tuple[Estimate, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Return the subject in words: "unsaid/silent (cot)", "aaa (right targets)"."""
        asked = ", ".join(part for part in (self.elicitation, self.targets) if part)
        return f"{self.model} ({asked})" if asked else self.model

    def pick(self, quantity: str, definition: str | None = None, at: At = WHOLE) -> list[Estimate]:
        """Return the estimates of one quantity, definition and part of the replies, in their order."""
        return [
            row
            for row in self.rows
            if row.quantity == quantity and row.definition == definition and part(row) == at
        ]


def subjects(estimates: Iterable[Estimate]) -> list[Subject]:
    """Return the estimates of each model, elicitation and kind of target, in the order in which they first come."""
    rows = list(estimates)
    near = dict(together(((row.model, row.elicitation), row) for row in rows))
    grouped = together(((row.model, row.elicitation, targets(row)), row) for row in rows)
    return [
        Subject(model, elicitation, kind, tuple(group), tuple(near[model, elicitation]))
        for (model, elicitation, kind), group in grouped
    ]


def one(estimates: Sequence[Estimate]) -> Estimate | None:
    """Return, of estimates that differ by cue alone, the one over all cues or of the only cue; None without one."""
    overall = [estimate for estimate in estimates if estimate.cue is None]
    chosen = overall or estimates
    return chosen[0] if len(chosen) == 1 else None
