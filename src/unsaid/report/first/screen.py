"""What a reader sees first: one picture, two sentences that name the model, and one pair of transcripts.

Everything else that was found stands right below it, in the details. A `FirstScreen` is made for each subject (a
model, an elicitation, a kind of target) and for each kind of headline that the run has: what a cue moves, and what the
sections of its protocols declare. Of many subjects the `SHOWN` with the largest figures are shown, and the
page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.report.first.cued import cued, sentences
from unsaid.report.first.hundred import Hundred
from unsaid.report.first.kind import Kind
from unsaid.report.first.quote import quoted
from unsaid.report.first.quoted import Quoted
from unsaid.report.first.shares import UNCONDITIONAL, of_kind
from unsaid.report.section import NO_SECTIONS, Section, Sections, flat
from unsaid.report.words.subjects import Subject, subjects

__all__ = ["SHOWN", "First", "FirstScreen", "first"]

#: So many subjects of one kind can be taken in at once.
SHOWN = 4
_CHANCE = "Answers moved no more often than chance may, so chance may have moved this one."


@dataclass(frozen=True)
class FirstScreen:
    """What is seen first of one subject.

    Attributes:
        picture: shares out of 100, with intervals.
        sentences: at most two, the first naming the model.
        subject: whose it is.
        section: the section that declares it; None for what cues move.
        quoted: a pair or a reply behind the picture, or why there is none; None beside another screen that has it.
    """

    picture: Hundred
    sentences: tuple[str, ...]
    subject: Subject
    section: Section | None = None
    quoted: Quoted | None = None

    @property
    def level(self) -> str:
        """Return the level of the intervals in words; "" where there is none or they differ."""
        levels = {share.level for share in self.picture.shares if share.interval}
        return f"{100 * next(iter(levels)):g}%" if len(levels) == 1 else ""


@dataclass(frozen=True)
class First:
    """The first screens of a run.

    Attributes:
        screens: in the order in which they are shown.
        left_out: says which subjects are not shown here; "" where all are.
    """

    screens: tuple[FirstScreen, ...]
    left_out: str = ""

    @property
    def subject(self) -> Subject | None:
        """Return whose screen is the first; None where there is none."""
        return self.screens[0].subject if self.screens else None

    def with_quotes(
        self, records: pl.DataFrame, judge: str | None, followed: pl.DataFrame | None = None
    ) -> First:
        """Return the same, with one quote beside the first screen of each section, and of what cues move.

        Args:
            records: the tidy table.
            judge: whose verdicts say what was unsaid.
            followed: the records of replies that followed from others, which a section may quote; None for none.
        """
        screens, seen = list(self.screens), set[str | None]()
        for at, screen in enumerate(self.screens):
            anchor = None if screen.section is None else screen.section.anchor
            if anchor in seen:
                continue
            seen.add(anchor)
            screens[at] = replace(screen, quoted=_quote(screen, records, followed, judge, leading=not at))
        return replace(self, screens=tuple(screens))


def first(estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS) -> First:
    """Return the first screens that the estimates support; none where they support no figure that leads.

    Args:
        estimates: of the run.
        sections: of the protocols that the estimates may be of.
    """
    shown: list[FirstScreen] = []
    left = 0
    for screens in _by_kind(subjects(estimates), sections):
        ordered = sorted(screens, key=_size, reverse=True)
        shown += ordered[:SHOWN]
        left += len(ordered[SHOWN:])
    rest = f"{left} more are in the details; the largest figures are shown here." if left else ""
    return First(tuple(shown), rest)


def _quote(
    screen: FirstScreen,
    records: pl.DataFrame,
    followed: pl.DataFrame | None,
    judge: str | None,
    *,
    leading: bool,
) -> Quoted | None:
    """What the section quotes, where it says what; a moved pair beside what cues move, and else beside the first."""
    section = screen.section
    if section is not None and section.quote is not None:
        more = [followed] if section.quotes_followed and followed is not None else []
        return section.quote(pl.concat([records, *more]), screen.subject)
    if section is not None and not leading:
        return None
    found, share = quoted(records, judge, screen.subject), screen.picture.shares[0]
    if found is None or not found.lines or not screen.picture.nested or share.value is None:
        return found
    return replace(found, rule=f"{found.rule} {_CHANCE}") if (share.low or 0) <= 0 else found


def _by_kind(who: Sequence[Subject], sections: Sections) -> Iterator[list[FirstScreen]]:
    moved = [(subject, picture) for subject in who if (picture := cued(subject)) is not None]
    yield [FirstScreen(picture, sentences(picture, subject), subject) for subject, picture in moved]
    for name, section in sections.items():
        own = [each for each in who if not moved or any(row.protocol == name for row in each.rows)]
        made = [(each, section.opening(each) if section.opening is not None else None) for each in own]
        yield [FirstScreen(*screen, subject, section) for subject, screen in made if screen is not None]
    kinds: list[tuple[Section | None, Kind]] = [] if moved else [(None, UNCONDITIONAL)]
    kinds += [(section, kind) for section in flat(sections) for kind in section.first]
    for own_section, kind in kinds:
        found = [(subject, of_kind(subject, kind)) for subject in who]
        yield [FirstScreen(*screen, subject, own_section) for subject, screen in found if screen is not None]


def _size(screen: FirstScreen) -> float:
    """The largest figure leads, or the largest change from one bar to the next; a withheld one comes last."""
    values = [share.value for share in screen.picture.shares]
    if screen.picture.changed and None not in values:
        return max(value or 0.0 for value in values) - min(value or 0.0 for value in values)
    share = screen.picture.shares[0]
    if not share.number:
        return -1.0
    return share.value if share.value is not None else max(share.ticks)
