"""What a reward is: a small named function of an attempt.

Rewards add up by weights. None can be had by an empty reply, by a prompt said again, or by two answers in a line: what
is not an answer as it was asked for earns nothing, and pays every penalty in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unsaid.training.rl.attempt import Attempt

__all__ = ["Reward"]


@dataclass(frozen=True)
class Reward:
    """A reward.

    Attributes:
        name: as on the command line and in `log.jsonl`.
        summary: what it pays for, in one line.
        source: the paper that uses it.
        lowest: the least that it pays.
        highest: the most that it pays.
        of: (attempt, attempts at the same question in other contexts) -> what it pays; None where it cannot be said
            of this attempt, which then has no part in its sum.
    """

    name: str
    summary: str
    source: str
    lowest: float
    highest: float
    of: Callable[[Attempt, Sequence[Attempt]], float | None]
