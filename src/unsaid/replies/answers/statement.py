"""A statement of an answer: what a form found, before anybody asked which statement counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from unsaid.questions.question import Question
from unsaid.replies.answers.answer import Rule
from unsaid.replies.answers.patterns import Patterns
from unsaid.replies.answers.voice import Voice

__all__ = ["Scene", "Statement", "Weight"]

#: How much a form says: the words that were asked for; a conclusion; a remark that a later remark can contradict;
#: a line that merely begins with an option, which counts where nothing else was concluded.
Weight = Literal["asked", "said", "remark", "line"]


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        value: what it names; None where that is no answer (two letters, "either", a letter that is no option).
        rule: the rule that found it.
        weight: how much its form says.
        voice: whose it is.
        start: where it begins.
        end: where it ends.
    """

    value: str | None
    rule: Rule
    weight: Weight
    voice: Voice
    start: int
    end: int


@dataclass(frozen=True)
class Scene:
    """What every form reads.

    Attributes:
        text: the folded reply.
        question: decides what counts as an answer.
        tables: the languages whose words the reply can hold.
    """

    text: str
    question: Question
    tables: Sequence[Patterns]
