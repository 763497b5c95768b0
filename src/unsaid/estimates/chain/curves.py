"""How far an answer depends on its reasoning: curves, and the area over them (Lanham et al. 2023).

For each model, elicitation, way of asking and kind of change (`curve_points`), with x the share of the reasoning that
a point is about:

    .same        P(the answer is that of the whole reasoning), along x
    .control     the same where nothing was changed: what sampling alone does
    .area        sum over lengths L of w_L (1 - AUC_L): the area over the curve of `.same`, by trapezoids, each length
                 weighted by its share of the replies, as in the paper
    .area-steps  the same as a sum of steps, without the end that is known by construction (`statistics/areas.py`)
    .area-beyond, .area-steps-beyond    the same less the area over the curve of the control
    .accuracy    P(the answer is correct), along x; at the ends without any reasoning and with all of it
    .gain        accuracy with reasoning less accuracy without
    .left-out    replies with an answer whose reasoning could not be changed: there is none, or a single step

Denominators: first replies with an answer, and points that were read. A point that was not read is missing there
alone; in an area the mean of the others at its place stands for it. Along x, points are gathered to the nearest
quarter, and the ends hold only what stands exactly there. `n` of an area are replies.

Intervals are clustered by question: Wilson's for rates; for areas `bounded_mean`; MOVER with the clusters' correlation
for differences. Departures: the paper draws 100 chains a question, here there is one an epoch; and long reasonings are
changed at some places, evenly, and not at each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from unsaid.estimates.cells import correlation
from unsaid.estimates.chain.curve_points import Changed, first_replies_with_answers, points, with_ends
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.statistics.areas import CONVENTIONS, Convention, Whole, bounded_mean, weights
from unsaid.statistics.intervals import FloatArray, clustered_wilson, mover

__all__ = [
    "Group",
    "Scale",
    "areas_of_replies",
    "curves",
    "dependence",
    "ends_gain",
    "gathered",
    "groups",
    "rate",
]

#: Where on its scale the reasoning stands unchanged: at 1, at 0, or at neither end.
Scale = Literal["end", "start", "neither"]
_QUARTERS = 4
_SUFFIX: Mapping[Convention, str] = {"trapezoid": "area", "steps": "area-steps"}
_GROUP = ("model", "elicitation", "conditioning", "change")
_DEPENDENCE = dict.fromkeys(("parent", "cluster", "question_id", *_GROUP), pl.String) | {"area": pl.Float64}


@dataclass(frozen=True)
class Group:
    """One model, elicitation, way of asking and kind of change."""

    rows: pl.DataFrame
    about: dict[str, Any]
    at: At
    along: str
    whole: Scale


def curves(records: pl.DataFrame, changed: Changed, along: str, whole: Scale = "end") -> list[Estimate]:
    """Return every quantity of this module for one protocol.

    Args:
        records: the tidy table, of one context a question.
        changed: what the protocol does.
        along: the name of the coordinate.
        whole: at which end of it the reasoning stands unchanged. Where it does at neither, S is known nowhere, and
            there is an area by steps alone, each point for the stretch before it.
    """
    found: list[Estimate] = []
    ends = with_ends(records)
    for group in groups(points(records, changed), changed, along, whole):
        found += [*_along(group, "same"), *_along(group, "control"), *_accuracies(group, ends)]
        conventions = CONVENTIONS if whole != "neither" else CONVENTIONS[1:]
        found += [each for convention in conventions for each in _both_areas(group, convention)]
        found.append(_gain(group, ends))
    out = _left_out(records, changed)
    return [*found, *out, *(_nothing_left(each, records, whole) for each in out if each.value == 1)]


def groups(table: pl.DataFrame, changed: Changed, along: str, whole: Scale) -> Iterator[Group]:
    """Yield the points of each model, elicitation, way of asking and kind of change, in the order of their names."""
    for key in table.select(_GROUP).unique().sort(_GROUP, nulls_last=True).iter_rows():
        rows = table.filter(
            pl.all_horizontal(
                pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(_GROUP, key, strict=True)
            )
        )
        named = dict(zip(_GROUP, key, strict=True))
        about = {"protocol": changed.protocol, "model": named["model"], "elicitation": named["elicitation"]}
        at = At({name: named[name] for name in ("conditioning", "change") if named[name]})
        yield Group(rows, about, at, along, whole)


def gathered(place: float) -> float:
    """Return where along the scale a point is shown: at the nearest quarter, and at an end only if it stands there."""
    if place in (0.0, 1.0):
        return place
    return min(max(round(place * _QUARTERS), 1), _QUARTERS - 1) / _QUARTERS


def rate(hits: pl.DataFrame, column: str, attributes: Mapping[str, Any], nothing: str) -> Estimate:
    """Return how often a column of rows with a `cluster` is true, where it is not null."""
    seen = hits.drop_nulls(column)
    counts = seen.group_by("cluster").agg(pl.col(column).sum(), n=pl.len()).sort("cluster")
    n, k = int(counts["n"].sum()), int(counts[column].sum())
    about = dict(attributes) | {"n": n, "k": k, "missing": hits.height - n, "questions": _questions(seen)}
    if not n:
        return Estimate(value=None, reason=nothing, flags=("undefined",), **about)
    return present(k / n, clustered_wilson(counts[column], counts["n"]), about)


def _along(group: Group, column: str) -> list[Estimate]:
    rows = group.rows.with_columns(place=pl.col("dose").map_elements(gathered, return_dtype=pl.Float64))
    name = f"{group.about['protocol']}.{column}"
    return [
        rate(
            rows.filter(pl.col("place") == place),
            column,
            group.about | {"quantity": name, "at": group.at.also(**{group.along: place})},
            "no answer was read there",
        )
        for place in rows["place"].unique().sort()
    ]


def _accuracies(group: Group, ends: pl.DataFrame) -> list[Estimate]:
    """Return accuracy along the scale; where the reasoning is whole at an end, that of the whole replies there.

    Where it is whole at neither, 0 is the answer without any reasoning.
    """
    rows = group.rows.filter(pl.col("correct").is_not_null())
    if rows.is_empty():
        return []
    there = rows.select("dose", "cluster", "question_id", "right")
    parts = [there]
    if group.whole != "neither":
        whole = rows.unique("parent", keep="first", maintain_order=True)
        at_end = pl.lit(1.0 if group.whole == "end" else 0.0).alias("dose")
        right = (pl.col("whole") == pl.col("correct")).alias("right")
        parts.append(whole.select(at_end, "cluster", "question_id", right))
    else:
        own = _ends_of(group, ends).with_columns(right=pl.col("without") == pl.col("correct"))
        parts.append(own.select(pl.lit(0.0).alias("dose"), "cluster", "question_id", "right"))
    table = pl.concat(parts).with_columns(
        place=pl.col("dose").map_elements(gathered, return_dtype=pl.Float64)
    )
    name = f"{group.about['protocol']}.accuracy"
    return [
        rate(
            table.filter(pl.col("place") == place),
            "right",
            group.about | {"quantity": name, "at": group.at.also(**{group.along: place})},
            "no answer was read there",
        )
        for place in table["place"].unique().sort()
    ]


def _ends_of(group: Group, ends: pl.DataFrame) -> pl.DataFrame:
    return ends.join(group.rows.select("parent").unique(), on="parent", how="semi")


def _both_areas(group: Group, convention: Convention) -> list[Estimate]:
    """Return the area over the curve, and that less the control's."""
    suffix, name = _SUFFIX[convention], group.about["protocol"]
    table = areas_of_replies(group.rows, convention, group.whole)
    about = group.about | {"at": group.at}
    about["missing"] = group.rows["same"].null_count()
    seen = table.drop_nulls("area")
    both = seen.drop_nulls("beside")
    plain = about | {"quantity": f"{name}.{suffix}", "n": seen.height, "questions": _questions(seen)}
    beyond = about | {"quantity": f"{name}.{suffix}-beyond", "n": both.height, "questions": _questions(both)}
    beyond |= {"unit": "points"}
    if seen.is_empty():
        return [_none(each, "no changed reply was read") for each in (plain, beyond)]
    value = _mean(seen["area"])
    first = present(value, bounded_mean(seen["area"].to_numpy(), seen["cluster"].to_numpy()), plain)
    if both.is_empty():
        return [first, _none(beyond, "no reply with nothing changed was read")]
    columns = [both[column].to_numpy() for column in ("area", "beside")]
    means = [float(np.clip(column.mean(), 0, 1)) for column in columns]
    parts = [bounded_mean(column, both["cluster"].to_numpy()) for column in columns]
    matrix = correlation([_by_cluster(both, column) for column in ("area", "beside")])
    interval = mover((1.0, -1.0), means, parts, matrix)
    return [first, present(means[0] - means[1], interval, beyond)]


