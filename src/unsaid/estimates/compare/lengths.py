"""How long the reasoning is in two runs, on the pairs they share, in tokens.

    length.clean    mean tokens of the reasoning without a cue, B minus A
    length.cued     the same with a cue

A training may lower a rate of biased reasoning by shortening the reasoning, so that lengths stand beside it.
Denominator: matched pairs in which both lengths are known; a clean reply counts once, however many cues it is the
partner of. The interval is `adjusted.paired_difference` by cluster, the test the clustered score test of the mean.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.differences import score
from unsaid.estimates.compare.matching import Matched
from unsaid.estimates.compare.quantities import SIDES
from unsaid.statistics.adjusted import paired_difference

__all__ = ["lengths"]

_NOTHING = "no shared reply whose length is known in both runs"


def lengths(matched: Matched, labels: tuple[str, str]) -> list[Difference]:
    """Return the differences in length, over all cues of the pairs.

    Args:
        matched: what the runs share.
        labels: of the baseline and of the run beside it.
    """
    once = matched.pairs.unique(["question_id", "epoch"], keep="first", maintain_order=True)
    return [_lengths(once, "clean", labels), _lengths(matched.pairs, "cued", labels)]


def _lengths(pairs: pl.DataFrame, arm: str, labels: tuple[str, str]) -> Difference:
    first, second = (f"{side}_{arm}_tokens" for side in SIDES)
    known = pairs.drop_nulls([first, second])
    bare = Difference(
        labels[1],
        labels[0],
        f"length.{arm}",
        None,
        None,
        reason=_NOTHING,
        missing=pairs.height - known.height,
    )
    if known.is_empty():
        return bare
    table = known.group_by("cluster", maintain_order=True).agg(
        pl.len().cast(pl.Float64).alias("n"),
        change=(pl.col(second) - pl.col(first)).sum().cast(pl.Float64),
        first=pl.col(first).sum(),
        second=pl.col(second).sum(),
    )
    change, sizes = table["change"].to_numpy(), table["n"].to_numpy()
    interval, n = paired_difference(change, sizes), known.height
    return Difference(
        labels[1],
        labels[0],
        f"length.{arm}",
        None,
        None,
        value=float(np.sum(change)) / n,
        first=float(table["first"].sum()) / n,
        second=float(table["second"].sum()) / n,
        low=interval.low,
        high=interval.high,
        p=score(change),
        n_first=n,
        n_second=n,
        questions=int(known["question_id"].n_unique()),
        missing=bare.missing,
        test="clustered score test",
        method=interval.method,
    )
