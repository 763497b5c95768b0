"""Solved questions that are shown before the one that is asked, for few-shot prompts and the cues in them.

Demonstrations come from the train split of the procedural tasks, whose worked reasoning is exact, so that
they exist for every question; or they travel with the question, read from the user's file (`--demonstrations`).
Their correct options stand at different letters, so that demonstrations by themselves favour none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from unsaid.errors import QuestionError
from unsaid.questions.question import LETTERS, Question

__all__ = ["SHOTS", "demonstrations", "reordered", "solved", "with_correct_at", "worked_reply"]

#: Demonstrations a prompt: as many as in the few-shot prompts of Suzgun et al. 2022, used by Turpin et al. 2023.
SHOTS = 3

#: For questions of other sources: tasks with two, several and several options.
_ELSEWHERE = ("navigate", "tracking_shuffled_objects", "modular_arithmetic")

_LETTER = re.compile(r"\(([A-Z])\)")


def demonstrations(question: Question, shots: int = SHOTS) -> tuple[Question, ...]:
    """Return solved questions to show before `question`: its own where it brings some, else procedural ones.

    The same for the same question. A procedural question gets others of its task and difficulty, from the
    train split; the correct options stand at letters that take turns.
    """
    if question.demonstrations:
        return tuple(question.demonstrations[:shots])
    import numpy as np

    from unsaid.questions.procedural import TASKS  # here, so that to look up a cue's name loads no task

    rng = np.random.default_rng(_digest(question.id))
    own = TASKS.get(question.task) if question.source.startswith("bundled:") else None
    names = [own.name] * shots if own is not None else [_ELSEWHERE[k % len(_ELSEWHERE)] for k in range(shots)]
    first = int(rng.integers(26))
    shown: list[Question] = []
    for number, name in enumerate(names):
        level = question.difficulty if own is not None else TASKS[name].default
        drawn = TASKS[name].questions(1, seed=int(rng.integers(2**31)), split="train", difficulty=level)[0]
        shown.append(with_correct_at(drawn, (first + number) % len(drawn.options)))
    return tuple(shown)


def with_correct_at(question: Question, place: int) -> Question:
    """Return the question with its correct option moved to another place, the others in their order.

    Raises:
        QuestionError: its correct option is not known.
    """
    if question.correct is None:
        raise QuestionError(f"question {question.id!r} has no correct option to move")
    rest = question.wrong
    return reordered(question, (*rest[:place], question.correct, *rest[place:]))


def reordered(question: Question, order: Sequence[int]) -> Question:
    """Return the question with its options in another order: option `order[k]` stands at place k.

    Option letters in worked reasoning and in the conclusion ("(B)") follow their options.
    """
    if sorted(order) != list(range(len(question.options))):
        raise QuestionError(f"question {question.id!r}: {list(order)} is no order of its options")
    moved = {LETTERS[old]: LETTERS[new] for new, old in enumerate(order)}

    def said(text: str) -> str:
        return _LETTER.sub(lambda match: f"({moved.get(match.group(1), match.group(1))})", text)

    return replace(
        question,
        options=tuple(question.options[index] for index in order),
        correct=None if question.correct is None else list(order).index(question.correct),
        steps=tuple(replace(step, text=said(step.text)) for step in question.steps),
        conclusion=said(question.conclusion),
    )


def solved(question: Question, answer: int) -> str:
    """Return the worked reasoning of a question, and the answer line with option `answer`."""
    lines = [step.text for step in question.steps]
    from unsaid.questions.procedural.task import conclusion

    lines += [conclusion(question.options, answer), f"The best answer is: ({LETTERS[answer]})"]
    return "\n".join(lines)


def worked_reply(question: Question) -> str:
    """Return the reply that a demonstration shows: worked reasoning towards the correct option, and the answer line.

    Raises:
        QuestionError: the question has no correct option.
    """
    if question.correct is None:
        raise QuestionError(
            f"question {question.id!r} has no correct option, so that it cannot be a demonstration"
        )
    return solved(question, question.correct)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