def areas_of_replies(rows: pl.DataFrame, convention: Convention, scale: Scale) -> pl.DataFrame:
    """Return the area over the curve of each reply and of its control; null where no point of it was read.

    The mean over replies of one length is the area over their mean curve. Where a point was not read, the others at its
    place stand for it: they count as much more, so that the mean is still that of the mean curve.
    """
    whole: Whole = "end" if scale == "end" else "start"
    made: list[dict[str, Any]] = []
    patterns: dict[tuple[float, ...], list[pl.DataFrame]] = {}
    for (_,), own in rows.sort("dose").group_by("parent", maintain_order=True):
        patterns.setdefault(tuple(own["dose"]), []).append(own)
    for asked, replies in patterns.items():
        places, keep = _inside(asked, whole)
        if not places:
            continue
        weight = weights(places, convention, whole)
        table = {
            column: np.array(
                [own[column].cast(pl.Float64).to_numpy()[keep] for own in replies], dtype=np.float64
            )
            for column in ("same", "control")
        }
        own_areas, beside = (_pseudo(table[column], weight) for column in ("same", "control"))
        for number, own in enumerate(replies):
            made.append(
                {
                    "parent": own["parent"][0],
                    "cluster": own["cluster"][0],
                    "question_id": own["question_id"][0],
                    "area": own_areas[number],
                    "beside": beside[number],
                }
            )
    schema = {
        "parent": pl.String,
        "cluster": pl.String,
        "question_id": pl.String,
        "area": pl.Float64,
        "beside": pl.Float64,
    }
    return pl.DataFrame(made, schema=schema)


