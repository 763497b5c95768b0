"""The picture of the first screen: what happens to 100 answers, as bars that show where they are uncertain.

A `Share` is one bar. It is filled up to the interval's lower end and striped along the interval, so that a wide
interval looks uncertain before anybody reads its numbers. A share without a value is an empty, dashed bar, and its
reason stands beside it. Two shares that belong together (`Hundred.nested`) are drawn as one picture: the second bar
shows the filled part of the first at full width.

The words are HTML, so that they wrap on a phone; the bars are SVG whose positions are percentages and whose colours
are CSS classes. What is filled, striped or empty is told apart without colour, and
the bars carry all the words as a text alternative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from unsaid.report.words.text import visible
from unsaid.statistics.level import LEVEL

__all__ = ["Hundred", "Screened", "Share", "bars", "of_hundred"]

_BAR, _GAP, _EDGE = 30, 26, 4  # pixels: a bar, what joins it to the next, room for the mark of its value


@dataclass(frozen=True)
class Share:
    """One bar: how many of 100, in words and as numbers.

    Attributes:
        of: what the 100 are: "Of 100 answers that a cue could move".
        part: what the filled part is: "moved beyond chance".
        rest: what the others are; "" where nothing can be said of them.
        value: the share, from 0 to 1; None where it is withheld, refused, or a range.
        low: the interval's lower end; of a range, that of its lowest reading.
        high: the interval's upper end; of a range, that of its highest reading.
        ticks: the values of a range, each marked on the bar; none where there is one value.
        level: the interval's nominal coverage.
        basis: what the share rests on: "359 pairs, 60 questions".
        reason: why there is no value; "" where there is one.
        notes: sentences that withhold, correct or qualify the number, to stand right beside it.
    """

    of: str
    part: str
    rest: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    ticks: tuple[float, ...] = ()
    level: float = LEVEL
    basis: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """Return how many of 100: "79", or "14 to 62" for a range; "" where there is no value."""
        if self.ticks:
            return _ends(min(self.ticks), max(self.ticks))
        return "" if self.value is None else of_hundred(self.value)

    @property
    def interval(self) -> str:
        """Return the interval in the same unit: "73 to 84"; of a range, its outermost ends; "" where there is none."""
        if not self.number or self.low is None or self.high is None:
            return ""
        if self.ticks and (self.low, self.high) == (min(self.ticks), max(self.ticks)):
            return ""
        level = "" if self.level == LEVEL else f", at {100 * self.level:g}%"
        return _ends(self.low, self.high) + level

    @property
    def remainder(self) -> str:
        """Return how many of 100 the others are; "" where they cannot be counted."""
        if not self.rest or (self.value is not None and self.value < 0):
            return ""
        if self.ticks:
            return _ends(1 - max(self.ticks), 1 - min(self.ticks))
        return "" if self.value is None else of_hundred(1 - self.value)

    @property
    def words(self) -> str:
        """Return all of it as text: what a reader who does not see the bar is told."""
        if not self.number:
            return f"{self.of}: how many {self.part} cannot be said, because {self.reason}"
        interval = f" (interval {self.interval})" if self.interval else ""
        number = self.number.replace(" to ", "% to ") + "%"
        rest = f", {self.remainder} {self.rest}" if self.remainder else ""
        why = f". {self.reason}" if self.reason else ""
        return f"{self.of}: {number} {self.part}{interval}{rest}{why}"


@dataclass(frozen=True)
class Hundred:
    """The picture.

    Attributes:
        about: whose answers.
        shares: the bars, from the top.
        nested: whether the second bar is the filled part of the first.
        changed: whether the second bar is what became of the first.
    """

    about: str
    shares: tuple[Share, ...]
    nested: bool = False
    changed: bool = False

    @property
    def joined(self) -> bool:
        """Return whether there is a filled part for the second bar to show, and something known of it."""
        if not self.nested or len(self.shares) != 2 or not self.shares[1].number:
            return False
        outer = self.shares[0]
        return (outer.value or 0.0) > 0 and (outer.low is None or outer.low > 0)

    @property
    def drawn(self) -> tuple[Hundred, ...]:
        """Return what is drawn in one piece: both bars where they are joined, else each bar alone."""
        return (self,) if self.joined else tuple(Hundred("", (share,)) for share in self.shares)

    @property
    def words(self) -> str:
        """Return the picture as text: every number with its percent, for the text alternative."""
        return " ".join(f"{share.words.rstrip('.')}." for share in self.shares)


#: A picture, and at most two sentences that say it.
Screened = tuple[Hundred, tuple[str, ...]]


def of_hundred(value: float) -> str:
    """Return a share as a count out of 100: "79"; "under 1" and "over 99" where rounding would claim none or all."""
    if 0 < value < 0.005:
        return "under 1"
    if 0.995 < value < 1:
        return "over 99"
    whole = round(100 * value)
    return str(whole) if whole >= 0 else f"\N{MINUS SIGN}{-whole}"


def bars(picture: Hundred, number: str = "1") -> Markup:
    """Return the bars of a picture as one SVG.

    Args:
        picture: what is drawn.
        number: tells the patterns of this picture from those of another one on the page.
    """
    parts: list[Markup] = [_patterns(number)]
    top = _EDGE
    for place, share in enumerate(picture.shares):
        if place:
            parts.append(_join(picture.shares[0].value or 0.0, top))
            top += _GAP
        parts.append(_bar(share, "part outer" if picture.joined and not place else "part", top, number))
        top += _BAR
    return Markup(
        '<svg class="chart hundred{}" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    ).format(" joined" if picture.joined else "", visible(picture.words), top + _EDGE, Markup("").join(parts))


def _bar(share: Share, kind: str, top: int, number: str) -> Markup:
    if share.low is None and share.value is None:
        return _rect("unknown", 0, 1, top)
    low = share.low if share.low is not None else share.value or 0.0
    high = share.high if share.high is not None else share.value or 0.0
    parts = [_rect("blank", 0, 1, top)]
    parts.append(_rect(kind, 0, low, top))
    parts.append(_rect("doubt", max(low, 0.0), high, top, f"url(#doubt-{number})"))
    parts.append(_rect("frame", 0, 1, top))
    ticks = share.ticks or ((share.value,) if share.value is not None else ())
    return Markup("").join([*parts, *(_tick(tick, top) for tick in ticks)])


def _rect(kind: str, start: float, end: float, top: int, fill: str = "") -> Markup:
    start, end = (min(max(each, 0.0), 1.0) for each in (start, end))
    if end <= start:
        return Markup("")
    painted = Markup(' fill="{}"').format(fill) if fill else ""
    return Markup('<rect class="{}{}" x="{:.2f}%" width="{:.2f}%" y="{}" height="{}"{}/>').format(
        kind, " patterned" if fill else "", 100 * start, 100 * (end - start), top, _BAR, painted
    )


def _tick(value: float, top: int) -> Markup:
    at = 100 * min(max(value, 0.0), 1.0)
    return Markup('<line class="at" x1="{0:.2f}%" x2="{0:.2f}%" y1="{1}" y2="{2}"/>').format(
        at, top - _EDGE, top + _BAR + _EDGE
    )


def _join(value: float, top: int) -> Markup:
    """The filled part of the bar above, widened to the bar below: a box of its own, whose corners are numbers."""
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 10" preserveAspectRatio="none">'
        '<path class="join" d="M0 0H{:.2f}L100 10H0z"/></svg>'
    ).format(top + _EDGE, _GAP - 2 * _EDGE, 100 * min(max(value, 0.0), 1.0))


def _patterns(number: str) -> Markup:
    """Stripes for what is uncertain: told apart from what is filled in black and white too."""
    return Markup(
        '<defs><pattern id="doubt-{0}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="blank" width="7" height="7"/>'
        '<rect class="stripe" width="3" height="7"/></pattern></defs>'
    ).format(number)


def _ends(low: float, high: float) -> str:
    ends: Sequence[str] = (of_hundred(low), of_hundred(high))
    return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else ends[0]
