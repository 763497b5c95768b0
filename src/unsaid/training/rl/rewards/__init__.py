"""What is paid for. To add a reward: a file beside these, and a line in `REWARDS`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unsaid.errors import UsageError
from unsaid.registry import named
from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.rewards.consistency import CONSISTENCY
from unsaid.training.rl.rewards.discount import DISCOUNT
from unsaid.training.rl.rewards.format import FORMAT
from unsaid.training.rl.rewards.length import LENGTH
from unsaid.training.rl.rewards.monitor import MONITOR
from unsaid.training.rl.rewards.outcome import OUTCOME
from unsaid.training.rl.rewards.process import PROCESS
from unsaid.training.rl.rewards.reward import Reward
from unsaid.training.rl.rewards.target import TARGET
from unsaid.training.rl.rewards.verbalisation import VERBALISATION

__all__ = ["REWARDS", "Paid", "Weighed", "paid", "weighed"]

REWARDS: dict[str, Reward] = {
    reward.name: reward
    for reward in (
        OUTCOME,
        TARGET,
        FORMAT,
        LENGTH,
        DISCOUNT,
        PROCESS,
        VERBALISATION,
        MONITOR,
        CONSISTENCY,
    )
}


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
