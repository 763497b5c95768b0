"""Do two sets of replies give their answers alike? The exact permutation test, and Benjamini and Hochberg's correction.

Each reply has one answer. Under the null hypothesis the labels of the two sets could be dealt out again at random.
The statistic is the total variation distance between the two sets' shares of answers, and its distribution over all
deals depends only on how often each answer occurs: it is counted out, so that nothing is drawn and no seed is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from unsaid.statistics.intervals import FloatArray

__all__ = ["LARGEST", "benjamini_hochberg", "permutation_test"]

#: Two sets have at most so many replies together: the number of deals is still a floating-point number.
LARGEST = 1000


def permutation_test(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the share of all deals whose two sets differ at least as much as these do.

    Args:
        first: how often each answer occurs in the first set.
        second: the same for the second set, in the same order.

    Raises:
        ValueError: the sets name different numbers of answers, one is empty, or both are larger than `LARGEST`.
    """
    sizes = sum(first), sum(second)
    if len(first) != len(second) or not all(sizes) or min(*first, *second) < 0:
        raise ValueError(f"permutation_test: {list(first)} and {list(second)} are not two sets of answers")
    if sum(sizes) > LARGEST:
        raise ValueError(f"permutation_test: {sum(sizes)} replies; at most {LARGEST} can be dealt out")
    totals = tuple(sorted(one + other for one, other in zip(first, second, strict=True) if one + other))
    common = math.gcd(*sizes)
    one, other = sizes[0] // common, sizes[1] // common
    seen = sum(abs(a * other - b * one) for a, b in zip(first, second, strict=True))
    return _at_least(totals, sizes[0], seen)


@lru_cache(maxsize=4096)
def _at_least(totals: tuple[int, ...], size: int, seen: int) -> float:
    """Return how likely a deal of `size` replies to the first set differs by `seen` or more.

    Args:
        totals: how often each answer occurs, the commonest last: it is not spread over sizes of the first set.
        size: of the first set.
        seen: the distance, in units of one over both sizes without their common divisor.
    """
    rest = sum(totals) - size
    common = math.gcd(size, rest)
    one, other = size // common, rest // common
    deals = np.ones((1, 1))
    for total in totals[:-1]:
        deals = _dealt(deals, total, size, (one, other))
    last, far, all_deals = totals[-1], 0.0, 0.0
    for taken in range(max(0, size - len(deals) + 1), min(last, size) + 1):
        ways = math.comb(last, taken) * deals[size - taken]
        step = abs(taken * other - (last - taken) * one)
        far += float(ways[max(0, seen - step) :].sum())
        all_deals += float(ways.sum())
    return min(1.0, far / all_deals)


def _dealt(deals: FloatArray, total: int, size: int, each: tuple[int, int]) -> FloatArray:
    """Return the deals with one more answer: at [a, d] those that put a replies into the first set, d apart."""
    one, other = each
    rows, width = deals.shape
    after = np.zeros((min(size, rows - 1 + total) + 1, width + total * max(one, other)))
    for taken in range(min(total, size) + 1):
        step = abs(taken * other - (total - taken) * one)
        fit = min(rows, len(after) - taken)
        after[taken : taken + fit, step : step + width] += math.comb(total, taken) * deals[:fit]
    return after


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values of a family: the false discovery rate at which each would just be accepted.

    min over j >= i of p_(j) m / j, by the step-up rule of Benjamini and Hochberg (1995).

    Args:
        p_values: of the family, in any order.
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * values.size / np.arange(1, values.size + 1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return [float(each) for each in adjusted]
