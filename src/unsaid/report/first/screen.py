"""What a reader sees first: one picture, two sentences that name the model, and one pair of transcripts.

Everything else that was found stands right below it, in the details. A `FirstScreen` is made for each subject (a
model, an elicitation, a kind of target) and for each kind of headline that the run has: what a cue moves, and what the
sections of its protocols declare. Of many subjects the `SHOWN` with the largest figures are shown, and the
page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from unsaid.estimates.estimate import Estimate
from unsaid.report.first.cued import cued, sentences
from unsaid.report.first.hundred import Hundred
from unsaid.report.first.quote import Quoted
from unsaid.report.first.shares import UNCONDITIONAL, of_kind
from unsaid.report.section import NO_SECTIONS, Sections, flat
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
        quoted: a pair or a reply behind the picture, or why there is none; None beside another screen that has it.
    """

    picture: Hundred
    sentences: tuple[str, ...]
    subject: Subject
    quoted: Quoted | None = None

    @property
    def level(self) -> str:
        """The level of the intervals in words; "" where there is none or they differ."""
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
        """Whose screen is the first; None where there is none."""
        return self.screens[0].subject if self.screens else None

    def with_quote(self, quoted: Quoted | None) -> First:
        """The same, with a quote beside the first screen."""
        if quoted is None or not self.screens:
            return self
        leading = self.screens[0]
        share = leading.picture.shares[0]
        if quoted.lines and leading.picture.nested and share.value is not None and (share.low or 0) <= 0:
            quoted = replace(quoted, rule=f"{quoted.rule} {_CHANCE}")
        return replace(self, screens=(replace(leading, quoted=quoted), *self.screens[1:]))


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


def _by_kind(who: Sequence[Subject], sections: Sections) -> Iterator[list[FirstScreen]]:
    moved = [(subject, picture) for subject in who if (picture := cued(subject)) is not None]
    yield [FirstScreen(picture, sentences(picture, subject), subject) for subject, picture in moved]
    for name, section in sections.items():
        own = [each for each in who if not moved or any(row.protocol == name for row in each.rows)]
        made = [(each, section.opening(each) if section.opening is not None else None) for each in own]
        yield [FirstScreen(*screen, subject) for subject, screen in made if screen is not None]
    kinds = [kind for section in flat(sections) for kind in section.first]
    for kind in kinds if moved else [UNCONDITIONAL, *kinds]:
        found = [(subject, of_kind(subject, kind)) for subject in who]
        yield [FirstScreen(*screen, subject) for subject, screen in found if screen is not None]


def _size(screen: FirstScreen) -> float:
    """The largest figure leads, or the largest change from one bar to the next; a withheld one comes last."""
    values = [share.value for share in screen.picture.shares]
    if screen.picture.changed and None not in values:
        return max(value or 0.0 for value in values) - min(value or 0.0 for value in values)
    share = screen.picture.shares[0]
    if not share.number:
        return -1.0
    return share.value if share.value is not None else max(share.ticks)
