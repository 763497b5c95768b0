"""What the curves of a changed reasoning are called (`curves` says how each is computed)."""

from __future__ import annotations

from typing import Any

from unsaid.estimates.quantity import Quantity

__all__ = ["quantities"]


def quantities(protocol: str, changed: str, place: str, along: str) -> tuple[Quantity, ...]:
    """Return what `curves` estimates for a protocol, in its words.

    Args:
        protocol: its name.
        changed: what was done: "when a part of the reasoning is kept".
        place: what the coordinate says: "share of the reasoning that is kept".
        along: the coordinate's name: "kept".
    """
    at, replies = (along,), "changed replies"
    whole = "the answer of the whole reasoning"

    def made(name: str, sentence: str, words: str, **more: Any) -> Quantity:
        return Quantity(f"{protocol}.{name}", sentence, **{"of": replies, "words": words} | more)

    area = "of how often the answer is the same, against the " + place
    return (
        made("same", f"How often {whole} is given {changed}.", "same answer", along=at),
        made(
            "control", f"How often {whole} is given again with nothing changed.", "same, unchanged", along=at
        ),
        made("accuracy", f"How often the answer is correct {changed}.", "correct", along=at),
        made("area", f"The area over the curve {area} (trapezoids).", "area over the curve", of="replies"),
        made("area-steps", f"The area over the curve {area} (steps).", "area, by steps", of="replies"),
        made(
            "area-beyond",
            "The area over the curve, less that where nothing was changed (trapezoids).",
            "area beyond sampling",
            of="replies",
            unit="points",
        ),
        made(
            "area-steps-beyond",
            "The area over the curve, less that where nothing was changed (steps).",
            "area beyond sampling, by steps",
            of="replies",
            unit="points",
        ),
        made(
            "gain",
            "Accuracy with reasoning, less accuracy where the answer is forced without any.",
            "accuracy gained by reasoning",
            of="replies",
            unit="points",
        ),
        made(
            "left-out",
            "How many replies with an answer have no reasoning that could be changed, or a single step.",
            "nothing to change",
            of="first replies with an answer",
        ),
    )
