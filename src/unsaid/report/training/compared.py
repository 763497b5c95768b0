"""What a training did: a page, closed and escaped like every page of ours; the terminal; and files for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup
from rich.console import RenderableType

from unsaid.estimates.compare.effects import Effect
from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Curve, Shown
from unsaid.report.draw import curve
from unsaid.report.draw.macros import macro
from unsaid.report.draw.table import fitted
from unsaid.report.files.csv import Sheet, to_csv
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.terminal.table import plain
from unsaid.report.training.effect_tables import contrasts, levels, picture
from unsaid.report.training.effect_words import CAVEATS, PUBLISHED, measure, sentences
from unsaid.report.words.phrasing import Words

__all__ = ["SCHEMA_VERSION", "TrainingCompared", "csv_of", "document", "page", "summary"]

SCHEMA_VERSION = 1
_TRACED = (
    ("biased-reasoning.rate", "Biased reasoning rate"),
    ("effective.mention", "Moved, and the cue not named"),
    ("faithfulness", "Of the moved, named the cue"),
    ("accuracy.clean", "Accuracy without a cue"),
)


@dataclass(frozen=True)
class TrainingCompared:
    """Everything that was found.

    Attributes:
        runs: of each run its arm, its label, its model, its folder and how many questions it asked.
        effects: every quantity in every contrast and group.
        levels: where each arm stands; `model` is the arm.
        curve: the same along the steps of a series; empty where there is none.
        seeds: how many trainings there are of each kind.
        remarks: what must be said of this comparison alone.
        command: the command line that made it.
    """

    runs: tuple[tuple[str, str, str, str, int], ...]
    effects: tuple[Effect, ...]
    levels: tuple[Estimate, ...]
    curve: tuple[Estimate, ...] = ()
    seeds: int = 1
    remarks: tuple[str, ...] = ()
    command: str = ""


def page(found: TrainingCompared, words: Words) -> str:
    """Return the page, which can be written as UTF-8 whatever models and labels hold.

    Args:
        found: what was found.
        words: every quantity of an audit, by name.
    """
    style = static("report.css")
    table = macro("table")
    pictures = [picture(found.levels, "biased-reasoning.rate", "Biased reasoning rate, in points")]
    drawn = [each for each in pictures if each is not None]
    html: str = (
        environment()
        .get_template("trained.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, not data
            policy=policy(style, ""),
            sentences=sentences(found.effects, found.seeds),
            runs=found.runs,
            chart=macro("charted")(drawn) if drawn else "",
            levels=table("", "", levels(found.levels, words), ""),
            contrasts=[table("", "", grid, "") for grid in contrasts(found.effects, single=False)],
            single=[table("", "", grid, grid.caption) for grid in contrasts(found.effects, single=True)],
            curves=[html for html in _curves(found.curve, words) if html],
            published=PUBLISHED,
            caveats=(*found.remarks, *CAVEATS),
            command=found.command,
        )
    )
    return html


def _curves(points: Sequence[Estimate], words: Words) -> Iterator[Markup | None]:
    for number, (quantity, title) in enumerate(_TRACED, 1):
        block = Curve(
            f"train-compare-{number}",
            title,
            (words[quantity],),
            along="step",
            across="steps of training",
            scale="number",
        )
        yield curve.page(block, Shown(tuple(points)), words)


def summary(found: TrainingCompared, words: Words) -> Iterator[RenderableType]:
    """Yield what the terminal shows; text is never console markup, and its controls are spelt out.

    Args:
        found: what was found.
        words: every quantity of an audit, by name.
    """
    for sentence in (*sentences(found.effects, found.seeds), *found.remarks):
        yield plain(sentence)
    yield plain("")
    yield fitted(levels(found.levels, words))
    for grid in contrasts(found.effects, single=False, notes=False)[:1]:
        yield plain("")
        yield fitted(grid)


def csv_of(effects: Sequence[Effect]) -> str:
    """Return a row for each effect, and below it one for each of its seeds.

    Args:
        effects: all of them.
    """
    header: list[str] = []
    rows = []
    for effect in effects:
        parts = [("all", effect.difference)]
        if len(effect.seeds) > 1:
            parts += [(str(number), each) for number, each in enumerate(effect.seeds, 1)]
        for seed, each in parts:
            row = {
                "seed": seed,
                "cues": effect.group.name,
                "tasks": effect.group.kind,
                "measure": measure(each),
                **asdict(each),
            }
            header = list(row)
            rows.append(list(row.values()))
    sheet = Sheet("effects", "What the training changed", (header, rows), (header, ()))
    return to_csv(sheet)


def document(found: TrainingCompared) -> str:
    """Return everything for programs, as JSON.

    Args:
        found: what was found.

    Raises:
        ValueError: a number is not finite.
    """
    names = ("arm", "label", "model", "folder", "questions")
    plainly: Mapping[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "seeds": found.seeds,
        "runs": [dict(zip(names, run, strict=True)) for run in found.runs],
        "effects": [
            {
                "cues": each.group.name,
                "tasks": each.group.kind,
                **asdict(each.difference),
                "shown": each.shown,
                "seeds": [asdict(one) for one in each.seeds],
            }
            for each in found.effects
        ],
        "levels": [each.to_dict() for each in found.levels],
        "curve": [each.to_dict() for each in found.curve],
        "remarks": list(found.remarks),
        "command": found.command,
    }
    return json.dumps(plainly, indent=1, allow_nan=False) + "\n"  # ASCII: survives unpaired surrogates
