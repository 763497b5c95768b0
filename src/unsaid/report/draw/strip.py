"""A curve over all replies, and below it a strip: a row for each reply, darker where a chance is higher.

The rows are sorted by where the reply turns. In the terminal a row is a line of bars; a file has every value of every
reply. Where the replies are not at hand, the curve's numbers stand alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from markupsafe import Markup

from unsaid.report.along import Walked
from unsaid.report.blocks import Shown, Strip
from unsaid.report.draw import curve
from unsaid.report.draw.macros import macro
from unsaid.report.files.csv import Cell, Sheet
from unsaid.report.standalone import Picture
from unsaid.report.terminal.table import Column, Fitted
from unsaid.report.words.phrasing import Words
from unsaid.report.words.text import visible

__all__ = ["page", "rows", "sheets", "terminal"]

#: More rows than this are not drawn: of so many, evenly, in their order. In the terminal, of each arm.
MOST = 120
MOST_LINES = 12
#: The bars of a line in the terminal, how many there are, and what stands where nothing was measured.
_BARS, _ACROSS, _NOTHING = "▁▂▃▄▅▆▇█", 24, "·"
_ROW = 5
_LABEL = 20
#: Per cent of the width that the way along the text takes; the rest is the value after the last step.
_WIDTH, _END = 93.0, 7.0
#: Shades differ by at least this much, so that neighbours that look the same are one rectangle.
_SHADES = 20


def page(block: Strip, shown: Shown, words: Words) -> Markup | None:
    """Return the curve and the strip below it; the curve alone where the replies are not at hand."""
    above = curve.page(block.curve, shown, words)
    known = rows(block, shown)
    if above is None or not known:
        return above
    picture = Picture(
        f"{block.curve.name}-strip",
        f"{block.curve.title}, in every reply",
        "",
        _drawn(block, known),
        (
            f"Across: {block.curve.across}; at the right, after all of it. A row for each reply, darker where the "
            "chance is higher, sorted by where it turns (the mark).",
        ),
    )
    return above + macro("charted")([picture])


def terminal(block: Strip, shown: Shown) -> list[Fitted]:
    """Return a line for each reply: its chance along the text as bars, after all of it as a number, where it turns.

    Args:
        block: what is measured along them.
        shown: the records; nothing is returned where they are not at hand.
    """
    known = rows(block, shown)
    if not known:
        return []
    groups = tuple((_told(arm, replies, MOST_LINES), _lines(replies)) for arm, replies in known.items())
    columns = (Column("reply"), Column("along its text"), Column("at its end"), Column("turns at", spare=1))
    return [Fitted(f"{block.curve.title}, in every reply", columns, groups)]


def _lines(replies: Sequence[Walked]) -> tuple[tuple[str, ...], ...]:
    some = _thinned(replies, MOST_LINES)
    return tuple(
        (str(number), _bars(each), _percent(each.lines[-1].values[-1]), _turns(each))
        for number, each in enumerate(some, 1)
    )


def _bars(walked: Walked) -> str:
    """Return bars, each as high as the chance that was measured last before its middle."""
    values, last = walked.lines[-1].values, len(_BARS) - 1
    made = []
    for bar in range(_ACROSS):
        middle = (bar + 0.5) / _ACROSS
        value = values[sum(place <= middle for place in walked.places) - 1]
        made.append(_NOTHING if value is None else _BARS[round(value * last)])
    return "".join(made)


def _turns(walked: Walked) -> str:
    return "never" if walked.turn is None else _percent(walked.places[walked.turn])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def sheets(block: Strip, shown: Shown) -> list[Sheet]:
    """Return every value of every reply, one a row; nothing where the replies are not at hand.

    Args:
        block: what is measured along them.
        shown: the records.
    """
    known = _named(block, shown)
    if not known:
        return []
    header = ("reply", "arm", "chance of", "kept", "value", "turns at")
    raw: list[list[Cell]] = [
        [name, arm, line.name, place, value, None if each.turn is None else each.places[each.turn]]
        for arm, name, each in known
        for line in each.lines
        for place, value in zip(each.places, line.values, strict=True)
    ]
    readable = [
        [name, arm, line.name, _percent(place), _percent(value), _turns(each)]
        for arm, name, each in known
        for line in each.lines
        for place, value in zip(each.places, line.values, strict=True)
    ]
    title = f"{block.curve.title}, in every reply"
    return [Sheet(f"{block.curve.name}-replies", title, (header, raw), (header, readable))]


def rows(block: Strip, shown: Shown) -> Mapping[str, list[Walked]]:
    """Return the replies of each arm, sorted by where they turn, and by their chances where they never do.

    Args:
        block: what is measured along them.
        shown: the records.
    """
    found: dict[str, list[Walked]] = {}
    for arm, _, each in _named(block, shown):
        found.setdefault(arm, []).append(each)
    return found


def _named(block: Strip, shown: Shown) -> list[tuple[str, str, Walked]]:
    """Return the arm of each reply, its name, and what was measured along it, in the order of the rows."""
    if shown.records is None or shown.followed is None:
        return []
    walked = block.walked(pl.concat([shown.records, shown.followed]))
    arms = dict(shown.records.select("reply_id", "arm").iter_rows())
    found = [(arms.get(name) or "", name, walked[name]) for name in sorted(walked)]
    return sorted(found, key=lambda each: (each[0], _order(each[2])))


def _order(walked: Walked) -> tuple[float, tuple[float, ...]]:
    values = tuple(-(value or 0.0) for value in walked.lines[-1].values)
    turn = walked.turn
    if turn is None:
        turn = next((at for at, value in enumerate(values) if value <= -0.5), None)
    return (2.0 if turn is None else walked.places[turn], values)


def _drawn(block: Strip, known: Mapping[str, Sequence[Walked]]) -> Markup:
    parts: list[Markup] = []
    told: list[str] = []
    top = 0
    for arm, replies in known.items():
        some, label = _thinned(replies, MOST), _told(arm, replies, MOST)
        told.append(label)
        parts.append(
            Markup('<text class="label" x="0" y="{}">{}</text>').format(top + _LABEL - 6, visible(label))
        )
        top += _LABEL
        parts.append(_ground(top, len(some)))
        for walked in some:
            parts += _row(walked, top)
            top += _ROW
        top += 10
    words = f"{block.curve.title}, in every reply. {'; '.join(told)}. The numbers stand in the table of the curve."
    return Markup(
        '<svg class="chart strip" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    ).format(visible(words), top, Markup("").join(parts))


def _told(arm: str, replies: Sequence[Walked], most: int) -> str:
    more = f", {most} of them drawn" if most < len(replies) else ""
    return f"{arm}: {len(replies):,} repl{'y' if len(replies) == 1 else 'ies'}{more}"


def _thinned(replies: Sequence[Walked], most: int) -> Sequence[Walked]:
    if len(replies) <= most:
        return replies
    return [replies[round(at * (len(replies) - 1) / (most - 1))] for at in range(most)]


def _ground(top: int, count: int) -> Markup:
    return Markup('<rect class="ground" x="0" y="{}" width="100%" height="{}"/>').format(top, count * _ROW)


def _row(walked: Walked, top: int) -> Iterator[Markup]:
    """Yield a rectangle for each stretch of one shade, and the mark where the reply turns."""
    values = [0.0 if value is None else value for value in walked.lines[-1].values]
    starts = [_WIDTH * place for place in walked.places]
    ends = [*starts[1:-1], _WIDTH, _WIDTH + _END]
    stretches: list[tuple[float, float, int]] = []
    for start, end, value in zip(starts, ends, values, strict=True):
        shade = round(value * _SHADES)
        if stretches and stretches[-1][2] == shade:
            stretches[-1] = (stretches[-1][0], end, shade)
        else:
            stretches.append((start, end, shade))
    for start, end, shade in stretches:
        if shade:
            yield Markup(
                '<rect class="shade" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}" opacity="{:g}"/>'
            ).format(start, top, end - start, _ROW - 1, shade / _SHADES)
    if walked.turn is not None:
        yield Markup('<rect class="turn" x="{:.2f}%" y="{}" width="2" height="{}"/>').format(
            starts[walked.turn], top, _ROW - 1
        )
