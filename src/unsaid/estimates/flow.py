"""The flow: how many replies each arm lost on the way to a number, and why.

    asked -> answered -> parsed -> eligible -> moved -> judged -> verdict

`asked` counts rows, `answered` those where the model said something, `parsed` those whose answer can be
used (see `pairs.loss`), `eligible` those whose clean partner was seen too and did not choose the target,
`moved` those that chose it, `judged` the moved ones that a judge was asked about, `verdict` those with a
definite answer to "is the cue mentioned?". In the clean arm, which no cue moved, `judged` and `verdict`
count all replies a judge read for its false positives. Null where a step has no meaning.

Arms that lose different shares bias what compares them: `imbalances` tests each arm against the clean replies to the
same questions. Arms whose answers are read by other rules may be read differently well: `rules` counts the rules by
which each arm's answers were read, and `rule_imbalances` tests each rule's share in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from unsaid.estimates.pairs import KEY, ReadChannel, controls, loss, of_channel, pairs, pick_judge, verdicts
from unsaid.statistics.intervals import clustered_mcnemar, holm
from unsaid.statistics.level import LEVEL

__all__ = ["STEPS", "Imbalance", "RuleImbalance", "flow", "imbalances", "rule_imbalances", "rules"]

STEPS = ("asked", "answered", "parsed", "eligible", "moved", "judged", "verdict")

#: A difference in lost shares below this is not worth a warning, however certain.
MIN_DIFFERENCE = 0.02

_GROUP = ["model", "elicitation", "arm", "cue"]
_ORDER = {"clean": 0, "replay": 1, "placebo": 2, "cued": 3}


@dataclass(frozen=True)
class Imbalance:
    """An arm that lost another share of its replies than the clean replies to the same questions.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for.
        arm: "replay", "placebo" or "cued".
        cue: the cue, in the cued arm.
        clean: share of the clean replies that were lost.
        lost: share of the arm's replies that were lost.
        p: clustered McNemar over the same questions, corrected by Holm over all arms.
        n: pairs compared.
    """

    model: str
    elicitation: str | None
    arm: str
    cue: str | None
    clean: float
    lost: float
    p: float
    n: int

    @property
    def sentence(self) -> str:
        """The warning, in words."""
        name = f"the {self.arm} arm" + (f" ({self.cue})" if self.cue else "")
        return (
            f"{name} of {self.model} lost {self.lost:.1%} of its replies where the clean arm lost "
            f"{self.clean:.1%} (n={self.n}, p={self.p:.2g}): what compares them may be biased"
        )


@dataclass(frozen=True)
class RuleImbalance:
    """A rule by which an arm's answers were read in another share than the clean replies to the same questions.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for.
        arm: "replay", "placebo" or "cued".
        cue: the cue, in the cued arm.
        rule: the parse rule.
        clean: share of the clean answers that it read.
        share: share of the arm's answers that it read.
        p: clustered McNemar over the same questions, corrected by Holm over all arms and rules.
        n: pairs compared, of which both answers were seen.
    """

    model: str
    elicitation: str | None
    arm: str
    cue: str | None
    rule: str
    clean: float
    share: float
    p: float
    n: int

    @property
    def sentence(self) -> str:
        """The warning, in words."""
        name = f"the {self.arm} arm" + (f" ({self.cue})" if self.cue else "")
        return (
            f"{self.share:.1%} of the answers in {name} of {self.model} were read by the rule {self.rule!r}, and "
            f"{self.clean:.1%} in the clean arm (n={self.n}, p={self.p:.2g}): what compares them may be one of "
            "reading; see the figures on strict replies"
        )


def flow(
    records: pl.DataFrame,
    judge: str | None = None,
    channel: ReadChannel = "reasoning",
    known: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return one row for each arm (and cue): the counts of `STEPS`, and `losses`, the reasons with their counts.

    Args:
        records: a table of `records.schema`.
        judge: whose verdicts; the only one by default.
        channel: which text was read, as in `pairs.pairs`.
        known: `pairs.pairs` of the same records, judge and channel, where they are there already.
    """
    name = pick_judge(records, judge)
    records = records.drop("stem", "options", "prompt", "cue_text", "reasoning", "visible", strict=False)
    cue = pl.when(pl.col("arm") == "cued").then(pl.col("cue"))
    rows = records.lazy().with_columns(cue=cue, lost=loss())
    counts = rows.group_by(_GROUP).agg(
        asked=pl.len(),
        answered=pl.len() - pl.col("lost").is_in(["error", "empty"]).fill_null(False).sum(),
        parsed=pl.col("lost").is_null().sum(),
        losses=pl.col("lost").drop_nulls().value_counts(sort=True),
    )
    if known is None:
        known = pairs(records, name, channel)
    later = pl.concat([_cued(known), _controls(records), _clean(records, name, channel)])
    table = counts.collect().join(later, on=_GROUP, how="left", nulls_equal=True)
    losses = pl.col("losses").list.eval(
        pl.format("{}: {}", pl.element().struct.field("lost"), pl.element().struct.field("count"))
    )
    order = pl.col("arm").replace_strict(_ORDER, default=len(_ORDER))
    table = table.with_columns(losses.list.sort().list.join(", ")).sort("model", "elicitation", order, "cue")
    return table.select(*_GROUP, *(pl.col(step).cast(pl.Int64) for step in STEPS), "losses")


