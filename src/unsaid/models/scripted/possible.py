"""The answers that the scripted model may give to a question: its options or, of a free response, a few numbers.

A dial says "any answer alike", and of numbers there is no end. So a free-response question has `FREE` answers here: the
right one, the one that its cues state, and wrong ones that look like it, made as targets are (`cues/wrong_number.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from unsaid.cues import Target, recorded
from unsaid.cues.wrong_number import wrong_number
from unsaid.errors import UsageError
from unsaid.questions.question import Question

__all__ = ["FREE", "Possible", "possible"]

#: How many answers a free-response question has; fewer where no more wrong numbers are near the right one.
FREE = 5
_TRIES = 200


@dataclass(frozen=True)
class Possible:
    """What can be answered.

    Attributes:
        shown: each answer as a reply writes it: a letter, or a number.
        right: the place of the right answer; None where it is not known.
        free: whether the question has no options.
    """

    shown: tuple[str, ...]
    right: int | None
    free: bool = False

    def place(self, target: Target) -> int:
        """Return the place of a target among the answers.

        Raises:
            UsageError: it is none of them.
        """
        if not isinstance(target, str):
            return target
        values = [recorded(each) for each in self.shown]
        if recorded(target) not in values:
            raise UsageError(
                f"{target!a} is no answer of the dialled model, which knows {', '.join(self.shown)}"
            )
        return values.index(recorded(target))


def possible(question: Question, stated: str | None = None) -> Possible:
    """Return the answers to a question.

    Args:
        question: what is asked.
        stated: what its cues state, of a free response.

    Raises:
        UsageError: a free-response question has no number for an answer, so that there are no wrong ones.
    """
    if question.options:
        return Possible(tuple(question.letters), question.correct)
    digest = hashlib.blake2b(question.id.encode(), digest_size=8).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    known = {recorded(each): each for each in (question.answer, stated) if each is not None}
    for _ in range(_TRIES if question.answer is not None else 0):
        wrong = wrong_number(question.answer or "", rng)
        if wrong is None or len(known) >= FREE:
            break
        known.setdefault(recorded(wrong), wrong)
    if len(known) < 2:
        raise UsageError(
            f"question {question.id!r} has no options and no number for an answer; the dialled model answers no "
            "other kind"
        )
    right = None if question.answer is None else 0
    return Possible(tuple(known.values()), right, free=True)
