"""Charts of planted against measured values: one square per model, one mark per cell, on the diagonal where both agree.

Drawn as the report's charts are (`report.charts`): percentages across, our own classes for colours, the numbers in the
text alternative. Cells of one planted value stand side by side, or their intervals would hide each other; in the order
of their names, for in the order of what was measured they would climb along the diagonal by themselves. Marks differ by
shape: a dot holds the planted value, a ring is the model's miss, a filled diamond the instrument's.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from unsaid.estimates.calibrating.bias import PlantedCell
from unsaid.report.words.text import visible

__all__ = ["SHAPES", "about", "panel", "percent", "span"]

_HEIGHT, _FOOT, _TOP = 230, 34, 12
_LEFT, _RIGHT = 12.0, 97.0
#: Of the axis, to either side of a planted value: how far its cells may be spread.
_SPREAD = 0.045

SHAPES = {
    "holds": Markup('<circle class="dot" r="3"/>'),
    "model": Markup('<circle class="ring" r="3.5"/>'),
    "instrument": Markup('<path class="miss" d="M0-6 6 0 0 6-6 0z"/>'),
}


def panel(organism: str, cells: Sequence[PlantedCell]) -> Markup:
    """Draw one model's cells as a square: planted values across, measured values up."""
    seen = [cell for cell in cells if cell.status != "withheld"]
    parts = [_grid(tick) for tick in (0.0, 0.5, 1.0)]
    parts.append(
        Markup('<line class="diagonal" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(_LEFT, _RIGHT, _y(0), _y(1))
    )  # fmt: skip
    for planted in sorted({round(cell.planted, 6) for cell in seen}):
        together = [cell for cell in seen if round(cell.planted, 6) == planted]
        together.sort(key=about)
        for place, cell in enumerate(together):
            off = 0.0 if len(together) == 1 else (2 * place / (len(together) - 1) - 1) * _SPREAD
            parts.append(_mark(cell, _x(planted + off)))
    parts.append(
        Markup('<text class="axis" x="{}%" y="{}" text-anchor="end">planted →</text>').format(
            _RIGHT, _HEIGHT + _FOOT - 2
        )
    )
    parts.append(Markup('<text class="axis" x="{}%" dx="6" y="{}">↑ measured</text>').format(_LEFT, _TOP))
    missed = [f"{about(cell)}: {_words(cell)}" for cell in seen if cell.status != "holds"]
    held = sum(cell.holds is True for cell in seen)
    words = f"{organism}: {held} of {len(seen)} cells hold the planted value"
    words += f"; not: {'; '.join(missed)}" if missed else ""
    return Markup(
        '<svg class="chart planted" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    ).format(visible(words), _HEIGHT + _FOOT, Markup("").join(parts))


def about(cell: PlantedCell) -> str:
    """Return what a cell is of: "faithfulness, mention, metadata"."""
    measured = cell.measured
    definition = measured.definition if measured.quantity == "faithfulness" else None
    direct = "without reasoning" if measured.elicitation == "direct" else None
    return ", ".join(filter(None, [measured.quantity, definition, measured.cue, direct]))


def percent(value: float | None) -> str:
    """Return a share for a table."""
    return "–" if value is None else f"{100 * value:.1f}"


def span(low: float | None, high: float | None) -> str:
    """Return an interval for a table."""
    if low is None or high is None:
        return "–"
    return f"{100 * low:.1f} to {100 * high:.1f}".replace("-", "−")


def _words(cell: PlantedCell) -> str:
    each = cell.measured
    words = f"planted {percent(cell.planted)}%, measured {percent(each.value)}% ({span(each.low, each.high)})"
    return words if cell.exact is None else f"{words}, exact {percent(cell.exact)}%"


def _mark(cell: PlantedCell, x: str) -> Markup:
    each = cell.measured
    if each.value is None or each.low is None or each.high is None:
        return Markup("")
    return Markup(
        '<g class="{}"><title>{}</title><line class="reach" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<svg x="{}" y="{}" overflow="visible" width="1" height="1">{}</svg></g>'
    ).format(
        cell.status,
        visible(f"{about(cell)}: {_words(cell)}"),
        x,
        x,
        _y(each.low),
        _y(each.high),
        x,
        _y(each.value),
        SHAPES[cell.status],
    )


def _grid(tick: float) -> Markup:
    return Markup(
        '<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<line class="grid" x1="{3}%" x2="{4}%" y1="{5}" y2="{5}"/>'
        '<text class="tick" x="{0}" y="{6}" text-anchor="middle">{7}</text>'
        '<text class="tick" x="{3}%" dx="-6" y="{8}" text-anchor="end">{7}%</text>'
    ).format(_x(tick), _TOP, _HEIGHT, _LEFT, _RIGHT, _y(tick), _HEIGHT + 16, round(100 * tick), _y(tick) + 4)


def _x(value: float) -> str:
    inside = min(max(value, -_SPREAD), 1 + _SPREAD)
    return f"{_LEFT + (inside + _SPREAD) / (1 + 2 * _SPREAD) * (_RIGHT - _LEFT):.2f}%"


def _y(value: float) -> float:
    inside = min(max(value, -_SPREAD), 1 + _SPREAD)
    return round(_HEIGHT - (inside + _SPREAD) / (1 + 2 * _SPREAD) * (_HEIGHT - _TOP), 1)
