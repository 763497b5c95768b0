"""Pictures of intervals, on the page; the files hold the same pictures."""

from __future__ import annotations

from markupsafe import Markup

from unsaid.report.blocks import Forest, Shown
from unsaid.report.draw.macros import macro
from unsaid.report.standalone import Picture

__all__ = ["figures", "page"]


def page(block: Forest, shown: Shown) -> Markup | None:
    """Return the pictures side by side; None where there are none."""
    pictures = block.pictures(shown)
    return macro("charted")(pictures) if pictures else None


def figures(block: Forest, shown: Shown) -> list[Picture]:
    """Return the pictures, each to be a file."""
    return list(block.pictures(shown))
