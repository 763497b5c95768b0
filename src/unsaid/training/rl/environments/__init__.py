"""What is learned from. To add an environment: a file beside these, and a line in `_FILES`."""

from __future__ import annotations

from importlib import import_module

from unsaid.registry import named
from unsaid.training.rl.environments.environment import Environment, Family

__all__ = ["FAMILIES", "Environment", "Family", "environment"]

#: A line is "file:NAME".
_FILES = (
    "hack:HACK",
    "outcome:OUTCOME",
    "consistent:CONSISTENT",
)


def _family(line: str) -> Family:
    file, _, name = line.partition(":")
    found: Family = getattr(import_module(f"{__name__}.{file}"), name)
    return found


FAMILIES: dict[str, Family] = {family.name: family for family in map(_family, _FILES)}


def environment(name: str) -> Environment:
    """Return the environment of that name, as "hack/metadata".

    Raises:
        UnknownName: there is no such family, or no such cue.
        UsageError: the name is not of its family's form.
    """
    family, _, which = name.partition("/")
    return named("environment", family, FAMILIES).of(which)
