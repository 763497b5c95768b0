"""The kinds of fine-tuning data. To add one: a file beside these, and a line in `KINDS`."""

from __future__ import annotations

from unsaid.registry import named
from unsaid.training.data.consistency import CONSISTENCY
from unsaid.training.data.explanation import EXPLANATION
from unsaid.training.data.kind import Kind
from unsaid.training.data.structure import STRUCTURE
from unsaid.training.data.verbalisation import VERBALISATION

__all__ = ["KINDS", "kind"]

KINDS: dict[str, Kind] = {each.name: each for each in (CONSISTENCY, EXPLANATION, VERBALISATION, STRUCTURE)}


def kind(name: str) -> Kind:
    """Return the kind of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("kind of data", name, KINDS)
