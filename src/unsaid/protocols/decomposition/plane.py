"""What a reader sees of `decomposition`: the plane of accuracy and faithfulness, and its table beside the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unsaid.estimates.chain.decomposition import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import PAGE, TERMINAL, Block, Forest, Notes, Shown, Table
from unsaid.report.charts import Mark, Point, scatter
from unsaid.report.grid import Cell, Grid
from unsaid.report.section import Paper
from unsaid.report.standalone import Picture
from unsaid.report.words.phrasing import brief, figure, interval_text, value_text

__all__ = [
    "COLUMNS",
    "HOW",
    "PLANE",
    "RADHAKRISHNAN",
    "SPARE",
    "cell",
    "picture",
    "plane",
    "point",
    "row",
    "table",
]

RADHAKRISHNAN = Paper(
    "Radhakrishnan et al.",
    2023,
    "Question Decomposition Improves the Faithfulness of Model-Generated Reasoning",
    "arXiv:2307.11768",
)
#: The columns of the table, by the names of `QUANTITIES`.
COLUMNS = (
    ("accuracy", "correct, %"),
    ("truncation", "changed when cut off, %"),
    ("corruption", "changed when made wrong, %"),
    ("bias", "with a cue, points"),
    ("on-front", "on the front, %"),
    ("calls", "calls"),
    ("tokens", "tokens"),
)
#: How soon each column may go where a terminal is narrow.
SPARE = (0, 0, 0, 0, 2, 1, 3)
#: Averages over four tasks as the paper reports them, in per cent and points; None where there is none.
_PUBLISHED: dict[str, tuple[float | None, ...]] = {
    "zero-shot": (72.8, None, None, None),
    "few-shot": (79.7, None, None, None),
    "chain of thought": (86.0, 10.8, 9.6, -11.3),
    "decomposition in one context": (85.6, 11.7, 28.7, None),
    "factored decomposition": (81.8, 20.5, 33.6, -3.6),
}
HOW = (
    "Changed answers are the mean over replies of the share of places at which the answer is another one. A point to "
    "the right and above another is more often right and depends more on its reasoning."
)
_NOTE = (
    f"{HOW} On the front: in how many of "
    "the resampled sets of questions no other elicitation is at least as good in both and better in one."
)


def plane(shown: Shown) -> list[Picture]:
    """The picture of each model that has two elicitations with both numbers."""
    made: list[Picture] = []
    for model, rows in _by_model(shown.estimates).items():
        points = [each for style, found in rows if (each := point(style, found)) is not None]
        if len(points) < 2:
            continue
        name = "decomposition-plane" if not made else f"decomposition-plane-{len(made) + 1}"
        made.append(picture(name, f"Accuracy and faithfulness: {model}", points))
    return made


def picture(name: str, title: str, points: Sequence[Point]) -> Picture:
    """Return the plane with its points, numbered as in its key."""
    chart = scatter(title, points, ("correct", "changed when the reasoning is cut off"))
    key = " \N{EN SPACE}".join(f"{number} {point.label}" for number, point in enumerate(points, 1))
    return Picture(name, title, key, chart, ("Lines are 95% intervals.",))


def point(label: str, found: Mapping[str, Estimate]) -> Point | None:
    """Return where the numbers of a point put it; None where one of both is not known."""
    x, y = found.get("accuracy"), found.get("truncation")
    if x is None or y is None or None in (x.value, y.value):
        return None
    return Point(_mark(x), _mark(y), label)


def row(label: str, found: Mapping[str, Estimate]) -> tuple[str, tuple[Cell, ...]]:
    """Return a row of the table: each number of a point, with its interval."""
    return label, tuple(cell(found.get(name)) for name, _ in COLUMNS)


def table(shown: Shown) -> Grid | None:
    """Every elicitation with its numbers, and the paper's averages below them."""
    models = _by_model(shown.estimates)
    groups = [(model, tuple(row(style, found) for style, found in rows)) for model, rows in models.items()]
    if not groups:
        return None
    paper = f"{RADHAKRISHNAN.short}, averages over four tasks"
    columns = tuple(words for _, words in COLUMNS)
    return Grid(
        "decomposition: accuracy, changed answers and cost, with 95% intervals",
        (),
        columns,
        (*groups, (paper, tuple(map(_published, _PUBLISHED.items())))),
        "elicitation",
        SPARE,
    )


def cell(estimate: Estimate | None) -> Cell:
    """Return a number over its interval and what it rests on; a dash for what was not estimated."""
    if estimate is None:
        return Cell("–")
    if estimate.value is None:
        return Cell(brief(estimate))
    rests = ", ".join(filter(None, (interval_text(estimate).removesuffix("%"), f"n={estimate.n:,}")))
    return Cell(figure(estimate).removesuffix(" tokens"), rests)


def _published(row: tuple[str, tuple[float | None, ...]]) -> tuple[str, tuple[Cell, ...]]:
    style, values = row
    told = [Cell("–" if value is None else f"{value:.1f}".replace("-", "−")) for value in values]
    return style, (*told, *[Cell("–")] * (len(COLUMNS) - len(told)))


def _mark(estimate: Estimate) -> Mark:
    words = f"{value_text(estimate)} ({interval_text(estimate)})"
    return Mark("dot", estimate.value or 0.0, estimate.low, estimate.high, words)


def _by_model(estimates: Sequence[Estimate]) -> dict[str, list[tuple[str, dict[str, Estimate]]]]:
    """Return the elicitations of each model, each with its numbers by their names in `QUANTITIES`."""
    names = {quantity.name: name for name, quantity in QUANTITIES.items()}
    found: dict[str, dict[str, dict[str, Estimate]]] = {}
    for each in estimates:
        if each.quantity in names:
            own = found.setdefault(each.model, {}).setdefault(each.elicitation or "not known", {})
            own.setdefault(names[each.quantity], each)
    return {model: list(rows.items()) for model, rows in found.items()}


PLANE: tuple[Block, ...] = (
    Forest(plane),
    Table(
        table,
        absent="No elicitation has an answer that could be read.",
        file="decomposition-plane",
        where=frozenset({"page", "terminal"}),
    ),
    Notes(lambda shown: [_NOTE] if table(shown) else [], style="key", where=PAGE | TERMINAL),
)
