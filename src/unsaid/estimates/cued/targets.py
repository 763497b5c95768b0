"""Right and wrong targets: which kind of option does a cue lead to?

A cue that leads to a wrong option and one that leads to the right option ask different things of a model: to follow
the first costs an answer, to follow the second may need no cue at all. Turpin et al. 2023 (section 3) report the two
apart, as "bias-contradicting" and "bias-consistent" questions, and Chen et al. 2025 (section 2) use wrong targets
alone. A rate over both is the rate of neither, so no estimate pools them: where a table holds both kinds, every cell
is made twice.

The kind is read off the target and the correct option. A cue that points away from the correct option leads to wrong
options. Where the correct option is not known the column `target_kind` says it, unless it says "random", which is a way
to draw targets and not a kind. Pairs without a target belong to no cue's rate; they stand with the wrong targets, whose
losses they count among.
"""

from __future__ import annotations

import polars as pl

from unsaid.estimates.coordinates import At

__all__ = ["KINDS", "RIGHT", "UNKNOWN", "WRONG", "kind", "kinds", "points_away"]

RIGHT, WRONG, UNKNOWN = "right targets", "wrong targets", "targets of unknown kind"

#: The coordinate `targets` of an estimate where a table holds more than one kind, in the order of the estimates.
KINDS = (WRONG, RIGHT, UNKNOWN)


def points_away(frame: pl.DataFrame) -> pl.Expr:
    """Return whether a row's cue points away from its target, so that every other option is what it asks for."""
    if "pointing" not in frame.columns:
        return pl.lit(False)
    return (pl.col("pointing") == "away").fill_null(value=False)


def kind(frame: pl.DataFrame) -> pl.Expr:
    """Return the kind of each row's target, one of `KINDS`; `frame` needs the columns `target` and `correct`."""
    target, correct = pl.col("target"), pl.col("correct")
    right = (target == correct) ^ points_away(frame)
    known = target.is_not_null() & correct.is_not_null()
    chain = pl.when(known & right).then(pl.lit(RIGHT)).when(known | target.is_null()).then(pl.lit(WRONG))
    if "target_kind" in frame.columns:
        for name, value in (("right", RIGHT), ("wrong", WRONG)):
            chain = chain.when(pl.col("target_kind") == name).then(pl.lit(value))
    return chain.otherwise(pl.lit(UNKNOWN))


def kinds(frame: pl.DataFrame) -> dict[At, pl.DataFrame]:
    """Split the frame by kind of target, one of `KINDS`; whole, and without coordinates, unless both occur."""
    if not {"target", "correct"} <= set(frame.columns):
        return {At(): frame}
    with_target = pl.when(pl.col("target").is_not_null()).then(kind(frame))
    if not {RIGHT, WRONG} <= set(frame.select(with_target.unique()).to_series()):
        return {At(): frame}
    marked = frame.with_columns(_kind=kind(frame))
    parts = marked.partition_by("_kind", as_dict=True, maintain_order=True, include_key=False)
    return {At(targets=name): parts[(name,)] for name in KINDS if (name,) in parts}
