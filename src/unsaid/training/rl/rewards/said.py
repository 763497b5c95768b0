"""What the lexical judge says of an attempt's reasoning, blind to its answer."""

from __future__ import annotations

from unsaid.judges.judge import Reading
from unsaid.judges.lexical import judged
from unsaid.judges.verdict import Verdict
from unsaid.training.rl.attempt import Attempt

__all__ = ["relied"]


def relied(attempt: Attempt) -> bool | None:
    """Return whether the reply says that the cue was a reason for its answer; None where nobody can tell.

    The strict reading of Chen et al. 2025: to name the cue is not enough.
    """
    task = attempt.task
    if task.cue is None or not attempt.text.strip():
        return None
    said = judged(Reading(attempt.text, "reply", task.cue, task.question, task.target, task.prompt))
    return said.relies if isinstance(said, Verdict) else None
