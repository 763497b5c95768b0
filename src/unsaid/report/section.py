"""What a protocol shows: a section of the report, made of blocks that the report draws without knowing the protocol.

A protocol declares one `Section`. The report draws it on the page, in the terminal, as CSV and Markdown, and as
figures. A block (`unsaid.report.blocks`) holds pure functions of what is `Shown`; they return None or nothing where
there is nothing to show, and a section without anything to show is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates import QUANTITIES
from unsaid.estimates.compare.several import Recorded
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity, by_name
from unsaid.report.along import Along
from unsaid.report.blocks import Block, Numbers
from unsaid.report.first.hundred import Screened
from unsaid.report.first.kind import Kind
from unsaid.report.first.quoted import Quoted
from unsaid.report.words.subjects import Subject

__all__ = [
    "NO_PAPERS",
    "NO_SECTIONS",
    "Lead",
    "Outcomes",
    "OverRuns",
    "Paper",
    "Section",
    "Sections",
    "asks",
    "claims",
    "declared",
    "flat",
]


@dataclass(frozen=True)
class Paper:
    """A paper that a reader can open.

    Attributes:
        authors: "Turpin et al.".
        year: of publication.
        title: of the paper; "" where it is cited by its number alone.
        where: "arXiv:2305.04388".
        part: what of it is meant ("section 4"); "" for all of it.
        also: papers that are cited with it.
    """

    authors: str
    year: int
    title: str = ""
    where: str = ""
    part: str = ""
    also: tuple[Paper, ...] = ()

    @property
    def short(self) -> str:
        """Return what a list of protocols has room for: "Turpin et al. 2023, section 4"."""
        own = ", ".join(filter(None, (f"{self.authors} {self.year}", self.part)))
        return "; ".join([own, *(each.short for each in self.also)])

    @property
    def whole(self) -> str:
        """Return what "How to cite" says: authors, year, title and where it is."""
        own = ", ".join(filter(None, (f"{self.authors} {self.year}", self.title, self.where)))
        return "; ".join([own, *(each.whole for each in self.also)])


@dataclass(frozen=True)
class Lead:
    """A quantity that the headline tells.

    Attributes:
        quantity: which.
        words: the start of the sentence: "Correct replies that never say a value their answer needs".
        more: what stands at the end of the sentence, from the estimate and all others of the same subject; "" for
            nothing.
    """

    quantity: Quantity
    words: str
    more: Callable[[Estimate, Sequence[Estimate]], str] = lambda estimate, others: ""


@dataclass(frozen=True)
class Outcomes:
    """What replies of a protocol can be that a clean and a cued answer do not tell.

    Attributes:
        names: each outcome with the words that the browser's filter shows.
        of: the tidy table -> the outcomes of replies, by (*`estimates.pairs.KEY`, cue).
    """

    names: Mapping[str, str]
    of: Callable[[pl.DataFrame], Mapping[tuple[Any, ...], tuple[str, ...]]]


@dataclass(frozen=True)
class OverRuns:
    """What is shown of several runs set side by side: `unsaid compare` draws it where two runs or more asked for it.

    Attributes:
        section: what a reader sees; its quantities are those that `conclude` yields.
        conclude: what is concluded over the runs. The first of them is the one that the others are set beside. Where
            nothing can be, the estimates have no value and say why.
    """

    section: Section
    conclude: Callable[[Sequence[Recorded], np.random.Generator], list[Estimate]]


@dataclass(frozen=True)
class Section:
    """What a reader sees of a protocol.

    Attributes:
        title: over the section.
        question: what it asks, in a sentence or two.
        anchor: its name in a link ("#glance"); no two sections have the same.
        quantities: every quantity that may stand in it.
        blocks: what is shown, in this order.
        headline: what the headline tells of it.
        caveat: what must be said with it. It is shown with this section alone.
        menu: its name in the contents; the title where that is short.
        compared: whether clean and cued answers are compared, so that replays and placebos are controls.
        asks: the question over the page, where this protocol is the run's first; {who} stands for the model.
        quote: what is quoted beside its first screen, from the records and the subject; None for a pair of a clean
            and a cued reply, where there is one.
        quotes_followed: whether `quote` is also given the records of replies that followed from others.
        first: the quantities that stand on the first screen, each with its words.
        opening: what stands there of a subject where that is more than one quantity; None for nothing.
        more: sections that go with it, which other protocols may share.
        outcomes: what its replies can be, for the transcript browser; None where the general outcomes tell it.
        instead: sentences for the headline about a subject of whom no cue's influence was estimated.
        of_run: sentences for the headline about the whole run.
        along: what was measured along each reply's reasoning, for the transcript browser; None for nothing.
        over_runs: what is shown of several runs side by side; None for nothing.
    """

    title: str
    question: str
    anchor: str
    quantities: tuple[Quantity, ...] = ()
    blocks: tuple[Block, ...] = ()
    headline: tuple[Lead, ...] = ()
    caveat: str = ""
    menu: str = ""
    compared: bool = True
    asks: str = ""
    quote: Callable[[pl.DataFrame, Subject], Quoted | None] | None = None
    quotes_followed: bool = False
    first: tuple[Kind, ...] = ()
    opening: Callable[[Subject], Screened | None] | None = None
    more: tuple[Section, ...] = ()
    outcomes: Outcomes | None = None
    instead: Callable[[Subject], Sequence[str]] = lambda subject: ()
    of_run: Callable[[Sequence[Estimate]], Sequence[str]] = lambda estimates: ()
    along: Along | None = None
    over_runs: OverRuns | None = None

    @property
    def numbers(self) -> Numbers | None:
        """Return the table of all its numbers; None where they stand elsewhere on the page."""
        return next((block for block in self.blocks if isinstance(block, Numbers)), None)

    def every(self) -> Iterator[Quantity]:
        """Yield every quantity that its protocol may yield."""
        yield from self.quantities
        for section in self.more:
            yield from section.every()


#: The section of each protocol, by the name that `Estimate.protocol` has.
Sections = Mapping[str, Section]

NO_SECTIONS: Sections = MappingProxyType({})
NO_PAPERS: Mapping[str, Paper] = MappingProxyType({})


def flat(sections: Sections) -> list[Section]:
    """Return every section once, in the order in which the report shows them."""
    found: dict[str, Section] = {}
    for section in sections.values():
        for each in (section, *section.more):
            found.setdefault(each.anchor, each)
    return list(found.values())


def claims(sections: Sections) -> Mapping[str, str]:
    """Return quantity -> the anchor of the section that shows all numbers of it."""
    return {
        quantity.name: section.anchor
        for section in flat(sections)
        if section.numbers is not None
        for quantity in section.quantities
    }


#: Over a page of which no protocol says what it asks.
ASKS = "Does the reasoning of {who} say what moved the answers?"


def asks(sections: Sections, protocols: Sequence[str]) -> str:
    """Return the question over the page: that of the first protocol of the run that asks one.

    Args:
        sections: by protocol.
        protocols: of the run, in its order.
    """
    return next((sections[name].asks for name in protocols if name in sections and sections[name].asks), ASKS)


def declared(sections: Sections) -> Mapping[str, Quantity]:
    """Return every quantity that a report has words for, by name: the general ones and those of the sections."""
    return by_name(
        *QUANTITIES.values(), *(quantity for section in flat(sections) for quantity in section.quantities)
    )
