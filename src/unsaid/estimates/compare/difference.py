"""A difference between two runs: a value with its interval and test, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from unsaid.statistics.level import LEVEL

__all__ = ["Difference"]


@dataclass(frozen=True)
class Difference:
    """One quantity in two runs, on what they share.

    Attributes:
        run: the run beside the baseline.
        baseline: the baseline's label.
        quantity: a key of `QUANTITIES`.
        cue: the cue; None for the unweighted mean over cues, and for clean accuracy.
        definition: what counts as verbalised, where that matters.
        first: the baseline's value; None where withheld.
        second: the run's value.
        value: second minus first; None where there is none, and then `reason` says why.
        low: lower end of the difference's interval.
        high: upper end.
        level: its nominal coverage.
        p: p-value of no difference; None where there is none.
        p_holm: p after Holm over `family`.
        family: the comparisons that were corrected together, in words.
        n_first: the denominator in the baseline.
        n_second: the denominator in the run.
        questions: different questions behind either denominator.
        missing: matched pairs left out because something was not seen.
        test: how p was made.
        method: how the interval was made.
        reason: why there is no value, in words a reader understands.
        note: a caveat that travels with the number.
        subset: the kind of target it is about, where the shared pairs hold several; "" for all.
    """

    run: str
    baseline: str
    quantity: str
    cue: str | None
    definition: str | None
    value: float | None = None
    first: float | None = None
    second: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    p: float | None = None
    p_holm: float | None = None
    family: str = ""
    n_first: int = 0
    n_second: int = 0
    questions: int = 0
    missing: int = 0
    test: str = ""
    method: str = ""
    reason: str = ""
    note: str = ""
    subset: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"{self.quantity}: a difference without a value needs a reason")
