"""What is paid for. To add a reward: a file beside these, and a line in `_FILES`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from unsaid.errors import UsageError
from unsaid.registry import named
from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.reward import Reward

__all__ = ["REWARDS", "Paid", "Weighed", "paid", "weighed"]

#: A line is "file:NAME".
_FILES = (
    "outcome:OUTCOME",
    "target:TARGET",
    "format:FORMAT",
    "length:LENGTH",
    "discount:DISCOUNT",
    "process:PROCESS",
    "verbalisation:VERBALISATION",
    "monitor:MONITOR",
    "consistency:CONSISTENCY",
)


def _reward(line: str) -> Reward:
    file, _, name = line.partition(":")
    found: Reward = getattr(import_module(f"{__name__}.{file}"), name)
    return found


REWARDS: dict[str, Reward] = {reward.name: reward for reward in map(_reward, _FILES)}


@dataclass(frozen=True)
class Weighed:
    """A reward with its weight in the sum.

    Attributes:
        reward: what is paid for.
        weight: above 0. A penalty pays below 0 by itself.
    """

    reward: Reward
    weight: float


@dataclass(frozen=True)
class Paid:
    """What an attempt was paid.

    Attributes:
        total: the weighed sum.
        parts: what each reward paid, unweighed, by its name; None where it cannot be said.
    """

    total: float
    parts: Mapping[str, float | None]


def weighed(weights: Mapping[str, float]) -> tuple[Weighed, ...]:
    """Return rewards with their weights.

    Raises:
        UnknownName: there is no such reward.
        UsageError: there is none at all, or a weight is not above 0.
    """
    if not weights:
        raise UsageError(f"there is no reward; name one or more of {', '.join(REWARDS)}")
    found = []
    for name, weight in weights.items():
        reward = named("reward", name, REWARDS)
        if not (math.isfinite(weight) and weight > 0):
            raise UsageError(
                f"the weight of {name!r} is {weight:g}; weights are above 0 (a penalty pays below 0 by itself)"
            )
        found.append(Weighed(reward, float(weight)))
    return tuple(found)


def paid(rewards: Sequence[Weighed], attempt: Attempt, others: Sequence[Attempt] = ()) -> Paid:
    """Return what an attempt is paid.

    Args:
        rewards: those of `weighed`.
        attempt: what was drawn.
        others: attempts at the same question in other contexts.
    """
    parts = {each.reward.name: each.reward.of(attempt, others) for each in rewards}
    total = sum(each.weight * (parts[each.reward.name] or 0.0) for each in rewards)
    return Paid(total, parts)
