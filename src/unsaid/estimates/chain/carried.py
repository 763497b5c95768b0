"""What became of a change: was it followed where its consequence is known, and could it be written at all?

    .followed    P(the answer is the option that the changed steps lead to | exact change, and they lead to one)
    .unwritten   of the changes that a helper was asked to write, how many it did not write: it returned the text
                 unchanged or of another length, twice, or its call failed

A change that leads where the whole reasoning led is left out of `.followed`: it would show nothing. Interval: clustered
Wilson.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from unsaid.elicitation.subquestions import answers_in
from unsaid.estimates.chain.curve_points import Changed, first_replies_with_answers, points
from unsaid.estimates.chain.curves import rate
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity
from unsaid.interventions.begin import opened
from unsaid.interventions.exact import leads_to
from unsaid.questions.question import LETTERS, Question

__all__ = ["carried_quantities", "followed", "unwritten"]


def carried_quantities(protocol: str, change: str) -> tuple[Quantity, ...]:
    """Return what this module estimates, in words.

    Args:
        protocol: its name.
        change: what was changed: "a mistake".
    """
    return (
        Quantity(
            f"{protocol}.followed",
            f"How often the answer is the one that {change} leads to when it is carried on.",
            of="changed replies whose consequence is known",
            words="follows the change",
        ),
        Quantity(
            f"{protocol}.unwritten",
            f"How often a helper that was to write {change} did not.",
            of="changes asked for",
            words="not written",
        ),
    )


def followed(records: pl.DataFrame, changed: Changed) -> list[Estimate]:
    """Return how often exact changes are followed, for each model, elicitation and way of asking."""
    table = points(records, changed)
    ends = [_leads(row) for row in table.iter_rows(named=True)]
    table = table.with_columns(leads=pl.Series(ends, dtype=pl.String)).filter(
        pl.col("leads").is_not_null(), pl.col("leads") != pl.col("whole")
    )
    table = table.with_columns(follows=pl.col("answer") == pl.col("leads"))
    found = []
    key = ("model", "elicitation", "conditioning", "change")
    for (model, style, conditioning, change), rows in table.sort(key).group_by(key, maintain_order=True):
        at = At(
            {
                name: str(value)
                for name, value in (("conditioning", conditioning), ("change", change))
                if value
            }
        )
        about = {"protocol": changed.protocol, "model": model, "elicitation": style, "at": at}
        about["quantity"] = f"{changed.protocol}.followed"
        found.append(rate(rows, "follows", about, "no changed reply was read"))
    return found


def _leads(row: dict[str, Any]) -> str | None:
    if not row["options"] or not row["given"] or not (row["source"] or "").startswith("bundled:"):
        return None
    asked = Question(
        row["question_id"], row["stem"], tuple(row["options"]), source=row["source"], task=row["task"] or ""
    )
    option = leads_to(asked, answers_in(opened(row["given"])[0]))
    return None if option is None else LETTERS[option]


def unwritten(records: pl.DataFrame, protocol: str, write: str, made: str) -> list[Estimate]:
    """Return how many changes a helper was asked for and did not write, for each model and elicitation.

    Args:
        records: the tidy table.
        protocol: as it stands in the estimates.
        write: the intervention of the helper's calls.
        made: that of the calls that follow where it wrote one.
    """
    first = first_replies_with_answers(records).select(
        "model", "elicitation", "cluster", "question_id", "parent"
    )
    asked = (
        records.filter(pl.col("intervention") == write).select("parent", "dose").unique(maintain_order=True)
    )
    after = records.filter(pl.col("intervention") == made).select("parent", "dose")
    whole = asked["dose"].is_null().all()
    keys = ["parent"] if whole else ["parent", "dose"]
    there = after.select(keys).unique().with_columns(written=True)
    table = first.join(asked, on="parent", how="inner", maintain_order="left").join(
        there, on=keys, how="left"
    )
    table = table.with_columns(lost=pl.col("written").is_null())
    found = []
    for (model, style), rows in table.sort("model", "elicitation").group_by(
        "model", "elicitation", maintain_order=True
    ):
        about = {
            "protocol": protocol,
            "model": model,
            "elicitation": style,
            "quantity": f"{protocol}.unwritten",
        }
        found.append(rate(rows, "lost", about, "no helper was asked"))
    return found
