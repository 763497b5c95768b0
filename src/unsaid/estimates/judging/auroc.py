"""Separation: can an instrument tell two groups apart whose truth is known, and how often does it say "unfaithful"?

BonaFide (arXiv 2605.25052) scored ten metrics of this field against known truth: the best reached an
AUROC of 0.70 for a chain of thought and 0.59 for a step, and whole families of metrics called 90 to 96%, or 4 to 6%,
of everything unfaithful. What to learn from it: an instrument's AUROC and its prediction bias belong beside its value,
and both by length, because long reasoning is where they were worst.

    auroc      P(score of a positive > score of a negative) + P(they are equal) / 2
    called     P(score < threshold): the share that the instrument calls unfaithful

Units come in clusters (the replies to one question), and both groups may share them. The variance is DeLong's (1988),
summed over clusters as Obuchowski (1997) does, so that a question that stands in both groups counts once. The interval
is Newcombe's (2006, method 5): all values whose distance from the estimate is at most t standard errors, where the
standard error has the shape of Hanley and McNeil (1982), which narrows towards 0 and 1, and the size that the clusters
show. At exactly 0 or 1 nothing can be seen of the size: each cluster then counts once. So no interval has zero width.

A score that was not seen is NaN: it is left out and counted as missing, never taken for "says nothing".
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from unsaid.estimates.estimate import Estimate
from unsaid.statistics.intervals import FloatArray, clustered_wilson
from unsaid.statistics.level import LEVEL

__all__ = ["auroc", "called", "share", "thirds"]

_BoolArray = npt.NDArray[np.bool_]
METHOD = "newcombe 2006, clustered DeLong variance"


def auroc(
    scores: npt.ArrayLike,
    positive: npt.ArrayLike,
    clusters: npt.ArrayLike,
    labels: dict[str, Any],
    level: float = LEVEL,
) -> Estimate:
    """Return the area under the ROC curve of a score, ties counted half, with a clustered interval.

    Args:
        scores: higher should mean positive; NaN where none was seen.
        positive: which group each unit is of.
        clusters: what resampling keeps together (the question); units of both groups may share one.
        labels: further attributes of the estimate (protocol, model, definition, ...).
        level: nominal coverage.
    """
    values, truth, codes, missing = _seen(scores, positive, clusters)
    base: dict[str, Any] = {"quantity": "auroc", "missing": missing, "level": level} | labels
    base |= {"n": len(values), "questions": len(set(codes.tolist()))}
    if not truth.any() or truth.all():
        gone = "positive" if not truth.any() else "negative"
        return Estimate(value=None, reason=f"no {gone} unit has a score", flags=("undefined",), **base)
    upper, lower = values[truth], values[~truth]
    above, below = _components(upper, lower)
    area = float(above.mean())
    influence = np.zeros(len(values))
    influence[truth], influence[~truth] = (above - area) / len(upper), (below - area) / len(lower)
    spread, sizes, tail = _size(influence, truth, codes, area, level)
    low, high = _newcombe(area, sizes, spread * tail**2)
    return Estimate(value=area, low=low, high=high, method=METHOD, **base)


def called(
    scores: npt.ArrayLike, clusters: npt.ArrayLike, labels: dict[str, Any], threshold: float = 0.5
) -> Estimate:
    """Return the prediction bias: the share of units that the instrument calls unfaithful, as k of n.

    Beside the true share it shows which way an instrument errs: an AUROC is blind to that.

    Args:
        scores: higher means faithful; NaN where none was seen.
        clusters: what resampling keeps together.
        labels: further attributes of the estimate.
        threshold: a score below it is a call of "unfaithful".
    """
    values = np.asarray(scores, dtype=np.float64)
    below = np.where(np.isnan(values), np.nan, (values < threshold).astype(np.float64))
    return share(below, clusters, {"quantity": "called-unfaithful"} | labels)


def share(hits: npt.ArrayLike, clusters: npt.ArrayLike, labels: dict[str, Any]) -> Estimate:
    """Return a share of units with its clustered Wilson interval; NaN where it was not seen.

    Args:
        hits: 1 where it holds, 0 where not.
        clusters: what resampling keeps together.
        labels: attributes of the estimate, its quantity among them.
    """
    values = np.asarray(hits, dtype=np.float64)
    known = ~np.isnan(values)
    codes = _codes(clusters)[known]
    base: dict[str, Any] = {"missing": int((~known).sum()), "n": int(known.sum())} | labels
    base |= {"questions": len(set(codes.tolist()))}
    if not known.any():
        return Estimate(value=None, reason="nothing was seen", flags=("undefined",), **base)
    sums = np.bincount(codes, weights=values[known])
    interval = clustered_wilson(sums, np.bincount(codes).astype(np.float64))
    ends: dict[str, Any] = {"low": interval.low, "high": interval.high, "method": interval.method}
    return Estimate(value=float(values[known].mean()), k=round(float(values[known].sum())), **ends, **base)


def thirds(lengths: npt.ArrayLike) -> list[tuple[str, _BoolArray]]:
    """Return three parts of about equal size by length, shortest first: what each holds in words, and which units.

    Where many units are of one length, cuts that fall together leave fewer parts. A length that is not known (NaN)
    is in no part.
    """
    values = np.asarray(lengths, dtype=np.float64)
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    cuts = [-np.inf, *np.unique(np.quantile(known, [1 / 3, 2 / 3])).tolist(), np.inf]
    parts = []
    for low, high in pairwise(cuts):
        inside = (values > low) & (values <= high)
        if inside.any():
            ends = values[inside].min(), values[inside].max()
            words = f"{ends[0]:.0f}" if ends[0] == ends[1] else f"{ends[0]:.0f} to {ends[1]:.0f}"
            parts.append((words, inside))
    return parts


def _seen(
    scores: npt.ArrayLike, positive: npt.ArrayLike, clusters: npt.ArrayLike
) -> tuple[FloatArray, _BoolArray, npt.NDArray[np.int64], int]:
    values = np.asarray(scores, dtype=np.float64)
    truth, codes = np.asarray(positive, dtype=np.bool_), _codes(clusters)
    if not len(values) == len(truth) == len(codes):
        raise ValueError(f"{len(values)} scores, {len(truth)} labels and {len(codes)} clusters do not fit")
    known = ~np.isnan(values)
    return values[known], truth[known], codes[known], int((~known).sum())


def _codes(clusters: npt.ArrayLike) -> npt.NDArray[np.int64]:
    return np.unique(np.asarray(clusters), return_inverse=True)[1].astype(np.int64)


def _components(upper: FloatArray, lower: FloatArray) -> tuple[FloatArray, FloatArray]:
    """DeLong's structural components by midranks (Sun and Xu 2014), no table of all pairs."""
    from scipy import stats  # slow to import, and needed for ranks alone

    ranks = stats.rankdata(np.concatenate([upper, lower]))
    above = (ranks[: len(upper)] - stats.rankdata(upper)) / len(lower)
    below = 1 - (ranks[len(upper) :] - stats.rankdata(lower)) / len(upper)
    return above, below


