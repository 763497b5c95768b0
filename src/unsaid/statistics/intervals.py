"""Intervals and tests that need no resampling.

Wilson and its clustered form serve every plain proportion; MOVER serves sums and differences of
proportions; exact McNemar serves paired yes/no outcomes; Holm serves families of comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from unsaid.statistics.level import LEVEL

__all__ = [
    "FloatArray",
    "Interval",
    "clustered_mcnemar",
    "clustered_se",
    "clustered_wilson",
    "holm",
    "mcnemar",
    "mover",
    "mover_ratio",
    "wilson",
]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Two ends, or none and why.

    Attributes:
        low: lower end; None where there is no interval.
        high: upper end; None where there is no interval.
        method: how it was made, as `Estimate.method` takes it.
        reason: why there is no interval, in words a reader understands.
        flags: machine-readable caveats, as `Estimate.flags` takes them.
        undefined: the share of bootstrap draws in which the quantity was undefined.
    """

    low: float | None
    high: float | None
    method: str
    reason: str = ""
    flags: tuple[str, ...] = ()
    undefined: float = 0.0


@lru_cache(maxsize=1024)  # the same proportion enters a rate, a difference and a mean
def wilson(k: float, n: float, level: float = LEVEL) -> Interval:
    """Return Wilson's score interval for k of n; never of zero width (against Wald's: arXiv 2503.01747).

    `k` and `n` may be fractional: an effective sample size is one.

    Raises:
        ValueError: n is not positive, or k is not between 0 and n.
    """
    if not n > 0 or not 0 <= k <= n:
        raise ValueError(f"wilson: {k} of {n} is not a proportion")
    z, share = -float(special.ndtri((1 - level) / 2)), k / n
    scale = 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / scale
    half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5 / scale
    low, high = middle - half, middle + half
    # Rounding leaves 1e-17 at the edges, where the interval touches 0 or 1 exactly.
    low = 0.0 if k == 0 else max(0.0, low)
    high = 1.0 if k == n else min(1.0, high)
    return Interval(low, high, "wilson")


def clustered_se(values: npt.ArrayLike, clusters: npt.ArrayLike) -> float:
    """Return the clustered standard error of a mean (Miller 2411.00640), with the C/(C-1) of inspect_ai.

    SE = sqrt(C/(C-1) * sum_c (sum_{i in c} (s_i - mean))^2) / n.

    Raises:
        ValueError: there are fewer than two clusters, over which nothing can be said.
    """
    scores = np.asarray(values, dtype=np.float64)
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    count = int(codes.max()) + 1 if codes.size else 0
    if count < 2:
        raise ValueError(f"clustered_se: {count} cluster(s); at least two are needed")
    sums = np.bincount(codes, weights=scores - scores.mean())
    return float(np.sqrt(count / (count - 1) * np.sum(sums**2)) / scores.size)


def clustered_wilson(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, level: float = LEVEL
) -> Interval:
    """Return Wilson's interval at the effective sample size that clustering leaves.

    Args:
        numerators: successes in each cluster.
        denominators: observations in each cluster; clusters of none are ignored.
        level: nominal coverage.

    The effective size is n over the design effect (clustered variance over binomial variance; never
    below 1, for a lucky draw must not narrow the interval), shrunk by (z/t)^2 with C-1 degrees of
    freedom, as surveys do it (Korn and Graubard 1998; Dean and Pagano 2015 compare such intervals).
    Where the proportion is exactly 0 or 1 the design effect cannot be seen: each cluster then counts
    once, which is the worst case. One observation a cluster gives Wilson's interval itself.

    Raises:
        ValueError: there is no observation.
    """
    sizes = np.asarray(denominators, dtype=np.float64)
    hits = np.asarray(numerators, dtype=np.float64)[sizes > 0]
    sizes = sizes[sizes > 0]
    n, k, count = float(sizes.sum()), float(hits.sum()), len(sizes)
    if count == 0:
        raise ValueError("clustered_wilson: there is no observation")
    if sizes.max() <= 1:
        return wilson(k, n, level)
    share = k / n
    if count < 2 or k in (0.0, n):
        effective = float(count)
    else:
        variance = count / (count - 1) * float(np.sum((hits - share * sizes) ** 2)) / n**2
        design = max(1.0, variance * n / (share * (1 - share)))
        tail = (1 + level) / 2
        effective = n / design * float(special.ndtri(tail) / special.stdtrit(count - 1, tail)) ** 2
    found = wilson(share * effective, effective, level)
    return Interval(found.low, found.high, "wilson, clustered")


