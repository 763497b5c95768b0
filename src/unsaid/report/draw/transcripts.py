"""Replies that are read one by one, on the page."""

from __future__ import annotations

from markupsafe import Markup

from unsaid.report.blocks import Shown, Transcripts
from unsaid.report.draw.macros import macro

__all__ = ["page"]


def page(block: Transcripts, shown: Shown) -> Markup | None:
    """Return the list, each reply folded; None where the section has nothing to list."""
    listed = block.listed(shown)
    return macro("transcripts")(block.heading, listed) if listed is not None else None