def _counted(frame: pl.DataFrame, arm: str, **steps: pl.Expr) -> pl.DataFrame:
    empty = pl.lit(None, pl.Int64)
    named = {step: steps[step].sum().cast(pl.Int64) if step in steps else empty for step in STEPS[3:]}
    cue = pl.col("cue") if arm == "cued" else pl.lit(None, pl.String).alias("cue")
    frame = frame.with_columns(cue, arm=pl.lit(arm))
    return frame.group_by(_GROUP).agg(**named)


def _cued(table: pl.DataFrame) -> pl.DataFrame:
    moved = pl.col("moved")
    return _counted(
        table,
        "cued",
        eligible=pl.col("eligible"),
        moved=moved,
        judged=moved & pl.col("judged"),
        verdict=moved & pl.col("mention").is_not_null(),
    )


def _controls(records: pl.DataFrame) -> pl.DataFrame:
    steps = {"eligible": pl.col("eligible"), "moved": pl.col("moved")}
    rows = controls(records, "replay", "placebo")
    return pl.concat(
        [_counted(rows.filter(pl.col("arm") == arm), arm, **steps) for arm in ("replay", "placebo")]
    )


def _clean(records: pl.DataFrame, judge: str | None, channel: ReadChannel) -> pl.DataFrame:
    clean = records.filter(pl.col("arm") == "clean")
    rows = clean.select(*KEY, cue=pl.lit(None, pl.String))
    if judge is None:
        return _counted(rows, "clean", judged=pl.lit(False), verdict=pl.lit(False))
    read = verdicts(records, judge, arm="clean").filter(of_channel(channel, *KEY, "asked_cue"))
    # One reply is read once a cue; it has a verdict only where none of its readings failed.
    each = read.group_by(KEY).agg(judged=pl.lit(True), verdict=pl.col("mention").is_not_null().all())
    rows = rows.join(each, on=KEY, how="left", nulls_equal=True)
    return _counted(rows, "clean", judged=pl.col("judged"), verdict=pl.col("verdict"))


def rules(records: pl.DataFrame) -> pl.DataFrame:
    """Return by which rules the answers of each arm (and cue) were read.

    Columns: model, elicitation, arm, cue (in the cued arm), parse_rule (null where it was not recorded), count, and
    share of the arm's answers that were seen. Lost replies are in `flow`.
    """
    cue = pl.when(pl.col("arm") == "cued").then(pl.col("cue"))
    seen = records.lazy().with_columns(cue=cue, lost=loss()).filter(pl.col("lost").is_null())
    table = seen.group_by(*_GROUP, "parse_rule").agg(count=pl.len().cast(pl.Int64)).collect()
    table = table.with_columns(share=pl.col("count") / pl.col("count").sum().over(_GROUP))
    order = pl.col("arm").replace_strict(_ORDER, default=len(_ORDER))
    return table.sort("model", "elicitation", order, "cue", -pl.col("count"), "parse_rule")


