"""The plane of accuracy and changed answers over several runs, on the questions that all of them have in common.

For each run, model and elicitation (a point; `at["run"]` is the run's label), on questions that every point was asked:

    every quantity of `decomposition.py`, estimated as there
    decomposition.on-front      the share of resampled sets of questions in which no other point, of any run, is at
                                least as good in accuracy and truncation and better in one
    decomposition.questions     how many questions all points have in common; missing are the run's others
    decomposition.accuracy-difference, .truncation-difference
                                the point less its reference, on the questions on which both are known. The reference
                                is the point of the first run under the same elicitation; where the first run does not
                                have it, its only point with both numbers; else there is no difference

Intervals of differences: MOVER from those of both (Wilson's clustered; `bounded_mean`), with the correlation that their
questions give them, so that they are paired. They are not corrected for how many there are. Where no question is in
common, one estimate says so and nothing else is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cells import correlation
from unsaid.estimates.chain.curve_points import Changed
from unsaid.estimates.chain.decomposition import NAME, QUANTITIES, numbers, right, shares_of
from unsaid.estimates.chain.front import DRAWS, on_front, sums
from unsaid.estimates.compare.several import InCommon
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.estimates.quantity import Quantity
from unsaid.statistics.areas import bounded_mean
from unsaid.statistics.intervals import FloatArray, Interval, clustered_wilson, mover

__all__ = ["DIFFERENCES", "OVER_RUNS", "QUESTIONS", "Replies", "over_runs"]

QUESTIONS = Quantity(
    f"{NAME}.questions",
    "How many questions all runs have in common.",
    "questions",
    "count",
    words="questions",
)
DIFFERENCES = {
    name: Quantity(
        f"{NAME}.{name}-difference",
        f"{QUANTITIES[name].sentence.removesuffix('.')}, less the same of the point that it is set beside.",
        "questions that both points know",
        "points",
        words=f"{QUANTITIES[name].words}, difference",
    )
    for name in ("accuracy", "truncation")
}
#: Everything that `over_runs` yields.
OVER_RUNS = (*QUANTITIES.values(), QUESTIONS, *DIFFERENCES.values())


@dataclass(frozen=True)
class Replies:
    """What `decomposition` reads of one run.

    Attributes:
        clean: first replies without a cue, of one context a question.
        cued: first replies with a cue, of all contexts, and the clean replies beside them.
        after: what followed from replies, and what was made before them.
    """

    clean: pl.DataFrame
    cued: pl.DataFrame
    after: pl.DataFrame


@dataclass(frozen=True)
class _Point:
    """One model and elicitation of one run: its answers (`right`) and changed replies (`area`), by cluster."""

    run: str
    model: str
    style: str | None
    answers: pl.DataFrame
    changed: pl.DataFrame

    @property
    def about(self) -> dict[str, Any]:
        return {
            "protocol": NAME,
            "model": self.model,
            "elicitation": self.style,
            "at": At(run=self.run),
        }

    @property
    def placed(self) -> bool:
        """Whether it has both numbers."""
        return not (self.answers.is_empty() or self.changed.is_empty())

    @property
    def label(self) -> str:
        return " · ".join(filter(None, (self.run, self.style)))


def over_runs(
    common: InCommon,
    replies: Sequence[Replies],
    changes: dict[str, tuple[Changed, Any]],
    rng: np.random.Generator,
) -> list[Estimate]:
    """Return every quantity of this module; the first run is the one that others are set beside.

    Args:
        common: the runs, on the questions in common.
        replies: of each of them.
        changes: what counts as "truncation" and "corruption", each with the end at which the reasoning is whole.
        rng: the source of the resampling's randomness.
    """
    if not common.questions:
        return [_nothing(common)]
    found: list[Estimate] = []
    points: list[_Point] = []
    for run, own in zip(common.runs, replies, strict=True):
        shares = shares_of(own.clean, own.after, changes)
        found.append(_questions(common, run.label))
        for each in numbers(own.clean, own.cued, own.after, shares):
            found.append(replace(each, at=At(run=run.label) | each.at))
        points += _points(run.label, own.clean, shares["truncation"])
    placed = [point for point in points if point.placed]
    return [*found, *_fronts(placed, rng), *_differences(points, common.runs[0].label)]


def _nothing(common: InCommon) -> Estimate:
    other = f" ({common.other_text} ids stand for different questions)" if common.other_text else ""
    names = ", ".join(run.label for run in common.runs)
    reason = (
        f"{names} have no question in common that each of their elicitations was asked without a cue{other}"
    )
    return Estimate(NAME, QUESTIONS.name, "", None, unit="count", reason=reason, flags=("undefined",))


def _questions(common: InCommon, label: str) -> Estimate:
    left = common.left_out[label]
    about = {"questions": common.questions, "missing": left, "unit": "count", "at": At(run=label)}
    return Estimate(NAME, QUESTIONS.name, "", common.questions, n=common.questions, **about)  # type: ignore[arg-type]


def _points(label: str, clean: pl.DataFrame, cut: pl.DataFrame) -> list[_Point]:
    key = ["model", "elicitation"]
    known = right(clean)
    return [
        _Point(label, model, style, *(_own(table, model, style) for table in (known, cut)))
        for model, style in clean.select(key).unique().sort(key, nulls_last=True).iter_rows()
    ]


def _own(table: pl.DataFrame, model: str, style: str | None) -> pl.DataFrame:
    return table.filter(pl.col("model") == model, pl.col("elicitation").eq_missing(pl.lit(style, pl.String)))


def _fronts(points: Sequence[_Point], rng: np.random.Generator) -> list[Estimate]:
    """Return of each point with both numbers how often it is on the front of all of them, resampling questions."""
    if len(points) < 2:
        return []
    shares = on_front(sums([(point.answers, point.changed) for point in points]), rng)
    more: dict[str, Any] = {
        "quantity": QUANTITIES["on-front"].name,
        "method": f"cluster bootstrap, {DRAWS} draws",
        "note": "a share of resampled sets of questions; it has no interval of its own",
    }
    return [
        Estimate(
            value=share,
            n=point.answers.height,
            questions=point.answers["question_id"].n_unique(),
            **point.about,
            **more,
        )
        for point, share in zip(points, shares, strict=True)
    ]


def _differences(points: Sequence[_Point], first: str) -> list[Estimate]:
    """Return each point of the other runs less its reference in the first."""
    mine = [point for point in points if point.run == first and point.placed]
    found = []
    for point in points:
        if point.run == first or not point.placed:
            continue
        alike = [other for other in mine if other.style == point.style]
        beside = alike if len(alike) == 1 else mine if len(mine) == 1 and not alike else []
        for other in beside:
            found += [
                _difference(point, other, "accuracy", "right"),
                _difference(point, other, "truncation", "area"),
            ]
    return found


def _difference(point: _Point, other: _Point, name: str, column: str) -> Estimate:
    """Return one rate of a point less that of its reference, on the questions on which both are known."""
    tables = [each.answers if name == "accuracy" else each.changed for each in (point, other)]
    both = set(tables[0]["question_id"]) & set(tables[1]["question_id"])
    rows = [table.filter(pl.col("question_id").is_in(list(both))) for table in tables]
    about = point.about | {"quantity": DIFFERENCES[name].name, "unit": "points", "questions": len(both)}
    about |= {"note": f"less {other.label}", "n": rows[0].height}
    about["missing"] = tables[0].height - rows[0].height
    if not both:
        reason = f"no question has both replies of {point.label} and of {other.label}"
        return Estimate(value=None, reason=reason, flags=("undefined",), **about)
    columns = [_by_cluster(table, column) for table in rows]
    values = [float(np.clip(hits.sum() / sizes.sum(), 0, 1)) for hits, sizes in columns]
    parts = [_interval(table, column) for table in rows]
    return present(values[0] - values[1], mover((1.0, -1.0), values, parts, correlation(columns)), about)


def _by_cluster(table: pl.DataFrame, column: str) -> tuple[FloatArray, FloatArray]:
    counted = table.with_columns(pl.col(column).cast(pl.Float64))
    summed = (
        counted.group_by("cluster").agg(pl.col(column).sum(), n=pl.len().cast(pl.Float64)).sort("cluster")
    )
    return summed[column].to_numpy(), summed["n"].to_numpy()


def _interval(table: pl.DataFrame, column: str) -> Interval:
    if column == "right":
        return clustered_wilson(*_by_cluster(table, column))
    return bounded_mean(table[column].to_numpy(), table["cluster"].to_numpy())
