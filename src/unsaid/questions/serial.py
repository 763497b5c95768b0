"""A question as plain JSON and back, exactly, so that it can travel in a sample's metadata."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from unsaid.errors import QuestionError
from unsaid.questions.question import Question, Step

__all__ = ["question_from_dict", "question_to_dict"]


def question_to_dict(question: Question) -> dict[str, Any]:
    """Return the question as a dictionary of texts, numbers, lists and nulls."""
    values = asdict(replace(question, demonstrations=()))
    if question.target is None:  # so that a log of questions with options stays what it was
        del values["target"]
    values["demonstrations"] = [question_to_dict(shown) for shown in question.demonstrations]
    values["options"] = list(question.options)
    values["roles"] = list(question.roles)
    values["steps"] = [
        {"text": step.text, "value": step.value, "alternatives": list(step.alternatives)}
        for step in question.steps
    ]
    return values


def question_from_dict(values: dict[str, Any]) -> Question:
    """Return the question that `question_to_dict` wrote; equal to the original.

    Raises:
        QuestionError: a field is missing, unknown or of another type.
    """
    try:
        steps = tuple(
            Step(step["text"], step["value"], tuple(step["alternatives"])) for step in values["steps"]
        )
        shown = tuple(question_from_dict(each) for each in values.get("demonstrations", ()))
        plain = {**values, "options": tuple(values["options"]), "roles": tuple(values.get("roles", ()))}
        return Question(**{**plain, "steps": steps, "demonstrations": shown})
    except (AttributeError, KeyError, TypeError) as error:
        raise QuestionError(f"not a question written by question_to_dict: {error!r}") from error
