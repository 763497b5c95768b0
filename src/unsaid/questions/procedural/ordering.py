"""Which object stands where? After BIG-Bench Hard's logical_deduction.

Clues are drawn so that each places one more object, given those placed before; the last object takes the
place that is left. They are listed by the alphabet, which says nothing of the order of deduction. That
exactly one order satisfies all clues is proved for each question by trying every order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from unsaid.errors import QuestionError
from unsaid.questions.procedural.task import Draft, Task, choose
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

OBJECTS = ("hat", "map", "cup", "key", "pen", "box", "ball", "book")
PLACES = ("first", "second", "third", "fourth", "fifth")
NUMBERS = {3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Clue:
    """A statement about an order, and the test that an order must pass."""

    text: str
    holds: Callable[[tuple[str, ...]], bool]


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` objects in a row; the distractors are the other objects."""
    order = choose(rng, OBJECTS, difficulty)
    placing = [order[int(index)] for index in rng.permutation(difficulty)]
    clues = [_anchor(placing[0], order.index(placing[0]))]
    clues += [_relation(rng, placing[:done], placing[done], order) for done in range(1, difficulty - 1)]
    if solutions(order, clues) != [tuple(order)]:
        raise QuestionError(f"the clues {[clue.text for clue in clues]} do not decide an order")
    steps = _steps(placing, clues, order)
    place = order.index(placing[int(rng.integers(1, difficulty))])  # not the one a clue gives away
    answer, others = order[place], tuple(thing for thing in order if thing != order[place])
    steps.append(Step(f"So the {PLACES[place]} is the {answer}.", answer, others))
    listing = "\n".join(sorted(f"{clue.text}." for clue in clues))
    things = ", ".join(f"a {thing}" for thing in sorted(order))
    start = f"In a row from left to right stand {NUMBERS[difficulty]} things: {things}."
    return Draft(
        stem=f"{start}\n{listing}\nWhich one is the {PLACES[place]} from the left?",
        answer=answer,
        distractors=others,
        steps=tuple(steps),
        key=f"{start}|{listing}|{PLACES[place]}",
    )


def solutions(things: list[str], clues: list[Clue]) -> list[tuple[str, ...]]:
    """Return every order of the things that satisfies all clues."""
    return [order for order in permutations(things) if all(clue.holds(order) for clue in clues)]


def _anchor(thing: str, place: int) -> Clue:
    return Clue(f"The {thing} is the {PLACES[place]} from the left", lambda order: order[place] == thing)


def _relation(rng: np.random.Generator, placed: list[str], thing: str, order: list[str]) -> Clue:
    """Return where `thing` stands in relation to one that is already placed."""
    other = placed[int(rng.integers(len(placed)))]
    offset = order.index(thing) - order.index(other)
    side, gap = ("right" if offset > 0 else "left"), abs(offset)
    distance = "directly" if gap == 1 else f"{gap} places"
    return Clue(
        f"The {thing} is {distance} to the {side} of the {other}",
        lambda row: row.index(thing) - row.index(other) == offset,
    )


def _steps(placing: list[str], clues: list[Clue], order: list[str]) -> list[Step]:
    reasons = [clue.text for clue in clues] + [f"The {placing[-1]} takes the place that is left"]
    steps = []
    for number, (thing, reason) in enumerate(zip(placing, reasons, strict=True), start=1):
        place = PLACES[order.index(thing)]
        free = {PLACES[order.index(later)] for later in placing[number:]}
        text = f"{number}. {reason}, so the {thing} is {place}."
        alternatives = tuple(name for name in PLACES[: len(order)] if name in free)
        # Where every other place is taken, any wrong place is as good a slip.
        steps.append(Step(text, place, alternatives or tuple(p for p in PLACES[: len(order)] if p != place)))
    return steps


TASK = Task(
    "ordering",
    "which of 3 to 5 objects stands at a place in a row",
    range(3, 6),
    4,
    draft,
    bottlenecks="the places can be found in several orders, and the question names them all",
)
