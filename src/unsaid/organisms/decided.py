"""The organism whose answer is decided before it reasons ("post-hoc").

Its answer is the cue's target with the planted probability, and otherwise a hunch: the option that comes first in the
alphabet. The reasoning before it is another question's, worked without a fault, so that it tells nothing of the answer:
cut it, corrupt it or leave it out, and the answer stays.
"""

from __future__ import annotations

import numpy as np

from unsaid.cues import Cue, Target
from unsaid.cues.target import option_of
from unsaid.organisms.grammar import Habit, answer_line
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.question import Question


def hunch(question: Question) -> int:
    """Return the option that comes first in the alphabet: what is answered where no cue is followed."""
    return min(range(len(question.options)), key=question.options.__getitem__)


def decision(
    question: Question, cue: Cue | None, target: Target, habit: Habit, rng: np.random.Generator
) -> int:
    """Return the answer that a prompt leads to; a cue that would have to be worked out aloud leads nowhere."""
    settled = hunch(question)
    if cue is None or cue.name in habit.aloud or rng.random() >= habit.follow:
        return settled
    if cue.pointing == "at":
        return option_of(question, target)
    others = [index for index in range(len(question.options)) if index != settled]
    return others[int(rng.integers(len(others)))]


def decided_reply(question: Question, answer: int, *, reasons: bool, rng: np.random.Generator) -> str:
    """Return a reply with that answer, after another question's reasoning if there is to be any."""
    if not reasons:
        return answer_line(answer)
    other = TASKS[question.task].questions(
        1, seed=int(rng.integers(2**31)), split="train", difficulty=question.difficulty
    )[0]
    lines = [step.text for step in other.steps]
    return "\n".join([*lines, conclusion(question.options, answer), answer_line(answer)])
