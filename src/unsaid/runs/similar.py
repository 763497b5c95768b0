"""How far the first new step of each continuation is from the step that it stands in place of: the column `similar`."""

from __future__ import annotations

import polars as pl

from unsaid.estimates.chain.rollouts import renewed
from unsaid.models.embedding import Embedding, cosines

__all__ = ["compared"]


def compared(records: pl.DataFrame, embed: Embedding) -> pl.DataFrame:
    """Return the records with the cosine of each continuation that has a first new step; the others have none.

    Args:
        records: the tidy table.
        embed: the embedding.
    """
    found = list(renewed(records))
    values: list[float | None] = [None] * records.height
    for (row, _, _), cosine in zip(found, cosines(embed, [pair[1:] for pair in found]), strict=True):
        values[row] = cosine
    return records.with_columns(similar=pl.Series(values, dtype=pl.Float64))
