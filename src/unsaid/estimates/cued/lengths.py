"""Lengths: is reasoning that keeps silent about the cue longer than reasoning that names it?

Chen et al. 2025 found unfaithful reasoning longer.

    length.faithful, length.unfaithful    mean reasoning tokens of moved replies that name the cue, or do not
    length.difference                     unfaithful - faithful, each cue compared with itself
    length.p-value                        permutation of the verdicts within question and cue

Denominator: moved pairs with a verdict and a token count. Left out, and counted as missing: moved pairs without
either. The two overall means are pooled over cues, as the paper's figures are. Cues differ in both length and
faithfulness, so that a difference of pooled means may be one between cues: the overall difference is the mean of the
cues' own differences, weighted by n_f n_u / (n_f + n_u) (of least variance where all replies vary alike), and the
p-value compares replies to one question under one cue. That needs several wordings or epochs. Each kind needs 20
replies.

The permutation test is in closed form (the exact mean and variance of the stratified sum under permutation,
and the normal law), because 2,000 shuffles of many replies cost minutes and say the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy import special

from unsaid.estimates.cells import Cells, cells, groups, parts, too_few
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition
from unsaid.estimates.proportions import present
from unsaid.statistics.bootstrap import DRAWS, Drawn, percentile
from unsaid.statistics.intervals import FloatArray

__all__ = ["lengths"]


def lengths(
    pairs: pl.DataFrame,
    rng: np.random.Generator,
    definition: Definition = "mention",
    draws: int = DRAWS,
    protocol: str = "verbalisation",
) -> list[Estimate]:
    """Return mean reasoning tokens of faithful and unfaithful moved replies, and their difference.

    Args:
        pairs: from `pairs.pairs`.
        rng: the source of randomness.
        definition: what counts as verbalised.
        draws: bootstrap draws.
        protocol: as it stands in the estimates.
    """
    if pairs.is_empty():
        return []
    said = pl.when(pl.col("moved") & pl.col("cued_tokens").is_not_null()).then(pl.col(definition))
    sums = {
        "faithful": said,
        "unfaithful": ~said,
        "faithful_tokens": pl.when(said).then(pl.col("cued_tokens")),
        "unfaithful_tokens": pl.when(~said).then(pl.col("cued_tokens")),
        "read": said.is_not_null(),
        "missing": pl.col("moved") & said.is_null(),
    }
    labels = {"protocol": protocol, "definition": definition, "judge": pairs["judge"][0]}
    found: list[Estimate] = []
    for table in cells(pairs, sums, counted=("read", "missing")):
        drawn = table.draw(rng, draws, joint=True)
        every = list(range(len(table.cells)))
        for cell in every:
            found += _lengths(table, [cell], drawn, table.about(cell) | labels)
        pooled = table.about(None) | labels | {"note": f"pooled over {len(every)} cue(s)"}
        found += _lengths(table, every, drawn, pooled)
    for part, some in parts(pairs).items():
        for model, elicitation, frame in groups(some):
            about = labels | {"model": model, "elicitation": elicitation, "at": part}
            found.append(_permutation(frame.filter(said.is_not_null()), about))
    return found


def _lengths(table: Cells, chosen: list[int], drawn: FloatArray, labels: dict[str, Any]) -> list[Estimate]:
    base = labels | {"unit": "tokens", "missing": sum(table.total(cell, "missing") for cell in chosen)}
    means = [_mean(table, chosen, kind, drawn) for kind in ("faithful", "unfaithful")]
    counts = [sum(table.total(cell, kind) for cell in chosen) for kind in ("faithful", "unfaithful")]
    found = []
    for kind, quantity, n in zip(("faithful", "unfaithful"), means, counts, strict=True):
        about = base | {"quantity": f"length.{kind}", "n": n, "questions": table.questions(chosen, kind)}
        found.append(_estimate(quantity, [n], about))
    about = base | {"quantity": "length.difference", "n": sum(counts)}
    about["questions"] = table.questions(chosen, "read")
    if len(chosen) > 1:
        about["note"] = f"weighted mean of the differences within {len(chosen)} cues"
    return [*found, _estimate(_difference(table, chosen, drawn), counts, about)]


def _difference(table: Cells, chosen: list[int], drawn: FloatArray) -> Drawn:
    """Return the mean over cues of unfaithful minus faithful, weighted; NaN where no cue has replies of both kinds."""
    names = ("faithful", "unfaithful", "faithful_tokens", "unfaithful_tokens")
    index = [table.index(name) for name in names]
    sums = np.concatenate(
        [table.sums[:, chosen][:, :, index].sum(axis=0)[None], drawn[:, chosen][:, :, index]]
    )
    named, silent, tokens_named, tokens_silent = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.nan_to_num(named * silent / (named + silent))
        gap = np.where(weight > 0, tokens_silent / silent - tokens_named / named, 0.0)
        found = (weight * gap).sum(axis=1) / weight.sum(axis=1)
    return Drawn(float(found[0]), found[1:])


def _mean(table: Cells, chosen: list[int], kind: str, drawn: FloatArray) -> Drawn:
    index = [table.index(kind), table.index(f"{kind}_tokens")]
    n, tokens = np.moveaxis(drawn[:, chosen][:, :, index].sum(axis=1), -1, 0)
    total, sum_tokens = table.sums[:, chosen][:, :, index].sum(axis=(0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Drawn(float(np.divide(sum_tokens, total)), np.where(n > 0, tokens / n, np.nan))


def _estimate(quantity: Drawn, counts: list[int], attributes: dict[str, Any]) -> Estimate:
    short = next((reason for reason in map(too_few, counts) if reason), "")
    if short:
        return Estimate(value=None, reason=short, flags=("withheld",), **attributes)
    if np.isnan(quantity.point):
        reason = "no cue has replies of both kinds, so that lengths would be compared between cues"
        return Estimate(value=None, reason=reason, flags=("undefined",), **attributes)
    return present(quantity.point, percentile(quantity.draws), attributes)


def _permutation(moved: pl.DataFrame, labels: dict[str, Any]) -> Estimate:
    """Return the stratified permutation test, strata being each question under each cue with replies of both kinds."""
    said, tokens = pl.col(labels["definition"]), pl.col("cued_tokens").cast(pl.Float64)
    strata = moved.group_by("question_id", "cue", maintain_order=True).agg(
        n=pl.len(), m=(~said).sum(), total=tokens.filter(~said).sum(), mean=tokens.mean(), var=tokens.var()
    )
    strata = strata.filter((pl.col("m") > 0) & (pl.col("m") < pl.col("n")))
    about = labels | {
        "quantity": "length.p-value",
        "unit": "p-value",
        "questions": strata["question_id"].n_unique(),
    }
    about |= {
        "n": int(strata["n"].sum()),
        "method": "permutation within question and cue, normal approximation",
    }
    short = too_few(strata.height)
    if short:
        reason = (
            f"{short.replace('n=', 'questions under one cue=')} with replies of both kinds; ask with --epochs"
        )
        return Estimate(value=None, reason=reason, flags=("withheld",), **about)
    gap = float((strata["total"] - strata["m"] * strata["mean"]).sum())
    spread = float((strata["m"] * (strata["n"] - strata["m"]) / strata["n"] * strata["var"]).sum())
    p_value = 1.0 if spread == 0 else float(2 * special.ndtr(-abs(gap) / spread**0.5))
    return Estimate(value=p_value, **about)
