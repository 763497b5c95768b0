"""The bands of short simulations, worked out from their numbers of repetitions: fewer widen them, nothing else does.

A share of so many repetitions lies outside once in a thousand times. Short ones find gross faults (an interval half as
wide as it should be), and most of those a third too narrow; the long ones beside them find small ones.
"""

from __future__ import annotations

from scipy.stats import binom

__all__ = ["least", "most"]

_CHANCE = 0.001


def least(repetitions: int, share: float = 0.95) -> float:
    """Return the lowest share that is seen where the true one is `share`."""
    return float(binom.ppf(_CHANCE, repetitions, share)) / repetitions


def most(repetitions: int, share: float) -> float:
    """Return the highest share that is seen where the true one is `share`."""
    return float(binom.ppf(1 - _CHANCE, repetitions, share)) / repetitions
