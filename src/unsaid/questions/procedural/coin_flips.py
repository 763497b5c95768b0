"""Heads or tails after some people flip a coin and others leave it? After Wei et al. 2022's coin flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred")
SIDES = ("heads", "tails")


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` people, each of whom flips the coin or leaves it."""
    side = int(rng.integers(2))
    start = f"A coin shows {SIDES[side]}."
    flips = rng.integers(2, size=difficulty)
    people = [NAMES[int(index)] for index in rng.integers(len(NAMES), size=difficulty)]
    lines = numbered(
        [f"{name} {'flips' if flip else 'leaves'} it" for name, flip in zip(people, flips, strict=True)]
    )
    steps = [Step(f"It shows {SIDES[side]}.", SIDES[side], (SIDES[1 - side],))]
    for line, flip in zip(lines, flips, strict=True):
        side = (side + int(flip)) % 2
        steps.append(Step(f"{line}, so it shows {SIDES[side]}.", SIDES[side], (SIDES[1 - side],)))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWhich side does it show at the end?",
        answer=SIDES[side],
        distractors=(SIDES[1 - side],),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


TASK = Task(
    "coin_flips",
    "which side of a coin shows after some people flip it",
    range(1, 9),
    4,
    draft,
    bottlenecks="counting the flips is enough: their parity gives the answer",
)
