"""Numbers of several trainings, each with a seed of its own: the seeds are the unit, not the replies.

Two trainings that differ in their seed alone end in different places, by more than the replies of one of them vary.
So a band over seeds is a t interval of their values, and with fewer than two seeds there is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from unsaid.statistics.intervals import Interval
from unsaid.statistics.level import LEVEL

__all__ = ["MeanOverSeeds", "Plateau", "mean_over_seeds", "p_over_seeds", "plateau", "widened"]


@dataclass(frozen=True)
class MeanOverSeeds:
    """A mean over seeds.

    Attributes:
        value: the mean; None where no seed has a value.
        low: lower end of its t interval; None with fewer than two seeds.
        high: upper end.
        seeds: how many seeds have a value.
    """

    value: float | None
    low: float | None
    high: float | None
    seeds: int


@dataclass(frozen=True)
class Plateau:
    """Whether a curve has levelled off.

    Attributes:
        slope: the mean over seeds of the least-squares slope of their last points, a step.
        low: lower end of its t interval; None with fewer than two seeds.
        high: upper end.
        seeds: how many seeds have a slope.
        points: how many points each slope rests on.
        level: whether 0 is in the interval: nothing shows that it still moves. None where that cannot be said.
    """

    slope: float | None
    low: float | None
    high: float | None
    seeds: int
    points: int
    level: bool | None


def mean_over_seeds(values: Sequence[float | None], level: float = LEVEL) -> MeanOverSeeds:
    """Return the mean of the values that are known, with its t interval.

    Args:
        values: one a seed; None where a seed has none.
        level: the interval's nominal coverage.
    """
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return MeanOverSeeds(None, None, None, 0)
    mean = float(known.mean())
    if len(known) < 2:
        return MeanOverSeeds(mean, None, None, 1)
    reach = (
        float(special.stdtrit(len(known) - 1, (1 + level) / 2))
        * float(known.std(ddof=1))
        / math.sqrt(len(known))
    )
    return MeanOverSeeds(mean, mean - reach, mean + reach, len(known))


def p_over_seeds(values: Sequence[float | None]) -> float | None:
    """Return the two-sided p-value of the t test that the mean over seeds is 0.

    Args:
        values: one a seed; None where a seed has none.

    Returns:
        None where fewer than two seeds have a value, or all of them have the same one: their spread is then not seen.
    """
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if len(known) < 2 or not known.std():
        return None
    t = float(known.mean()) / (float(known.std(ddof=1)) / math.sqrt(len(known)))
    return float(2 * special.stdtr(len(known) - 1, -abs(t)))


def widened(
    mean: MeanOverSeeds,
    own: Sequence[tuple[float, float] | None],
    within: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """Return the interval of a mean over seeds, never narrower than what the questions alone leave open.

    The t interval knows how trainings differ, and nothing of the questions: where all seeds agree it has no width. The
    mean of the seeds' own intervals is that of their mean, were they to err together, for they are asked the same
    questions.

    Args:
        mean: the mean over seeds.
        own: the interval of each seed that has a value; None where it has none.
        within: what the quantity can be at least and at most; with few seeds the t interval reaches beyond.
    """
    least, most = within
    known = [ends for ends in own if ends is not None]
    floor = None
    if known and len(known) == len(own):
        floor = tuple(float(np.mean([ends[at] for ends in known])) for at in (0, 1))
    if mean.low is None or mean.high is None:
        return Interval(None, None, "", "one seed alone has a value", ("interval-undefined",))
    method = f"t interval over {mean.seeds} seeds"
    if floor is None:
        same = mean.low == mean.high
        return (
            Interval(None, None, method, "all seeds have the same value", ("interval-undefined",))
            if same
            else Interval(max(least, mean.low), min(most, mean.high), method)
        )
    low, high = min(mean.low, floor[0]), max(mean.high, floor[1])
    if (low, high) != (mean.low, mean.high):
        method += ", widened to that of the questions"
    return Interval(max(least, low), min(most, high), method)


def plateau(curves: Sequence[Sequence[tuple[float, float]]], last: int, level: float = LEVEL) -> Plateau:
    """Return whether curves have levelled off at their end.

    Args:
        curves: (step, value) in order, a curve a seed.
        last: how many points at the end the slope is of; a curve with fewer has none.
        level: the interval's nominal coverage.

    Raises:
        ValueError: `last` is below 2.
    """
    if last < 2:
        raise ValueError(f"a slope needs two points, not {last}")
    slopes = [_slope(curve[-last:]) if len(curve) >= last else None for curve in curves]
    mean = mean_over_seeds(slopes, level)
    flat = None if mean.low is None or mean.high is None else mean.low <= 0 <= mean.high
    return Plateau(mean.value, mean.low, mean.high, mean.seeds, last, flat)


def _slope(points: Sequence[tuple[float, float]]) -> float | None:
    steps, values = np.array(points, dtype=np.float64).T
    spread = steps - steps.mean()
    below = float(spread @ spread)
    return float(spread @ values) / below if below > 0 else None
