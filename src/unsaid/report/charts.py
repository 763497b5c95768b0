"""Charts as inline SVG that follow the page's theme and width.

Drawn by hand, not by a plotting library: horizontal positions are percentages, so a chart fills a
360-pixel phone and a wide screen alike with text that stays its size; colours are the page's CSS
classes, so dark mode and print need no second picture; and each chart costs a few hundred bytes. Marks
differ by shape before colour, and each chart carries its numbers as a text alternative.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from unsaid.report.words.text import visible

Shape = Literal["dot", "ring", "diamond", "square", "triangle"]

_LEFT, _RIGHT = 2.0, 98.0  # per cent of the width that the axis spans
_HEAD, _MARK, _GAP, _FOOT = 24, 14, 12, 30  # pixels: a line's words, one mark, between lines, the axis
_HIGH = 260  # pixels: the height of a curve
_ASIDE = (
    0.5  # per cent of the width: how far the lines of a curve are moved, so that intervals do not overlap
)


#: Letters of a label that leave a 360-pixel phone room for n and an interval on the same line. The label
#: alone decides, so that the rows of two charts of the same cues line up.
_LONG, _LINE = 17, 16
_ROOM, _LINES = (
    40,
    3,
)  # letters that such a phone has room for in a line, and lines of a label before it is cut
_NEAR = (
    0.03  # of an axis: closer than this in both, two discs overlap so far that one hides the other's number
)


@dataclass(frozen=True)
class Mark:
    """A value with its interval; `words` name it in the text alternative."""

    shape: Shape
    value: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Line:
    """A row of a strip chart: what it is about, the value in words, its marks (none where withheld)."""

    label: str
    aside: str
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Point:
    """A point of a scatter, numbered as in the list beside it."""

    x: Mark
    y: Mark
    label: str


@dataclass(frozen=True)
class Trace:
    """A line of a curve: its label, and a mark at each position; None breaks the line where nothing is known."""

    label: str
    marks: tuple[tuple[float, Mark | None], ...]


def strips(
    title: str, lines: Sequence[Line], room: int = 1, ticks: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)
) -> Markup:
    """Draw a forest plot: one line per row, its words above its interval, over a common axis.

    Args:
        title: what is plotted, for the text alternative.
        lines: the rows.
        room: marks that every row leaves room for, so that the rows of charts side by side line up.
        ticks: the axis, from its first to its last.
    """
    low, high = min(ticks), max(ticks)
    parts: list[Markup] = []
    top = 0
    for line in lines:
        parts.append(_words(line, top))
        below = top + _head(line)
        for place, mark in enumerate(line.marks):
            parts.append(_strip(mark, below + place * _MARK + _MARK // 2, low, high))
        top = below + max(len(line.marks), room) * _MARK + _GAP
    grid = [_grid(tick, low, high, top) for tick in ticks]
    return _figure(title, _alternative(lines), top + _FOOT, [*grid, *parts])


def scatter(title: str, points: Sequence[Point], axes: tuple[str, str]) -> Markup:
    """Draw two quantities from 0 to 100%, with the intervals of each as a cross. Points are numbered."""
    height, foot = 300, 44
    parts = [_grid(tick, 0, 1, height) for tick in (0, 0.25, 0.5, 0.75, 1)]
    for tick in (0, 0.5, 1):
        y = _y(tick, height)
        parts.append(Markup('<line class="grid" x1="2%" x2="98%" y1="{0}" y2="{0}"/>').format(y))
        parts.append(
            Markup('<text class="tick" x="2%" dx="4" y="{}">{}%</text>').format(y - 4, round(100 * tick))
        )
    parts += [_cross(point, height) for point in points]
    parts += [_numbered(numbers, points[numbers[0] - 1], height) for numbers in _together(points)]
    across, up = axes
    parts.append(
        Markup('<text class="axis" x="98%" y="{}" text-anchor="end">{} →</text>').format(height + 38, across)
    )
    parts.append(Markup('<text class="axis" x="2%" y="{}">↑ {}</text>').format(height + 38, up))
    words = "; ".join(f"{number} {p.label}: {p.x.words}, {p.y.words}" for number, p in enumerate(points, 1))
    return _figure(title, words, height + foot, parts)


def curves(
    title: str, traces: Sequence[Trace], across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]
) -> Markup:
    """Draw lines over a common axis, each mark with its interval. A line breaks where a value is not known.

    Args:
        title: what is plotted, for the text alternative.
        traces: the lines.
        across: the ticks of the horizontal axis, each with its words, from its first to its last.
        up: those of the vertical axis.
    """
    parts: list[Markup] = []
    for tick, words in across:
        anchor = "start" if tick == across[0][0] else "end" if tick == across[-1][0] else "middle"
        parts.append(
            Markup(
                '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
                '<text class="tick" x="{0}" y="{2}" text-anchor="{3}">{4}</text>'
            ).format(_x(tick, across[0][0], across[-1][0]), _HIGH, _HIGH + 16, anchor, visible(words))
        )
    for tick, words in up:
        parts.append(
            Markup(
                '<line class="grid" x1="2%" x2="98%" y1="{0}" y2="{0}"/>'
                '<text class="tick" x="2%" dx="4" y="{1}">{2}</text>'
            ).format(_up(tick, up), _up(tick, up) - 4, visible(words))
        )
    ends = (across[0][0], across[-1][0])
    parts += [_trace(trace, number, ends, up) for number, trace in enumerate(traces)]
    alternative = "; ".join(
        f"{trace.label}: {', '.join(mark.words for _, mark in trace.marks if mark) or 'nothing is known'}"
        for trace in traces
    )
    return _figure(title, alternative, _HIGH + _FOOT, parts)


def _trace(trace: Trace, number: int, ends: tuple[float, float], up: Sequence[tuple[float, str]]) -> Markup:
    """The intervals, the segments between marks that follow each other, and then the marks."""
    bars, segments, marks = [Markup("")], [Markup("")], [Markup("")]
    before: tuple[str, float] | None = None
    for place, mark in trace.marks:
        if mark is None:
            before = None
            continue
        x, y = _x(place, *ends, aside=number * _ASIDE), _up(mark.value, up)
        if mark.low is not None and mark.high is not None:
            line = Markup('<line class="thin" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>')
            bars.append(line.format(x, _up(mark.low, up), _up(mark.high, up)))
        if before is not None:
            line = Markup('<line class="bar {}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
            segments.append(line.format(mark.shape, *before, x, y))
        marks.append(_shape(mark.shape, x, y))
        before = (x, y)
    return Markup("").join([*bars, *segments, *marks])


def _up(value: float, up: Sequence[tuple[float, str]]) -> float:
    low, high = up[0][0], up[-1][0]
    share = (min(max(value, low), high) - low) / (high - low)
    return round(_HIGH - share * (_HIGH - 20), 1)


def _figure(title: str, words: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" role="img" aria-label="{}" width="100%" height="{}">{}</svg>').format(
        visible(f"{title}. {words}"), height, Markup("").join(parts)
    )


def _alternative(lines: Sequence[Line]) -> str:
    return "; ".join(
        f"{line.label}: {', '.join(mark.words for mark in line.marks) or line.text}" for line in lines
    )


def _head(line: Line) -> int:
    """The height of a line's words: a long label has lines of its own, or it would overlap on a phone."""
    label = _label(line)
    return _HEAD + (_LINE * len(label) if len(label[0]) > _LONG else 0)


