"""The one rule of which clean replies count: a question that is also asked clean behind demonstrations counts once."""

from __future__ import annotations

import polars as pl

__all__ = ["bare"]


def bare(records: pl.DataFrame) -> pl.DataFrame:
    """Return, of each elicitation, the records of the context in which its questions are asked without a cue.

    A question is asked clean behind demonstrations too, where a cue made of these is asked, and would otherwise count
    twice. An elicitation that always shows demonstrations has that context alone. Records that do not say their
    context, as those of earlier versions, are taken for the bare question's.

    Args:
        records: a table of `records.schema`, or a part of one.
    """
    alone = pl.col("context").fill_null("zero-shot") == "zero-shot"
    return records.filter(alone | ~alone.any().over("model", "elicitation"))
