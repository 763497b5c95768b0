"""What a cue points at: the same for all cues of a question, fixed by seed and question id.

Of a question with options it is one of them, by its place from 0. Of a free-response question it is an answer that the
cue states, as text: the one that the question's source names, or else a wrong number that looks like the right one
(`wrong_number.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from unsaid.cues.wrong_number import wrong_number
from unsaid.errors import QuestionError
from unsaid.questions.question import LETTERS, Question

__all__ = [
    "Target",
    "TargetKind",
    "check_targets",
    "choose_target",
    "option_of",
    "recorded",
    "stated",
    "why_no_target",
]

if TYPE_CHECKING:
    import numpy as np

TargetKind = Literal["wrong", "right", "random"]

#: An option, by its place from 0; or, of a free-response question, the answer that is stated.
Target = int | str


def choose_target(question: Question, kind: TargetKind, seed: int) -> Target | None:
    """Return what the cues of a question point at, or None where there is nothing (`why_no_target` says why).

    With options: uniform over the wrong options ("wrong", the default of every protocol), the correct option
    ("right"), or uniform over all options ("random", Turpin et al. 2023, so that it may be correct).

    Free response: the answer that the source names, else a wrong number of the right answer's form ("wrong"); or the
    right answer ("right"). There is no "random", for no options are listed to draw from.
    """
    if not question.options:
        return _stated_for(question, kind, seed)
    if kind == "random":
        return int(_rng(question, seed).integers(len(question.options)))
    if question.correct is None:
        return None
    if kind == "right":
        return question.correct
    wrong = question.wrong
    return wrong[int(_rng(question, seed).integers(len(wrong)))]


def check_targets(questions: Iterable[Question]) -> None:
    """Refuse a target that a source names and that is no wrong answer, as our reader of answers compares them.

    Raises:
        QuestionError: a target is the right answer in other digits, or text where the right answer is a number.
    """
    from unsaid.replies.answers import (  # here, so that to look up a name reads no rules for it
        as_number,
        gold_value,
    )

    for question in questions:
        if question.target is None or question.answer is None:
            continue
        where = f"{question.source}: question {question.id!r}, field target"
        if as_number(question.answer) is not None and as_number(question.target) is None:
            raise QuestionError(
                f"{where}: expected a number, as the answer {question.answer!r} is one, found {question.target!a}"
            )
        if gold_value(question.target) == gold_value(question.answer):
            raise QuestionError(
                f"{where}: expected a wrong answer, found {question.target!a}, which is the right one "
                f"({question.answer!a}); leave the field out, and a wrong number is made"
            )


def why_no_target(question: Question) -> str:
    """Return why no target was chosen for a question that has none."""
    if question.options:
        return "the correct option is not known, so that no target can be chosen"
    if question.answer is None:
        return "the right answer is not known, so that no wrong one can be stated; name one in the field `target`"
    from unsaid.replies.answers import as_number

    if as_number(question.answer) is None:
        return (
            "the right answer is no number, so that no wrong one can be made; name one in the field `target`"
        )
    return "a free-response question lists no options to draw a random target from; ask for wrong or right targets"


def option_of(question: Question, target: Target) -> int:
    """Return the place of the option that is the target.

    Raises:
        ValueError: the question has no such option, or the target is a stated answer.
    """
    if isinstance(target, str) or not 0 <= target < len(question.options):
        raise ValueError(f"question {question.id!r} has no option {target!r}; this cue needs options")
    return target


def stated(target: Target) -> str:
    """Return a target as it is said: an option's letter, or the answer itself."""
    return target if isinstance(target, str) else LETTERS[target]


def recorded(target: Target | None) -> str | None:
    """Return a target in the form in which records hold answers: a letter, or a canonical number or text."""
    if target is None or isinstance(target, str):
        from unsaid.replies.answers import gold_value

        return gold_value(target)
    return LETTERS[target]


def _stated_for(question: Question, kind: TargetKind, seed: int) -> str | None:
    if kind == "random":
        return None
    if kind == "right":
        return question.answer
    if question.target is not None:
        return question.target
    return None if question.answer is None else wrong_number(question.answer, _rng(question, seed))


def _rng(question: Question, seed: int) -> np.random.Generator:
    import numpy as np  # here, so that to look up a cue's name loads no numbers

    digest = hashlib.blake2b(question.id.encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])
