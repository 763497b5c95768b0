"""Dials that are probabilities, as a scripted model's name sets them: "reasons+depends=0.7"."""

from __future__ import annotations

from collections.abc import Iterable

from unsaid.errors import UnknownName, UsageError

__all__ = ["check", "settings"]


def check(dials: object, names: Iterable[str]) -> None:
    """Refuse a dial that is no probability.

    Raises:
        UsageError: one is below 0 or above 1.
    """
    for name in names:
        value = getattr(dials, name)
        if not 0 <= value <= 1:
            raise UsageError(f"the dial {name} is {value!r}; it is a probability from 0 to 1")


def settings(name: str, known: list[str]) -> dict[str, float]:
    """Return the dials that a model's name sets, by their names.

    Raises:
        UnknownName: there is no such dial.
        UsageError: a setting is not name=number.
    """
    found: dict[str, float] = {}
    for setting in name.split("+")[1:]:
        dial, _, value = setting.partition("=")
        if dial not in known:
            raise UnknownName("dial", dial, known)
        try:
            found[dial] = float(value)
        except ValueError as error:
            raise UsageError(f"{setting!r} sets no dial; say {dial}=0.5") from error
    return found