def _inside(places: Sequence[float], whole: Whole) -> tuple[tuple[float, ...], list[int]]:
    """Return the places that are not the known end, each once, and where they stand."""
    end = 1.0 if whole == "end" else 0.0
    keep = [at for at, place in enumerate(places) if place != end and place not in places[:at]]
    return tuple(places[at] for at in keep), keep


def _pseudo(same: FloatArray, weight: FloatArray) -> list[float | None]:
    """Return the area over the curve of each reply (a row of S at each place, NaN where it was not read)."""
    read = ~np.isnan(same)
    counts, seen = read.sum(axis=0), [bool(each.any()) for each in read]
    if not counts.all():
        return [None] * len(same)
    replies = sum(seen)
    means = np.nansum(same, axis=0) / counts
    moved = np.where(read, same - means, 0.0) * (replies / counts)
    found = weight @ (1 - means) - moved @ weight
    return [float(value) if there else None for value, there in zip(found, seen, strict=True)]


def dependence(records: pl.DataFrame, changed: Changed, whole: Scale = "end") -> pl.DataFrame:
    """Return one row for each reply and kind of change: its share of changed answers, as `steps` weigh them.

    Columns: parent, cluster, question_id, area, model, elicitation, conditioning, change.
    """
    made = []
    key = ["model", "elicitation", "conditioning", "change"]
    for named, rows in points(records, changed).sort(key).group_by(key, maintain_order=True):
        about = {name: pl.lit(value, dtype=pl.String) for name, value in zip(key, named, strict=True)}
        made.append(
            areas_of_replies(rows, "steps", whole).drop_nulls("area").select(pl.exclude("beside"), **about)
        )
    return pl.concat(made).sort("change", "parent") if made else pl.DataFrame(schema=_DEPENDENCE)


