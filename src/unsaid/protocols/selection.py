"""Which records a protocol reads: several protocols of one run share a table, and each concludes from its own.

What tells them apart is in the records themselves, so that `unsaid report` and imported records need nothing
beside the table: the arm ("decode" is only of `necessity`), the cue ("weak-evidence" is only of `bbq`), and
which styles have a replay arm, which only `verbalisation` asks.
"""

from __future__ import annotations

import polars as pl

from unsaid.estimates.answers.bbq import CUE as WEAK_EVIDENCE
from unsaid.estimates.cued.leaks import forbidding
from unsaid.estimates.pairs import pairs
from unsaid.records.schema import SCHEMA

__all__ = ["about_chosen_cues", "in_two_channels", "paired", "reasoned", "verbalised_styles"]


def about_chosen_cues(records: pl.DataFrame, *arms: str) -> pl.DataFrame:
    """The replies in these arms (all, if none is named) but those of `bbq`, whose cue has no clean arm and no judge."""
    own = records.filter(~pl.col("cue").eq_missing(pl.lit(WEAK_EVIDENCE)))
    return own.filter(pl.col("arm").is_in(arms)) if arms else own


def reasoned(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows (of records or pairs) whose elicitation does not forbid reasoning."""
    return rows.filter(~forbidding())


def verbalised_styles(records: pl.DataFrame) -> pl.DataFrame:
    """The styles that `verbalisation` asked: those that reason, and any other that has a replay arm.

    `biasing` and `necessity` ask "direct" besides, clean and cued only: without reasoning there is nothing to
    be said or left unsaid. Where that leaves nothing (imported answers without reasoning), all are read.
    """
    replayed = (pl.col("arm") == "replay").any().over("model", "elicitation")
    kept = records.filter(~forbidding() | replayed)
    return records if kept.is_empty() else kept


def in_two_channels(records: pl.DataFrame) -> pl.DataFrame:
    """The records of each model and elicitation under which reasoning had a channel of its own.

    Records of earlier versions, and of imports that cannot tell, do not say so themselves; there the elicitation
    "native", which asks for nothing else, does.
    """
    native = (pl.col("elicitation") == "native").fill_null(value=False)
    apart = pl.when(pl.col("reading").is_null()).then(native).otherwise(pl.col("reading") == "channel")
    return records.filter((apart & (pl.col("arm") == "cued")).any().over("model", "elicitation"))


def paired(records: pl.DataFrame, judge: str | None) -> pl.DataFrame:
    """The pairs with one judge's verdicts; without any where no judge is named, however many read the records."""
    if judge is None:
        records = records.with_columns(verdicts=pl.lit(None, dtype=SCHEMA["verdicts"]))
    return pairs(records, judge)
