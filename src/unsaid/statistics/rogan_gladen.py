"""How often would a judge without error have said yes?

Rogan and Gladen 1978, from the judge's rate p, its sensitivity se and its specificity sp:

    theta = (p + sp - 1) / J, J = se + sp - 1

Interval: all theta at which the MOVER interval (`intervals.mover`) of p - theta se - (1 - theta)(1 - sp), which should
be 0, holds 0. Fieller's idea with intervals that behave at 0 and 1; p brings its own interval, clustered or joint over
cues, and se and sp Wilson's. Chosen by simulation over 162 designs (n 30 to 400, calibration sets of 20 to 400 a class,
4,000 repetitions): over 97% in 28 of them and under 93% in none, where Lang and Reiczigel 2014 went over 97% in 50 and
the delta method (Wald) under 93% in 46, down to 60%. As it stands here: 93.0 to 98.9% over 20 designs of 1,000
(benchmarks/coverage_judge.py); above 97% where n or the calibration is under 50 and the judge hardly errs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq

from unsaid.statistics.intervals import Interval, mover, wilson

__all__ = ["MIN_YOUDEN", "PERFECT", "Corrected", "Rate", "rogan_gladen", "youden"]

#: Where J = sensitivity + specificity - 1 may be as small as this, the judge hardly tells yes from no.
MIN_YOUDEN = 0.1


@dataclass(frozen=True)
class Rate:
    """A proportion with its interval.

    Attributes:
        value: the proportion.
        low: lower end.
        high: upper end.
        n: texts behind it; 0 for what is assumed rather than counted.
    """

    value: float
    low: float
    high: float
    n: int = 0

    @classmethod
    def of(cls, k: int, n: int) -> Rate:
        """Return the proportion k of n, with Wilson's interval."""
        ends = wilson(k, n)
        return cls(k / n, ends.low or 0.0, 1.0 if ends.high is None else ends.high, n)


#: What is assumed to be without error.
PERFECT = Rate(1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Corrected:
    """A corrected rate.

    Attributes:
        value: within 0 and 1; None where refused.
        interval: its interval; without ends where refused.
        unclipped: what the formula gave; None where it was not applied.
        reason: why it was refused; "" where it was not.
    """

    value: float | None
    interval: Interval
    unclipped: float | None = None
    reason: str = ""


def youden(sensitivity: Rate, specificity: Rate) -> Interval:
    """Return the interval of J = sensitivity + specificity - 1, by MOVER."""
    ends = [Interval(each.low, each.high, "wilson") for each in (sensitivity, specificity)]
    found = mover((1, 1), (sensitivity.value, specificity.value), ends)
    low, high = (None if end is None else end - 1 for end in (found.low, found.high))
    return Interval(low, high, found.method)


def rogan_gladen(said: Rate, sensitivity: Rate, specificity: Rate) -> Corrected:
    """Return the rate that a judge without error would have found, or why that cannot be said.

    Args:
        said: how often the judge says yes.
        sensitivity: how often it says yes where that is true.
        specificity: how often it says no where that is true.

    Refused where the 95% interval of J reaches `MIN_YOUDEN`, since p then hardly depends on theta; and
    where p lies outside what se and sp allow by more than chance, for they then do not carry over to these replies.
    """
    method = "rogan-gladen, inverted mover"
    nothing = Interval(None, None, method)
    least = youden(sensitivity, specificity).low or 0.0
    gain = sensitivity.value + specificity.value - 1
    if least <= MIN_YOUDEN:
        reason = (
            f"the judge hardly tells yes from no: sensitivity + specificity - 1 is {gain:.2f}, and may be as small as "
            f"{least:.2f}, where more than {MIN_YOUDEN:g} is needed"
        )
        return Corrected(None, nothing, reason=reason)
    unclipped = (said.value + specificity.value - 1) / gain
    balance = _balance(said, sensitivity, specificity)
    if balance(0.0)[1] < 0 or balance(1.0)[0] > 0:
        edge, bound = (1 - specificity.value, "below") if unclipped < 0 else (sensitivity.value, "above")
        reason = (
            f"the judge says yes {said.value:.3g} of the time, {bound} the {edge:.3g} that its calibration allows by "
            "more than chance: what it was calibrated on does not carry over to these replies"
        )
        return Corrected(None, nothing, unclipped, reason)
    value = min(max(unclipped, 0.0), 1.0)
    # Both ends of the balance cross 0 once between the value and the edge, or not at all.
    low = 0.0 if balance(0.0)[0] <= 0 else float(brentq(lambda theta: balance(theta)[0], 0.0, value))
    high = 1.0 if balance(1.0)[1] >= 0 else float(brentq(lambda theta: balance(theta)[1], value, 1.0))
    return Corrected(value, Interval(low, high, method), unclipped)


def _balance(said: Rate, sensitivity: Rate, specificity: Rate) -> Callable[[float], tuple[float, float]]:
    """Return the MOVER ends of p - theta se - (1 - theta)(1 - sp), for a theta."""

    def ends(theta: float) -> tuple[float, float]:
        rest = 1 - theta
        middle = said.value - theta * sensitivity.value - rest * (1 - specificity.value)
        below = (
            (said.value - said.low) ** 2
            + (theta * (sensitivity.high - sensitivity.value)) ** 2
            + (rest * (specificity.value - specificity.low)) ** 2
        )
        above = (
            (said.high - said.value) ** 2
            + (theta * (sensitivity.value - sensitivity.low)) ** 2
            + (rest * (specificity.high - specificity.value)) ** 2
        )
        return middle - below**0.5, middle + above**0.5

    return ends
