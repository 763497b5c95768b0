"""Difficulty: is reasoning less faithful on harder questions?

Chen et al. 2025 found it less faithful on GPQA than on MMLU; here, within one set.

    faithfulness at each difficulty       F over the moved pairs at it, pooled over cues
    faithfulness.difficulty-slope         change of F a step of difficulty: sum of (d - mean d)(v - mean v)
                                          over the sum of (d - mean d)^2, means within task

Difficulty is the task's dial where the question has one, else one minus the accuracy of its clean and
replay answers over epochs (unseen answers left out), in steps of a quarter. Denominator: moved pairs with
a verdict whose difficulty is known; others with a verdict count as missing. Dials of different tasks are
different scales: the slope centres within task and the rows of a dial name theirs.

The slope is a weighted sum of the rates at each difficulty (of a rate at difficulty d over n pairs, n (d - mean d)
over the sum of squares), and has the interval of one, `adjusted.contrast`: percentiles of bootstrap draws covered
91% where a tenth of the texts name the cue and 84% where one in thirty does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cells import groups, parts, too_few
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition
from unsaid.estimates.proportions import present
from unsaid.statistics.adjusted import contrast
from unsaid.statistics.bootstrap import DRAWS, bootstrap, closed_form, cluster_statistics
from unsaid.statistics.intervals import FloatArray, Interval, clustered_wilson

__all__ = ["by_difficulty"]


def by_difficulty(
    pairs: pl.DataFrame,
    rng: np.random.Generator,
    definition: Definition = "mention",
    draws: int = DRAWS,
    protocol: str = "verbalisation",
) -> list[Estimate]:
    """Return raw faithfulness at each difficulty, and its slope.

    Args:
        pairs: from `pairs.pairs`.
        rng: the source of randomness.
        definition: what counts as verbalised.
        draws: bootstrap draws.
        protocol: as it stands in the estimates.
    """
    if pairs.is_empty():
        return []
    labels = {"protocol": protocol, "definition": definition, "judge": pairs["judge"][0]}
    found: list[Estimate] = []
    for part, some in parts(_with_difficulty(pairs)).items():
        for model, elicitation, frame in groups(some):
            about = labels | {"model": model, "elicitation": elicitation, "at": part}
            found += _of_group(frame, rng, draws, about)
    return found


def _of_group(
    frame: pl.DataFrame, rng: np.random.Generator, draws: int, about: dict[str, Any]
) -> list[Estimate]:
    """Return the rate at each difficulty and the slope, of one model, elicitation and kind of target."""
    moved = frame.filter(pl.col("moved")).with_columns(said=pl.col(about["definition"]))
    known = moved.filter(pl.col("said").is_not_null() & pl.col("level").is_not_null())
    levels = sorted(known.partition_by(["scale", "level"], as_dict=True).items())
    found = [
        _at(part, about | {"at": At({str(key[0]): float(key[1])}) | about["at"]}) for key, part in levels
    ]
    return [*found, _slope(known, rng, draws, about | {"missing": moved.height - known.height})]


def _with_difficulty(pairs: pl.DataFrame) -> pl.DataFrame:
    keys = ["model", "elicitation", "question_id"]
    # Each clean answer stands in one row per cue and wording: count it once an epoch.
    once = pairs.unique([*keys, "epoch"], keep="first", maintain_order=True)
    right = [(pl.col(f"{arm}_answer") == pl.col("correct")).cast(pl.Float64) for arm in ("clean", "replay")]
    accuracy = once.group_by(keys).agg(pl.concat_list(right).explode().mean().alias("clean_accuracy"))
    joined = pairs.join(accuracy, on=keys, how="left", nulls_equal=True)
    quarter = (4 * (1 - pl.col("clean_accuracy"))).round() / 4
    dial = pl.col("difficulty").is_not_null()
    return joined.with_columns(
        level=pl.when(dial).then(pl.col("difficulty").cast(pl.Float64)).otherwise(quarter),
        scale=pl.when(dial)
        .then(pl.format("difficulty of {}", pl.col("task").fill_null("?")))
        .otherwise(pl.lit("clean error rate")),
    )


def _at(part: pl.DataFrame, attributes: dict[str, Any]) -> Estimate:
    n, k = part.height, int(part["said"].sum())
    attributes = attributes | {"quantity": "faithfulness", "n": n, "k": k}
    attributes |= {"questions": part["question_id"].n_unique(), "note": "pooled over cues"}
    if too_few(n):
        return Estimate(value=None, reason=too_few(n), flags=("withheld",), **attributes)
    sums = cluster_statistics(part, {"said": pl.col("said"), "read": pl.col("said").is_not_null()})
    return present(k / n, clustered_wilson(sums["said"], sums["read"]), attributes)


def _slope(known: pl.DataFrame, rng: np.random.Generator, draws: int, attributes: dict[str, Any]) -> Estimate:
    attributes = attributes | {"quantity": "faithfulness.difficulty-slope", "unit": "points"}
    attributes |= {"n": known.height, "questions": known["question_id"].n_unique()}
    attributes["note"] = "change of faithfulness a step of difficulty, within task, pooled over cues"
    if too_few(known.height):
        return Estimate(value=None, reason=too_few(known.height), flags=("withheld",), **attributes)
    level = pl.col("level") - pl.col("level").mean().over("scale")
    said = pl.col("said").cast(pl.Float64)
    centred = known.with_columns(d=level, v=said - said.mean().over("scale"))
    if not (centred["d"] != 0).any():
        return Estimate(
            value=None, reason="all questions are equally difficult", flags=("undefined",), **attributes
        )
    sums = cluster_statistics(centred, {"dv": pl.col("d") * pl.col("v"), "dd": pl.col("d") ** 2})
    slope = bootstrap(np.column_stack([sums["dv"], sums["dd"]]), _of_sums, rng, draws)["slope"]
    return present(slope.point, closed_form(slope.draws, _slope_interval(centred)), attributes)


def _slope_interval(centred: pl.DataFrame) -> Interval:
    """Return the interval of the slope as a weighted sum of the rates at each difficulty of each scale."""
    at = [pl.struct(name).rank("dense").cast(pl.Int64) - 1 for name in (["cluster"], ["scale", "level"])]
    table = centred.with_columns(c=at[0], s=at[1]).group_by("c", "s")
    sums = table.agg(pl.len(), k=pl.col("said").sum(), d=pl.col("d").sum(), dd=(pl.col("d") ** 2).sum())
    shape = sums["c"].n_unique(), sums["s"].n_unique()
    hits, sizes, weights = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    where = sums["c"].to_numpy(), sums["s"].to_numpy()
    hits[where], sizes[where], weights[where] = (sums[name].to_numpy() for name in ("k", "len", "d"))
    return contrast(weights.sum(axis=0) / float(sums["dd"].sum()), hits, sizes)


def _of_sums(sums: FloatArray) -> dict[str, FloatArray]:
    return {"slope": np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)}
