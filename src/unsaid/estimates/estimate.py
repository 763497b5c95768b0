"""The estimate: one number one can defend, or the reason why there is none."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from unsaid.estimates.coordinates import At, read
from unsaid.statistics.level import LEVEL


@dataclass(frozen=True)
class Estimate:
    """A quantity, its interval, what it rests on and what is missing.

    Attributes:
        protocol: the protocol it belongs to ("verbalisation", "biasing", ...).
        quantity: what is estimated ("influence", "faithfulness", "accuracy", ...), with its variant
            after a dot ("influence.replay-corrected").
        model: whose replies.
        cue: the cue, or None where the quantity is not about one cue.
        elicitation: how reasoning was asked for; None where pooled.
        definition: what counts as verbalised ("mention", "reliance"), where that matters.
        judge: who read the reasoning, where that matters.
        value: the number; None where it is undefined or withheld, and then `reason` says why.
        low: lower end of the interval; None where there is none.
        high: upper end of the interval.
        level: the interval's nominal coverage.
        n: the denominator, in pairs or replies.
        k: the numerator, where the quantity is a plain proportion.
        questions: how many different questions the denominator rests on.
        missing: how many pairs or replies were left out because something was not seen.
        subset: the part of the questions it is about ("bias-contradicting", a task, ...); "" for all. It is made from
            coordinates (`str(At(...))`), and `at` gives them back.
        method: how the interval was made ("wilson", "cluster bootstrap, 2000 draws", ...).
        unit: "proportion", "points" (difference of proportions), "tokens", "ratio", "count".
        reason: why `value` is None, in words a reader understands.
        note: a caveat that travels with the number.
        flags: machine-readable caveats ("clipped", "withheld", "interval-undefined", ...).
    """

    protocol: str
    quantity: str
    model: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    n: int = 0
    k: int | None = None
    questions: int = 0
    missing: int = 0
    cue: str | None = None
    elicitation: str | None = None
    definition: str | None = None
    judge: str | None = None
    subset: str = ""
    method: str = ""
    unit: str = "proportion"
    reason: str = ""
    note: str = ""
    flags: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"{self.quantity}: an estimate without a value needs a reason")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"{self.quantity}: an interval has two ends")

    @cached_property
    def at(self) -> At:
        """The coordinates that `subset` says: `at["wording"]`, `at["k"]`; empty for all questions."""
        return read(self.subset)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for `results.json`; keys in the order of the attributes."""
        return asdict(self) | {"flags": list(self.flags)}
