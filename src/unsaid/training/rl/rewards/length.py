"""Length: every token costs, as a share of the most tokens allowed."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["LENGTH"]


def _length(attempt: Attempt, others: Sequence[Attempt]) -> float:
    # What is no answer pays in full: else an empty reply would be the cheapest of all.
    return -min(1.0, attempt.tokens / attempt.most) if attempt.asked_for else -1.0


LENGTH = Reward(
    "length",
    "minus the reply's tokens over the most tokens allowed; -1 for what is not an answer as asked",
    "ours: linear in the tokens",
    -1.0,
    0.0,
    _length,
)
