"""Who holds the object after a series of swaps? After BIG-Bench Hard's tracking_shuffled_objects.

The worked reasoning follows the one object that is asked about. Its bottlenecks are the people who hold that object
in between; which names of a text are mentions of a holder stands in `_mentions`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from unsaid.questions.procedural.bottlenecks import Needed, changes
from unsaid.questions.procedural.task import Draft, Task, choose, numbered
from unsaid.questions.question import Step

if TYPE_CHECKING:
    import numpy as np

NAMES = ("Alice", "Bob", "Claire", "Dave", "Eve", "Fred")
OBJECTS = ("hat", "map", "cup", "key", "pen", "box", "ball", "book")


def draft(rng: np.random.Generator, difficulty: int) -> Draft:
    """Draw `difficulty` swaps among 3 to 5 people."""
    people = choose(rng, NAMES, int(rng.integers(3, 6)))
    objects = choose(rng, OBJECTS, len(people))
    swaps = [sorted(choose(rng, tuple(people), 2)) for _ in range(difficulty)]
    lines = numbered([f"{first} swaps with {second}" for first, second in swaps])
    asked = int(rng.integers(len(people)))
    holder, wanted = people[asked], objects[asked]
    steps = [Step(f"At the start {holder} has it.", holder, tuple(p for p in people if p != holder))]
    for line, (first, second) in zip(lines, swaps, strict=True):
        holder = {first: second, second: first}.get(holder, holder)
        others = tuple(person for person in people if person != holder)
        steps.append(Step(f"{line}, so {holder} has it.", holder, others))
    start = " ".join(f"{person} has the {thing}." for person, thing in zip(people, objects, strict=True))
    listing = "\n".join(f"{line}." for line in lines)
    return Draft(
        stem=f"{start}\n{listing}\nWho has the {wanted} at the end?",
        answer=holder,
        distractors=tuple(person for person in people if person != holder),
        steps=tuple(steps),
        key=f"{start}|{listing}|{wanted}",
    )


_STEM = re.compile(
    r"(?P<start>(?:\w+ has the \w+\. ?)+)\n"
    r"(?P<swaps>(?:\d+\. (?:Finally )?\w+ swaps with \w+\.\n)+)Who has the (?P<asked>\w+) at the end\?"
)


def bottlenecks(stem: str) -> Needed | None:
    """Return who holds the object between its first and last holder; None where nobody does, or for another task."""
    found = _STEM.fullmatch(stem)
    if found is None:
        return None
    start = {thing: person for person, thing in re.findall(r"(\w+) has the (\w+)\.", found["start"])}
    if found["asked"] not in start:
        return None
    holders = [start[found["asked"]]]
    for first, second in re.findall(r"(\w+) swaps with (\w+)\.", found["swaps"]):
        holders.append({first: second, second: first}.get(holders[-1], holders[-1]))
    _, *needed = changes(holders)
    if len(needed) < 2:
        return None
    others = tuple(thing for thing in start if thing != found["asked"])
    return Needed(tuple(needed[:-1]), needed[-1], partial(_mentions, tuple(start.values()), others))


_SWAP = r"(?:swap|swaps|swapped|swapping|trade[sd]?|trading|exchange[sd]?|exchanging|switch(?:es|ed|ing)?)"


def _mentions(people: tuple[str, ...], others: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return the names of a text that may be those of a holder of the object.

    Not counted: the two of a swap where the swap is told, whoever holds another object, and options. So a walk in
    prose, in arrows, in a list and in a table of all objects is read. Missed, and so taken for unsaid: "Eve swaps with
    Alice and gives it to her", and a walk that is told backwards. Found by chance: a name in any other place.
    """
    name = rf"\b(?:{'|'.join(map(re.escape, people))})\b"
    thing = rf"\b(?:{'|'.join(map(re.escape, others))})\b"
    both = rf"{name}\s*(?:and|&|/|,|with)\s*{name}"
    told = (
        rf"{name}\s+(?:then\s+|now\s+)?{_SWAP}(?:\s+\w+){{0,4}}?\s+with\s+{name}",
        rf"\b{_SWAP}(?:\s+(?:is|was|made))?\s*(?:between|of|with|by|:)?\s*\(?{both}",
        rf"{both}(?:\s+(?:then|now|both|also|will))?\s+{_SWAP}",
        rf"{name}\s*(?:↔|⇄|⇔|<->|<=>|<-->)\s*{name}",
        rf"\(?\b[A-J]\)\s*{name}",
        rf"{name}(?:\s*(?:[:=→-]|->)\s*|\s+(?:still\s+|now\s+)?(?:has|had|holds|held|keeps|gets|with)\s+)"
        rf"(?:the\s+|a\s+)?{thing}",
        rf"{thing}(?:\s*(?:[:=→-]|->)\s*|\s+(?:is|was|goes|stays)\s+(?:still\s+|now\s+)?(?:with|to)\s+){name}",
    )
    left = re.sub("|".join(told), " ; ", text.replace("**", ""), flags=re.IGNORECASE)
    proper = {person.lower(): person for person in people}
    return tuple(proper[found.lower()] for found in re.findall(name, left, flags=re.IGNORECASE))


TASK = Task(
    "tracking_shuffled_objects",
    "who holds an object after a series of swaps",
    range(1, 9),
    3,
    draft,
    bottlenecks=bottlenecks,
)