def _label(line: Line) -> list[str]:
    """A label in lines that fit a phone; the whole of it stands in the text alternative and in the table."""
    return textwrap.wrap(visible(line.label), _ROOM, max_lines=_LINES, placeholder=" …") or [""]


def _words(line: Line, top: int) -> Markup:
    aside = Markup(' <tspan class="aside">{}</tspan>').format(visible(line.aside)) if line.aside else ""
    *before, last = _label(line)
    parts = [
        Markup('<text class="label" x="2%" y="{}">{}{}</text>').format(top + 16 + _LINE * place, words, end)
        for place, (words, end) in enumerate([*((words, "") for words in before), (last, aside)])
    ]
    parts.append(
        Markup('<text class="figure" x="98%" y="{}" text-anchor="end">{}</text>').format(
            top + _head(line) - 8, visible(line.text)
        )
    )
    return Markup("").join(parts)


def _strip(mark: Mark, y: int, low: float, high: float) -> Markup:
    parts = [Markup("")]
    if mark.low is not None and mark.high is not None:
        parts.append(
            Markup('<line class="bar {0}" x1="{1}" x2="{2}" y1="{3}" y2="{3}"/>').format(
                mark.shape, _x(mark.low, low, high), _x(mark.high, low, high), y
            )
        )
    parts.append(_shape(mark.shape, _x(mark.value, low, high), y))
    return Markup("").join(parts)


