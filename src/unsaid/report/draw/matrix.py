"""A table that is sorted by the name of a column, on the page; the terminal has the table by cue."""

from __future__ import annotations

from markupsafe import Markup

from unsaid.report.blocks import Matrix, Shown
from unsaid.report.draw.macros import macro

__all__ = ["page"]


def page(block: Matrix, shown: Shown) -> Markup | None:
    """Return the table; None where there is none."""
    found = block.matrix(shown)
    return macro("matrix_table", "_matrix.html.j2")(found) if found is not None else None
