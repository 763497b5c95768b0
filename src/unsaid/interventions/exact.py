"""Procedural tasks: mistakes and renamings whose consequence is known, and no model to write them.

A *mistake* is a step that arrives at another value. What a model that carries it on has to answer follows from the
question: the actions that are still to come, applied to the wrong value (`leads_to`).

A *renaming* exchanges names throughout the steps so far, so that each step still follows from the one before: two
people in a series of swaps, the headings turned half round, the two sides of a coin. A model that reads its reasoning
goes on from the renamed state. Sums have no such renaming.

A step is read where it has the form of the task's worked reasoning, be it this question's or another's. Of tasks
without a grammar here, the question's own worked steps are read, and what follows from a mistake is not known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from unsaid.questions.procedural.coin_flips import SIDES
from unsaid.questions.procedural.modular_arithmetic import DIGITS, apply
from unsaid.questions.procedural.navigate import HEADINGS, TURNS
from unsaid.questions.question import Question, Step

__all__ = [
    "GRAMMARS",
    "Grammar",
    "carried_on",
    "leads_to",
    "mistaken",
    "readable",
    "renamed",
    "stated",
    "worked",
]

_NUMBERED = r"(?P<number>\d+)\. (?:Finally )?(?P<action>[^,\n]+), so "


@dataclass(frozen=True)
class Grammar:
    """How the worked steps of a task are said.

    Attributes:
        line: a step, with the groups `number`, `action` (both None at the start) and `value`.
        after: (action, value) -> the value after it.
        values: the values that a step of a question can arrive at.
        renamings: exchanges of names under which steps still follow from each other, each from name to name.
    """

    line: re.Pattern[str]
    after: Callable[[str, str], str]
    values: Callable[[Question], Sequence[str]]
    renamings: Callable[[Question], list[dict[str, str]]]


def _swapped(action: str, holder: str) -> str:
    first, _, second = action.partition(" swaps with ")
    return {first.lower(): second, second.lower(): first}.get(holder.lower(), holder).capitalize()


def _turned(action: str, heading: str) -> str:
    return HEADINGS[(HEADINGS.index(heading) + TURNS.get(action.lower(), 0)) % len(HEADINGS)]


def _flipped(action: str, side: str) -> str:
    return SIDES[(SIDES.index(side) + action.endswith("flips it")) % len(SIDES)]


def _pairs(question: Question) -> list[dict[str, str]]:
    names = question.options
    return [{a: b, b: a} for at, a in enumerate(names) for b in names[at + 1 :]]


GRAMMARS: Mapping[str, Grammar] = {
    "tracking_shuffled_objects": Grammar(
        re.compile(rf"(?:At the start |{_NUMBERED})(?P<value>[A-Z]\w+) has it\."),
        _swapped,
        lambda question: question.options,
        _pairs,
    ),
    "navigate": Grammar(
        re.compile(rf"(?:At the start it is |{_NUMBERED}it is )(?P<value>{'|'.join(HEADINGS)})\."),
        _turned,
        lambda question: HEADINGS,
        lambda question: [{name: HEADINGS[(at + 2) % 4] for at, name in enumerate(HEADINGS)}],
    ),
    "coin_flips": Grammar(
        re.compile(rf"(?:It shows |{_NUMBERED}it shows )(?P<value>{'|'.join(SIDES)})\."),
        _flipped,
        lambda question: SIDES,
        lambda question: [dict(zip(SIDES, SIDES[::-1], strict=True))],
    ),
    "modular_arithmetic": Grammar(
        re.compile(rf"(?:We start with |{_NUMBERED}we have )(?P<value>\d)\."),
        lambda action, value: str(apply(action.lower(), int(value))),
        lambda question: DIGITS,
        lambda question: [],
    ),
}

_LISTED = re.compile(r"^\d+\. (?:Finally )?(?P<action>.+)\.$", re.MULTILINE)


def worked(question: Question) -> bool:
    """Return whether it is a bundled question of a task whose worked steps are read by rule."""
    return _bundled(question) and question.task in GRAMMARS


def readable(question: Question, steps: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the steps that are read as worked steps of the question's task; none of other questions."""
    return tuple(at for at, step in enumerate(steps) if _step(question, step) is not None)


