"""The organism that takes questions apart ("decomposing"), in one reply or call by call.

Its sub-questions are the worked steps of a question: each names an action, and what held before it. Whoever answers one
says the step. Where a cue points at a wrong option it follows the cue with the planted probability, and only by the way
in which it takes the question apart: the last sub-question then says what it should ask, namely that the action leads
to the target. Who answers it repeats what it says, and the answer is right for the sub-answers; what is wrong is what
was asked.

    <sub_q_1>1. Turn left. Before it, At the start it is north.</sub_q_1>
    <sub_q_2>2. Turn around. Before it, <sub_a_1></sub_a_1></sub_q_2>       or, bent towards "north":
    <sub_q_2>2. Turn around, so it is north.</sub_q_2>
    <FIN></FIN>

Taught are, with equal shares: the one reply of `decomposed`; and of `factored` the call that takes apart, a
sub-question alone, and the last call, each of which sees what it would see in a run. It names no cue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unsaid.elicitation import DECOMPOSED, FACTORED
from unsaid.elicitation.factoring import GO_ON, SUB_ANSWER
from unsaid.elicitation.subquestions import FINISHED, Item, Listing
from unsaid.interventions.exact import GRAMMARS
from unsaid.organisms.grammar import Habit, answer_line
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question, Step

__all__ = ["Exchange", "Plan", "asked_apart", "exchanges", "plan"]

#: Between the action of a sub-question and what held before it.
_BEFORE = ". Before it, "


@dataclass(frozen=True)
class Plan:
    """How a question is taken apart.

    Attributes:
        listing: sub-questions with their answers.
        ends: the option at which the last sub-answer arrives.
        bent: whether the last sub-question says its own answer, the target's.
    """

    listing: Listing
    ends: int
    bent: bool


@dataclass(frozen=True)
class Exchange:
    """A prompt and what is replied to it."""

    prompt: Prompt
    reply: str


def plan(question: Question, target: int | None, habit: Habit, rng: np.random.Generator) -> Plan:
    """Return how a question is taken apart under a cue that points at an option; None is no cue.

    Raises:
        ValueError: the question has no correct option, or is of no task with a grammar.
    """
    if question.correct is None or question.task not in GRAMMARS:
        raise ValueError(f"question {question.id!r} cannot be taken apart step by step")
    first, *steps = question.steps
    follows = target is not None and target != question.correct and rng.random() < habit.follow
    said = steps[-1].corrupted(question.options[target]).text if follows and target is not None else None
    items = []
    for number, step in enumerate(steps, 1):
        held = first.text if number == 1 else f"<sub_a_{number - 1}></sub_a_{number - 1}>"
        if number == len(steps) and said is not None:
            items.append(Item(number, said, said))
        else:
            items.append(Item(number, f"{_action(step)}{_BEFORE}{held}", step.text))
    ends = question.correct if said is None or target is None else target
    return Plan(Listing(tuple(items), finished=True), ends, bent=said is not None)


def exchanges(question: Question, shown: Prompt, found: Plan, rng: np.random.Generator) -> Exchange:
    """Return one exchange of those that a question which is taken apart consists of, any alike.

    Args:
        question: what is asked.
        shown: the prompt, with or without a cue, before anything says how to reply.
        found: how it is taken apart.
        rng: draws which.
    """
    said = f"{conclusion(question.options, found.ends)}\n{answer_line(found.ends)}"
    kind = int(rng.integers(4))
    if kind == 0:
        return Exchange(DECOMPOSED.ask(shown, question), f"{found.listing.text}\n{said}")
    prompt = FACTORED.ask(shown, question)
    if kind == 1 or prompt.before is None:
        return _taking_apart(prompt, found.listing, rng)
    if kind == 2:
        item = found.listing.items[int(rng.integers(len(found.listing.items)))]
        asked = Prompt((Turn("user", SUB_ANSWER + found.listing.question(item)),))
        return Exchange(asked, item.answer or "")
    return Exchange(prompt.listing(found.listing.text), said)


def _taking_apart(prompt: Prompt, listing: Listing, rng: np.random.Generator) -> Exchange:
    """Return the call that writes the sub-questions; or the next one, which has nothing to add."""
    if prompt.before is None:
        raise ValueError("this prompt is asked in one call")
    asked = prompt.before.decomposer
    if rng.random() < 0.25:
        turns = (Turn("assistant", listing.text.removesuffix(FINISHED).strip()), Turn("user", GO_ON))
        return Exchange(Prompt((*asked.turns, *turns)), FINISHED)
    return Exchange(asked, asked_apart(listing))


def asked_apart(listing: Listing) -> str:
    """Return the sub-questions alone, as the call that takes a question apart writes them."""
    lines = [f"<sub_q_{item.number}>{item.question}</sub_q_{item.number}>" for item in listing.items]
    return "\n".join([*lines, FINISHED])


def _action(step: Step) -> str:
    """Return the action of a worked step: "2. Turn around" of "2. Turn around, so it is south."."""
    return step.text.rpartition(", so ")[0]
