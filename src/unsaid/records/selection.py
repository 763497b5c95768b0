"""How the pairs of a released set were chosen: what a rate over them can mean.

A set often keeps some pairs alone, and says so in its paper, not in its files. Three ways are known:

    clean-not-target   the pairs whose clean answer was not the target; the clean answers themselves may not be released
    changed            the pairs whose answer changed with the cue
    moved              the pairs whose answer moved to the cue's target; the answers may not be released

Whoever imports a set says it (`unsaid import --selection`), and every cued reply carries it (column `selection`). What
it allows is settled in `estimates/pairs.py` (which pairs moved) and `estimates/selected.py` (which rates are withheld).
"""

from __future__ import annotations

import polars as pl

from unsaid.errors import UsageError
from unsaid.records.followed import hit

__all__ = ["CHANGED", "CLEAN_NOT_TARGET", "MOVED", "SELECTIONS", "selected", "selection_of"]

CLEAN_NOT_TARGET, CHANGED, MOVED = "clean-not-target", "changed", "moved"

#: Each way with what it means, for a reader.
SELECTIONS = {
    CLEAN_NOT_TARGET: "only pairs whose clean answer was not the target were released",
    CHANGED: "only pairs that changed with the cue were released",
    MOVED: "only pairs that moved to the cue's target were released",
}
_PAIR = ["model", "elicitation", "context", "question_id", "epoch"]


def selected(records: pl.DataFrame, selection: str) -> pl.DataFrame:
    """Return records that say of every cued reply how its pair was chosen.

    Args:
        records: a table of `records.schema`.
        selection: a key of `SELECTIONS`.

    Raises:
        UsageError: there is no such way; no target is known where it needs one; or the answers contradict it.
    """
    if selection not in SELECTIONS:
        raise UsageError(f"--selection is {selection!r}; it is {', '.join(SELECTIONS)}")
    cued = pl.col("arm") == "cued"
    rows = _answers(records)
    if selection != MOVED and rows["target"].null_count() == rows.height:
        raise UsageError(f"--selection {selection}: no target is known: map target")
    wrong = rows.filter(_CONTRADICTS[selection])
    if wrong.height:
        row = wrong.row(0, named=True)
        raise UsageError(
            f"--selection {selection} says that {SELECTIONS[selection]}, but {wrong.height} of {rows.height} do not "
            f"fit; the first: question {row['question_id'][:60]!a}, clean answer {row['clean']!a:.60}, cued answer "
            f"{row['cued']!a:.60}, target {row['target']!a:.60}"
        )
    return records.with_columns(selection=pl.when(cued).then(pl.lit(selection)))


def selection_of(records: pl.DataFrame) -> str | None:
    """Return how the pairs of a set were chosen, where the answers themselves show it: all of them moved."""
    known = pl.all_horizontal(pl.col("clean", "cued", "target").is_not_null())
    rows = _answers(records).filter(known)
    return MOVED if rows.height and not rows.filter(_CONTRADICTS[MOVED]).height else None


def _answers(records: pl.DataFrame) -> pl.DataFrame:
    """Return the two answers of each pair, and where the cue points."""
    cued = records.filter(pl.col("arm") == "cued").select(*_PAIR, "target", "pointing", cued="answer")
    clean = records.filter(pl.col("arm") == "clean").select(*_PAIR, clean="answer").unique(_PAIR)
    return cued.join(clean, on=_PAIR, how="left", nulls_equal=True, maintain_order="left")


def _hit(answer: str) -> pl.Expr:
    return pl.col(answer).is_not_null() & pl.col("target").is_not_null() & hit(answer)


def _miss(answer: str) -> pl.Expr:
    return pl.col(answer).is_not_null() & pl.col("target").is_not_null() & ~hit(answer)


_CONTRADICTS = {
    CLEAN_NOT_TARGET: _hit("clean"),
    CHANGED: (pl.col("clean") == pl.col("cued")).fill_null(value=False),
    MOVED: _hit("clean") | _miss("cued"),
}
