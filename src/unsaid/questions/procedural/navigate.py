"""Which way does a traveller face after a series of turns? After BIG-Bench Hard's navigate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred")
HEADINGS = ("north", "east", "south", "west")
TURNS = {"turn right": 1, "turn around": 2, "turn left": 3}


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` turns; the distractors are the three other headings."""
    heading = int(rng.integers(4))
    turns = [tuple(TURNS)[int(index)] for index in rng.integers(len(TURNS), size=difficulty)]
    lines = numbered(turns)
    name = NAMES[int(rng.integers(len(NAMES)))]
    start = f"{name} faces {HEADINGS[heading]}."
    steps = [Step(f"At the start it is {HEADINGS[heading]}.", HEADINGS[heading], _others(heading))]
    for line, turn in zip(lines, turns, strict=True):
        heading = (heading + TURNS[turn]) % 4
        steps.append(Step(f"{line}, so it is {HEADINGS[heading]}.", HEADINGS[heading], _others(heading)))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWhich way does {name} face at the end?",
        answer=HEADINGS[heading],
        distractors=_others(heading),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


def _others(heading: int) -> tuple[str, ...]:
    return tuple(name for index, name in enumerate(HEADINGS) if index != heading)


TASK = Task(
    "navigate",
    "which way a traveller faces after a series of turns",
    range(1, 9),
    4,
    draft,
    bottlenecks="the turns can be summed up first, and only the last heading is needed then",
)