def rule_imbalances(records: pl.DataFrame, level: float = LEVEL) -> list[RuleImbalance]:
    """Return the rules that read another share of an arm's answers than of the clean answers to the same questions.

    Over pairs of which both answers were seen. The test is McNemar's on read by this rule or not, clustered; a rule is
    reported where p < 1 - level after Holm over all arms, cues and rules, and the shares differ by at least two points.
    """
    seen = (
        records.lazy().filter(loss().is_null()).select(*KEY, "cluster", "arm", "cue", "parse_rule").collect()
    )
    clean = seen.filter(pl.col("arm") == "clean").select(*KEY, clean_rule="parse_rule")
    both = seen.filter(pl.col("arm") != "clean").join(clean, on=KEY, how="inner", nulls_equal=True)
    both = both.with_columns(cue=pl.when(pl.col("arm") == "cued").then(pl.col("cue")))
    both = both.filter(pl.col("parse_rule").is_not_null() & pl.col("clean_rule").is_not_null())
    parts = sorted(both.partition_by(_GROUP, as_dict=True).items(), key=lambda item: str(item[0]))
    found = [each for key, frame in parts for each in _rules_of_arm(key, frame)]
    adjusted = holm([each.p for each in found])
    return [
        replace(each, p=p)
        for each, p in zip(found, adjusted, strict=True)
        if p is not None and p < 1 - level and abs(each.share - each.clean) >= MIN_DIFFERENCE
    ]


def _rules_of_arm(key: tuple[object, ...], frame: pl.DataFrame) -> list[RuleImbalance]:
    """Return every rule of one arm beside the clean arm, not yet corrected; none where one rule read them all."""
    names = sorted({*frame["parse_rule"], *frame["clean_rule"]})
    found = []
    for rule in names if len(names) > 1 else ():
        sides = [(pl.col(name) == rule).cast(pl.Int64) for name in ("parse_rule", "clean_rule")]
        by_cluster = frame.group_by("cluster").agg((sides[0] - sides[1]).sum().alias("gap"))
        p = clustered_mcnemar(by_cluster["gap"].to_numpy().astype(np.float64))
        share, clean = (float(frame.select(side.sum()).item()) / frame.height for side in sides)
        model, elicitation, arm, cue = (None if part is None else str(part) for part in key)
        found.append(
            RuleImbalance(str(model), elicitation, str(arm), cue, rule, clean, share, p, frame.height)
        )
    return found


def imbalances(records: pl.DataFrame, level: float = LEVEL) -> list[Imbalance]:
    """Return the arms that lost another share than the clean replies to the same questions.

    The test is McNemar's on lost or not, clustered; an arm is reported where p < 1 - level after Holm
    over all arms and cues, and the shares differ by at least two points.
    """
    lost = records.lazy().select(*KEY, "cluster", "arm", "cue", lost=loss().is_not_null()).collect()
    clean = lost.filter(pl.col("arm") == "clean").select(*KEY, clean="lost")
    both = lost.filter(pl.col("arm") != "clean").join(
        clean, on=KEY, how="inner", nulls_equal=True, maintain_order="left"
    )
    both = both.with_columns(cue=pl.when(pl.col("arm") == "cued").then(pl.col("cue")))
    found = []
    for key, frame in sorted(both.partition_by(_GROUP, as_dict=True).items(), key=lambda item: str(item[0])):
        gap = pl.col("lost").cast(pl.Int64) - pl.col("clean").cast(pl.Int64)
        differences = (
            frame.group_by("cluster", maintain_order=True)
            .agg(gap.sum())["lost"]
            .to_numpy()
            .astype(np.float64)
        )
        shares = float(frame["clean"].cast(pl.Float64).mean()), float(frame["lost"].cast(pl.Float64).mean())  # type: ignore[arg-type]
        found.append((key, shares, clustered_mcnemar(differences), frame.height))
    adjusted = holm([p for _, _, p, _ in found])
    return [
        Imbalance(str(key[0]), key[1], str(key[2]), key[3], shares[0], shares[1], p, n)
        for (key, shares, _, n), p in zip(found, adjusted, strict=True)
        if p is not None and p < 1 - level and abs(shares[1] - shares[0]) >= MIN_DIFFERENCE
    ]
