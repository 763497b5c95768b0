"""Rows of records from the exchanges about one question: what the question and the run say of each of them is added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unsaid.cues import Target, recorded
from unsaid.questions.question import Question
from unsaid.replies.answers import gold_value

__all__ = ["about_question", "rows_of"]


def about_question(question: Question, target: Target | None, suffix: str = "") -> dict[str, Any]:
    """Return the columns that all replies to a question share.

    Args:
        question: what was asked.
        target: what its cues point at; None where there is none.
        suffix: is added to the names of question and cluster, so that several runs can stand in one table.
    """
    return {
        "question_id": question.id + suffix,
        "cluster": question.cluster + suffix,
        "source": question.source,
        "task": question.task,
        "difficulty": question.difficulty,
        "stem": question.stem,
        "options": list(question.options),
        "n_options": len(question.options),
        "correct": question.correct_letter if question.options else gold_value(question.answer),
        "target": recorded(target),
    }


def rows_of(
    about: Mapping[str, Any], epoch: int, exchanges: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield one row per exchange; `reply_id` and `parent`, which name calls of one question, become names of the run.

    Args:
        about: the columns that all of them share (`about_question`, and those of the run).
        epoch: which time the question was asked.
        exchanges: from `asking/exchange.py`; those of an earlier version have no `reply_id`.
    """
    own = f"{about['question_id']}/{epoch}/"
    for exchange in exchanges:
        names = {
            name: own + exchange[name] if exchange.get(name) else None for name in ("reply_id", "parent")
        }
        target = {"target": exchange["target"] or about["target"]}
        yield {**about, "epoch": epoch, **exchange, **names, **target}
