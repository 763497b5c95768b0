"""How likely the answer of the whole reasoning is, along a changed reasoning, where the model tells.

One drawn answer says yes or no. Where the model gives log-probabilities of the letters, the same call says how likely
each option was, and nothing is left to the draw (Lanham et al. 2023, section 2, read answers so):

    .chance        mean chance of the answer of the whole reasoning, of the options, along x
    .chance-area   the area over that curve: by trapezoids, or by steps where the reasoning is whole at neither end

Denominators: points whose log-probabilities were told; `missing` are the others. An area is over replies all of whose
points were told. At the end where the reasoning is whole the chance is taken to be 1, as the share of same answers is
by construction. Intervals are clustered by question: `mean_chance` along x, `bounded_mean` for the area.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from unsaid.estimates.chain.answer_chances import mean_chance
from unsaid.estimates.chain.curve_points import Changed, points
from unsaid.estimates.chain.curves import Group, Scale, areas_of_replies, dependence, gathered, groups
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.estimates.quantity import Quantity
from unsaid.statistics.areas import bounded_mean

__all__ = ["chance_quantities", "chances", "dependence_told"]

_NOBODY = "no log-probabilities of the options came with the forced answers"


def chance_quantities(protocol: str, changed: str, place: str, along: str) -> tuple[Quantity, Quantity]:
    """Return what this module estimates for a protocol, in its words (as `curve_quantities.quantities`)."""
    return (
        Quantity(
            f"{protocol}.chance",
            f"How likely the answer of the whole reasoning is {changed}.",
            of="changed replies",
            words="chance of the answer",
            along=(along,),
        ),
        Quantity(
            f"{protocol}.chance-area",
            f"The area over the curve of how likely the answer is, against the {place}.",
            of="replies",
            words="area over the curve of chances",
        ),
    )


def chances(records: pl.DataFrame, changed: Changed, along: str, whole: Scale = "end") -> list[Estimate]:
    """Return both quantities for each model, elicitation, way of asking and kind of change.

    Args:
        records: the tidy table, of one context a question.
        changed: what the protocol does.
        along: the name of the coordinate.
        whole: as `curves` takes it.
    """
    found: list[Estimate] = []
    for group in groups(points(records, changed), changed, along, whole):
        found += [*_along(group), _area(group)]
    return found


def _along(group: Group) -> Iterator[Estimate]:
    """Yield the curve; nothing where no chance was told, which the area then says."""
    rows = group.rows.with_columns(place=pl.col("dose").map_elements(gathered, return_dtype=pl.Float64))
    told = rows.drop_nulls("chance")
    for place in told["place"].unique().sort():
        seen, asked = (table.filter(pl.col("place") == place) for table in (told, rows))
        about = group.about | {"quantity": f"{group.about['protocol']}.chance"}
        about |= {"at": group.at.also(**{group.along: place}), "n": seen.height}
        about |= {"missing": asked.height - seen.height, "questions": seen["question_id"].n_unique()}
        values = np.clip(seen["chance"].to_numpy(), 0, 1)
        interval = mean_chance(values.tolist(), seen["cluster"].to_list())
        yield present(float(values.mean()), interval, about)


def _area(group: Group) -> Estimate:
    name = f"{group.about['protocol']}.chance-area"
    about = group.about | {"quantity": name, "at": group.at}
    about["missing"] = group.rows["chance"].null_count()
    seen = _of_replies(group.rows, group.whole)
    about |= {"n": seen.height, "questions": seen["question_id"].n_unique()}
    if seen.is_empty():
        return Estimate(value=None, reason=_NOBODY, flags=("undefined",), **about)
    values = np.clip(seen["area"].to_numpy(), 0, 1)
    return present(float(values.mean()), bounded_mean(values, seen["cluster"].to_numpy()), about)


def _of_replies(rows: pl.DataFrame, whole: Scale) -> pl.DataFrame:
    """Return the area of each reply all of whose points were told, by the convention of this module."""
    told = rows.group_by("parent").agg(all_told=pl.col("chance").is_not_null().all())
    rows = rows.join(told.filter("all_told"), on="parent", how="semi", maintain_order="left")
    rows = rows.with_columns(same="chance", control="control_chance")
    return areas_of_replies(rows, "steps" if whole == "neither" else "trapezoid", whole).drop_nulls("area")


def dependence_told(records: pl.DataFrame, changed: Changed, whole: Scale = "end") -> pl.DataFrame:
    """Return one row for each reply and kind of change whose chances were told: the area over its curve of chances.

    Columns: as `curves.dependence`; no row where no chance was told.
    """
    made = []
    key = ["model", "elicitation", "conditioning", "change"]
    for named, rows in points(records, changed).sort(key).group_by(key, maintain_order=True):
        about = {name: pl.lit(value, dtype=pl.String) for name, value in zip(key, named, strict=True)}
        made.append(_of_replies(rows, whole).select(pl.exclude("beside"), **about))
    return pl.concat(made).sort("change", "parent") if made else dependence(records, changed, whole)
