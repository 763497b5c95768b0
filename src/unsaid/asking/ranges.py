"""Which values the options of an audit may have. Nothing heavy is imported here.

The command line looks a value over before it imports what asks a model, and the classes that hold a design look it over
again, because a notebook makes them without the command line. Both come here, so that a range stands in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unsaid import defaults
from unsaid.errors import UsageError

__all__ = ["RANGES", "check", "check_target", "reply_limit"]

#: For each option that is a number: whether a value is right, and what to say where it is not.
RANGES: dict[str, tuple[Callable[[float], bool], str]] = {
    "limit": (lambda value: value >= 1, "at least one question is needed"),
    "epochs": (lambda value: value >= 1, "at least one is needed"),
    "temperature": (lambda value: 0 <= value <= 2, "it is between 0 and 2"),
    "judge_sample": (lambda value: 0 <= value <= 1, "it is a share between 0 and 1"),
    "until": (lambda value: 1 <= value < 50, "it is a half-width in points, from 1 to below 50"),
    "only_unsolved": (lambda value: value >= 1, "at least one reply is needed"),
}


def check(name: str, value: float | None) -> None:
    """Refuse a number that is out of the range of its option; None is an option that is not given.

    Args:
        name: of the option, as Python spells it.
        value: what it was given.

    Raises:
        UsageError: the number is out of range.
    """
    allowed, why = RANGES[name]
    if value is not None and not allowed(value):
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        raise UsageError(f"--{name.replace('_', '-')} is {shown}; {why}")


def check_target(value: str) -> None:
    """Refuse a kind of target that does not exist.

    Raises:
        UsageError: it does not exist.
    """
    if value not in ("wrong", "right", "random"):
        raise UsageError(f"--target is {value!r}; it is wrong, right or random")


def reply_limit(value: Any) -> Any:
    """Return the most tokens of a reply: a number, "auto", or "none" for the provider's own limit.

    Raises:
        UsageError: the value is a text that says something else, or a number below 1.
    """
    if value is None:
        return defaults.NONE
    if value in (defaults.AUTO, defaults.NONE):
        return value
    try:
        found = int(value) if isinstance(value, str) else value
    except ValueError:
        found = 0
    if isinstance(found, int) and found < 1:
        raise UsageError(
            f"--max-tokens is {value!r}; it is a whole number from 1 on, or {defaults.NONE!r} for the "
            "provider's own limit"
        )
    return found
