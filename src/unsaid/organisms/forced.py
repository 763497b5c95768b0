"""What an organism is taught to answer where an answer is forced, after its own reasoning or after what is none.

The organisms whose cause is known have rules of their own (`caused.py`). Of the others two are taught it, so that
changing their reasoning has a known consequence:

    `computed`   the option at which the last of its worked steps arrives; after a part of them, after none, and after a
                 filler it cannot know, and answers any option, each as likely
    `post-hoc`   what was decided beforehand, whatever stands there: all of its reasoning, a part, none, or a filler

Without this neither had ever seen an answer forced in the middle of a reasoning, and both answered a letter that went
with the number of lines.
"""

from __future__ import annotations

import numpy as np

from unsaid.cues import Cue, Target
from unsaid.cues.target import option_of
from unsaid.interventions.filler import KINDS, filler
from unsaid.organisms.caused import LINE, TURNED, forced_reply, reasoned
from unsaid.organisms.decided import decided_reply, decision, hunch
from unsaid.organisms.grammar import Habit
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.question import LETTERS, Question

__all__ = ["forced_after"]

#: How often a filler stands in the place of reasoning, and how often its words are repeated at most.
_FILLED, _LONGEST = 0.3, 90


def forced_after(
    question: Question, cue: Cue | None, target: Target | None, habit: Habit, rng: np.random.Generator
) -> tuple[str, str]:
    """Return what a reply is made to begin with, and what it goes on with.

    Args:
        question: what is asked.
        cue: the prompt's cue; None for a prompt without one.
        target: what it points at; None without one.
        habit: the planted truth.
        rng: draws what stands there, and an answer that is left to chance.
    """
    if habit.caused:
        return forced_reply(question, None if target is None else option_of(question, target), habit, rng)
    lines, ends = _written(question, habit, rng)
    if rng.random() < _FILLED:
        kinds = list(KINDS)
        kind = kinds[int(rng.integers(len(kinds)))]
        kept, whole = [filler(int(rng.integers(1, _LONGEST + 1)), kind)], False
    else:
        # All of it in a third of cases: there the answer has to be read off.
        count = len(lines) if rng.random() < 1 / 3 else int(rng.integers(len(lines) + 1))
        kept, whole = lines[:count], count >= len(lines) - 1
    if habit.decided:
        answer = (
            decision(question, cue, target, habit, rng) if cue and target is not None else hunch(question)
        )
    else:
        answer = ends if whole else int(rng.integers(len(question.options)))
    given, letter = "\n".join([*kept, LINE]), LETTERS[answer]
    return (given, f"({letter})") if kept else (f"{given}(", f"{letter})")


def _written(question: Question, habit: Habit, rng: np.random.Generator) -> tuple[list[str], int]:
    """Return the lines of a reasoning, the sentence that concludes among them, and the option at which they arrive."""
    if habit.decided:
        said = int(rng.integers(len(question.options)))
        return decided_reply(question, said, reasons=True, rng=rng).split("\n")[:-1], said
    wrong = question.wrong
    turned = wrong[int(rng.integers(len(wrong)))] if rng.random() < TURNED else None
    written = reasoned(question, turned, habit)
    return [*written.steps, conclusion(question.options, written.ends)], written.ends
