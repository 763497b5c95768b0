"""A protocol that exists in tests only: a helper shortens each clean reply, and the model goes on from that."""

from __future__ import annotations

from dataclasses import replace

from made_up import MADE_UP

from unsaid.asking.ask import Ask
from unsaid.asking.replied import Replied
from unsaid.questions.question import Question


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a clean reply, a helper's writing; after that, the reply that begins so, or one more try."""
    if ask.writing is not None:
        if replied.visible.startswith("No"):
            return [replace(ask, copy=1)] if not ask.copy else []
        return [ask.writing.about.continued(replied.visible, "short", dose=ask.dose)]
    if ask.intervention or not replied.scored:
        return []
    text = f"Shorten this:\n{replied.reasoning}"
    return [ask.written(text, "short", (replied.reasoning,), dose=0.5), ask.continued("", "again")]


WRITTEN = replace(
    MADE_UP,
    name="written",
    then=then,
    most=4,
    writes=2,
    exact=lambda question: question.id.startswith("exact"),
)
