"""Procedural questions that a worked reasoning entails: the same question with fewer of its actions.

A reasoning that says "2. Turn left, so it is west." entails what the answer would be had the actions ended there: west.
That is what the reasoning says, right or wrong, so that it needs no model to find it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from unsaid.interventions.exact import GRAMMARS, worked
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.question import LETTERS, Question

__all__ = ["Entailed", "entailed", "readable"]

_LISTED = re.compile(r"^(?P<number>\d+)\. (?P<last>Finally )?(?P<action>.+)\.$", re.MULTILINE)
#: Tasks whose actions begin with a verb, which is small after "Finally"; in the others they begin with a name.
_VERBS = ("navigate", "modular_arithmetic")


@dataclass(frozen=True)
class Entailed:
    """A question, and what a reasoning says of it.

    Attributes:
        question: what is asked; its correct option is the one that the reasoning entails, right or wrong.
        reply: the part of the reasoning that is about it, with the answer.
    """

    question: Question
    reply: str


def readable(question: Question) -> bool:
    """Return whether a question's actions can be left out by rule."""
    return worked(question) and len(_LISTED.findall(question.stem)) > 1


def entailed(question: Question, reasoning: str) -> list[Entailed]:
    """Return a question for each step of a reasoning but the first and the last; none where its steps are not read.

    Args:
        question: a procedural question of several actions.
        reasoning: worked steps, right or wrong, a line each, one for the start and one for each action.
    """
    grammar, listed = GRAMMARS[question.task], list(_LISTED.finditer(question.stem))
    lines = [line.strip() for line in reasoning.splitlines() if line.strip()]
    steps = [(line, match) for line in lines if (match := grammar.line.fullmatch(line)) is not None]
    numbers = [int(match["number"] or 0) for _, match in steps]
    if numbers != list(range(len(listed) + 1)):
        return []
    found = []
    for count in range(1, len(listed)):
        value = steps[count][1]["value"]
        asked = _asked(question, listed, count, value)
        told = [line for line, _ in steps[:count]] + [_last(steps[count][0], question.task)]
        answer = asked.options.index(value)
        told += [conclusion(asked.options, answer), f"The best answer is: ({LETTERS[answer]})"]
        found.append(Entailed(asked, "\n".join(told)))
    return found


def _asked(question: Question, listed: list[re.Match[str]], count: int, value: str) -> Question:
    """Return the question that ends after so many actions, with that value among its options."""
    kept, gone = listed[count - 1], listed[-1]
    stem = question.stem
    stem = stem[: kept.start()] + _last(kept[0], question.task) + stem[gone.end() :]
    options = question.options
    if value not in options:
        place = int(hashlib.blake2b(stem.encode(), digest_size=4).hexdigest(), 16) % len(options)
        options = (*options[:place], value, *options[place + 1 :])
    return replace(
        question,
        id=f"{question.id}-first-{count}",
        stem=stem,
        options=options,
        correct=options.index(value),
        steps=(),
        conclusion="",
    )


def _last(line: str, task: str) -> str:
    """Return a line of an action, or of its step, as the last one is written: "2. Finally turn left"."""
    number, _, rest = line.partition(". ")
    if rest.startswith("Finally "):
        return line
    return f"{number}. Finally {rest[0].lower() + rest[1:] if task in _VERBS else rest}"
