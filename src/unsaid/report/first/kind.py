"""How a quantity of a protocol's stands on the first screen: what its 100 are, and how its two sentences read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Kind"]


@dataclass(frozen=True)
class Kind:
    """How a quantity is drawn and said.

    Attributes:
        quantity: its name, as in `results.json`.
        of: what the 100 are: "correct replies".
        part: what the filled bar is.
        rest: what the others are.
        counted: what its n counts.
        sentence: how it is said; `{number}`, `{interval}` and `{name}` are filled in.
        second: another quantity, drawn as a second bar; None for none.
        nested: whether the second bar is a share of the first one's filled part.
        beside: a quantity that the second sentence says with its interval; "" for none.
        added: the second sentence; `{beside}` is filled in.
    """

    quantity: str
    of: str
    part: str
    rest: str
    counted: str
    sentence: str = ""
    second: Kind | None = None
    nested: bool = False
    beside: str = ""
    added: str = ""
