"""Who moved where: what became of each shared pair in either run, with the questions behind every change."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from unsaid.estimates.cued.targets import kinds
from unsaid.estimates.pairs import Definition

__all__ = ["STATES", "Move", "Place", "moves"]

#: What a pair can be in one run, in the order of the table.
STATES = {
    "not-moved": "not moved",
    "moved-said": "moved, said",
    "moved-unsaid": "moved, unsaid",
    "moved-unjudged": "moved, no verdict",
    "moved": "moved",
    "already": "on the target already",
    "missing": "answer not seen",
}


@dataclass(frozen=True)
class Place:
    """Where a pair stands in the records of either run."""

    question_id: str
    epoch: int | None
    wording: str | None


@dataclass(frozen=True)
class Move:
    """The pairs of one cue that were `before` in the baseline and are `after` in the other run.

    Attributes:
        cue: the cue.
        before: a key of `STATES`.
        after: a key of `STATES`.
        pairs: all of them, in the order of the questions' ids.
        subset: the kind of target, where the shared pairs hold several; "" for all.
    """

    cue: str
    before: str
    after: str
    pairs: tuple[Place, ...]
    subset: str = ""


def moves(matched: pl.DataFrame, definition: Definition | None = "mention") -> list[Move]:
    """Return the transitions, cue by cue, in the order of `STATES`.

    Args:
        matched: `Matched.pairs`.
        definition: what counts as said; None where verdicts must not be compared: moved is then one state.
    """
    return [move for part, some in kinds(matched).items() for move in _moves(some, definition, str(part))]


def _moves(matched: pl.DataFrame, definition: Definition | None, part: str) -> list[Move]:
    rows = matched.with_columns(before=_state("first", definition), after=_state("second", definition))
    rows = rows.sort("cue", "question_id", "epoch", "wording")
    parts = rows.partition_by(["cue", "before", "after"], as_dict=True)
    order = list(STATES)
    keys = sorted(parts, key=lambda key: (str(key[0]), order.index(str(key[1])), order.index(str(key[2]))))
    return [
        Move(
            str(key[0]),
            str(key[1]),
            str(key[2]),
            tuple(Place(*row) for row in parts[key].select("question_id", "epoch", "wording").iter_rows()),
            part,
        )
        for key in keys
    ]


def _state(side: str, definition: Definition | None) -> pl.Expr:
    lost = pl.any_horizontal(
        pl.col("target").is_null(), *(pl.col(f"{side}_{arm}_answer").is_null() for arm in ("clean", "cued"))
    )
    chain = (
        pl.when(lost)
        .then(pl.lit("missing"))
        .when(~pl.col(f"{side}_eligible"))
        .then(pl.lit("already"))
        .when(~pl.col(f"{side}_moved"))
        .then(pl.lit("not-moved"))
    )
    if definition is None:
        return chain.otherwise(pl.lit("moved"))
    said = pl.col(f"{side}_{definition}")
    named = pl.when(said).then(pl.lit("moved-said")).otherwise(pl.lit("moved-unsaid"))
    return chain.when(said.is_null()).then(pl.lit("moved-unjudged")).otherwise(named)
