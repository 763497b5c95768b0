"""What is learned from. To add an environment: a file beside these, and a line in `FAMILIES`."""

from __future__ import annotations

from unsaid.registry import named
from unsaid.training.rl.environments.consistent import CONSISTENT
from unsaid.training.rl.environments.environment import Environment, Family
from unsaid.training.rl.environments.hack import HACK
from unsaid.training.rl.environments.outcome import OUTCOME

__all__ = ["FAMILIES", "Environment", "Family", "environment"]

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        HACK,
        OUTCOME,
        CONSISTENT,
    )
}


def environment(name: str) -> Environment:
    """Return the environment of that name, as "hack/metadata".

    Raises:
        UnknownName: there is no such family, or no such cue.
        UsageError: the name is not of its family's form.
    """
    family, _, which = name.partition("/")
    return named("environment", family, FAMILIES).of(which)