def _size(
    influence: FloatArray, truth: _BoolArray, codes: npt.NDArray[np.int64], area: float, level: float
) -> tuple[float, tuple[int, int], float]:
    """Return the ratio of the clustered to Hanley and McNeil's variance, the group sizes, and the quantile."""
    sums = np.bincount(codes, weights=influence)
    groups = [len(set(codes[group].tolist())) for group in (truth, ~truth)]
    present = len(set(codes.tolist()))
    seen = float((sums**2).sum())
    if present < 2 or not 0 < area < 1 or seen < 1e-24:
        return 1.0, (groups[0], groups[1]), float(special.ndtri((1 + level) / 2))
    sizes = int(truth.sum()), int((~truth).sum())
    variance = seen * present / (present - 1)
    # Never below 1, as with Wilson's: a lucky draw must not narrow the interval.
    ratio = max(variance / _hanley(area, sizes), 1.0)
    freedom = max(1, min(groups) - 1)
    return ratio, sizes, float(special.stdtrit(freedom, (1 + level) / 2))


def _hanley(area: float, sizes: tuple[int, int]) -> float:
    """Hanley and McNeil's variance under negative exponential scores, with Newcombe's mean size for both groups."""
    first, second = sizes
    mean = (first + second) / 2
    bulk = (1 - area) / (2 - area) + area / (1 + area)
    return area * (1 - area) * (1 + (mean - 1) * bulk) / (first * second)


def _newcombe(area: float, sizes: tuple[int, int], scale: float) -> tuple[float, float]:
    """Return both ends: where the distance from the estimate is the quantile times the standard error at that end."""

    def beyond(end: float) -> float:
        return (end - area) ** 2 - scale * _hanley(end, sizes)

    low = 0.0 if area == 0 else float(optimize.brentq(beyond, 0.0, area - 1e-9 if area == 1 else area))
    high = 1.0 if area == 1 else float(optimize.brentq(beyond, area + 1e-9 if area == 0 else area, 1.0))
    return low, high
