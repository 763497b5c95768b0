"""A chart of the page as a picture that stands alone: an SVG file for a paper or a slide.

The page's charts take their colours, sizes and width from the page's style sheet, so on their own they
are black shapes without a width. Here each is laid out once: percentages become pixels of a fixed width,
classes become the light theme's colours, and what the page says around a chart (title, key, the names
behind numbered points) is drawn into it. What is left is five plain elements (line, circle, polygon,
text, tspan) with numbers for positions, which every program that reads SVG draws alike, and which
`unsaid.report.files.pdf` draws too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from unsaid.report.words.text import visible

__all__ = ["WIDTH", "Picture", "standalone", "svg"]

WIDTH = 720
_MARGIN = 20
_INNER = WIDTH - 2 * _MARGIN
_HEADING, _LINE = 75, 95  # characters that fit, in the widest of the fonts
_FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"

#: The light theme of static/report.css (a test holds the two together).
_COLOURS = {"paper": "#fdfdfb", "ink": "#1c2024", "soft": "#565d64", "rule": "#d6d6cd", "accent": "#17507f"}
_PAPER, _INK, _SOFT, _RULE, _ACCENT = _COLOURS.values()

_HOLLOW = {"fill": _PAPER, "stroke": _INK, "stroke-width": "1.5"}
_QUIET = {"stroke": _SOFT, "stroke-width": "1.5"}
#: Classes of the charts as attributes: what static/report.css says of them.
_LOOKS = {
    "grid": {"stroke": _RULE, "stroke-width": "1"},
    "thin": {"stroke": _SOFT, "stroke-width": "1"},
    "bar dot": {"stroke": _INK, "stroke-width": "2"},
    "bar ring": _QUIET,
    "bar diamond": _QUIET,
    "bar square": _QUIET,
    "bar triangle": {"stroke": _INK, "stroke-width": "2"},
    "dot": {"fill": _ACCENT},
    "triangle": {"fill": _ACCENT},
    "disc": {"fill": _ACCENT},
    "ring": _HOLLOW,
    "diamond": _HOLLOW,
    "square": _HOLLOW,
    "label": {"fill": _INK, "font-size": "13"},
    "figure": {"fill": _INK, "font-size": "13", "font-weight": "bold"},
    "tick": {"fill": _SOFT, "font-size": "12"},
    "axis": {"fill": _SOFT, "font-size": "12"},
    "aside": {"fill": _SOFT, "font-size": "12"},
    "inside": {"fill": _PAPER, "font-size": "11", "font-weight": "bold"},
    "title": {"fill": _INK, "font-size": "15", "font-weight": "bold"},
    "key": {"fill": _SOFT, "font-size": "12"},
}
_CORNERS = {
    "diamond": ((0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)),
    "square": ((-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)),
    "triangle": ((-5.0, 4.5), (5.0, 4.5), (0.0, -4.5)),
}
#: Where a row's words stand, above and below their base line: grid lines leave this free.
_ASCENT, _DESCENT = 14.0, 6.0
_STUB = 4.0  # what is left of a grid line between words is not worth drawing below this
#: Characters that `visible` leaves and that no XML file may hold.
_NOT_XML = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True)
class Picture:
    """A chart with what is said around it.

    Attributes:
        name: the file's name, without its ending.
        title: what is plotted.
        key: what the marks mean; "" where there is one kind.
        chart: the chart, of `unsaid.report.charts`.
        notes: lines under it.
    """

    name: str
    title: str
    key: str
    chart: Markup
    notes: tuple[str, ...] = ()


def svg(picture: Picture) -> str:
    """Return the picture as the text of an SVG file: valid XML, of fixed width, with nothing outside itself."""
    drawing = standalone(picture)
    ET.indent(drawing)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(drawing, encoding="unicode") + "\n"


def standalone(picture: Picture) -> ET.Element:
    """Return the picture as an SVG element with absolute positions and its colours in its attributes.

    Its title and description are the chart's text alternative. Text was made visible and is escaped on
    writing, so that a cue's name can neither act nor break the file.
    """
    # The page's own markup, made a moment ago from escaped text: no entities, nothing from outside.
    chart = ET.fromstring(_NOT_XML.sub(_spelt, str(picture.chart)))  # noqa: S314
    drawing = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": _FONT})
    ET.SubElement(drawing, "title").text = _clean(picture.title)
    ET.SubElement(drawing, "desc").text = chart.get("aria-label")
    ground = ET.SubElement(drawing, "rect", {"width": str(WIDTH), "fill": _PAPER})
    y = _lines(drawing, "title", [picture.title], _MARGIN, _HEADING)
    y = _lines(drawing, "key", [picture.key] if picture.key else [], y, _LINE)
    _lay_out(drawing, chart, y + 8)
    y += 8 + float(chart.get("height", "0"))
    y = _lines(drawing, "key", picture.notes, y + 8 if picture.notes else y, _LINE)
    height = _number(y + _MARGIN)
    ground.set("height", height)
    drawing.attrib |= {"width": str(WIDTH), "height": height, "viewBox": f"0 0 {WIDTH} {height}"}
    return drawing


def _lines(drawing: ET.Element, kind: str, texts: Iterable[str], top: float, room: int) -> float:
    """Lines of words under each other, broken where there is no more room; returns where they end."""
    for text in texts:
        for line in textwrap.wrap(_clean(text), room):
            top += 18
            said = ET.SubElement(drawing, "text", {"x": str(_MARGIN), "y": _number(top)} | _LOOKS[kind])
            said.text = line
    return top


def _lay_out(drawing: ET.Element, chart: ET.Element, top: float) -> None:
    said = (text for text in chart.iter("text") if text.get("class") in {"label", "figure"})
    words = sorted({top + float(text.get("y", "0")) for text in said})
    for part in chart:
        if part.tag == "line":
            _line(drawing, part, top, words)
        elif part.tag == "svg":
            for shape in part:
                _shape(drawing, shape, _x(part), top + float(part.get("y", "0")))
        else:
            _text(drawing, part, _x(part), top + float(part.get("y", "0")))


def _line(drawing: ET.Element, line: ET.Element, top: float, words: list[float]) -> None:
    """A line; one of the grid is broken where a row's words stand.

    On the page the words have a halo instead, which many programs that draw SVG put over the letters.
    """
    look = _LOOKS[line.get("class", "")]
    x1, x2 = _pixels(line.get("x1", "")), _pixels(line.get("x2", ""))
    start, end = (top + float(line.get(name, "0")) for name in ("y1", "y2"))
    pieces = [(start, end)]
    if x1 == x2 and line.get("class") == "grid":
        edges = [edge for y in words for edge in (y - _ASCENT, y + _DESCENT)]
        stops = [start, *edges, end]
        pieces = [(a, b) for a, b in zip(stops[::2], stops[1::2], strict=True) if b - a > _STUB]
    for a, b in pieces:
        ends = {"x1": x1, "x2": x2, "y1": a, "y2": b}
        ET.SubElement(drawing, "line", {name: _number(value) for name, value in ends.items()} | look)


def _shape(drawing: ET.Element, shape: ET.Element, x: float, y: float) -> None:
    kind = shape.get("class", "")
    if shape.tag == "text":
        _text(drawing, shape, x, y + float(shape.get("y", "0")))
    elif shape.tag == "circle":
        at = {"cx": _number(x), "cy": _number(y), "r": shape.get("r", "")}
        ET.SubElement(drawing, "circle", at | _LOOKS[kind])
    else:
        corners = " ".join(f"{_number(x + dx)},{_number(y + dy)}" for dx, dy in _CORNERS[kind])
        ET.SubElement(drawing, "polygon", {"points": corners} | _LOOKS[kind])


def _text(drawing: ET.Element, text: ET.Element, x: float, y: float) -> None:
    at = {"x": _number(x + float(text.get("dx", "0"))), "y": _number(y)}
    if "text-anchor" in text.attrib:
        at["text-anchor"] = text.get("text-anchor", "")
    made = ET.SubElement(drawing, "text", at | _LOOKS[text.get("class", "")])
    made.text = " ".join((text.text or "").split())
    for aside in text:
        ET.SubElement(made, "tspan", {"dx": "4"} | _LOOKS[aside.get("class", "")]).text = aside.text


def _x(part: ET.Element) -> float:
    return _pixels(part.get("x", ""))


def _pixels(percentage: str) -> float:
    return _MARGIN + float(percentage.removesuffix("%")) / 100 * _INNER


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _clean(text: str) -> str:
    return _NOT_XML.sub(_spelt, visible(text))


def _spelt(found: re.Match[str]) -> str:
    return f"[U+{ord(found.group()):04X}]"
