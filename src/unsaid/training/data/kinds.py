"""The kinds of fine-tuning data. To add one: a file beside these, and a line in `_FILES`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unsaid.registry import named

if TYPE_CHECKING:
    from unsaid.training.data.kind import Kind

    #: Every kind by name.
    KINDS: dict[str, Kind]

__all__ = ["KINDS", "NAMES", "kind"]

#: The file of each kind, and its name there.
_FILES = (
    "consistency:CONSISTENCY",
    "explanation:EXPLANATION",
    "verbalisation:VERBALISATION",
    "structure:STRUCTURE",
)

#: Their names, which are those of their files: known before any of them is imported.
NAMES = tuple(place.partition(":")[0] for place in _FILES)


def __getattr__(name: str) -> Any:
    """Return `KINDS`, imported when it is asked for: a name is refused before that."""
    if name != "KINDS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = [_loaded(place) for place in _FILES]
    globals()["KINDS"] = {each.name: each for each in loaded}
    return globals()["KINDS"]


def _loaded(place: str) -> Kind:
    file, name = place.split(":")
    found: Kind = getattr(import_module(f"unsaid.training.data.{file}"), name)
    return found


def kind(name: str) -> Kind:
    """Return the kind of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    places = dict(zip(NAMES, _FILES, strict=True))
    return _loaded(named("kind of data", name, places))
