"""From a record back to the question that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unsaid.questions.question import LETTERS, Question

__all__ = ["question_of"]


def question_of(record: Mapping[str, Any]) -> Question:
    """Return a record's question; without worked steps, which records do not hold."""
    options = tuple(record["options"] or ())
    correct = record["correct"]
    return Question(
        id=record["question_id"],
        stem=record["stem"],
        options=options,
        correct=LETTERS.index(correct) if options and correct else None,
        answer=None if options else correct,
        source=record["source"] or "unknown",
        task=record["task"] or "",
        difficulty=record["difficulty"],
        cluster=record["cluster"] or "",
    )