def _shape(shape: Shape, x: str, y: float) -> Markup:
    """The mark at a percentage: a nested svg carries the percentage, since paths know only numbers."""
    drawn = {
        "dot": '<circle class="dot" r="4.5"/>',
        "ring": '<circle class="ring" r="4"/>',
        "diamond": '<path class="diamond" d="M0-5.5 5.5 0 0 5.5-5.5 0z"/>',
        "square": '<path class="square" d="M-4-4H4V4H-4z"/>',
        "triangle": '<path class="triangle" d="M-5 4.5H5L0-4.5z"/>',
    }[shape]
    return Markup('<svg x="{}" y="{}" overflow="visible" width="1" height="1">{}</svg>').format(
        x,
        y,
        Markup(drawn),  # noqa: S704 - one of the five above
    )


def _grid(tick: float, low: float, high: float, height: int) -> Markup:
    anchor = "start" if tick == low else "end" if tick == high else "middle"
    return Markup(
        '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="tick" x="{0}" y="{2}" text-anchor="{3}">{4}%</text>'
    ).format(_x(tick, low, high), height, height + 16, anchor, round(100 * tick))


def _cross(point: Point, height: int) -> Markup:
    parts = [Markup("")]
    x, y = point.x, point.y
    if x.low is not None and x.high is not None:
        parts.append(
            Markup('<line class="thin" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>').format(
                _x(x.low, 0, 1), _x(x.high, 0, 1), _y(y.value, height)
            )
        )
    if y.low is not None and y.high is not None:
        parts.append(
            Markup('<line class="thin" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
                _x(x.value, 0, 1), _y(y.low, height), _y(y.high, height)
            )
        )
    return Markup("").join(parts)


def _together(points: Sequence[Point]) -> list[list[int]]:
    """The points' numbers; those that would lie on top of each other share a disc, or one would hide the other."""
    shared: list[list[int]] = []
    for number, point in enumerate(points, 1):
        for numbers in shared:
            first = points[numbers[0] - 1]
            if max(abs(first.x.value - point.x.value), abs(first.y.value - point.y.value)) < _NEAR:
                numbers.append(number)
                break
        else:
            shared.append([number])
    return shared


def _numbered(numbers: Sequence[int], point: Point, height: int) -> Markup:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    words = ", ".join(parts)
    return Markup(
        '<svg x="{}" y="{}" overflow="visible" width="1" height="1"><circle class="disc" r="{:g}"/>'
        '<text class="inside" y="4" text-anchor="middle">{}</text></svg>'
    ).format(
        _x(point.x.value, 0, 1),
        _y(point.y.value, height),
        9 if len(words) < 3 else 3.5 + 2.2 * len(words),
        words,
    )


def _x(value: float, low: float, high: float, aside: float = 0.0) -> str:
    share = (min(max(value, low), high) - low) / (high - low)
    return f"{_LEFT + share * (_RIGHT - _LEFT) + aside:.2f}%"


def _y(value: float, height: int) -> float:
    return round(height - min(max(value, 0.0), 1.0) * (height - 20), 1)


__all__ = ["Line", "Mark", "Point", "Shape", "Trace", "curves", "scatter", "strips"]
