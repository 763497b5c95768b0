"""What labellers say of replies, as the verdicts of records: a column of lists, made without a Python value per row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from unsaid.errors import DataError
from unsaid.records.importers.cells import nothing, read_label, read_text
from unsaid.records.importers.column_map import Entry
from unsaid.records.importers.columns import Fields, each
from unsaid.records.importers.reading import Reading
from unsaid.records.schema import SCHEMA, VERDICT

__all__ = ["judge_name", "verdict_column"]

_FLAGS = ("mentions", "relies", "rejects")
Labels = Mapping[str, Mapping[str, Entry]]


def judge_name(who: str) -> str:
    """Return what a labeller is called in records: a person, unless the name says what it is ("llm:gpt-4o")."""
    return who if ":" in who else f"human:{who}"


def verdict_column(fields: Fields, labels: Labels, seen: pl.DataFrame, reading: Reading) -> pl.Series:
    """Return the verdicts of each reply, in the order of the map.

    A blank label of a cued reply is a missing verdict; of a reply that never saw the cue nobody need have been asked.

    Args:
        fields: the rows.
        labels: labeller ("" where a column names it) -> label -> entry.
        seen: of each reply `arm`, `cue` (what a verdict is about), and `reading`.
        reading: blank labels and who labelled are counted there.

    Raises:
        DataError: a label is none, or contradicts another; the message names the line.
    """
    if not labels:
        return pl.Series("verdicts", [[]], dtype=SCHEMA["verdicts"]).new_from_index(0, seen.height)
    told = [
        _of_one(fields, who, entries, seen, reading).rename(lambda name, place=place: f"{name}.{place}")  # type: ignore[misc]
        for place, (who, entries) in enumerate(labels.items())
    ]
    return _lists(pl.concat(told, how="horizontal"), len(told))


def _lists(told: pl.DataFrame, labellers: int) -> pl.Series:
    """Return the verdicts of each reply as a list. Each different list is made once, for making one takes long.

    Args:
        told: the fields of a verdict, one labeller's beside the other's; of a labeller without one `judge` is null.
        labellers: how many there are.
    """
    fields = list(VERDICT.to_schema())
    each = [
        pl.when(pl.col(f"judge.{place}").is_not_null())
        .then(pl.struct(pl.col(f"{name}.{place}").alias(name) for name in fields))
        .alias(f"{place}")
        for place in range(labellers)
    ]
    different = told.unique(maintain_order=True)
    lists = different.select(
        pl.concat_list(each).list.drop_nulls().cast(SCHEMA["verdicts"]).alias("verdicts")
    )
    if different.height == told.height:
        return lists.to_series()
    made = different.with_columns(lists)
    return told.join(made, on=told.columns, how="left", nulls_equal=True, maintain_order="left")["verdicts"]


def _of_one(
    fields: Fields, who: str, entries: Mapping[str, Entry], seen: pl.DataFrame, reading: Reading
) -> pl.DataFrame:
    """Return the fields of one labeller's verdict on each reply; all of them null where there is none."""
    names = _judges(fields, who)
    flags: dict[str, list[bool | None]] = {
        name: fields.read(entries.get(name), partial(_flag, fields, who)) for name in _FLAGS
    }
    quote = entries.get("evidence")
    quotes = (
        [None] * len(fields)
        if quote is None
        else [None if nothing(cell, (), fields.words) else read_text(cell) for cell in fields.of(quote)]
    )
    _check_whole(fields, who, flags)
    table = seen.with_columns(
        pl.Series("judge", names, dtype=pl.String),
        pl.Series("quote", quotes, dtype=pl.String),
        *(pl.Series(name, flags[name], dtype=pl.Boolean) for name in _FLAGS),
    )
    silent = pl.all_horizontal(pl.col(name).is_null() for name in _FLAGS)
    asked = pl.col("judge").is_not_null() & (~silent | (pl.col("arm") == "cued"))
    for name, count in table.filter(asked & silent).group_by("judge").len().iter_rows():
        reading.blank_labels[name] += count
    reading.judges |= dict.fromkeys(table.filter(asked)["judge"].unique(maintain_order=True).to_list())
    channel = fields.columns.settings["channel"]
    whole = (pl.col("reading") == "whole").fill_null(False) & pl.lit(channel == "reasoning")
    verdict = {
        "judge": pl.col("judge"),
        "channel": pl.when(whole).then(pl.lit("reply")).otherwise(pl.lit(channel)),
        "cue": pl.col("cue"),
        **{name: pl.col(name) for name in _FLAGS},
        "evidence": pl.when(pl.col("mentions").fill_null(False)).then(pl.col("quote")),
        "missing": pl.when(silent).then(pl.lit("not labelled")),
    }
    return table.select(pl.when(asked).then(field).alias(name) for name, field in verdict.items())


def _judges(fields: Fields, who: str) -> list[str | None]:
    if who:
        return [judge_name(who)] * len(fields)
    cells = fields.of(fields.columns.labeller)
    return each(
        cells, lambda cell, _: None if nothing(cell, (), fields.words) else judge_name(str(cell).strip())
    )


def _flag(fields: Fields, who: str, cell: Any, index: int) -> bool | None:
    if nothing(cell, (), fields.words):
        return None
    return read_label(cell, f"{fields.part.where(index)}, labels of {ascii(who or 'the labeller')[1:-1]}")


def _check_whole(fields: Fields, who: str, flags: Mapping[str, list[bool | None]]) -> None:
    rows = zip(*(flags[name] for name in _FLAGS), strict=True)
    for index, (mentions, relies, rejects) in enumerate(rows):
        if mentions is False and (relies or rejects):
            raise DataError(
                f"{fields.part.where(index)}, labels of {ascii(who)[1:-1]}: it relies on (or rejects) what it does not "
                "mention; correct the table, or map only one"
            )
