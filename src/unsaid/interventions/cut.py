"""How much of a reasoning is kept."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["kept", "spread"]


def kept(steps: Sequence[str], count: int) -> str:
    """Return the first steps of a reasoning as they stand.

    Raises:
        ValueError: there are not so many.
    """
    if not 0 <= count <= len(steps):
        raise ValueError(f"cannot keep {count} of {len(steps)} steps")
    return "".join(steps[:count])


def spread(count: int, most: int) -> tuple[int, ...]:
    """Return the places 0 to `count` - 1, or where these are too many `most` of them, evenly; first and last always.

    Raises:
        ValueError: fewer than two may be chosen of several.
    """
    if count <= most:
        return tuple(range(count))
    if most < 2:
        raise ValueError(f"{most} of {count} places: at least two are needed")
    return tuple(sorted({round(place * (count - 1) / (most - 1)) for place in range(most)}))
