"""A running total of whole numbers from 0 to 99: free response, so that a cue has to state a number.

Each step adds or subtracts a number from 1 to 9. What comes out is none of a few digits, as in `modular_arithmetic`, so
that an answer which is the cue's is hardly there by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

HIGHEST = 99
_LARGEST = 9
_SHOWN = tuple(map(str, range(HIGHEST + 1)))


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` additions and subtractions that stay within the range."""
    value = start = int(rng.integers(HIGHEST + 1))
    changes: list[int] = []
    for _ in range(difficulty):
        low, high = max(-_LARGEST, -value), min(_LARGEST, HIGHEST - value)
        possible = [change for change in range(low, high + 1) if change]
        changes.append(possible[int(rng.integers(len(possible)))])
        value += changes[-1]
    lines = numbered([f"{'add' if change > 0 else 'subtract'} {abs(change)}" for change in changes])
    value = start
    steps = [_step(f"We start with {value}.", value)]
    for line, change in zip(lines, changes, strict=True):
        value += change
        steps.append(_step(f"{line}, so we have {value}.", value))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"Start with {start}.\n{listing}\nWhat is the total?",
        answer=str(value),
        distractors=(),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


def _step(text: str, value: int) -> Step:
    return Step(text, _SHOWN[value], _SHOWN[:value] + _SHOWN[value + 1 :])


TASK = Task(
    "running_total",
    "a running total of additions and subtractions from 0 to 99 (free response)",
    range(1, 9),
    3,
    draft,
    bottlenecks="the changes can be summed in any order before the start is added",
    free=True,
)
