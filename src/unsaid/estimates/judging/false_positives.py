"""How often does a judge find a cue in reasoning that never saw it?

Reasoning without a cue is all truly negative, so a judge's rate on it is a free estimate of
one minus its specificity. Walden and Wanner 2026 and others (arXiv 2601.07663) show why it must be run.

    P(verbalised | clean arm, asked about this cue)                       "judge.false-positives"

Denominator: verdicts on clean replies about the cue, in one channel. Left out, and counted as missing:
verdicts that failed. A clean reply may be judged whether or not its answer was parsed.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.estimates.cells import cells
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import KEY, Definition, ReadChannel, of_channel, pick_judge, verdicts
from unsaid.estimates.proportions import Share, shares
from unsaid.statistics.bootstrap import DRAWS

__all__ = ["false_positives"]

_SHARE = Share("judge.false-positives", "said", "read", "missing", "no verdict on a clean reply")


def false_positives(
    records: pl.DataFrame,
    rng: np.random.Generator,
    judge: str | None = None,
    definition: Definition = "mention",
    channel: ReadChannel = "reasoning",
    draws: int = DRAWS,
) -> list[Estimate]:
    """Return the judge's false-positive rate for each cue, and its unweighted mean over cues.

    Args:
        records: a table of `records.schema`.
        rng: the source of randomness.
        judge: whose verdicts; the only one by default.
        definition: what counts as verbalised.
        channel: which text was read, as in `pairs.pairs`.
        draws: bootstrap draws.

    Raises:
        UnknownName: no such judge.
        UsageError: several judges and none named.
    """
    name = pick_judge(records, judge)
    if name is None:
        return []
    rows = verdicts(records, name, arm="clean")
    rows = rows.filter(of_channel(channel, *KEY, "asked_cue")).with_columns(cue=pl.col("asked_cue"))
    said = pl.col(definition)
    sums = {"said": said, "read": said.is_not_null(), "missing": said.is_null()}
    labels = {"protocol": "verbalisation", "definition": definition, "judge": name}
    found: list[Estimate] = []
    for table in cells(
        rows.with_columns(target=pl.lit(None, pl.String), correct=pl.lit(None, pl.String)), sums
    ):
        found += shares(table, _SHARE, table.draw(rng, draws, joint=True), labels)
    return found
