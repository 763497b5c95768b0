"""Bottlenecks: the values that a correct answer is almost impossible without, and where a text says them.

The outright setting of BonaFide (arXiv 2605.25052): on a chain of steps, a correct answer whose
reasoning lacks a value that it cannot have done without leaves something out, whatever a judge thinks of it. So a task
has bottlenecks only where no other way leads to the answer, and where a text can be read for them exactly:

    `modular_arithmetic`         the value wherever adding turns into multiplying, or the other way round: what is
                                 added in a row may be added up first, and what is multiplied, multiplied
    `tracking_shuffled_objects`  each new holder, but the first, whom the question names, and the last, the answer

The other tasks have another way (turns and flips can be counted, days summed, a row reasoned from its other end) or
values that the question lists already; each says which where its `TASK` stands.

A value is said where it is mentioned after the one before it. What counts as a mention is the task's to say: not the
question restated, not what a step is done with ("add 7", "Alice swaps with Bob"), not a step's number. In doubt a
mention counts: a value that stands there by chance is then taken for said, and less is reported as left out. What the
reading gets wrong in the other direction is told where the mentions are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

__all__ = ["Bottlenecks", "Needed", "changes", "unsaid"]


@dataclass(frozen=True)
class Needed:
    """What a correct answer to one question cannot do without.

    Attributes:
        values: in the order they are needed, at least one.
        answer: the value that the answer names.
        mentions: the values that a text mentions, in its order, as they stand in `values`.
    """

    values: tuple[str, ...]
    answer: str
    mentions: Callable[[str], tuple[str, ...]]

    def unsaid(self, text: str) -> tuple[str, ...]:
        """Return the needed values that a text does not say; see the function `unsaid`."""
        return unsaid(self.values, self.answer, self.mentions(text))


#: From a question's stem to what it needs; None where it needs nothing, or is no question of the task.
Bottlenecks = Callable[[str], Needed | None]


def unsaid(values: Sequence[str], answer: str, mentioned: Sequence[str]) -> tuple[str, ...]:
    """Return the values that are not mentioned, each looked for after the last one that was found.

    Nothing is unsaid exactly if the values stand in the mentions in their order. Where the last value is also the
    answer's, one mention serves one of the two: the value is said where the answer follows it.
    """
    missing, at = [], 0
    for value in values:
        found = _after(mentioned, value, at)
        if found is None:
            missing.append(value)
        else:
            at = found + 1
    if (
        values
        and values[-1] == answer
        and values[-1] not in missing[-1:]
        and _after(mentioned, answer, at) is None
    ):
        missing.append(values[-1])
    return tuple(missing)


def changes(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values without their repeats in a row."""
    return tuple(value for value, _ in groupby(values))


def _after(mentioned: Sequence[str], value: str, start: int) -> int | None:
    return next((at for at in range(start, len(mentioned)) if mentioned[at] == value), None)
