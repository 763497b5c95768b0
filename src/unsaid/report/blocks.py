"""The blocks that a section is made of, and what they are made from. `unsaid.report.draw` has a file for each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity
from unsaid.report.along import Along
from unsaid.report.grid import Grid, Replies
from unsaid.report.run.matrix import Matrix as Glance
from unsaid.report.standalone import Picture
from unsaid.report.tables import Transcripts as Behind

T = TypeVar("T")

__all__ = [
    "ALL",
    "PAGE",
    "TERMINAL",
    "Block",
    "Curve",
    "Forest",
    "Listed",
    "Matrix",
    "Media",
    "Notes",
    "Numbers",
    "Reply",
    "Shown",
    "Strip",
    "Table",
    "Transcripts",
]

Medium = Literal["page", "terminal", "files"]
Media = frozenset[Medium]
PAGE: Media = frozenset({"page"})
TERMINAL: Media = frozenset({"terminal"})
ALL: Media = frozenset({"page", "terminal", "files"})


@dataclass(frozen=True)
class Shown:
    """What a block is made from.

    Attributes:
        estimates: those of the section's quantities, in the order of the run.
        records: the tidy table; None where only the numbers are at hand (the terminal, the files).
        behind: the transcripts that numbers may link to; None where there are none.
        replies: how many replies the transcript browser shows, from `grid.replies`.
        definition: what counts as said ("mention", "reliance"); None where nothing was judged.
        followed: the records of replies that followed from others; None where there are none, or not at hand.
    """

    estimates: tuple[Estimate, ...]
    records: pl.DataFrame | None = None
    behind: Behind | None = None
    replies: Replies = field(default_factory=dict)
    definition: str | None = None
    followed: pl.DataFrame | None = None
    _made: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[[Shown], T]) -> T:
        """Return what a function makes of this, made once however many blocks ask for it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def of(self, *quantities: Quantity) -> tuple[Estimate, ...]:
        """Return the estimates of some quantities, in their order."""
        names = {each.name for each in quantities}
        return tuple(each for each in self.estimates if each.quantity in names)


@dataclass(frozen=True)
class Notes:
    """Sentences.

    Attributes:
        say: the sentences; none where there is nothing to say.
        style: as paragraphs, in small type, or as a list.
        heading: stands over them; "" for none.
        where: the media that show them.
    """

    say: Callable[[Shown], Sequence[str]]
    style: Literal["plain", "key", "list"] = "plain"
    heading: str = ""
    where: Media = PAGE


@dataclass(frozen=True)
class Forest:
    """Pictures with a line for each row and its interval on it. They are on the page and among the figures."""

    pictures: Callable[[Shown], Sequence[Picture]]


@dataclass(frozen=True)
class Table:
    """A table that is read across.

    Attributes:
        grid: the table; None where there is no row for it.
        heading: stands over it on the page; "" for none.
        intro: a sentence between the heading and the table.
        fold: a table of more rows than this is folded on the page, under `summary`.
        summary: what the fold says.
        absent: stands in its place where it has no row; "" for nothing.
        file: the name of its CSV and Markdown file; "" where the numbers have a file already.
        where: the media that show it.
    """

    grid: Callable[[Shown], Grid | None]
    heading: str = ""
    intro: str = ""
    fold: int | None = None
    summary: str | Callable[[Shown], str] = "All rows"
    absent: str = ""
    file: str = ""
    where: Media = PAGE


@dataclass(frozen=True)
class Matrix:
    """A table that is sorted by the name of a column, each figure leading to its transcripts."""

    matrix: Callable[[Shown], Glance | None]


#: What a coordinate is, for its ticks.
Scale = Literal["share", "number", "letter"]


@dataclass(frozen=True)
class Curve:
    """Quantities along a coordinate: a line with its intervals for each model, elicitation and cue.

    Attributes:
        name: the name of its files.
        title: what is plotted.
        quantities: what stands on the vertical axis.
        along: the coordinate (`Estimate.at`) that stands on the horizontal one.
        across: the horizontal axis in words.
        scale: what the coordinate is: a share, whose ticks are percentages; a number; or the number of an option,
            from 1, whose ticks are letters.
    """

    name: str
    title: str
    quantities: tuple[Quantity, ...]
    along: str
    across: str
    scale: Scale = "share"


@dataclass(frozen=True)
class Strip:
    """A curve, and below it a row for each reply: darker where its chance is higher, in the terminal as bars.

    Attributes:
        curve: the mean over replies.
        walked: the chances along each reply; the last of its lines is drawn, and a file has all of them.
    """

    curve: Curve
    walked: Along


@dataclass(frozen=True)
class Reply:
    """A reply, or a pair of questions, in a list that is read.

    Attributes:
        about: the line that is seen before it is opened.
        said: a sentence over the texts; "" for none.
        texts: what is read, one below the other.
    """

    about: str
    said: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """Replies in a list: the first of them, and how many there are in all."""

    replies: tuple[Reply, ...]
    total: int


@dataclass(frozen=True)
class Transcripts:
    """Replies that are read one by one. They are on the page alone, for the terminal has no room for them."""

    heading: str
    listed: Callable[[Shown], Listed | None]


@dataclass(frozen=True)
class Numbers:
    """Every number of the section's quantities, with what is missing. Such a section claims them for itself.

    Attributes:
        caption: the table's caption.
        file: the name of its CSV and Markdown file.
        summary: what the fold says that it stands in on the page.
        cueless: what a number is about that is not about one cue.
        listed: the title of the table in the terminal; "" where the terminal has other tables of it.
    """

    caption: str
    file: str
    summary: str = "All numbers, with what is missing"
    cueless: str = "all cues"
    listed: str = ""


Block = Forest | Table | Matrix | Curve | Strip | Transcripts | Notes | Numbers
