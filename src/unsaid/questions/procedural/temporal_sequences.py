"""When could somebody have gone somewhere unseen? After BIG-Bench Hard's temporal_sequences.

The day from waking up to closing time is cut into one slot more than there are sightings, so exactly one
slot is free. The worked reasoning walks through the sightings and keeps the time until which the day is
accounted for; where the next sighting begins later, there is the free slot.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, choose, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred", "Grace", "Hugo", "Ivy", "Jack", "Kate", "Leo")
PLACES = ("park", "mall", "library", "school", "garden", "cafe", "gym", "station", "beach", "bank")
GOALS = ("museum", "cinema", "theatre", "zoo")
FIRST, LAST = 5, 23


def clock(hour: int) -> str:
    """Return an hour of the day as it is said: 7am, 12pm, 3pm."""
    return f"{(hour - 1) % 12 + 1}{'am' if hour < 12 else 'pm'}"


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` sightings; the distractors are slots at which the person was seen."""
    hours = sorted(int(hour) for hour in FIRST + rng.permutation(LAST - FIRST + 1)[: difficulty + 2])
    slots = [f"{clock(begin)} to {clock(end)}" for begin, end in pairwise(hours)]
    free = int(rng.integers(len(slots)))
    person, *witnesses = choose(rng, NAMES, difficulty + 1)
    places, goal = choose(rng, PLACES, difficulty), GOALS[int(rng.integers(len(GOALS)))]
    seen = [index for index in range(len(slots)) if index != free]
    lines = numbered(
        [
            f"{witness} saw {person} at the {place} from {slots[index]}"
            for witness, place, index in zip(witnesses, places, seen, strict=True)
        ]
    )
    listing = "\n".join(f"{line}." for line in lines)
    start = f"{person} woke up at {clock(hours[0])}. The {goal} closed at {clock(hours[-1])}."
    distractors = tuple(choose(rng, tuple(slots[index] for index in seen), min(difficulty, 3)))
    times = [clock(hour) for hour in hours]
    steps = [Step(f"The day begins at {times[0]}.", times[0], tuple(times[1:]))]
    for line, index in zip(lines, seen, strict=True):
        until = times[index + 1]
        others = tuple(time for time in times if time != until)
        steps.append(Step(f"{line}, so the time is known until {until}.", until, others))
    steps.append(Step(f"Nobody saw {person} from {slots[free]}.", slots[free], distractors))
    return Draft(
        stem=f"{start}\n{listing}\nWhen could {person} have gone to the {goal}?",
        answer=slots[free],
        distractors=distractors,
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


TASK = Task(
    "temporal_sequences",
    "the one time of a day at which nobody saw a person",
    range(1, 9),
    4,
    draft,
    bottlenecks="the free slot can be seen without the time until which the day is known",
)
