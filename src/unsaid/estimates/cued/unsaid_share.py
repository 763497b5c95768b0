"""Followed and unsaid: the share of pairs that follow the cue while their reasoning does not say so.

    sum over strata s of  P(followed, s) * P(not verbalised | followed, s)

The two factors have denominators of their own: every pair tells whether the cue was followed, and only those
with a verdict tell whether that was said. Dividing the unsaid pairs by "all pairs but the followed ones
without a verdict" would drop from the denominator followed pairs only, and so understate the share whenever a
judge fails: at a failure rate of 20% and an influence of one half, by a tenth. Here a followed pair without a
verdict is taken to be as silent as the others of its stratum. Where every followed pair has a verdict this is
the plain proportion.

Strata are there because a judge that costs reads the pairs that moved, and a sample of the rest
(`asking/readings.py`): a verdict may be missing more often in one stratum than in another.

Intervals: the clustered Wilson interval of the plain proportion; with verdicts missing, each product stands,
to first order, as a sum of its two factors in `bootstrap.joint_interval`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from unsaid.estimates.cells import Cells
from unsaid.estimates.proportions import part
from unsaid.statistics.bootstrap import Drawn, Part, joint_interval
from unsaid.statistics.intervals import FloatArray, Interval

__all__ = ["Silence", "Stratum", "sum_interval", "unsaid"]


@dataclass(frozen=True)
class Stratum:
    """Pairs that follow the cue, in the names of the statistics of a `Cells`.

    Attributes:
        followed: pairs that follow the cue.
        read: those of them with a verdict.
        silent: those of these whose verdict is "not verbalised".
    """

    followed: str
    read: str
    silent: str


@dataclass(frozen=True)
class Silence:
    """The share that followed and did not say so, as terms of a sum.

    Attributes:
        value: the share; None where it is undefined.
        parts: what adds up to it, and `excess` beyond it.
        excess: a product counts once through each factor; so much must be taken off again.
        reason: why the share is undefined.
    """

    value: float | None
    parts: tuple[Part, ...] = ()
    excess: float = 0.0
    reason: str = ""


def unsaid(
    table: Cells, drawn: FloatArray, cell: int, strata: Sequence[Stratum], size: str, weight: float = 1.0
) -> Silence:
    """Return the share of one cell.

    Args:
        table: the cells.
        drawn: their draws.
        cell: which.
        strata: all pairs that follow the cue, each in one stratum; those nobody is in are left out.
        size: the denominator of the first factor.
        weight: of the share in a larger sum; `value` is without it.
    """
    n = table.total(cell, size)
    if not n:
        return Silence(None, reason="no pair to count")
    # Where nothing followed, the first stratum alone bounds the share from above.
    present = [each for each in strata if table.total(cell, each.followed)] or list(strata[:1])
    value, excess, parts = 0.0, 0.0, []
    for each in present:
        followed, read, silent = (table.total(cell, name) for name in (each.followed, each.read, each.silent))
        if followed and not read:
            return Silence(None, reason=f"none of the {followed} pairs that followed has a verdict")
        if read == followed:
            value += silent / n
            numerator = each.silent if followed else each.followed
            parts.append(part(table, drawn, cell, (numerator, size), weight))
            continue
        took, share = followed / n, silent / read
        value, excess = value + took * share, excess + weight * took * share
        parts.append(part(table, drawn, cell, (each.followed, size), weight * share))
        parts.append(_always_defined(part(table, drawn, cell, (each.silent, each.read), weight * took)))
    return Silence(value, tuple(parts), excess)


def _always_defined(term: Part) -> Part:
    """Return a term that stands at its value in draws without any verdict.

    Two verdicts of a small stratum are missing from many draws, and would leave the whole share without an
    interval. How wide it is comes from the term's own Wilson interval; the draws only say what moves together.
    """
    point = term.quantity.point
    draws = np.nan_to_num(term.quantity.draws, nan=point)
    return replace(term, quantity=Drawn(point, draws))


def sum_interval(parts: Sequence[Part], excess: float, low: float = 0.0, high: float = 1.0) -> Interval:
    """Return the interval of a sum in which products stand as in `Silence`, within `low` and `high`."""
    found = joint_interval(parts)
    if found.low is None or found.high is None:
        return found
    return replace(
        found,
        low=float(np.clip(found.low - excess, low, high)),
        high=float(np.clip(found.high - excess, low, high)),
    )
