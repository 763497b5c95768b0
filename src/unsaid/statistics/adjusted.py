"""Intervals that add a few observations before they count: for differences that rest on few events.

Percentiles of a bootstrap see only what the sample holds. Where one answer in eighteen differs, or four texts in forty
name the cue, most of what could have been seen was not, and they held the truth in 56 to 93% of samples. Agresti and
Coull's mend for one proportion, to add successes and failures and then take the plain standard error, has been worked
out for paired differences (Bonett and Price 2012) and for any weighted sum of proportions (Price and Bonett 2004).
Ours is only that the observations may come in clusters: the variance is then the clustered one, and the quantile
Student's with one degree of freedom less than there are clusters, as in `intervals.clustered_wilson`.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from unsaid.statistics.intervals import FloatArray, Interval
from unsaid.statistics.level import LEVEL

__all__ = ["contrast", "paired_difference"]


def paired_difference(differences: FloatArray, sizes: FloatArray) -> Interval:
    """Return the interval of a mean difference of paired outcomes (Bonett and Price 2012), clustered.

    One pair that differs by 1 and one that differs by -1 are added, each a cluster of its own, so that the
    interval has a width where no two pairs differ. It covered 95 to 97.4% of samples of 18 examples and 95 to 97% of 60
    (99.6 and 98% where three answers in a hundred differ: percentiles 73 and 92%).

    Args:
        differences: the sum of the differences in each cluster.
        sizes: how many pairs each cluster has; clusters of none are ignored.

    Raises:
        ValueError: there is no pair.
    """
    used = sizes > 0
    if not used.any():
        raise ValueError("paired_difference: there is no pair")
    sums, counts = np.append(differences[used], [1.0, -1.0]), np.append(sizes[used], [1.0, 1.0])
    total, clusters = float(counts.sum()), len(counts)
    mean = float(sums.sum()) / total
    residuals = sums - mean * counts
    spread = float(clusters / (clusters - 1) * np.sum(residuals**2)) ** 0.5 / total
    half = _quantile(int(used.sum()), sizes) * spread
    return Interval(mean - half, mean + half, "adjusted wald, paired")


def contrast(weights: FloatArray, hits: FloatArray, sizes: FloatArray) -> Interval:
    """Return the interval of a weighted sum of proportions (Price and Bonett 2004), clustered.

    To each of m proportions 2/m successes and 2/m failures are added, at the effective size that clustering leaves: the
    design effect is the clustered variance of the sum, with one degree of freedom less for each proportion, over the
    binomial one. It is never below a half, for a lucky draw must not make the interval vanish; a floor of 1 held the
    truth in 98%, since half of the samples of independent texts lie below it. Where no proportion lies between 0 and
    1 the design effect cannot be seen, and each cluster counts once.

    It covered 94.8 to 97.6% of samples at rates of .05 to .95 with four hits a proportion and more, clustered or not;
    99.8% where there are one or two.

    Args:
        weights: of each proportion; one without a weight is left out.
        hits: successes, (clusters, proportions).
        sizes: observations, (clusters, proportions).

    Raises:
        ValueError: a proportion with a weight has no observation.
    """
    # A mean of equal numbers may miss them by the last digit; that is no weight.
    chosen = np.abs(weights) > 1e-12 * np.abs(weights).max(initial=0.0)
    weight, hit, size = weights[chosen], hits[:, chosen], sizes[:, chosen]
    n, k, m = size.sum(axis=0), hit.sum(axis=0), int(chosen.sum())
    if m == 0 or not n.all():
        raise ValueError("contrast: every proportion needs an observation")
    share, of_cluster = k / n, size.sum(axis=1)
    clusters = int(np.count_nonzero(of_cluster))
    binomial = float(np.sum(weight**2 * share * (1 - share) / n))
    if of_cluster.max() <= 1:
        design = 1.0
    elif binomial == 0 or clusters <= m:
        design = float(n.sum()) / clusters
    else:
        influence = (hit - share * size) @ (weight / n)
        design = max(0.5, clusters / (clusters - m) * float(np.sum(influence**2)) / binomial)
    more = n / design + 4 / m
    near = (k / design + 2 / m) / more
    centre = float(weight @ near)
    variance = float(np.sum(weight**2 * near * (1 - near) / more))
    half = _quantile(clusters, of_cluster) * variance**0.5
    return Interval(centre - half, centre + half, "adjusted wald")


def _quantile(clusters: int, sizes: FloatArray) -> float:
    """Return the normal quantile where each cluster is one observation, else Student's."""
    tail = (1 + LEVEL) / 2
    if sizes.max() <= 1:
        return float(special.ndtri(tail))
    return float(special.stdtrit(max(1, clusters - 1), tail))
