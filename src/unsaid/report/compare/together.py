"""What sections show of several runs at once, beside the comparisons of two: on the page, in the terminal, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import RenderableType

from unsaid.estimates.compare.several import Recorded
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import by_name
from unsaid.report import draw
from unsaid.report.blocks import Shown
from unsaid.report.files.csv import Sheet
from unsaid.report.section import Section, Sections
from unsaid.report.standalone import Picture
from unsaid.report.terminal.table import plain
from unsaid.report.words.phrasing import Words

__all__ = ["Together", "document", "figures", "on_page", "sheets", "terminal", "together"]


@dataclass(frozen=True)
class Together:
    """What one protocol concludes over several runs.

    Attributes:
        protocol: its name.
        section: what a reader sees.
        estimates: what was concluded.
        why_not: why nothing can be; "" where something is.
    """

    protocol: str
    section: Section
    estimates: tuple[Estimate, ...]
    why_not: str = ""

    @property
    def words(self) -> Words:
        """Return what its quantities are called."""
        return by_name(*self.section.quantities)

    @property
    def shown(self) -> Shown:
        """Return what its blocks are made from."""
        return draw.shown_of(self.section, self.estimates, None)


def together(
    runs: Sequence[Recorded], asked: Mapping[str, Sequence[str]], sections: Sections, rng: np.random.Generator
) -> list[Together]:
    """Return what each protocol that can be drawn over several runs concludes over those that asked it.

    Args:
        runs: the first is the one that the others are set beside.
        asked: the label of each run -> the protocols that it asked.
        sections: by protocol.
        rng: the source of randomness.
    """
    found = []
    for name, section in sections.items():
        over = section.over_runs
        own = [run for run in runs if name in asked[run.label]]
        if over is None or not own:
            continue
        if len(own) < 2:
            why = f"Only {own[0].label} asked {name}: its own report shows what it found."
            found.append(Together(name, over.section, (), why))
            continue
        estimates = tuple(over.conclude(own, rng))
        known = any(each.value is not None for each in estimates)
        reasons = dict.fromkeys(each.reason for each in estimates)
        why = "" if known else f"{name}: nothing is drawn over these runs, for {'; '.join(reasons)}."
        found.append(Together(name, over.section, estimates, why))
    return found


def on_page(found: Sequence[Together]) -> list[draw.Drawn]:
    """Return the sections that have something to show on the page, with their drawn parts."""
    drawn = (draw.page(each.section, each.shown, each.words) for each in found if not each.why_not)
    return [each for each in drawn if each is not None]


def terminal(found: Sequence[Together]) -> Iterator[RenderableType]:
    """Yield the tables of each section with their notes, or the reason why there are none."""
    for each in found:
        if each.why_not:
            yield plain(each.why_not)
            continue
        yield plain(each.section.title, "bold")
        for table in draw.terminal(each.section, each.shown, each.words):
            yield from (*table, plain(""))


def sheets(found: Sequence[Together]) -> list[Sheet]:
    """Return every table, to be a file."""
    return [
        sheet
        for each in found
        for made in (draw.sheets, draw.numbers_sheets)
        for sheet in made(each.section, each.shown, each.words)
        if not each.why_not
    ]


def figures(found: Sequence[Together]) -> list[Picture]:
    """Return every chart, to be a file."""
    return [
        picture
        for each in found
        if not each.why_not
        for picture in draw.figures(each.section, each.shown, each.words)
    ]


def document(found: Sequence[Together]) -> list[dict[str, Any]]:
    """Return it as plain data."""
    return [
        {
            "protocol": each.protocol,
            "why_not": each.why_not,
            "estimates": [estimate.to_dict() for estimate in each.estimates],
        }
        for each in found
    ]
