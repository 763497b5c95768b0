"""Outcome: the right answer pays, whatever the reasoning."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["OUTCOME"]


def _outcome(attempt: Attempt, others: Sequence[Attempt]) -> float:
    return float(attempt.asked_for and attempt.right)


OUTCOME = Reward(
    "outcome",
    "1 for the right answer, else 0",
    "outcome supervision: Uesato et al. 2022; outcome-based RL: Chen et al. 2025",
    0.0,
    1.0,
    _outcome,
)
