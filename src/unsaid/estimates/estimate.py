"""The estimate: one number one can defend, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from unsaid.estimates.coordinates import WHOLE, At
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
        at: the part of the replies it is about, by coordinates: `At(wording="labelled")`, `At(k=4)`; empty for all.
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
    at: At = WHOLE
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
    def subset(self) -> str:
        """What `at` says, as a reader is shown it: "wording labelled, right targets", "k = 4"; "" for all replies."""
        return str(self.at)

    def flat(self) -> dict[str, Any]:
        """Return one value a name, for a row of a table; `subset` stands where `at` does in the attributes."""
        return {name: getattr(self, name) for name in COLUMNS} | {"flags": list(self.flags)}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for `results.json`; keys in the order of the attributes, and `at` the last."""
        return self.flat() | {"at": dict(self.at)}


def plain(attributes: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the attributes of a dataclass that holds estimates as plain data: `asdict(it, dict_factory=plain)`."""
    found: dict[str, Any] = {}
    for name, value in attributes:
        found |= {"subset": str(value), "at": dict(value)} if isinstance(value, At) else {name: value}
    return found


#: The columns of a table of estimates, in the order of the attributes.
COLUMNS = tuple("subset" if item.name == "at" else item.name for item in fields(Estimate))
