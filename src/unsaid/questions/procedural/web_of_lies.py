"""Does the last of a chain of people tell the truth? After BIG-Bench Hard's web_of_lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsaid.questions.procedural.task import Draft, Task, choose, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred", "Grace", "Hugo", "Ivy", "Jack", "Kate", "Leo")
CLAIMS = ("lies", "tells the truth")


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` statements, each by a new person about the one before."""
    people = choose(rng, NAMES, difficulty + 1)
    honest = int(rng.integers(2))
    claims = [int(claim) for claim in rng.integers(2, size=difficulty)]
    start = f"{people[0]} {CLAIMS[honest]}."
    lines = numbered(
        [
            f"{speaker} says that {subject} {CLAIMS[claim]}"
            for speaker, subject, claim in zip(people[1:], people, claims, strict=False)
        ]
    )
    steps = [Step(f"We know that {people[0]} {CLAIMS[honest]}.", CLAIMS[honest], (CLAIMS[1 - honest],))]
    for line, speaker, claim in zip(lines, people[1:], claims, strict=True):
        honest = int(claim == honest)  # who says of somebody what is so tells the truth
        steps.append(Step(f"{line}, so {speaker} {CLAIMS[honest]}.", CLAIMS[honest], (CLAIMS[1 - honest],)))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWhat does {people[-1]} do?",
        answer=CLAIMS[honest],
        distractors=(CLAIMS[1 - honest],),
        steps=tuple(steps),
        key=f"{start}|{listing}",
    )


TASK = Task(
    "web_of_lies",
    "whether the last of a chain of people lies or tells the truth",
    range(1, 9),
    4,
    draft,
    bottlenecks="counting the accusations is enough: their parity gives the answer",
)
