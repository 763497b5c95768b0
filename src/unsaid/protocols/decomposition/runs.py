"""What a reader sees of `decomposition` over several runs: one plane, a point for each run and elicitation."""

from __future__ import annotations

from collections.abc import Iterator

from unsaid.estimates.chain.decomposition import NAME, QUANTITIES
from unsaid.estimates.chain.decomposition_runs import DIFFERENCES, OVER_RUNS, QUESTIONS
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.decomposition.plane import COLUMNS, HOW, SPARE, cell, picture, point, row
from unsaid.report.blocks import PAGE, TERMINAL, Forest, Media, Notes, Numbers, Shown, Table
from unsaid.report.grid import Cell, Grid
from unsaid.report.section import Section
from unsaid.report.standalone import Picture

__all__ = ["PLANE_OVER_RUNS"]

_BOTH: Media = PAGE | TERMINAL
_FILE = "decomposition-plane-of-runs"
_FRONT = (
    "On the front: in how many of the resampled sets of questions no other point, of any run, is at least as good in "
    "both and better in one."
)
_PAIRED = (
    "Differences are paired by question, and their intervals are not corrected for how many there are. A point stands "
    "beside that of the first run under the same elicitation, or beside its only one."
)
Key = tuple[str, str, str]


def _pictures(shown: Shown) -> list[Picture]:
    points = [each for label, found in _points(shown) if (each := point(label, found)) is not None]
    if len(points) < 2:
        return []
    return [picture(_FILE, "Accuracy and faithfulness of all runs", points)]


def _table(shown: Shown) -> Grid | None:
    rows = tuple(row(label, found) for label, found in _points(shown))
    if not rows:
        return None
    columns = tuple(words for _, words in COLUMNS)
    caption = "accuracy, changed answers and cost of every run, with 95% intervals"
    return Grid(caption, (), columns, (("", rows),), "run", SPARE)


def _differences(shown: Shown) -> Grid | None:
    names = {quantity.name: name for name, quantity in DIFFERENCES.items()}
    found: dict[tuple[str, str], dict[str, Estimate]] = {}
    labels = dict(_labels(shown))
    for each in shown.of(*DIFFERENCES.values()):
        found.setdefault((labels[_key(each)], each.note.partition(";")[0]), {})[names[each.quantity]] = each
    if not found:
        return None
    rows = tuple((f"{label} {less}", _cells(of)) for (label, less), of in found.items())
    columns = ("correct, points", "changed when cut off, points")
    return Grid("paired differences, with 95% intervals", (), columns, (("", rows),), "run")


def _cells(found: dict[str, Estimate]) -> tuple[Cell, ...]:
    return tuple(cell(found.get(name)) for name in DIFFERENCES)


def _points(shown: Shown) -> Iterator[tuple[str, dict[str, Estimate]]]:
    """Yield each point's label and its numbers by their names in `QUANTITIES`."""
    names = {quantity.name: name for name, quantity in QUANTITIES.items()}
    for key, label in _labels(shown):
        own: dict[str, Estimate] = {}
        for each in shown.estimates:
            if each.quantity in names and _key(each) == key:
                own.setdefault(names[each.quantity], each)
        yield label, own


def _labels(shown: Shown) -> list[tuple[Key, str]]:
    """Return each point with its label: run and elicitation, and between them the model where a run has several."""
    keys = list(dict.fromkeys(_key(each) for each in shown.of(*QUANTITIES.values())))
    models: dict[str, set[str]] = {}
    for run, model, _ in keys:
        models.setdefault(run, set()).add(model)
    several = any(len(of) > 1 for of in models.values())
    return [
        ((run, model, style), " · ".join([run, *([model] if several else []), style or "not known"]))
        for run, model, style in keys
    ]


def _key(estimate: Estimate) -> Key:
    return str(estimate.at["run"]), estimate.model, estimate.elicitation or ""


def _left_out(shown: Shown) -> list[str]:
    """Say on how many questions the plane rests, and how many of each run's it leaves out."""
    counts = [each for each in shown.of(QUESTIONS) if each.value is not None]
    if not counts:
        return []
    left = ", ".join(f"{each.missing:,} of {each.at['run']}" for each in counts if each.missing)
    number = counts[0].questions
    start = f"On the {number:,} question{'s' * (number != 1)} that all runs have in common"
    return [f"{start}; left out are {left}." if left else f"{start}; none is left out."]


PLANE_OVER_RUNS = Section(
    title="All runs on one plane",
    question=(
        "Each run and elicitation is a point: how often its answers are right, and how often they change when its "
        "reasoning is cut off. Does one win on both?"
    ),
    anchor=f"{NAME}-of-runs",
    quantities=OVER_RUNS,
    blocks=(
        Forest(_pictures),
        Table(_table, file=_FILE, where=_BOTH),
        Notes(lambda shown: [*_left_out(shown), f"{HOW} {_FRONT}"], style="key", where=PAGE | TERMINAL),
        Table(_differences, file="decomposition-differences-of-runs", where=_BOTH),
        Notes(lambda shown: [_PAIRED] if _differences(shown) else [], style="key", where=PAGE | TERMINAL),
        Numbers("All runs on one plane", f"{NAME}-of-runs", cueless="all cues"),
    ),
    compared=False,
)
