"""A comparison as one HTML file: what was found, what is not comparable, forest plots, who moved where.

Closed and escaped like the report (`report.run.page`): no network, no script, only this page's own style by hash.
Every changed pair links to its transcripts in the report of either run, where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl
from markupsafe import Markup

from unsaid.estimates.compare.contrast import Comparison, Contrast, Run
from unsaid.estimates.compare.differences import Difference
from unsaid.estimates.compare.transitions import STATES, Move, Place
from unsaid.report import charts
from unsaid.report.compare import words
from unsaid.report.compare.together import Together, on_page
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.transcripts.pairs import groups
from unsaid.report.words.text import shown

__all__ = ["Address", "Change", "ComparedLine", "Links", "addresses", "render_comparison"]

#: Where a pair stands: model, elicitation, question, epoch, cue, wording.
Address = tuple[str | None, str | None, str | None, int | None, str | None, str | None]
#: Label of a run -> address of a pair -> link to its transcripts.
Links = Mapping[str, Mapping[Address, str]]

_LISTED = 60  # pairs of one change on the page; the file for programs holds them all
_SCALES = (0.1, 0.2, 0.4, 1.0, 2.0)
_HEAVY = ("prompt", "reasoning", "visible", "stem")
_PLOTS = (
    ("How often the cue moved the answer", (("influence", None), ("influence.replay-corrected", None))),
    ("How often the reasoning named the cue, when moved", (("faithfulness", "mention"),)),
    ("How often the cue moved the answer and was not named", (("influence.unsaid", "mention"),)),
    ("Accuracy with the cue", (("accuracy.cued", None),)),
)


@dataclass(frozen=True)
class ComparedLine:
    """A line of the table of numbers, ready to print."""

    about: str
    first: str
    second: str
    change: str
    known: bool
    interval: str
    p: str
    p_holm: str
    n: str
    questions: str
    missing: str
    note: str


@dataclass(frozen=True)
class Change:
    """Pairs that changed in one way: in words, how many, and (label, link) of each that is listed."""

    words: str
    count: int
    listed: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def render_comparison(
    comparison: Comparison, links: Links | None = None, command: str = "", over: Sequence[Together] = ()
) -> str:
    """Return the page as HTML, which can be written as UTF-8 whatever models and labels hold.

    Args:
        comparison: what was found.
        links: where the transcripts of each run are; see `addresses`.
        command: the command line that made it.
        over: what is concluded over all runs at once.
    """
    style = static("report.css")
    runs = {run.label: run for run in comparison.runs}
    sections = [_section(contrast, runs, links or {}) for contrast in comparison.contrasts]
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, not data
            policy=policy(style, ""),
            baseline=comparison.baseline,
            others=[contrast.run for contrast in comparison.contrasts],
            runs=[_facts(run) for run in comparison.runs],
            sections=sections,
            over=on_page(over),
            not_drawn=[each.why_not for each in over if each.why_not],
            caveats=words.caveats(comparison),
            command=command,
        )
    )


def addresses(records: pl.DataFrame, judge: str | None, report: str) -> dict[Address, str]:
    """Return where the report of a run shows each of its pairs.

    Args:
        records: all records of the run, as its report was made from them.
        judge: as in its `run.json`.
        report: the report's address, relative to the page that links to it.
    """
    light = records.with_columns(pl.lit(None, pl.String).alias(name) for name in _HEAVY)
    found: dict[Address, str] = {}
    for group in groups(light, judge):
        for pair in group.pairs:
            row = pair.cued
            key = (
                row["model"],
                row["elicitation"],
                row["question_id"],
                row["epoch"],
                row["cue"],
                row["wording"],
            )
            found[key] = f"{report}#q-{pair.id}"
    return found


def _section(contrast: Contrast, runs: Mapping[str, Run], links: Links) -> dict[str, Any]:
    return {
        "contrast": contrast,
        "found": words.found(contrast),
        "remarks": contrast.remarks,
        "plots": [plot for title, wanted in _PLOTS if (plot := _plot(contrast, title, wanted))],
        "blocks": _blocks(contrast),
        "matrix": _matrix(contrast.moves),
        "cues": _by_cue(contrast, runs, links),
    }


def _facts(run: Run) -> list[str]:
    """Label, model, elicitation, temperature, questions, judge."""
    columns = [
        shown(run.records[name].unique().sort().to_list()) for name in ("model", "elicitation", "temperature")
    ]
    columns[2] = "default" if columns[2] == "–" else columns[2]
    return [run.label, *columns, f"{run.records['question_id'].n_unique():,}", run.reader() or "no judge"]


def _plot(contrast: Contrast, title: str, wanted: Sequence[tuple[str, str | None]]) -> dict[str, Any] | None:
    """A forest plot of differences: the first quantity gives the words, each gives a mark."""
    chosen = [each for each in contrast.differences if (each.quantity, each.definition) in wanted]
    if all(each.value is None for each in chosen):
        return None
    together: dict[str, list[Difference]] = {}
    for each in sorted(chosen, key=lambda each: each.cue is not None):
        together.setdefault(words.about(each), []).append(each)
    lines = [_line(name, rows) for name, rows in together.items()]
    ends = [abs(end) for each in chosen for end in (each.low, each.high, each.value) if end is not None]
    scale = next(scale for scale in _SCALES if scale >= min(max(ends), _SCALES[-1]))
    ticks = (-scale, -scale / 2, 0.0, scale / 2, scale)
    drawn = charts.strips(f"{title}: difference in points", lines, len(wanted), ticks)
    key = "● as counted &nbsp; □ less what replay moves" if len(wanted) > 1 else ""
    return {"title": f"{title}, in points", "chart": drawn, "key": Markup(key)}  # noqa: S704 - our own words


def _line(name: str, rows: Sequence[Difference]) -> charts.Line:
    first = rows[0]
    interval = words.interval(first)
    # The title says that these are points: on a phone there is no room to say it in every line.
    text = words.change(first).removesuffix(" points") + (f" ({interval})" if interval else "")
    shapes: tuple[charts.Shape, ...] = ("dot", "square")
    marks = tuple(
        charts.Mark(
            shape,
            each.value,
            each.low,
            each.high,
            f"{words.measure(each)} {words.change(each)}"
            + (f" ({span})" if (span := words.interval(each)) else ""),
        )
        for shape, each in zip(shapes, rows, strict=False)
        if each.value is not None
    )
    return charts.Line(name, "", text, marks)


def _blocks(contrast: Contrast) -> list[tuple[str, list[ComparedLine]]]:
    found: dict[str, list[ComparedLine]] = {}
    for each in words.ordered(contrast):
        found.setdefault(words.measure(each), []).append(_row(each))
    return list(found.items())


def _row(each: Difference) -> ComparedLine:
    n = f"{each.n_first:,}" if each.n_first == each.n_second else f"{each.n_first:,}, {each.n_second:,}"
    return ComparedLine(
        about=words.about(each),
        first=words.share(each.first),
        second=words.share(each.second),
        change=words.change(each),
        known=each.value is not None,
        interval=words.interval(each),
        p=words.chance(each.p),
        p_holm=words.chance(each.p_holm),
        n=n,
        questions=f"{each.questions:,}",
        missing=f"{each.missing:,}",
        note=each.note,
    )


def _matrix(moves: Sequence[Move]) -> dict[str, Any]:
    """Pairs of all cues by what they were and what they became; states nobody was in are left out."""
    count: dict[tuple[str, str], int] = {}
    for move in moves:
        count[move.before, move.after] = count.get((move.before, move.after), 0) + len(move.pairs)
    before, after = ([state for state in STATES if any(key[at] == state for key in count)] for at in (0, 1))
    rows = [(STATES[row], [f"{count.get((row, column), 0):,}" for column in after]) for row in before]
    return {"columns": [STATES[state] for state in after], "rows": rows}


def _by_cue(
    contrast: Contrast, runs: Mapping[str, Run], links: Links
) -> list[tuple[str, int, int, list[Change]]]:
    """(cue, pairs, changed pairs, changes) of each cue."""
    found = []
    for cue, group in groupby(contrast.moves, key=lambda move: move.cue):
        rows = list(group)
        changes = [_change(move, contrast, runs, links) for move in rows if move.before != move.after]
        total = sum(len(move.pairs) for move in rows)
        found.append((cue, total, sum(change.count for change in changes), changes))
    return found


def _change(move: Move, contrast: Contrast, runs: Mapping[str, Run], links: Links) -> Change:
    sides = [
        (label, _whose(runs[label]), links.get(label, {})) for label in (contrast.baseline, contrast.run)
    ]
    listed = []
    for place in move.pairs[:_LISTED]:
        found = [(label, known.get(_address(whose, place, move.cue), "")) for label, whose, known in sides]
        epoch = "" if place.epoch in {None, 1} else f", epoch {place.epoch}"
        name = f"{place.question_id} ({place.wording or 'no wording'}{epoch})"
        listed.append((name, tuple((label, link) for label, link in found if link)))
    return Change(f"{STATES[move.before]} → {STATES[move.after]}", len(move.pairs), tuple(listed))


def _whose(run: Run) -> tuple[str | None, str | None]:
    return run.records.item(0, "model"), run.records.item(0, "elicitation")


def _address(whose: tuple[str | None, str | None], place: Place, cue: str) -> Address:
    return (*whose, place.question_id, place.epoch, cue, place.wording)
