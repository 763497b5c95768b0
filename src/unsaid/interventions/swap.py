"""Another reply's reasoning in place of the own: all of it, or from a step on."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.interventions.cut import kept

__all__ = ["swapped"]


def swapped(own: Sequence[str], other: Sequence[str], count: int = 0) -> str:
    """Return the first `count` steps of one reasoning, and those of another from there on.

    With `count` 0 it is the other's reasoning, as it stands.

    Raises:
        ValueError: the first has not so many steps.
    """
    before, after = kept(own, count), "".join(other[count:])
    seam = "" if not before or before[-1].isspace() or not after else "\n" if "\n" in before + after else " "
    return before + seam + after
