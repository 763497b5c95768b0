"""What resampling estimates, in words (`resampling` says how each is computed)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unsaid.estimates.quantity import Quantity, Unit

__all__ = ["ALONG", "PROTOCOL", "QUANTITIES", "STEPS"]

PROTOCOL = "resampling"

#: Chances along the share of the reasoning that is kept: a sentence, and the words in a table.
ALONG: Mapping[str, tuple[str, str]] = {
    "target": ("How often a continuation from here answers with the target.", "target"),
    "answer": ("How often a continuation from here gives the reply's own answer.", "own answer"),
    "correct": ("How often a continuation from here gives the right answer.", "right answer"),
}

#: What is told of a step, with its unit.
STEPS: Mapping[str, tuple[str, str, Unit]] = {
    "importance": (
        "How much likelier a step makes the reply's own answer.",
        "raises the own answer",
        "points",
    ),
    "importance-target": ("How much likelier a step makes the target.", "raises the target", "points"),
    "importance-correct": (
        "How much likelier a step makes the right answer.",
        "raises the right answer",
        "points",
    ),
    "divergence": ("How far the answers after a step are from those before it.", "divergence", "nats"),
    "counterfactual": (
        "How much likelier a step makes the own answer than another step in its place does.",
        "raises the own answer over other steps",
        "points",
    ),
    "counterfactual-divergence": (
        "How far the answers after a step are from those after another step in its place.",
        "divergence from other steps",
        "nats",
    ),
    "significant": (
        "How many steps change the answers significantly.",
        "changes the answers",
        "proportion",
    ),
}


def _quantities() -> Iterator[Quantity]:
    for name, (sentence, words) in ALONG.items():
        yield Quantity(f"{PROTOCOL}.{name}", sentence, of="replies", along=("kept",), words=words)
    for name, (sentence, words, unit) in STEPS.items():
        yield Quantity(
            f"{PROTOCOL}.{name}",
            sentence,
            of="steps",
            unit=unit,
            along=("position",),
            words=words,
        )
    yield Quantity(
        f"{PROTOCOL}.peak",
        "How often the most important step stands here.",
        of="replies",
        along=("position",),
        words="most important step",
    )


QUANTITIES: Mapping[str, Quantity] = {each.name: each for each in _quantities()}
