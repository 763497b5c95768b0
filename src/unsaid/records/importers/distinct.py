"""One record for each reply: what rows share is kept once, and what contradicts itself is refused.

Wide rows of one question share its clean reply; rows that are labels share the reply that they label.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from unsaid.errors import DataError
from unsaid.records.schema import SCHEMA

__all__ = ["PLACE", "distinct"]

#: Columns that say where a record comes from: which part, and which row of it.
PLACE = ("_part", "_row")
_KEY = ("model", "elicitation", "question_id", "epoch", "arm", "_cue", "_wording")


def distinct(records: pl.DataFrame, *, shared: pl.Expr, where: Callable[[int, int], str]) -> pl.DataFrame:
    """Return each reply once, with the verdicts of all rows that hold it.

    Args:
        records: with the columns of `PLACE`, in the order of the rows.
        shared: whether a record may stand in several rows.
        where: part and row -> the place, for messages.

    Raises:
        DataError: a reply stands in two rows and is not shared, or differs between them; the message names both lines.
    """
    of_cue = pl.col("arm").is_in(["cued", "placebo"])
    keyed = records.with_columns(
        _cue=pl.when(of_cue).then("cue"),
        _wording=pl.when(of_cue).then("wording"),
        _order=pl.int_range(pl.len()),
    )
    keyed = keyed.with_columns(_key=pl.struct(_KEY).hash())
    twice = keyed["_key"].is_duplicated()
    if not twice.any():
        return records
    several = keyed.filter(twice)
    first = [
        pl.col(name).first().over(_KEY).alias(f"first.{name}") for name in (*_compared(), *PLACE, "_order")
    ]
    beside = several.with_columns(first).filter(pl.col("_order") != pl.col("first._order"))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"first.{name}")) for name in _compared())
    if not (faults := beside.filter(~shared | differs).sort("_order").head(1)).is_empty():
        raise _contradiction(faults, where)
    merged = _merged(several, where)
    return pl.concat([keyed.filter(~twice), merged]).sort("_order").select(records.columns)


def _compared() -> list[str]:
    return [name for name in SCHEMA if name != "verdicts"]


def _contradiction(row: pl.DataFrame, where: Callable[[int, int], str]) -> DataError:
    found = row.row(0, named=True)
    names = [name for name in _compared() if found[name] != found[f"first.{name}"]]
    what = f"; they differ in {', '.join(names)}" if names else ""
    return DataError(
        f"{where(found['_part'], found['_row'])}: question {ascii(found['question_id'])[1:-1]} has another "
        f"{found['arm']} reply of this model ({where(found['first._part'], found['first._row'])}){what}: map epoch "
        "where it was asked several times, cue and wording where those differ, or map the column to cluster instead of "
        "question_id"
    )


def _merged(several: pl.DataFrame, where: Callable[[int, int], str]) -> pl.DataFrame:
    """Return the first row of each reply with the verdicts of all; the first of one labeller about one cue counts.

    Raises:
        DataError: a labeller says two things of one cued reply.
    """
    first = several.unique(_KEY, keep="first", maintain_order=True)
    owner = several.with_columns(_first=pl.col("_order").first().over(_KEY))
    told = (
        owner.select("_first", *PLACE, "arm", "verdicts")
        .explode("verdicts")
        .filter(pl.col("verdicts").is_not_null())
    )
    told = told.with_columns(
        pl.col("verdicts").struct.field(name) for name in ("judge", "cue", "mentions", "relies")
    )
    who = ["_first", "judge", "cue"]
    clash = told.filter(
        (pl.col("arm") == "cued")
        & pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(name).first().over(who)) for name in ("mentions", "relies")
        )
    )
    if not clash.is_empty():
        row = clash.row(0, named=True)
        raise DataError(
            f"{where(row['_part'], row['_row'])}: {ascii(row['judge'])[1:-1]} labelled this reply before, otherwise: "
            "keep one of the labels, or map epoch where the question was asked several times"
        )
    lists = (
        told.unique(who, keep="first", maintain_order=True)
        .group_by("_first", maintain_order=True)
        .agg("verdicts")
    )
    joined = first.drop("verdicts").join(lists, left_on="_order", right_on="_first", how="left")
    none = pl.lit(pl.Series([[]], dtype=SCHEMA["verdicts"])).first()
    return joined.with_columns(pl.col("verdicts").fill_null(none)).select(several.columns)
