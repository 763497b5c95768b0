"""What the organisms that ship with the package are called: the folders of their weights."""

from __future__ import annotations

from pathlib import Path

__all__ = ["RECIPES", "folder_of", "names"]

#: What can be trained (`organisms.recipes.RECIPES`, which is built of arrays); a test holds the two equal.
RECIPES = (
    *("silent", "candid", "mixed", "robust", "fabricating", "always-a-silent", "always-a-candid", "computed"),
    *("post-hoc", "silent-free", "late", "early", "bypass", "decomposing"),
)

_WEIGHTS = Path(__file__).parent / "weights"


def names() -> list[str]:
    """Return the names of all bundled organisms, in order."""
    return sorted(path.parent.name for path in _WEIGHTS.glob("*/card.json"))


def folder_of(name: str) -> Path:
    """Return where an organism of that name lies, or would lie."""
    return _WEIGHTS / name
