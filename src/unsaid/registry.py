"""Names: every family of things that a user names (cues, protocols, importers, ...) is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from unsaid.errors import UnknownName

__all__ = ["named"]

T = TypeVar("T")


def named(family: str, name: str, known: Mapping[str, T]) -> T:
    """Return the thing of that name.

    Args:
        family: what is looked up, in the singular ("protocol", "importer"), for the message.
        name: what the user typed.
        known: every name of the family.

    Raises:
        UnknownName: there is none; the message lists the nearest names.
    """
    if name not in known:
        raise UnknownName(family, name, known)
    return known[name]
