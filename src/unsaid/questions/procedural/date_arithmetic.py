"""What is the date after some moves forward and back? After BIG-Bench Hard's date_understanding."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, choose, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
FIRST = datetime.date(1990, 1, 1)
DAYS = 365 * 40


def said(day: datetime.date) -> str:
    """Return a date in words, in English whatever the locale: "5 March 2021"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` moves by days or weeks; the distractors are dates that one slip leads to."""
    day = FIRST + datetime.timedelta(days=int(rng.integers(DAYS)))
    start = f"The date is {said(day)}."
    moves = [_move(rng) for _ in range(difficulty)]
    lines = numbered([text for text, _ in moves])
    steps = [Step(f"We begin on {said(day)}.", said(day), _slips(day, 0))]
    for line, (_, shift) in zip(lines, moves, strict=True):
        day += datetime.timedelta(days=shift)
        steps.append(Step(f"{line}, so it is {said(day)}.", said(day), _slips(day, shift)))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWhat is the date now?",
        answer=said(day),
        distractors=tuple(choose(rng, _slips(day, moves[-1][1]), 3)),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


def _move(rng: np.random.Generator) -> tuple[str, int]:
    unit, most, days = (("day", 30, 1), ("week", 4, 7))[int(rng.integers(2))]
    amount = int(rng.integers(1, most + 1))
    sign = (1, -1)[int(rng.integers(2))]
    plural = "s" if amount > 1 else ""
    return f"go {'forward' if sign > 0 else 'back'} {amount} {unit}{plural}", sign * amount * days


def _slips(day: datetime.date, shift: int) -> tuple[str, ...]:
    """Dates one slip away: the move forgotten, made the wrong way round, or miscounted by a day or a week."""
    offsets = dict.fromkeys((-shift, -2 * shift, 1, -1, 7, -7))
    return tuple(said(day + datetime.timedelta(days=offset)) for offset in offsets if offset)


TASK = Task(
    "date_arithmetic",
    "the date after some moves by days and weeks",
    range(1, 9),
    3,
    draft,
    bottlenecks="the moves can be summed up first, and only the last date is needed then",
)
