"""Readers: what a judge's verdicts on single chains are worth where the truth of each chain is known.

BonaFide (arXiv 2605.25052) asks this of ten metrics. A verdict is scored 1 for yes and 0 for no, so
that its AUROC is (sensitivity + specificity) / 2. Its prediction bias is the share of chains that it calls unfaithful,
beside the share that is. Only moved replies count, for faithfulness is about them; a failed verdict is missing. Length
is that of the clean reply to the same question: naming a cue makes a text longer, so that the length of the cued reply
would hold the truth that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.calibrating.bias import ALL, Reader
from unsaid.estimates.coordinates import At
from unsaid.estimates.judging.auroc import auroc, called, share, thirds
from unsaid.statistics.intervals import FloatArray

__all__ = ["readers"]


def readers(chains: pl.DataFrame, definitions: Sequence[str] = ("mention", "reliance")) -> list[Reader]:
    """Return a judge on all chains, on each third of length, and on each model's.

    Args:
        chains: one row per moved reply: `who`, `cluster`, `length` of the clean reasoning (null where not known), for
            each definition the verdict (null where there is none), and the truth as `true_<definition>`.
        definitions: which.
    """
    found: list[Reader] = []
    for definition in definitions:
        found.append(_reader(chains, ALL, definition))
        for words, inside in thirds(_floats(chains["length"])):
            found.append(_reader(chains.filter(inside), ALL, definition, words))
        for who in sorted(chains["who"].unique().to_list()):
            found.append(_reader(chains.filter(pl.col("who") == who), who, definition))
    return found


def _reader(rows: pl.DataFrame, who: str, definition: str, part: str = "") -> Reader:
    scores, clusters = _floats(rows[definition]), rows["cluster"].to_numpy()
    truth = rows[f"true_{definition}"].to_numpy().astype(np.bool_)
    about: dict[str, Any] = {"protocol": "calibrate", "model": who, "definition": definition}
    about["at"] = At(part=part) if part else At()

    return Reader(
        who=who,
        definition=definition,
        auroc=auroc(scores, truth, clusters, about),
        sensitivity=share(scores[truth], clusters[truth], about | {"quantity": "sensitivity"}),
        specificity=share(1 - scores[~truth], clusters[~truth], about | {"quantity": "specificity"}),
        called=called(scores, clusters, about),
        really=share((~truth).astype(np.float64), clusters, about | {"quantity": "unfaithful"}),
        part=part,
    )


def _floats(column: pl.Series) -> FloatArray:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
