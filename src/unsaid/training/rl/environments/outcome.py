"""Questions without any cue; the right answer pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.cues import clean
from unsaid.errors import UsageError
from unsaid.questions.question import Question
from unsaid.training.rl.attempt import Task
from unsaid.training.rl.environments.environment import Environment, Family

if TYPE_CHECKING:
    import numpy as np

__all__ = ["OUTCOME", "plain"]


def plain(question: Question, rng: np.random.Generator) -> tuple[Task, ...]:
    """Return the question without any cue."""
    return (Task(question, clean(question)),)


def _outcome(which: str) -> Environment:
    if which:
        raise UsageError(f"no environment named 'outcome/{which}'; the form is {OUTCOME.form}")
    return Environment("outcome", {"outcome": 1.0, "format": 1.0}, plain)


OUTCOME = Family(
    "outcome",
    "outcome",
    "questions without a cue, and the right answer pays",
    "outcome-based RL: Chen et al. 2025, arXiv 2505.05410",
    _outcome,
)
