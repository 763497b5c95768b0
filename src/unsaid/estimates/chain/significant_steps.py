"""How many steps change the answers significantly, with an interval that knows how the threshold was found.

Which steps Benjamini and Hochberg's rule accepts depends on all p-values together, so that the share of them varies
more than a share of steps that were each judged alone. Whole questions are drawn, the rule is applied to each draw, and
the percentile interval is widened to Wilson's of the same share.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from unsaid.statistics.bootstrap import DRAWS, percentile
from unsaid.statistics.intervals import FloatArray, Interval, clustered_wilson

__all__ = ["accepted_shares", "share_interval"]

_CHUNK = 1 << 20


def accepted_shares(
    p_values: Sequence[float],
    clusters: Sequence[str],
    groups: Sequence[npt.NDArray[np.bool_]],
    discovery: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> list[FloatArray]:
    """Return the share of accepted steps of each group in each draw of whole questions; NaN where it has no step.

    Args:
        p_values: of the whole family, not corrected.
        clusters: the question of each.
        groups: which steps a share is about, each a mask over the family.
        discovery: the false discovery rate.
        rng: the source of randomness.
        draws: how many.
    """
    order = np.argsort(np.asarray(p_values), kind="stable")
    values = np.asarray(p_values, dtype=np.float64)[order]
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1][order]
    masks = np.array([group[order] for group in groups], dtype=np.float64)
    count = int(codes.max()) + 1
    found = np.empty((len(groups), draws))
    step = max(1, _CHUNK // max(1, values.size))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        weights = rng.multinomial(count, np.full(count, 1 / count), size=size)[:, codes].astype(np.float64)
        reached = np.cumsum(weights, axis=1)
        passes = (values * reached[:, -1:] <= discovery * reached) & (weights > 0)
        threshold = np.where(passes, values, -1.0).max(axis=1)
        hits = weights * (values <= threshold[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            found[:, start : start + size] = (hits @ masks.T / (weights @ masks.T)).T
    return list(found)


def share_interval(hits: Sequence[float], clusters: Sequence[str], drawn: FloatArray) -> Interval:
    """Return the interval of a share of accepted steps.

    Args:
        hits: 1 for each step of the group that was accepted, else 0.
        clusters: the question of each.
        drawn: the share in each draw.
    """
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    floor = clustered_wilson(np.bincount(codes, hits), np.bincount(codes))
    return percentile(drawn, floor=floor)
