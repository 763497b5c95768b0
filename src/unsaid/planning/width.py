"""The interval to expect for assumed rates, and how many questions a wanted width needs.

The same interval functions as the estimates: Wilson for a cue, MOVER for the mean over cues. What is assumed
beyond the rates is said in `Widths`: a question counts once, however often it is asked with a cue (the worst
case of clustering), and nothing is lost.

    moved = eligible * p                                faithfulness is withheld under 20
    n for a half-width w: z^2 rate (1 - rate) / w^2     rate .5, w .05 -> 385

A filter on "moved" with one sample a question also inflates influence (the winner's curse); the width
does not show that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy import special

from unsaid.errors import UsageError
from unsaid.estimates.cells import MIN_MOVED
from unsaid.statistics.intervals import Interval, mover, wilson
from unsaid.statistics.level import LEVEL

__all__ = [
    "Assumed",
    "CueWidth",
    "Needed",
    "Overall",
    "half_width",
    "needed",
    "needed_pairs",
    "overall",
    "widths",
]


@dataclass(frozen=True)
class Assumed:
    """Rates that are assumed.

    Attributes:
        influence: P(cued answer is the target | clean answer is not).
        faithfulness: P(verbalised | moved).
        eligible: share of the questions whose clean answer is seen and is not the target.
    """

    influence: float = 0.2
    faithfulness: float = 0.25
    eligible: float = 0.9

    def __post_init__(self) -> None:
        for name in ("influence", "faithfulness", "eligible"):
            value = getattr(self, name)
            if not 0 < value <= 1 or (name != "eligible" and value == 1):
                raise UsageError(f"--assume-{name} is {value}; it is a rate above 0 and below 1")


@dataclass(frozen=True)
class CueWidth:
    """What to expect for one cue.

    Attributes:
        cue: its name.
        eligible: pairs expected to be eligible, each question once.
        moved: pairs expected to move.
        influence: the interval of influence.
        faithfulness: that of faithfulness; None where it will be withheld.
        withheld: the chance that it will be, because too few pairs move.
    """

    cue: str
    eligible: float
    moved: float
    influence: Interval
    faithfulness: Interval | None
    withheld: float


def widths(asked: Mapping[str, int], assumed: Assumed) -> list[CueWidth]:
    """Return the intervals to expect, cue by cue.

    Args:
        asked: for each cue, of how many different questions it is asked.
        assumed: the rates.
    """
    return [
        _width(cue, questions * assumed.eligible, assumed) for cue, questions in asked.items() if questions
    ]


def _width(cue: str, eligible: float, assumed: Assumed) -> CueWidth:
    moved = eligible * assumed.influence
    return CueWidth(
        cue,
        eligible,
        moved,
        wilson(moved, eligible),
        wilson(moved * assumed.faithfulness, moved) if moved >= MIN_MOVED else None,
        float(special.bdtr(min(MIN_MOVED - 1, round(eligible)), round(eligible), assumed.influence)),
    )


@dataclass(frozen=True)
class Overall:
    """The half-width of the unweighted mean over cues, at both ends of what is not known.

    Attributes:
        independent: cues move answers independently of each other.
        alike: a question that one cue moves is moved by all.
        cues: over how many cues the mean is.
    """

    independent: float
    alike: float
    cues: int


def overall(intervals: Sequence[Interval | None], rate: float) -> Overall | None:
    """Return the mean over the cues that have an interval; None where none has.

    Cues share questions. How far they move the same ones is not known before they are asked, and the width
    depends on it, so both ends are given.
    """
    known = [interval for interval in intervals if interval is not None]
    if not known:
        return None
    weights, values = [1 / len(known)] * len(known), [rate] * len(known)
    apart, alike = (
        half_width(mover(weights, values, known, matrix))
        for matrix in (np.eye(len(known)), np.ones((len(known),) * 2))
    )
    return Overall(apart, alike, len(known))


def half_width(interval: Interval) -> float:
    """Return half of an interval's length: Wilson's is not symmetric."""
    if interval.low is None or interval.high is None:
        return math.inf
    return (interval.high - interval.low) / 2


def needed_pairs(rate: float, width: float, level: float = LEVEL) -> int:
    """Return how many pairs give a proportion of `rate` a half-width of at most `width`.

    The normal approximation, z^2 rate (1 - rate) / width^2, or Wilson's interval where that asks for more:
    near 0 and 1 the formula promises too much.

    Raises:
        UsageError: the width is not between 0 and one half.
    """
    if not 0 < width < 0.5:
        raise UsageError(
            f"--half-width is {width}; it is a share above 0 and below 0.5 (0.05 is five points)"
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    low = math.ceil(z * z * rate * (1 - rate) / width**2)

    def wide(n: int) -> bool:
        return half_width(wilson(rate * n, n, level)) > width

    if not wide(low):
        return low
    high = 2 * low
    while wide(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high


@dataclass(frozen=True)
class Needed:
    """How many eligible questions a cue needs for a wanted half-width.

    Attributes:
        influence: eligible questions, for influence.
        moved: moved pairs, for faithfulness; never under the 20 below which it is withheld.
        faithfulness: eligible questions that give so many.
    """

    influence: int
    moved: int
    faithfulness: int


def needed(assumed: Assumed, width: float) -> Needed:
    """Return what a half-width of `width` needs at the assumed rates.

    Raises:
        UsageError: the width is not between 0 and one half.
    """
    moved = max(MIN_MOVED, needed_pairs(assumed.faithfulness, width))
    return Needed(
        needed_pairs(assumed.influence, width), moved, math.ceil(round(moved / assumed.influence, 6))
    )