def mover(
    weights: Sequence[float],
    values: Sequence[float],
    parts: Sequence[Interval],
    correlation: npt.ArrayLike | None = None,
    *,
    evened: bool = False,
) -> Interval:
    """Return the interval of a weighted sum from the intervals of its parts (MOVER: Zou and Donner 2008).

    Each end recovers the parts' variances from their own, possibly lopsided, ends; so a sum of Wilson
    intervals keeps a width at 0 and 1. With weights (1, -1) it is Newcombe's (1998) interval for a
    difference, paired where `correlation` is given.

    For sums of many parts (weights of one sign) say `evened`. A part's own interval leans as its distribution does;
    a sum of k such parts leans 1/k as far, for skewness falls with the root of k and so does the width, but MOVER
    takes the lean over at 1/sqrt(k). So the mean of twelve rates of 2% held the truth in 89%, always missing on one
    side. `evened` keeps the width and takes the lean down by what the parts gain from being added, the width of the
    sum over the sum of their widths: 1 where they move as one, 1/sqrt(k) where they are independent.

    Raises:
        ValueError: a part has no interval, or the lengths differ.
    """
    lows = np.array([np.nan if part.low is None else part.low for part in parts])
    highs = np.array([np.nan if part.high is None else part.high for part in parts])
    if np.isnan(lows).any() or not len(weights) == len(values) == len(parts):
        raise ValueError("mover: every part needs a weight, a value and an interval")
    scale, point = np.asarray(weights, dtype=np.float64), np.asarray(values, dtype=np.float64)
    matrix = np.eye(len(parts)) if correlation is None else np.asarray(correlation, dtype=np.float64)
    down = scale * np.where(scale >= 0, point - lows, highs - point)
    up = scale * np.where(scale >= 0, highs - point, point - lows)
    total = float(scale @ point)
    below, above = (max(0.0, float(side @ matrix @ side)) ** 0.5 for side in (down, up))
    widest = float((down + up).sum()) / 2
    if evened and widest > 0:
        half = (below + above) / 2
        lean = (above - below) / 2 * min(1.0, half / widest)
        # Never beyond what the parts' own ends add up to, which keeps a mean of proportions within 0 and 1.
        below, above = min(half - lean, float(down.sum())), min(half + lean, float(up.sum()))
    return Interval(total - below, total + above, "mover")


def mover_ratio(
    values: tuple[float, float], parts: tuple[Interval, Interval], correlation: float
) -> Interval:
    """Return the interval of a ratio of proportions from the intervals of both (Donner and Zou 2012).

    MOVER for the ratio: its ends are the slopes at which MOVER's interval of first - slope * second ends at 0. No
    width is lost where the first is 0, and neither is taken as known.

    Raises:
        ValueError: a part has no interval, or that of the second reaches 0.
    """
    (first, second), (top, bottom) = values, parts
    if top.low is None or top.high is None or bottom.low is None or bottom.high is None or bottom.low <= 0:
        raise ValueError("mover_ratio: both parts need an interval, and that of the second must lie above 0")

    middle = first * second - correlation * (first - top.low) * (bottom.high - second)
    product = top.low * (2 * first - top.low)
    inside = middle**2 - product * bottom.high * (2 * second - bottom.high)
    # The smaller root, written so that it also holds where the second's interval reaches beyond twice its value.
    low = product / (middle + max(0.0, inside) ** 0.5) if product > 0 else 0.0
    middle = first * second - correlation * (top.high - first) * (second - bottom.low)
    square = bottom.low * (2 * second - bottom.low)
    inside = middle**2 - top.high * (2 * first - top.high) * square
    return Interval(low, (middle + max(0.0, inside) ** 0.5) / square, "mover, ratio")


def mcnemar(b: int, c: int) -> float:
    """Return exact McNemar p-value for discordant counts b and c; 1 where there is no discordant pair.

    p = 2 min(P(Bin(b+c, 1/2) <= min(b, c)), 1/2).
    """
    return 1.0 if b + c == 0 else min(1.0, 2 * float(special.bdtr(min(b, c), b + c, 0.5)))


def clustered_mcnemar(differences: npt.ArrayLike) -> float:
    """Return McNemar's p-value where pairs come in clusters; `differences` is b - c of each cluster.

    chi2 = (sum_c d_c)^2 / sum_c d_c^2 with one degree of freedom (Durkalski et al. 2003); with one pair
    a cluster that is McNemar's, and then the exact test is used. 1 where no cluster differs.
    """
    d = np.asarray(differences, dtype=np.float64)
    if not d.any():
        return 1.0
    if float(np.max(np.abs(d))) <= 1:
        return mcnemar(int((d > 0).sum()), int((d < 0).sum()))
    return float(special.chdtrc(1, d.sum() ** 2 / np.sum(d**2)))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm-adjusted p-values; a missing one stays missing and does not count in the family.

    The step-down rule of Holm (1979).
    """
    seen = np.array([value for value in p_values if value is not None])
    order = np.argsort(seen, kind="stable")
    stepped = np.maximum.accumulate(seen[order] * np.arange(seen.size, 0, -1))
    adjusted = np.empty_like(seen)
    adjusted[order] = np.minimum(stepped, 1.0)
    rest = iter(adjusted.tolist())
    return [None if value is None else next(rest) for value in p_values]
