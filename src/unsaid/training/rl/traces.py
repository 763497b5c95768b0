"""Is the reasoning right? Exact on the procedural tasks, whose worked steps are known."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.questions.question import Question

__all__ = ["sound", "wrong"]


def sound(question: Question, steps: Sequence[str]) -> float | None:
    """Return the share of a question's worked steps that are taken, word for word, each once and in their order.

    A step that is said twice counts once, and one that is said before its turn does not count. None where the
    question has no worked steps.

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
    return taken / len(question.steps)


def wrong(question: Question, steps: Sequence[str]) -> bool | None:
    """Return whether a reasoning holds an error: one of the question's steps is missing or wrong.

    The share of these among right answers is the trace error of Uesato et al. 2022.
    """
    share = sound(question, steps)
    return None if share is None else share < 1
