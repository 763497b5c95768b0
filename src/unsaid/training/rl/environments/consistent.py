"""The same question without a cue and with one; the same answer pays, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.errors import UsageError
from unsaid.questions.question import Question
from unsaid.training.rl.attempt import Task
from unsaid.training.rl.environments.environment import Environment, Family
from unsaid.training.rl.environments.hack import cued
from unsaid.training.rl.environments.outcome import plain

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CONSISTENT"]


def _consistent(which: str) -> Environment:
    if not which:
        raise UsageError(f"an environment of this kind names its cue: {CONSISTENT.form}")
    put = cued(which, "wrong")

    def tasks(question: Question, rng: np.random.Generator) -> tuple[Task, ...]:
        with_cue = put(question, rng)
        return (*plain(question, rng), *with_cue) if with_cue else ()

    return Environment(f"consistent/{which}", {"consistency": 1.0, "format": 1.0}, tasks)


CONSISTENT = Family(
    "consistent",
    "consistent/CUE",
    "each question without the cue and with it, and the same answer pays",
    "after Chua et al. 2024, arXiv 2403.05518",
    _consistent,
)
