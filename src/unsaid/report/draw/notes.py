"""Sentences on the page and in the terminal."""

from __future__ import annotations

from markupsafe import Markup
from rich.console import RenderableType

from unsaid.report.blocks import Notes, Shown
from unsaid.report.draw.macros import macro
from unsaid.report.terminal.table import plain

__all__ = ["page", "terminal"]


def page(block: Notes, shown: Shown) -> Markup | None:
    """Return the sentences as paragraphs or a list; None where there are none."""
    said = block.say(shown)
    return macro("notes")(block.heading, said, block.style) if said else None


def terminal(block: Notes, shown: Shown) -> list[RenderableType]:
    """Return the sentences as dim lines, to stand under the table before them."""
    return [plain(sentence, "dim") for sentence in block.say(shown)]
