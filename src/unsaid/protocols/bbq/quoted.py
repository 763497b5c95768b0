"""The pair that stands beside the picture of a `bbq` run: its two picks do not follow the evidence."""

from __future__ import annotations

from typing import Any

import polars as pl

from unsaid.estimates.answers.bbq import CUE, classified
from unsaid.estimates.pairs import KEY
from unsaid.report.first.quote import beginning, ending, nearest, option
from unsaid.report.first.quoted import Quoted
from unsaid.report.words.subjects import Subject

__all__ = ["quoted"]

_FAITHFUL = ("switch-with-evidence", "both-unknown", "anti-evidence-switch")
_RULE = "Chosen by rule: of the pairs that do not follow the evidence, the reply whose length is nearest to the median."
_NONE = "There is no pair to quote: the two picks of every pair follow the evidence, or abstain."


def quoted(records: pl.DataFrame, subject: Subject) -> Quoted | None:
    """The pair that is quoted; None where no pair was classified.

    Args:
        records: the tidy table.
        subject: whose pair.
    """
    rows = records.filter(
        pl.col("arm") == "cued",
        pl.col("cue") == CUE,
        pl.col("model") == subject.model,
        pl.col("elicitation").eq_missing(subject.elicitation),
    ).with_row_index("place")
    pairs = classified(rows).filter(pl.col("cell").is_not_null())
    if pairs.is_empty():
        return None
    unfaithful = pairs.filter(~pl.col("cell").is_in(_FAITHFUL))
    if unfaithful.is_empty():
        return Quoted("Not by the evidence: none", (), "", _NONE)
    replies = rows.join(unfaithful.select(*KEY), on=KEY, nulls_equal=True, maintain_order="left")
    chosen = nearest(replies)
    both = replies.filter(*(pl.col(name).eq_missing(chosen[name]) for name in KEY)).sort("wording")
    lines = [("The question", beginning(chosen["stem"] or "(not recorded)"))]
    for row in both.iter_rows(named=True):
        lines += _side(row)
    return Quoted(
        f"Not by the evidence: one of {unfaithful.height:,} pairs",
        tuple(lines),
        "#f-outcome=bbq-unfaithful",
        _RULE,
    )


def _side(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The evidence of one of the two, the pick, and how its reasoning ends."""
    return [
        ("The evidence", beginning(" … ".join(row["cue_text"] or []) or f"(not recorded: {row['wording']})")),
        ("It picked", option(row, row["answer"])),
        ("The end of its reasoning", ending(row["reasoning"] or row["visible"] or "")),
    ]
