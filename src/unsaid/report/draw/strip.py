"""A curve over all replies, and below it a strip: a row for each reply, darker where a chance is higher.

The rows are sorted by where the reply turns. In the terminal and in files the curve's numbers stand alone, for they
are at hand there without the replies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from markupsafe import Markup

from unsaid.report.along import Walked
from unsaid.report.blocks import Shown, Strip
from unsaid.report.draw import curve
from unsaid.report.draw.macros import macro
from unsaid.report.standalone import Picture
from unsaid.report.words.phrasing import Words
from unsaid.report.words.text import visible

__all__ = ["page", "rows"]

#: More rows than this are not drawn: of so many, evenly, in their order.
MOST = 120
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


def rows(block: Strip, shown: Shown) -> Mapping[str, list[Walked]]:
    """Return the replies of each arm, sorted by where they turn, and by their chances where they never do.

    Args:
        block: what is measured along them.
        shown: the records.
    """
    if shown.records is None or shown.followed is None:
        return {}
    walked = block.walked(pl.concat([shown.records, shown.followed]))
    arms = dict(shown.records.select("reply_id", "arm").iter_rows())
    found: dict[str, list[Walked]] = {}
    for name in sorted(walked):
        found.setdefault(arms.get(name) or "", []).append(walked[name])
    return {arm: sorted(found[arm], key=_order) for arm in sorted(found)}


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
        some = _thinned(replies)
        more = f", {len(some)} of them drawn" if len(some) < len(replies) else ""
        label = f"{arm}: {len(replies):,} replies{more}"
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


def _thinned(replies: Sequence[Walked]) -> Sequence[Walked]:
    if len(replies) <= MOST:
        return replies
    return [replies[round(at * (len(replies) - 1) / (MOST - 1))] for at in range(MOST)]


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
