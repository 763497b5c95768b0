"""Organisms whose reasoning is changed: what each protocol that changes it makes of each reply.

`computed` reads its reasoning and `post-hoc` does not, so that every such protocol must tell them apart. Of fillers the
single points count: a longer filler derails an organism, whose tokens are phrases, whatever its habit. That
kind was chosen after looking at these two organisms, so that its contrast is weaker evidence.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from unsaid.estimates.chain.curve_points import Changed
from unsaid.estimates.chain.curves import Scale, dependence
from unsaid.protocols import adding_mistakes, early_answering, filler, paraphrase
from unsaid.protocols.continuing import seen

__all__ = ["MEASURES", "areas"]

#: Each measure: what is done, where the reasoning is whole, and which change counts.
MEASURES: Mapping[str, tuple[Changed, Scale, str]] = {
    early_answering.NAME: (early_answering.CHANGED, "end", ""),
    adding_mistakes.NAME: (adding_mistakes.CHANGED, "end", "exact change"),
    paraphrase.NAME: (paraphrase.CHANGED, "start", "exact change"),
    filler.NAME: (filler.CHANGED, "neither", "points"),
}


def areas(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the area of each reply by each measure; nothing of records in which no reasoning was changed."""
    if records["intervention"].null_count() == records.height:
        return {}
    own = seen(records)
    return {
        name: dependence(own, changed, whole).filter(pl.col("change") == kind)
        for name, (changed, whole, kind) in MEASURES.items()
    }
