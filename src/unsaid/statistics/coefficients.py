"""Coefficients of agreement, from counts alone: what each subtracts for chance, and how it fails.

A table holds how often the first judge said k and the second said l; every function takes tables with any axes in
front, so that bootstrap draws go through at once. With p_kl the shares, r_k and c_k the margins, pi_k their mean, q the
number of categories and weights w_kl (1 on the diagonal):

    raw        po = sum w_kl p_kl
    kappa      (po - pe) / (1 - pe), pe = sum r_k c_k                           Cohen 1960
    AC1, AC2   the same, pe = sum w_kl / (q (q - 1)) * sum pi_k (1 - pi_k)      Gwet 2008; 2014, chapter 4
    PABAK      (q po - 1) / (q - 1)                                             Byrt, Bishop and Carlin 1993
    alpha      1 - Do / De over all judges' coincidences, missing left out      Krippendorff 2011
    McNemar    who says yes more often? exact, or chi2 = (b - c)^2 / (b + c)    McNemar 1947

AC1 is AC2 without partial credit. Where a coefficient's chance agreement is 1 it is NaN, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from unsaid.statistics.intervals import FloatArray, mcnemar

__all__ = [
    "alpha",
    "chance_ac",
    "chance_kappa",
    "coincidences",
    "gwet",
    "kappa",
    "linear_weights",
    "mcnemar_tests",
    "pabak",
    "raw",
]


def raw(tables: npt.ArrayLike, weights: FloatArray | None = None) -> FloatArray:
    """Return the share of texts on which both say the same; with weights, near misses count in part."""
    shares = _shares(tables)
    found: FloatArray = (shares * _or_identity(weights, shares.shape[-1])).sum(axis=(-2, -1))
    return found


def kappa(tables: npt.ArrayLike) -> FloatArray:
    """Return Cohen's kappa. It is near 0 under high agreement where one category is rare."""
    return _beyond(raw(tables), chance_kappa(tables))


def chance_kappa(tables: npt.ArrayLike) -> FloatArray:
    """Return what two judges with these margins would agree on, were they independent."""
    shares = _shares(tables)
    found: FloatArray = (shares.sum(axis=-1) * shares.sum(axis=-2)).sum(axis=-1)
    return found


def gwet(tables: npt.ArrayLike, weights: FloatArray | None = None) -> FloatArray:
    """Return Gwet's AC1, or AC2 where weights give partial credit.

    Holds up where a category is rare; for the same reason it flatters a judge that never says yes.
    """
    return _beyond(raw(tables, weights), chance_ac(tables, weights))


def chance_ac(tables: npt.ArrayLike, weights: FloatArray | None = None) -> FloatArray:
    """Return what chance makes under Gwet's model: some texts are guessed at, and only those agree by chance."""
    shares = _shares(tables)
    q = shares.shape[-1]
    mean = (shares.sum(axis=-1) + shares.sum(axis=-2)) / 2
    scale = _or_identity(weights, q).sum() / (q * (q - 1))
    found: FloatArray = scale * (mean * (1 - mean)).sum(axis=-1)
    return found


def pabak(tables: npt.ArrayLike) -> FloatArray:
    """Return the prevalence- and bias-adjusted kappa: raw agreement, as if all categories were equally likely."""
    shares = _shares(tables)
    q = shares.shape[-1]
    found: FloatArray = (q * raw(tables) - 1) / (q - 1)
    return found


def linear_weights(categories: int) -> FloatArray:
    """Return partial credit that falls evenly with the distance between ordered categories."""
    steps = np.arange(categories, dtype=np.float64)
    return 1 - np.abs(np.subtract.outer(steps, steps)) / (categories - 1)


def coincidences(ratings: npt.ArrayLike, categories: int) -> FloatArray:
    """Return Krippendorff's coincidences, text by text: (texts, judges) of codes -> (texts, categories, categories).

    Args:
        ratings: category codes 0, 1, ...; NaN where a judge gave none.
        categories: how many there are.

    A text with fewer than two ratings holds no pair and adds nothing. Sums over texts go into `alpha`.
    """
    given = np.asarray(ratings, dtype=np.float64)
    counts = np.stack([(given == code).sum(axis=1) for code in range(categories)], axis=-1).astype(np.float64)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs[:, np.arange(categories), np.arange(categories)] -= counts
    others = counts.sum(axis=1) - 1
    found: FloatArray = pairs / np.where(others > 0, others, 1.0)[:, None, None]
    return found


def alpha(sums: npt.ArrayLike) -> FloatArray:
    """Return Krippendorff's alpha of nominal ratings from summed coincidences; NaN where all say the same."""
    found = np.asarray(sums, dtype=np.float64)
    margins = found.sum(axis=-1)
    n = margins.sum(axis=-1)
    observed = n - np.trace(found, axis1=-2, axis2=-1)
    expected = n**2 - (margins**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)


def mcnemar_tests(b: int, c: int) -> tuple[float, float, float]:
    """Return exact p-value, chi2 without continuity correction, and its p-value; (1, 0, 1) without discordant texts.

    Args:
        b: texts on which only the first says yes.
        c: texts on which only the second does.
    """
    statistic = (b - c) ** 2 / (b + c) if b + c else 0.0
    return mcnemar(b, c), statistic, float(special.chdtrc(1, statistic))


def _shares(tables: npt.ArrayLike) -> FloatArray:
    counts = np.asarray(tables, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = counts / counts.sum(axis=(-2, -1), keepdims=True)
    return found


def _or_identity(weights: FloatArray | Sequence[Sequence[float]] | None, q: int) -> FloatArray:
    return np.eye(q) if weights is None else np.asarray(weights, dtype=np.float64)


def _beyond(agreed: FloatArray, chance: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance < 1, (agreed - chance) / (1 - chance), np.nan)
