"""Figures and text as a notebook displays them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from os import PathLike
from pathlib import Path

from markupsafe import Markup
from rich.console import Console, RenderableType
from rich.text import Text

from unsaid.errors import UnknownName
from unsaid.estimates.estimate import Estimate
from unsaid.report.files.figures import pictures
from unsaid.report.standalone import Picture, svg
from unsaid.report.words.text import visible
from unsaid.store.write import write_text

__all__ = ["Figure", "Figures", "figures", "fixed_width", "plain_text"]

_WIDTH = 100


@dataclass(frozen=True, repr=False)
class Figure:
    """A chart of the report that stands alone; a notebook displays it."""

    picture: Picture

    @property
    def svg(self) -> str:
        """Return the text of an SVG file, which needs nothing outside itself."""
        return svg(self.picture)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the SVG file, and return its path; `unsaid report RUN --figures DIR` writes PDF too.

        Raises:
            OSError: the file cannot be written.
        """
        write_text(Path(path), self.svg)
        return Path(path)

    def __repr__(self) -> str:
        return f"Figure({self.picture.name!r}: {visible(self.picture.title)})"

    def _repr_svg_(self) -> str:
        return self.svg


class Figures(dict[str, Figure]):
    """The charts of a report by name, in its order; a notebook displays them all."""

    def __missing__(self, name: str) -> Figure:
        raise UnknownName("figure", name, self)

    def __repr__(self) -> str:
        return (
            "\n".join(f"{name}: {visible(each.picture.title)}" for name, each in self.items()) or "no figures"
        )

    def _repr_html_(self) -> str:
        parts = (
            each.svg.partition("\n")[2] for each in self.values()
        )  # without the declaration of an XML file
        return "".join(f"<div>{part}</div>" for part in parts) or "<p>no figures</p>"


def figures(estimates: Sequence[Estimate]) -> Figures:
    """Return every chart that the report of these estimates has."""
    return Figures({picture.name: Figure(picture) for picture in pictures(estimates)})


def plain_text(parts: Sequence[str | RenderableType]) -> str:
    """Return what a terminal would show, without colours; controls in lines are spelt out."""
    sink = StringIO()
    # In a notebook a console would display what it prints, wherever its output goes.
    console = Console(file=sink, width=_WIDTH, highlight=False, color_system=None, force_jupyter=False)
    for part in parts:
        console.print(Text(visible(part)) if isinstance(part, str) else part)
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines())


def fixed_width(text: str) -> Markup:
    """Return text as a block of HTML whose columns stay under each other."""
    return Markup('<pre style="white-space: pre-wrap">{}</pre>').format(text)
