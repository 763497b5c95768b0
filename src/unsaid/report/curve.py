"""A specification curve: every universe's headline in order of size, and below it the choices that gave it.

It follows the specification curves of the social sciences: the values stand above, and a row of marks for each choice
below. Horizontal positions are percentages, as in `report.charts`, so that the picture fills a phone and a wide screen
alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from unsaid.report.words.text import visible

__all__ = ["ChoiceAxis", "Column", "curve"]

_TOP, _HEIGHT, _ROW = 14, 190, 16  # pixels: above the values, the values, a row of choices
_LEFT, _RIGHT = 2.0, 98.0  # per cent of the width


@dataclass(frozen=True)
class Column:
    """One universe: its value from 0 to 1 with its interval, whether it is the reported one, and its choices."""

    value: float
    low: float | None
    high: float | None
    home: bool
    choices: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class ChoiceAxis:
    """An axis of choice: its name in `Column.choices`, its label, and the choices that get a line of marks."""

    axis: str
    label: str
    choices: tuple[str, ...]


def curve(title: str, columns: Sequence[Column], rows: Sequence[ChoiceAxis], words: str) -> Markup:
    """Return the picture as inline SVG.

    Args:
        title: what is plotted, for the text alternative.
        columns: the universes, in the order in which they are to stand.
        rows: the axes of choice.
        words: the text alternative.
    """
    step = (_RIGHT - _LEFT) / max(1, len(columns))
    places = [_LEFT + step * (number + 0.5) for number in range(len(columns))]
    parts = [_tick(share) for share in (0, 0.25, 0.5, 0.75, 1)]
    for place, column in zip(places, columns, strict=True):
        parts.append(_value(place, column))
    top = _TOP + _HEIGHT + 12
    for row in rows:
        parts.append(
            Markup('<text class="label" x="2%" y="{}">{}</text>').format(top + 12, visible(row.label))
        )
        top += _ROW + 4
        for choice in row.choices:
            parts.append(
                Markup('<text class="tick" x="2%" y="{}">{}</text>').format(top + 10, visible(choice))
            )
            top += _ROW - 2
            for place, column in zip(places, columns, strict=True):
                if (row.axis, choice) in column.choices:
                    parts.append(_mark(place, top + 3, column.home))
            top += _ROW - 4
        top += 4
    return Markup(
        '<svg class="chart curve" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    ).format(visible(f"{title}. {words}"), top + 4, Markup("").join(parts))


def _y(share: float) -> float:
    return round(_TOP + _HEIGHT * (1 - min(max(share, 0.0), 1.0)), 1)


def _tick(share: float) -> Markup:
    return Markup(
        '<line class="grid" x1="2%" x2="98%" y1="{0}" y2="{0}"/><text class="tick" x="2%" y="{1}">{2}%</text>'
    ).format(_y(share), _y(share) - 3, round(100 * share))


def _value(place: float, column: Column) -> Markup:
    parts = [Markup("")]
    if column.low is not None and column.high is not None:
        parts.append(
            Markup('<line class="thin" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>').format(
                f"{place:.2f}", _y(column.low), _y(column.high)
            )
        )
    drawn = (
        '<path class="diamond" d="M0-6.5 6.5 0 0 6.5-6.5 0z"/>'
        if column.home
        else '<circle class="dot" r="3"/>'
    )
    parts.append(
        Markup('<svg x="{}%" y="{}" overflow="visible" width="1" height="1">{}</svg>').format(
            f"{place:.2f}",
            _y(column.value),
            Markup(drawn),  # noqa: S704 - one of the two above
        )
    )
    return Markup("").join(parts)


def _mark(place: float, y: float, home: bool) -> Markup:
    return Markup('<line class="{0}" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"/>').format(
        "bar" if home else "thin", f"{place:.2f}", y - 4, y + 4
    )