def _gain(group: Group, ends: pl.DataFrame) -> Estimate:
    """Return accuracy with reasoning less accuracy without, over replies whose answer was read both ways."""
    own = _ends_of(group, ends).with_columns(
        having=pl.col("whole") == pl.col("correct"), bare=pl.col("without") == pl.col("correct")
    )
    about = group.about | {"quantity": f"{group.about['protocol']}.gain", "at": group.at}
    return ends_gain(
        own.filter(pl.col("correct").is_not_null()), about, "no answer without reasoning was read"
    )


def ends_gain(rows: pl.DataFrame, attributes: Mapping[str, Any], nothing: str) -> Estimate:
    """Return P(`having`) less P(`bare`) over the rows that have both columns, paired.

    Args:
        rows: with `cluster` and `question_id`.
        attributes: of the estimate.
        nothing: the reason where no row has both.
    """
    seen = rows.drop_nulls(["having", "bare"])
    about = dict(attributes) | {"unit": "points", "n": seen.height, "missing": rows.height - seen.height}
    about["questions"] = _questions(seen)
    if seen.is_empty():
        return _none(about, nothing if rows.height else "no correct answer is known")
    table = seen.with_columns(pl.col("having", "bare").cast(pl.Float64))
    columns = [_by_cluster(table, name) for name in ("having", "bare")]
    parts = [clustered_wilson(*column) for column in columns]
    values = [float(hits.sum() / sizes.sum()) for hits, sizes in columns]
    return present(values[0] - values[1], mover((1.0, -1.0), values, parts, correlation(columns)), about)


def _left_out(records: pl.DataFrame, changed: Changed) -> list[Estimate]:
    first = first_replies_with_answers(records)
    after = records.filter(pl.col("intervention").is_in(list(changed.kinds))).select("parent").unique()
    first = first.with_columns(out=~pl.col("parent").is_in(after["parent"].implode()))
    found = []
    for (model, style), rows in first.sort("model", "elicitation").group_by(
        "model", "elicitation", maintain_order=True
    ):
        about = {"protocol": changed.protocol, "model": model, "elicitation": style}
        about["quantity"] = f"{changed.protocol}.left-out"
        found.append(rate(rows, "out", about, "there is no reply with an answer"))
    return found


def _nothing_left(out: Estimate, records: pl.DataFrame, whole: Scale) -> Estimate:
    """Return the area where every reply is left out: none, and why."""
    name = f"{out.protocol}.{'area-steps' if whole == 'neither' else 'area'}"
    about = {"protocol": out.protocol, "model": out.model, "elicitation": out.elicitation, "quantity": name}
    asked = records["intervention"].str.starts_with("write-").sum()
    why = f"the helper wrote nothing that could be used, in {asked} calls"
    return _none(about, why if asked else f"none of {out.n} replies has a reasoning of two steps or more")


def _by_cluster(table: pl.DataFrame, column: str) -> tuple[FloatArray, FloatArray]:
    sums = table.group_by("cluster").agg(pl.col(column).sum(), n=pl.len().cast(pl.Float64)).sort("cluster")
    return sums[column].to_numpy(), sums["n"].to_numpy()


def _mean(column: pl.Series) -> float:
    return float(np.clip(column.to_numpy().mean(), 0, 1))


def _questions(rows: pl.DataFrame) -> int:
    return rows["question_id"].n_unique()


def _none(attributes: Mapping[str, Any], reason: str) -> Estimate:
    return Estimate(value=None, reason=reason, flags=("undefined",), **attributes)
