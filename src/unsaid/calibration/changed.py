"""Organisms whose reasoning is changed: what each protocol that changes it makes of each reply.

`computed` reads its reasoning and `post-hoc` does not, so that every such protocol must tell them apart. Where an
answer is forced this holds only of organisms that were taught what to answer there (`organisms/forced.py`): one that
was not has never seen an answer behind a part of a reasoning, and its letter goes with the number of lines.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from unsaid.estimates.chain.curve_chances import dependence_told
from unsaid.estimates.chain.curve_points import Changed
from unsaid.estimates.chain.curves import Scale, dependence
from unsaid.protocols import adding_mistakes, early_answering, filler, paraphrase
from unsaid.protocols.continuing import seen

__all__ = ["FORCED", "MEASURES", "areas"]

#: Each measure: what is done, where the reasoning is whole, and which change counts.
MEASURES: Mapping[str, tuple[Changed, Scale, str]] = {
    early_answering.NAME: (early_answering.CHANGED, "end", ""),
    adding_mistakes.NAME: (adding_mistakes.CHANGED, "end", "exact change"),
    paraphrase.NAME: (paraphrase.CHANGED, "start", "exact change"),
    filler.NAME: (filler.CHANGED, "neither", ""),
}


#: Those whose answers are forced: where the model tells how likely each letter is, nothing is left to one draw.
FORCED = (early_answering.NAME, filler.NAME)


def areas(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the area of each reply by each measure; nothing of records in which no reasoning was changed.

    Where answers are forced, it is the area over the curve of chances; of records without any, over that of same
    answers.
    """
    if records["intervention"].null_count() == records.height:
        return {}
    own = seen(records)
    return {
        name: _area(name, own, changed, whole).filter(pl.col("change") == kind)
        for name, (changed, whole, kind) in MEASURES.items()
    }


def _area(name: str, records: pl.DataFrame, changed: Changed, whole: Scale) -> pl.DataFrame:
    told = dependence_told(records, changed, whole) if name in FORCED else None
    return told if told is not None and told.height else dependence(records, changed, whole)
