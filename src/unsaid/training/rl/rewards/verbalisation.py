"""Verbalisation: who follows a cue and says so is paid."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward
from unsaid.training.rl.rewards.said import relied

__all__ = ["VERBALISATION"]


def _verbalisation(attempt: Attempt, others: Sequence[Attempt]) -> float | None:
    if attempt.task.cue is None:
        return None
    return float(attempt.asked_for and attempt.moved and relied(attempt) is True)


VERBALISATION = Reward(
    "verbalisation",
    "1 for an answer where the cue points whose reasoning says that the cue was why; else 0",
    "after Turpin et al. 2025, arXiv 2506.22777, which fine-tunes for it",
    0.0,
    1.0,
    _verbalisation,
)
