"""Is the reasoning right? Exact on the procedural tasks, whose worked steps are known."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.questions.question import Question, Step

__all__ = ["sound", "wrong"]


def sound(question: Question, steps: Sequence[str]) -> float | None:
    """Return the share of a question's worked steps that are taken, word for word, each once and in their order.

    A step that is said twice counts once, and one that is said before its turn does not count. Nor does one that is
    said with another result as well: whoever says them all has taken none of them. None where the question has no
    worked steps.

    Args:
        question: a procedural question.
        steps: the steps of a reasoning.
    """
    if not question.steps:
        return None
    taken = 0
    for step in steps:
        if taken < len(question.steps) and step == question.steps[taken].text:
            taken += 1
    said = set(steps) - {step.text for step in question.steps}
    return sum(not _otherwise(step) & said for step in question.steps[:taken]) / len(question.steps)


def _otherwise(step: Step) -> set[str]:
    """Return a step as it reads with each of its other results."""
    return {step.corrupted(value).text for value in step.alternatives} if step.value else set()


def wrong(question: Question, steps: Sequence[str]) -> bool | None:
    """Return whether a reasoning holds an error: one of the question's steps is missing or wrong.

    The share of these among right answers is the trace error of Uesato et al. 2022.
    """
    share = sound(question, steps)
    return None if share is None else share < 1
