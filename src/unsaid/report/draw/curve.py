"""Quantities along a coordinate: a chart and a table on the page, a table in the terminal, and files of each."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from unsaid.estimates.estimate import Estimate
from unsaid.questions.question import LETTERS
from unsaid.report.blocks import Curve, Shown
from unsaid.report.charts import Mark, Shape, Trace, curves
from unsaid.report.draw.macros import macro
from unsaid.report.draw.table import fitted
from unsaid.report.files.csv import Sheet
from unsaid.report.grid import Cell, Grid
from unsaid.report.standalone import Picture
from unsaid.report.terminal.table import Fitted
from unsaid.report.words.grouping import together
from unsaid.report.words.phrasing import Words, brief, interval_text, measure, value_text

__all__ = ["figures", "page", "sheets", "terminal"]

#: The shapes of the lines of one chart, and how a key shows them. More lines than these have a chart of their own.
_SHAPES: dict[Shape, str] = {"dot": "●", "ring": "○", "square": "□", "diamond": "◇", "triangle": "▲"}
#: How far a difference of proportions may lie from 0, for the axis.
_REACH = (0.1, 0.25, 0.5, 1.0)
#: More positions than this do not get a tick each.
_TICKS = 7

_Lines = Sequence[tuple[str, Sequence[tuple[float, Estimate]]]]


def page(block: Curve, shown: Shown, words: Words) -> Markup | None:
    """Return the chart with its numbers folded below; the reasons where none is known; None where none is there."""
    lines = _lines(block, shown, words)
    if not lines:
        return None
    pictures = _pictures(block, lines, words)
    grid = _grid(block, lines)
    if not pictures:
        reasons = dict.fromkeys(brief(each) for _, points in lines for _, each in points)
        return macro("absent")(block.title, f"No point of it is known: {'; '.join(reasons)}.")
    table = macro("table")("", "", grid, f"{block.title}: the numbers")
    return macro("charted")(pictures) + table


def terminal(block: Curve, shown: Shown, words: Words) -> list[Fitted]:
    """Return a row for each position and a column for each line."""
    lines = _lines(block, shown, words)
    return [fitted(_grid(block, lines))] if lines else []


def sheets(block: Curve, shown: Shown, words: Words) -> list[Sheet]:
    """Return a row for each number, with its position."""
    lines = _lines(block, shown, words)
    if not lines:
        return []
    about = ("model", "cue", "elicitation", "definition", "quantity")
    numbers = ("value", "low", "high", "n", "missing", "reason")
    header = (*about, "line", block.along, *numbers)
    raw = [
        [
            *(getattr(each, name) for name in about),
            label,
            place,
            *(getattr(each, name) for name in numbers),
        ]
        for label, points in lines
        for place, each in points
    ]
    readable = [
        [label, _place(block, place), value_text(each), interval_text(each), f"{each.n:,}"]
        for label, points in lines
        for place, each in points
    ]
    return [
        Sheet(
            block.name,
            block.title,
            (header, raw),
            (("line", block.along, "value", "95% interval", "n"), readable),
        )
    ]


def figures(block: Curve, shown: Shown, words: Words) -> list[Picture]:
    """Return the charts, each to be a file."""
    return _pictures(block, _lines(block, shown, words), words)


def _lines(block: Curve, shown: Shown, words: Words) -> _Lines:
    """Return the estimates by what they are about besides the coordinate, each line in the order of the coordinate."""
    chosen = [
        (place, each)
        for each in shown.of(*block.quantities)
        if isinstance(place := each.at.get(block.along), float)
    ]
    facets = [_facets(block, each, words) for _, each in chosen]
    differ = [name for name in (facets[0] if facets else ()) if len({each[name] for each in facets}) > 1]
    labelled = (
        (" · ".join(filter(None, (of[name] for name in differ))) or block.title, pair)
        for of, pair in zip(facets, chosen, strict=True)
    )
    return [(label, sorted(points, key=lambda pair: pair[0])) for label, points in together(labelled)]


def _facets(block: Curve, estimate: Estimate, words: Words) -> dict[str, str]:
    return {
        "measure": measure(estimate, words),
        "model": estimate.model,
        "elicitation": estimate.elicitation or "",
        "cue": estimate.cue or "all cues",
        "judge": estimate.judge or "",
        "rest": str(estimate.at.without(block.along)),
    }


def _pictures(block: Curve, lines: _Lines, words: Words) -> list[Picture]:
    if not any(each.value is not None for _, points in lines for _, each in points):
        return []
    places = sorted({place for _, points in lines for place, _ in points})
    across, up = _across(block, places), _upwards([each for _, points in lines for _, each in points])
    made = []
    size = len(_SHAPES)
    for number, start in enumerate(range(0, len(lines), size), 1):
        some = lines[start : start + size]
        traces = [
            Trace(label, tuple((place, _mark(block, place, each, shape)) for place, each in points))
            for (label, points), shape in zip(some, _SHAPES, strict=False)
        ]
        key = " \N{EN SPACE}".join(
            f"{sign} {label}" for (label, _), sign in zip(some, _SHAPES.values(), strict=False)
        )
        name = block.name if number == 1 else f"{block.name}-{number}"
        chart = curves(block.title, traces, across, up)
        notes = (f"Across: {block.across}. Lines are 95% intervals.",)
        made.append(Picture(name, block.title, key if len(lines) > 1 else "", chart, notes))
    return made


def _mark(block: Curve, place: float, estimate: Estimate, shape: Shape) -> Mark | None:
    if estimate.value is None:
        return None
    words = f"at {_place(block, place)} {value_text(estimate)} ({interval_text(estimate)}), n={estimate.n:,}"
    return Mark(shape, estimate.value, estimate.low, estimate.high, words)


def _across(block: Curve, places: Sequence[float]) -> list[tuple[float, str]]:
    """Return the ticks: from 0 to 1 for a share, every letter, else from the first place to the last."""
    if block.scale == "letter":
        return [(float(place), _place(block, place)) for place in range(1, max(2, int(places[-1])) + 1)]
    low, high = (0.0, 1.0) if block.scale == "share" else (places[0], places[-1])
    if low == high:
        low, high = low - 1, high + 1
    if len(places) <= _TICKS:
        ticks = sorted({low, *places, high})
    else:
        ticks = [low + (high - low) * part / 4 for part in range(5)]
    return [(tick, _place(block, tick)) for tick in ticks]


def _place(block: Curve, place: float) -> str:
    if block.scale == "letter":
        return LETTERS[int(place) - 1]
    return f"{100 * place:g}%" if block.scale == "share" else f"{place:g}"


def _upwards(estimates: Sequence[Estimate]) -> list[tuple[float, str]]:
    """Return the ticks: from 0 to 1 for proportions; for other units so far as the intervals reach."""
    ends = [end for e in estimates for end in (e.value, e.low, e.high) if end is not None]
    unit = estimates[0].unit
    if unit == "proportion":
        return [(part / 4, f"{25 * part}%") for part in range(5)]
    if unit == "points":
        far = max(map(abs, ends))
        reach = next((each for each in _REACH if far <= each), 1.0)
        low = -reach if min(ends) < 0 else 0.0
        return [
            (low + (reach - low) * part / 4, f"{100 * (low + (reach - low) * part / 4):+g}")
            for part in range(5)
        ]
    low, high = min(0.0, *ends), max(0.0, *ends)
    high = high if high > low else low + 1
    return [(low + (high - low) * part / 4, f"{low + (high - low) * part / 4:g}") for part in range(5)]


def _grid(block: Curve, lines: _Lines) -> Grid:
    """Return a row for each position and a column for each line; what was not asked there has a dash."""
    by_place: dict[float, dict[str, Estimate]] = {}
    for label, points in lines:
        for place, each in points:
            by_place.setdefault(place, {})[label] = each
    rows = tuple(
        (_place(block, place), tuple(_cell(of.get(label)) for label, _ in lines))
        for place, of in sorted(by_place.items())
    )
    columns = tuple(label for label, _ in lines)
    return Grid(f"{block.title}, with 95% intervals", (), columns, (("", rows),), block.along)


def _cell(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell("–")
    if estimate.value is None:
        why = brief(estimate)
        return Cell(why, "" if f"n={estimate.n}" in why else f"n={estimate.n:,}")
    return Cell(value_text(estimate), ", ".join(filter(None, (interval_text(estimate), f"n={estimate.n:,}"))))
