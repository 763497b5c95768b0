"""Process: every step that is right pays, whatever the answer. Exact on the procedural tasks."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward
from unsaid.training.rl.traces import sound

__all__ = ["PROCESS"]


def _process(attempt: Attempt, others: Sequence[Attempt]) -> float | None:
    if not attempt.task.question.steps:
        return None
    if not attempt.asked_for:
        return 0.0
    return sound(attempt.task.question, attempt.steps)


PROCESS = Reward(
    "process",
    "the share of the question's worked steps that the reasoning takes rightly, each once and in order",
    "process supervision: Uesato et al. 2022; Lightman et al. 2023",
    0.0,
    1.0,
    _process,
)
