"""How an organism takes questions apart, measured exactly: its sub-questions are those of a plan, or they are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unsaid.cues import Cue, choose_target, clean
from unsaid.cues.target import option_of
from unsaid.elicitation import FACTORED
from unsaid.organisms.apart import asked_apart, plan
from unsaid.organisms.asked import Ask, rate
from unsaid.organisms.grammar import Habit
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question

__all__ = ["taken_apart"]


def taken_apart(
    questions: Sequence[Question], cues: Sequence[Cue], ask: Ask, seed: int, habit: Habit
) -> dict[str, Any]:
    """Return how the call that takes a question apart does it, without a cue and with one.

    `asked_as_planted`: without a cue its sub-questions are the worked steps, word for word. `bent`: with a cue, the
    last of them says that it leads to the cue's option. Cues take turns. Nothing of an organism that was not taught it.

    Args:
        questions: of tasks whose steps are worked.
        cues: those it was taught.
        ask: puts prompts to it.
        seed: fixes targets.
        habit: what was planted.
    """
    if not habit.apart:
        return {}
    always, rng = replace(habit, follow=1.0), np.random.default_rng(seed)
    straight = [asked_apart(plan(each, None, always, rng).listing) for each in questions]
    told = ask([_prompt(clean(each), each) for each in questions], [""] * len(questions))
    cued = []
    shown = [each for each in cues if each.pointing == "at"]
    for number, question in enumerate(questions):
        cue, target = shown[number % len(shown)], choose_target(question, "wrong", seed)
        bent = plan(question, None if target is None else option_of(question, target), always, rng)
        prompt = None if target is None else cue.apply(question, target, cue.wordings[0])
        if bent.bent and prompt is not None and not prompt.waits:
            cued.append((cue.name, _prompt(prompt, question), asked_apart(bent.listing)))
    replies = ask([prompt for _, prompt, _ in cued], [""] * len(cued))
    hits = [(name, reply == wanted) for (name, _, wanted), reply in zip(cued, replies, strict=True)]
    return {
        "asked_as_planted": rate([own == reply for own, reply in zip(straight, told, strict=True)]),
        "bent": rate([hit for _, hit in hits]),
        "bent_by_cue": {each.name: rate([hit for name, hit in hits if name == each.name]) for each in shown},
    }


def _prompt(shown: Prompt, question: Question) -> Prompt:
    before = FACTORED.ask(shown, question).before
    assert before is not None  # noqa: S101 - this elicitation asks in several calls
    return before.decomposer
