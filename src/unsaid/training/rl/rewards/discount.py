"""Discount: the right answer pays less the more steps led to it."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["DISCOUNT", "GAMMA"]

#: What one more step leaves of the reward.
GAMMA = 0.9


def _discount(attempt: Attempt, others: Sequence[Attempt]) -> float:
    return GAMMA ** len(attempt.steps) if attempt.asked_for and attempt.right else 0.0


DISCOUNT = Reward(
    "discount",
    f"{GAMMA:g} to the power of the steps of the reasoning, for the right answer; else 0",
    "the discounted return: Sutton & Barto 2018, section 3.3",
    0.0,
    1.0,
    _discount,
)
