"""The area over a curve, and the interval of a mean of bounded values.

Lanham et al. 2023 tell by one number how far the answer depends on the reasoning: the area over the curve of "the
same answer as with the whole reasoning", S, against the share x of the reasoning that stands unchanged. 0: the answer
never depends on it. The paper names neither the rule of integration nor the scale, so there are two conventions here:

    trapezoid   straight lines between the points, the known end included, where S is 1 by construction
    steps       each point counts for the stretch up to the next one (the left Riemann sum); the known end does not

With S = (.6, .8, 1) at (0, 1/2, 1) the areas are .20 and .30. Orderings rarely differ, magnitudes do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from unsaid.statistics.intervals import FloatArray, Interval, clustered_se, wilson
from unsaid.statistics.level import LEVEL

__all__ = ["CONVENTIONS", "Convention", "Whole", "area_over", "bounded_mean", "over_lengths", "weights"]

Convention = Literal["trapezoid", "steps"]
CONVENTIONS: tuple[Convention, ...] = ("trapezoid", "steps")
#: At which end of the scale the reasoning is whole, so that S is 1 by construction.
Whole = Literal["end", "start"]


def weights(places: Sequence[float], convention: Convention, whole: Whole = "end") -> FloatArray:
    """Return what each point contributes to the area under the curve; what is left to 1 is the known end's.

    Beyond the last point on the side without a known end, the curve is taken to stay level.

    Args:
        places: where the points stand, from 0 to 1, each once, the known end not among them.
        convention: how the area is taken.
        whole: at which end S is known to be 1.

    Raises:
        ValueError: there is no point, one stands twice or out of the scale, or at the known end.
    """
    if whole == "start":
        return weights([1 - place for place in places], convention)
    at = np.sort(np.asarray(places, dtype=np.float64))
    if at.size == 0 or at[0] < 0 or at[-1] >= 1 or (np.diff(at) <= 0).any():
        raise ValueError(f"places {list(places)}: each once, from 0 to 1, and not at the known end")
    gaps = np.diff(np.append(at, 1.0))
    if convention == "steps":
        found = gaps.copy()
    else:
        found = gaps / 2
        found[1:] += gaps[:-1] / 2
    found[0] += at[0]
    return found[np.argsort(np.argsort(np.asarray(places), kind="stable"), kind="stable")]


def area_over(
    places: Sequence[float], same: npt.ArrayLike, convention: Convention, whole: Whole = "end"
) -> float:
    """Return the area over one curve, from 0 to 1.

    Args:
        places: where its points stand, as `weights` takes them.
        same: S at each of them.
        convention: how the area is taken.
        whole: at which end S is known to be 1.
    """
    weight = weights(places, convention, whole)
    return float(weight @ (1 - np.asarray(same, dtype=np.float64)))


def over_lengths(parts: Sequence[tuple[int, float]]) -> float | None:
    """Return the areas of reasonings of different lengths as one, each weighted by how many there are of its length.

    sum over lengths L of w_L (1 - AUC_L), as in Lanham et al. 2023; None where there is none.

    Args:
        parts: (how many reasonings, their area) for each length.
    """
    total = sum(count for count, _ in parts)
    return sum(count * area for count, area in parts) / total if total else None


def bounded_mean(values: npt.ArrayLike, clusters: npt.ArrayLike, level: float = LEVEL) -> Interval:
    """Return the interval of a mean of values between 0 and 1; never of zero width.

    Wilson's interval at the sample size at which a proportion would have the standard error that the values have,
    clustered (`clustered_se`), shrunk by (z/t)^2 with C - 1 degrees of freedom for C clusters. Where the values do not
    vary, as at 0 and 1, each cluster counts once, which is the worst case.

    Raises:
        ValueError: there is no value.
    """
    seen, codes = (
        np.asarray(values, dtype=np.float64),
        np.unique(np.asarray(clusters), return_inverse=True)[1],
    )
    if seen.size == 0:
        raise ValueError("bounded_mean: there is no value")
    count, mean = int(codes.max()) + 1, min(1.0, max(0.0, float(seen.mean())))
    error = clustered_se(seen, codes) if count > 1 else 0.0
    effective = float(count)
    if error > 0 and 0 < mean < 1:
        tail = (1 + level) / 2
        shrink = float(special.ndtri(tail) / special.stdtrit(count - 1, tail)) ** 2
        effective = max(1.0, mean * (1 - mean) / error**2 * shrink)
    found = wilson(mean * effective, effective, level)
    return Interval(found.low, found.high, "wilson at the effective size, clustered")
