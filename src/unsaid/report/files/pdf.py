"""A standalone chart as a PDF file, drawn by Matplotlib.

Matplotlib draws no chart here; it is a pen. It was preferred to a converter of SVG because it needs no
system library, is kept up by many, and embeds its fonts (Greek, Cyrillic, the marks of our keys), where
the usual light converters know the fourteen Latin fonts of PDF alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree as ET

from unsaid.store.write import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["can_write_pdf", "write_pdf"]

_DPI = 96  # a pixel of CSS is 1/96 inch
_POINT = 72 / _DPI
_ANCHORS: dict[str, Literal["left", "center", "right"]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}


def can_write_pdf() -> bool:
    """Return whether the extra `figures` is installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return False
    return True


def write_pdf(drawing: ET.Element, path: Path) -> None:
    """Write what `unsaid.report.standalone.standalone` made as a PDF of the same size.

    The file holds no date, so that the same numbers make the same file, and its fonts as TrueType, so
    that its words can be searched, copied and edited.

    Raises:
        OSError: the file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
    # Only these settings: a reader's own (usetex, another font) must not change the figure.
    with mpl.rc_context({"pdf.fonttype": 42, "text.usetex": False, "font.family": ["DejaVu Sans"]}):
        figure = Figure(figsize=(width / _DPI, height / _DPI))
        figure.patch.set_visible(False)
        for order, part in enumerate(drawing):
            _draw(figure, part, (width, height), order)
        about = {"Title": drawing.findtext("title") or "", "Creator": "unsaid", "CreationDate": None}
        with replacing(path) as file:
            figure.savefig(file, format="pdf", metadata=about)


def _draw(figure: Figure, part: ET.Element, size: tuple[float, float], order: int) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, Polygon, Rectangle
    from matplotlib.transforms import Affine2D

    # SVG counts pixels from the top, Matplotlib inches from the bottom.
    place = Affine2D().scale(1 / _DPI, -1 / _DPI).translate(0, size[1] / _DPI) + figure.dpi_scale_trans
    if part.tag in {"title", "desc"}:
        return
    if part.tag == "text":
        _write(figure, part, place, order)
        return
    if part.tag == "line":
        x1, x2, y1, y2 = (float(part.attrib[name]) for name in ("x1", "x2", "y1", "y2"))
        width = float(part.attrib["stroke-width"]) * _POINT
        figure.add_artist(
            Line2D([x1, x2], [y1, y2], color=part.get("stroke"), lw=width, transform=place, zorder=order)
        )
        return
    look: dict[str, Any] = {
        "facecolor": part.get("fill"),
        "edgecolor": part.get("stroke", "none"),
        "linewidth": float(part.get("stroke-width", "0")) * _POINT,
        "transform": place,
        "zorder": order,
    }
    if part.tag == "rect":
        figure.add_artist(Rectangle((0, 0), *size, **look))
    elif part.tag == "circle":
        middle = float(part.attrib["cx"]), float(part.attrib["cy"])
        figure.add_artist(Circle(middle, float(part.attrib["r"]), **look))
    else:
        corners = [tuple(map(float, pair.split(","))) for pair in part.attrib["points"].split()]
        figure.add_artist(Polygon(corners, **look))


def _write(figure: Figure, part: ET.Element, place: Any, order: int) -> None:
    """A text and what follows it; never as formulas, since a cue's name may hold dollar signs."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.textpath import text_to_path

    x, y = float(part.attrib["x"]), float(part.attrib["y"])
    for piece in (part, *part):
        size = float(piece.attrib["font-size"]) * _POINT
        font = FontProperties(family="DejaVu Sans", size=size, weight=piece.get("font-weight", "normal"))
        x += float(piece.get("dx", "0"))
        text = Text(
            x,
            y,
            piece.text or "",
            color=piece.get("fill"),
            fontproperties=font,
            horizontalalignment=_ANCHORS[piece.get("text-anchor", "start")],
            verticalalignment="baseline",
            parse_math=False,
            transform=place,
            zorder=order,
        )
        figure.add_artist(text)
        advance, _, _ = text_to_path.get_text_width_height_descent(piece.text or "", font, False)
        x += advance / _POINT
