"""How often each of several points is on the Pareto front of two rates, when sets of questions are resampled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from unsaid.statistics.intervals import FloatArray

__all__ = ["DRAWS", "on_front", "sums"]

DRAWS = 1000


def sums(points: Sequence[tuple[pl.DataFrame, pl.DataFrame]]) -> FloatArray:
    """Return for each cluster and point: right answers, answers, changed shares, replies.

    Args:
        points: of each, the answers (`cluster`, `right`) and the replies that were changed (`cluster`, `area`).
    """
    clusters = sorted({name for pair in points for rows in pair for name in rows["cluster"]})
    place = {name: at for at, name in enumerate(clusters)}
    found = np.zeros((len(clusters), len(points), 4))
    for at, (right, changed) in enumerate(points):
        for table, column, first in ((right, "right", 0), (changed, "area", 2)):
            for cluster, value in zip(table["cluster"], table[column].cast(pl.Float64), strict=True):
                found[place[cluster], at, first] += value
                found[place[cluster], at, first + 1] += 1
    return found


def on_front(summed: FloatArray, rng: np.random.Generator) -> list[float]:
    """Return the share of resampled sets of clusters in which each point is beaten by no other.

    A point is beaten where another is at least as good in both rates and better in one. All points share a draw, so
    what they have in common by their questions does not count.
    """
    count = len(summed)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    drawn = np.tensordot(weights.astype(np.float64), summed, axes=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = drawn[..., 0] / drawn[..., 1], drawn[..., 2] / drawn[..., 3]
    whole = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
    x, y = x[whole], y[whole]
    # [draw, other, own]: the other is at least as good in both, and better in one
    as_good = (x[:, :, None] >= x[:, None, :]) & (y[:, :, None] >= y[:, None, :])
    better = (x[:, :, None] > x[:, None, :]) | (y[:, :, None] > y[:, None, :])
    beaten = (as_good & better).any(axis=1)
    return [float(each) for each in (~beaten).mean(axis=0)]
