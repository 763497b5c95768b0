"""Format: a reply that does not answer as it was asked to costs."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["FORMAT"]


def _format(attempt: Attempt, others: Sequence[Attempt]) -> float:
    return 0.0 if attempt.asked_for and attempt.answer is not None else -1.0


FORMAT = Reward(
    "format",
    "-1 for a reply that does not end, once, on the answer line that was asked for; else 0",
    "reward-hack environments: Chen et al. 2025",
    -1.0,
    0.0,
    _format,
)