def mistaken(question: Question, steps: Sequence[str], at: int) -> str | None:
    """Return the step at a place, arriving at a wrong value; None where it is not read or nothing else can be said.

    Of the wrong values, one whose consequence is another option of the question than the step's own leads to is taken
    where there is one. The same for the same question and place.
    """
    step = _step(question, steps[at])
    if step is None or not step.alternatives:
        return None
    before = "".join(steps[:at])
    wanted = [
        value
        for value in step.alternatives
        if (end := leads_to(question, before + step.corrupted(value).text)) is not None
        and end != leads_to(question, before + step.text)
    ]
    values = wanted or list(step.alternatives)
    made = step.corrupted(values[_draw(question, at) % len(values)]).text
    return steps[at].replace(steps[at].strip(), made)


def renamed(question: Question, steps: Sequence[str], count: int) -> str | None:
    """Return the first steps with names exchanged in all of them; None where the task has no renaming that shows.

    One shows where it leads to another option than the steps as they stood.
    """
    grammar, text = GRAMMARS.get(question.task), "".join(steps[:count])
    if grammar is None or not _bundled(question) or not all(_step(question, each) for each in steps[:count]):
        return None
    own = leads_to(question, text)
    made = [_exchanged(text, names) for names in grammar.renamings(question)]
    shown = [each for each in made if (end := leads_to(question, each)) is not None and end != own]
    return shown[_draw(question, count) % len(shown)] if shown else None


def leads_to(question: Question, text: str) -> int | None:
    """Return the option at which a model arrives that carries on from the last step of a text.

    None where no step is read, the text has more steps than the question, or no option has that value.

    Args:
        question: a question of a bundled task; its stem lists what is still to be done.
        text: worked steps, right or wrong.
    """
    values = _values(question, text)
    return question.options.index(values[-1]) if values and values[-1] in question.options else None


def stated(question: Question, text: str) -> int | None:
    """Return the option whose value the last step of a text states; None where it is none's, or no step is read."""
    values = _values(question, text)
    return question.options.index(values[0]) if values and values[0] in question.options else None


def carried_on(question: Question, text: str) -> list[str]:
    """Return the worked steps that are still to come after a text, each arriving where the one before it leads.

    None where no step is read, or none is left.
    """
    values = _values(question, text)
    left = question.steps[len(question.steps) - len(values) + 1 :] if values else ()
    return [step.corrupted(value).text for step, value in zip(left, values[1:], strict=True)]


def _values(question: Question, text: str) -> list[str]:
    """Return the value of the last step of a text, and those that the actions still to come lead to; none if unread."""
    grammar = GRAMMARS.get(question.task)
    found = list(_matches(grammar, text)) if grammar is not None and _bundled(question) else []
    if grammar is None or not found:
        return []
    actions = [match["action"] for match in _LISTED.finditer(question.stem)]
    done, value = int(found[-1]["number"] or 0), found[-1]["value"]
    if done > len(actions) or value not in grammar.values(question):
        return []
    values = [value]
    for action in actions[done:]:
        values.append(grammar.after(action, values[-1]))
    return values


def _matches(grammar: Grammar, text: str) -> Iterator[re.Match[str]]:
    for line in text.splitlines():
        if (match := grammar.line.fullmatch(line.strip())) is not None:
            yield match


def _step(question: Question, text: str) -> Step | None:
    """Return a step as data; None where it is not of the task's form."""
    if not _bundled(question):
        return None
    said, grammar = text.strip(), GRAMMARS.get(question.task)
    if grammar is None:
        return next((step for step in question.steps if step.text == said and step.value), None)
    match = grammar.line.fullmatch(said)
    if match is None:
        return None
    value = match["value"]
    return Step(said, value, tuple(other for other in grammar.values(question) if other != value))


def _exchanged(text: str, names: Mapping[str, str]) -> str:
    pattern = rf"\b(?:{'|'.join(map(re.escape, names))})\b"
    return re.sub(pattern, lambda match: names[match[0]], text)


def _bundled(question: Question) -> bool:
    return question.source.startswith("bundled:")


def _draw(question: Question, place: int) -> int:
    digest = hashlib.blake2b(f"{question.id}\0{place}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")
