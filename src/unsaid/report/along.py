"""What was measured along one reply's reasoning: chances before and after its steps, beside the text of the steps.

A protocol gives these by its section (`Section.along`). The transcript browser shows them beside the reply, step by
step, and the page as a strip with a row for each reply. Neither knows which protocol it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

__all__ = ["Along", "Line", "Walked", "lines_of", "pieces"]


@dataclass(frozen=True)
class Line:
    """A chance along a reply: its name ("P(B), the target"), and a value before the first piece and after each."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Walked:
    """What was measured along one reply.

    Attributes:
        title: what it is ("Forced answers").
        places: where it was measured: shares of the steps, the first 0 and the last 1.
        pieces: the text of what stands between one measurement and the next; together the reasoning.
        lines: chances; each has one value more than there are pieces.
        turn: the place from which on the reply's answer is the likeliest, counted from 0 before the first piece; None
            where there is none.
        weights: how much likelier each piece makes the reply's answer, with whether that is significant; none where
            that was not asked.
    """

    title: str
    places: tuple[float, ...]
    pieces: tuple[str, ...]
    lines: tuple[Line, ...]
    turn: int | None = None
    weights: tuple[tuple[float | None, bool], ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return plain data for the page."""
        found: dict[str, Any] = {
            "title": self.title,
            "pieces": list(self.pieces),
            "lines": [
                {"name": line.name, "values": [_short(value) for value in line.values]} for line in self.lines
            ],
        }
        if self.turn is not None:
            found["turn"] = self.turn
        if self.weights:
            found["weights"] = [[_short(value), sure] for value, sure in self.weights]
        return found


#: The records of first replies and of those that followed -> what was measured, by the `reply_id` of the reply.
Along = Callable[[pl.DataFrame], Mapping[str, Walked]]


def lines_of(
    answer: str, target: str | None, chances: Callable[[str], Sequence[float | None]]
) -> tuple[Line, ...]:
    """Return the chance of a reply's answer along it, and that of the target where that is another option.

    Args:
        answer: the reply's own.
        target: what the cue is about; None where there is none.
        chances: of an option, at each place.
    """
    if target is None or target == answer:
        of = ", answer and target" if target == answer else ", the answer"
        return (Line(f"P({answer}){of}", tuple(chances(answer))),)
    return (
        Line(f"P({answer}), the answer", tuple(chances(answer))),
        Line(f"P({target}), the target", tuple(chances(target))),
    )


def pieces(steps: Sequence[str], places: Sequence[float]) -> tuple[str, ...]:
    """Return the text between places that are given as shares of the steps; the first is 0, the last 1."""
    counts = [round(place * len(steps)) for place in places]
    return tuple("".join(steps[one:other]) for one, other in pairwise(counts))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
