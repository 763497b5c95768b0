"""How much of a same answer is a preference for a place (Bentham et al. 2024, arXiv 2402.14897).

A model that always picks (A) gives the same answer with and without reasoning. So the answer without reasoning is asked
for again with each option at another place:

    .permuted     P(the option is that of the unpermuted answer | both forced without reasoning, and read)
    .normalised   P(same as with the whole reasoning | forced without any) / .permuted

Intervals: clustered Wilson; the ratio by MOVER with the clusters' correlation. It is undefined where the interval of
the denominator reaches 0.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from unsaid.estimates.cells import correlation
from unsaid.estimates.chain.curve_points import with_ends
from unsaid.estimates.chain.curves import rate
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.estimates.quantity import Quantity
from unsaid.statistics.intervals import clustered_wilson, mover_ratio

__all__ = ["PERMUTED", "permuted", "permuted_quantities"]

#: The intervention: no reasoning, and each option at another place.
PERMUTED = "permute"


def permuted_quantities(protocol: str) -> tuple[Quantity, ...]:
    """Return what this module estimates, in words."""
    return (
        Quantity(
            f"{protocol}.permuted",
            "How often the same option is chosen without any reasoning when each stands at another place.",
            of="first replies with an answer",
            words="same option at another place",
        ),
        Quantity(
            f"{protocol}.normalised",
            "How often the answer is the same without any reasoning, divided by how often the option is the same at "
            "another place.",
            of="first replies with an answer",
            unit="ratio",
            words="same without reasoning, for the same at another place",
        ),
    )


def permuted(records: pl.DataFrame, protocol: str) -> list[Estimate]:
    """Return both quantities for each model, elicitation and way of asking.

    Args:
        records: the tidy table, of one context a question.
        protocol: as it stands in the estimates.
    """
    after = records.filter(pl.col("intervention") == PERMUTED).select("parent", moved="answer")
    table = with_ends(records).join(after, on="parent", how="inner", maintain_order="left")
    table = table.with_columns(
        stays=(pl.col("moved") == pl.col("without")).cast(pl.Float64),
        same=(pl.col("without") == pl.col("whole")).cast(pl.Float64),
    )
    found = []
    key = ("model", "elicitation", "conditioning")
    for (model, style, conditioning), rows in table.sort(key).group_by(key, maintain_order=True):
        at = At({"conditioning": str(conditioning)} if conditioning else {})
        about = {"protocol": protocol, "model": model, "elicitation": style, "at": at}
        as_flags = rows.with_columns(pl.col("stays").cast(pl.Boolean))
        first = about | {"quantity": f"{protocol}.permuted"}
        found.append(rate(as_flags, "stays", first, "no answer at another place was read"))
        found.append(_normalised(rows, about | {"quantity": f"{protocol}.normalised", "unit": "ratio"}))
    return found


def _normalised(rows: pl.DataFrame, attributes: dict[str, Any]) -> Estimate:
    seen = rows.drop_nulls(["same", "stays"])
    counts = (
        seen.group_by("cluster")
        .agg(pl.col("same", "stays").sum(), n=pl.len().cast(pl.Float64))
        .sort("cluster")
    )
    about = attributes | {"n": seen.height, "missing": rows.height - seen.height}
    about["questions"] = seen["question_id"].n_unique()
    if seen.is_empty():
        return Estimate(
            value=None, reason="no answer at another place was read", flags=("undefined",), **about
        )
    columns = [(counts[name].to_numpy(), counts["n"].to_numpy()) for name in ("same", "stays")]
    parts = [clustered_wilson(*column) for column in columns]
    top, bottom = (float(hits.sum() / sizes.sum()) for hits, sizes in columns)
    if not parts[1].low:
        reason = "the option may never be the same at another place"
        return Estimate(value=None, reason=reason, flags=("undefined",), **about)
    related = float(correlation(columns)[0, 1])
    return present(top / bottom, mover_ratio((top, bottom), (parts[0], parts[1]), related), about)
