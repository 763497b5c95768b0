"""Consistency: the same answer, whatever the context. No answer key is needed."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["CONSISTENCY"]


def _consistency(attempt: Attempt, others: Sequence[Attempt]) -> float | None:
    answers = [other.answer for other in others if other.answer is not None]
    if not answers:
        return None
    if not attempt.asked_for:
        return 0.0
    return answers.count(attempt.answer or "") / len(answers)


CONSISTENCY = Reward(
    "consistency",
    "the share of attempts at the same question in other contexts that answer alike",
    "after Chua et al. 2024, arXiv 2403.05518, which fine-tunes for it",
    0.0,
    1.0,
    _consistency,
)
