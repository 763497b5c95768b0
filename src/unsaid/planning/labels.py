"""How many replies people have to label, for what labels are for.

Assumed: a rate pi of replies that say so, and a judge of sensitivity se and specificity sp. Its verdict f and the
person's label Y then have

    q = pi se + (1 - pi)(1 - sp)                                   the rate that the judge will find
    rho^2 = Cov(Y, f)^2 / (Var Y Var f) = pi (1 - pi)(se + sp - 1)^2 / (q (1 - q))

To correct the judge's error (PPI++, Angelopoulos, Duchi and Zrnic 2023): n of the M moved replies, drawn at random,
carry a label, and lambda is the best there is, Cov(Y, f) / ((1 + n/N) Var f) with N = M - n. Then

    Var = pi (1 - pi) / n * (1 - rho^2 (1 - n/M))                  by people alone: pi (1 - pi) / n

The width said here is not z times the root of that, but that of the interval which the estimate will have
(`estimates/judging/prediction_powered.py`: MOVER of Wilson's intervals) at the expected counts: with few labels, or a
rate near 0 or 1, the formula promises up to a third too little. n is the least with the wanted half-width. No
labelling makes an interval narrower than M labels do: the replies are themselves a sample. Never under the 20 labels
below which nothing is estimated. Replies count as independent; several cues of one question are a little less. A judge
that hardly ever errs needs more than is said here to show it: under 100 labels the interval is up to half wider.
More replies that the judge alone reads need fewer labels, except at rates under 15% (or above 85%) with a judge that
hardly ever errs: lambda is larger then, and MOVER does not let the lean of people's interval and the judge's cancel.
Ten times as many replies needed up to 22% more labels (rate 5%, no errors, 50 replies).

To see the judge pass its gate on these replies (`estimates/judging/gate.py`): enough that Wilson's interval for the
assumed specificity stays above 0.95 and that for the assumed sensitivity above 0.80. A random sample holds pi n
replies that say so and (1 - pi) n that do not, so the rarer kind decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from unsaid import defaults
from unsaid.errors import UsageError
from unsaid.estimates.judging.gate import SENSITIVITY, SPECIFICITY
from unsaid.estimates.judging.prediction_powered import FEW_LABELS, MIN_LABELS
from unsaid.planning.width import half_width, needed_pairs
from unsaid.statistics.intervals import mover, wilson

__all__ = [
    "Advice",
    "JudgeAssumed",
    "advise",
    "correlation",
    "gate_labels",
    "powered_labels",
    "powered_width",
]

#: Beyond so many the advice is that there is no hope, not a number.
_MOST = 1_000_000


@dataclass(frozen=True)
class JudgeAssumed:
    """How good the judge is assumed to be.

    Attributes:
        sensitivity: P(the judge says yes | a person does).
        specificity: P(the judge says no | a person does).

    Raises:
        UsageError: one is no rate, or the judge is no better than a coin.
    """

    sensitivity: float = defaults.SENSITIVITY
    specificity: float = defaults.SPECIFICITY

    def __post_init__(self) -> None:
        for name in ("sensitivity", "specificity"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise UsageError(f"--assume-{name} is {value}; it is a rate above 0 and at most 1")
        if self.sensitivity + self.specificity <= 1:
            raise UsageError(
                "--assume-sensitivity and --assume-specificity sum to 1 or less: such a judge tells nothing"
            )


@dataclass(frozen=True)
class Advice:
    """How many labels, each None where no number does it.

    Attributes:
        alone: by people alone, for the half-width.
        powered: with the judge's help (PPI++), for the half-width.
        positives: replies that say so, for the judge to pass by its sensitivity.
        negatives: replies that do not, for the judge to pass by its specificity.
        gate: labels drawn at random that hold as many of both.
        moved: of how many replies.
        widths: the half-widths that `FEW_LABELS` labels (or all, where there are fewer) give, by people alone and
            with the judge's help; None where nothing moved.
    """

    alone: int | None
    powered: int | None
    positives: int | None
    negatives: int | None
    gate: int | None
    moved: float
    widths: tuple[float, float] | None

    @property
    def few(self) -> bool:
        """Return whether `powered` is fewer than the least number that we advise."""
        return self.powered is not None and self.powered < FEW_LABELS


def advise(rate: float, judge: JudgeAssumed, moved: float, width: float) -> Advice:
    """Return how many labels, for a rate of `rate` among `moved` replies.

    Args:
        rate: P(verbalised | moved).
        judge: how good it is.
        moved: how many replies will have moved, over all cues.
        width: the half-width that is wanted.

    Raises:
        UsageError: the width is not between 0 and one half.
    """
    alone = needed_pairs(rate, width)
    positives, negatives, gate = gate_labels(rate, judge)
    return Advice(
        alone=max(MIN_LABELS, alone) if alone <= moved else None,
        powered=powered_labels(rate, judge, moved, width),
        positives=positives,
        negatives=negatives,
        gate=gate,
        moved=moved,
        widths=_widths(rate, judge, moved) if moved >= 1 else None,
    )


def _widths(rate: float, judge: JudgeAssumed, moved: float) -> tuple[float, float]:
    n = min(float(FEW_LABELS), moved)
    return half_width(wilson(rate * n, n)), powered_width(rate, judge, moved, n)


def correlation(rate: float, judge: JudgeAssumed) -> float:
    """Return rho^2: the share of the labels' variance that the judge's verdicts tell."""
    found = _found(rate, judge)
    if not 0 < found < 1 or not 0 < rate < 1:
        return 0.0
    informed = judge.sensitivity + judge.specificity - 1
    return min(1.0, rate * (1 - rate) * informed**2 / (found * (1 - found)))


def _found(rate: float, judge: JudgeAssumed) -> float:
    """Return the rate that the judge will find."""
    return rate * judge.sensitivity + (1 - rate) * (1 - judge.specificity)


def powered_labels(rate: float, judge: JudgeAssumed, moved: float, width: float) -> int | None:
    """Return labels that PPI++ needs for a half-width; None where even a label on every reply is not enough.

    Raises:
        UsageError: the width is not between 0 and one half.
    """
    alone = needed_pairs(rate, width)
    if alone > moved:
        return None
    found = _until(lambda n: powered_width(rate, judge, moved, n) <= width)
    # By people alone is always possible, and lambda 0.
    return max(MIN_LABELS, alone) if found is None else min(found, max(MIN_LABELS, alone))


def powered_width(rate: float, judge: JudgeAssumed, moved: float, n: float) -> float:
    """Return the half-width to expect of PPI++ with n labels on `moved` replies; all labelled: of the labels alone."""
    rest = moved - n
    if rest <= 0:
        return half_width(wilson(rate * moved, moved))
    found, informed = _found(rate, judge), math.sqrt(correlation(rate, judge))
    if informed == 0:
        return half_width(wilson(rate * n, n))
    weight = informed * math.sqrt(rate * (1 - rate) / (found * (1 - found))) / (1 + n / rest)
    weight = min(weight, 1.0)
    parts = [wilson(rate * n, n), wilson(found * n, n), wilson(found * rest, rest)]
    together = [[1.0, informed, 0.0], [informed, 1.0, 0.0], [0.0, 0.0, 1.0]]
    return half_width(mover((1, -weight, weight), (rate, found, found), parts, together))


def gate_labels(rate: float, judge: JudgeAssumed) -> tuple[int | None, int | None, int | None]:
    """Return how many replies that say so, that do not, and random labels the judge needs to pass.

    None where it will not pass, however many there are.
    """
    positives = _until(lambda n: _low(judge.sensitivity, n) >= SENSITIVITY)
    negatives = _until(lambda n: _low(judge.specificity, n) >= SPECIFICITY)
    if positives is None or negatives is None or not 0 < rate < 1:
        return positives, negatives, None
    return positives, negatives, math.ceil(round(max(positives / rate, negatives / (1 - rate)), 6))


def _low(rate: float, n: int) -> float:
    low = wilson(rate * n, n).low
    return 0.0 if low is None else low


def _until(enough: Callable[[int], bool]) -> int | None:
    """Return the least number from `MIN_LABELS` on that is enough; what is enough stays so."""
    low, high = MIN_LABELS - 1, MIN_LABELS
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
