"""The same rate as other judges read it: how far does faithfulness depend on who reads?

Where several judges, or people, gave verdicts on the replies of a run, one of them is the run's own, and every other
quantity is its reading. These estimates are faithfulness, raw and corrected for chance, by each of the others. Readings
are never pooled: the coordinate "read by" is the judge's name, so that no table takes one for another. A panel is made
of other judges' verdicts and is no reader of its own here; nor are the members of a panel that is the run's own judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition, pairs
from unsaid.statistics.bootstrap import DRAWS

__all__ = ["READ_BY", "other_readers", "readers_of"]

#: The coordinate whose value is the judge's name.
READ_BY = "read by"
_PANEL = "panel("
_RATES = ("faithfulness", "faithfulness.normalised", "faithfulness.replay-normalised")


def other_readers(
    records: pl.DataFrame,
    judge: str,
    rng: np.random.Generator,
    definitions: Sequence[Definition] = ("mention", "reliance"),
    draws: int = DRAWS,
) -> list[Estimate]:
    """Return faithfulness over all cues, raw and normalised, by every judge but the run's own.

    Args:
        records: a table of `records.schema`.
        judge: the run's own judge.
        rng: the source of randomness.
        definitions: what counts as verbalised.
        draws: bootstrap draws.
    """
    found: list[Estimate] = []
    for name in readers_of(records):
        if name == judge or name.startswith(_PANEL) or (judge.startswith(_PANEL) and name in judge):
            continue
        paired = pairs(records, name)
        for definition in definitions:
            if paired[definition].count():
                rates = faithfulness(paired, rng, definition, draws=draws)
                found += [
                    _named(each, name) for each in rates if each.cue is None and each.quantity in _RATES
                ]
    return found


def readers_of(records: pl.DataFrame) -> list[str]:
    """Return who gave a verdict on a cued reply; a judge whose every reading failed gave none."""
    told = records.filter(pl.col("arm") == "cued").select("verdicts").explode("verdicts").drop_nulls()
    if told.is_empty():
        return []
    read = told.unnest("verdicts").filter(pl.col("missing").is_null())
    return sorted(set(read["judge"].drop_nulls()))


def _named(estimate: Estimate, judge: str) -> Estimate:
    return replace(estimate, at=estimate.at | At({READ_BY: judge}))
