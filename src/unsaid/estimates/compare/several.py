"""Several runs on the questions that all of them asked alike, for what is concluded over all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

__all__ = ["InCommon", "Recorded", "in_common"]

_TEXT = ("stem", "options", "correct")


@dataclass(frozen=True)
class Recorded:
    """One run among several.

    Attributes:
        label: how it is called; no two runs have the same.
        records: the tidy table, replies that followed from others included.
    """

    label: str
    records: pl.DataFrame


@dataclass(frozen=True)
class InCommon:
    """The runs, each with the records of the questions that all have in common.

    Attributes:
        runs: in their order, with one cluster for each question, that of the first run.
        questions: how many questions are in common.
        left_out: label -> how many questions of that run are left out.
        other_text: how many ids stand for different questions in two of the runs; they are left out.
    """

    runs: tuple[Recorded, ...]
    questions: int
    left_out: Mapping[str, int]
    other_text: int


def in_common(runs: Sequence[Recorded]) -> InCommon:
    """Return the runs on the questions that each model and elicitation of each run was asked without a cue.

    A question is the same where its id, text, options and correct answer are; what a run does not hold of these is
    no difference.

    Args:
        runs: two or more.
    """
    clean = [_clean(run.records) for run in runs]
    asked = [set(rows["question_id"]) for rows in clean]
    parts = [part for rows in clean for part in rows.partition_by("model", "elicitation")]
    everywhere = set.intersection(*(set(part["question_id"]) for part in parts)) if parts else set()
    other = _of_other_text(clean, everywhere)
    ids = sorted(everywhere - other)
    first = clean[0].filter(pl.col("question_id").is_in(ids)).unique("question_id", keep="first")
    clusters = dict(first.select("question_id", "cluster").iter_rows())
    return InCommon(
        tuple(replace(run, records=_within(run.records, clusters)) for run in runs),
        len(ids),
        {run.label: len(own - set(ids)) for run, own in zip(runs, asked, strict=True)},
        len(other),
    )


def _clean(records: pl.DataFrame) -> pl.DataFrame:
    own = records.filter(pl.col("intervention").is_null(), pl.col("arm") == "clean")
    return own.select("model", "elicitation", "question_id", "cluster", *_TEXT)


def _of_other_text(clean: Sequence[pl.DataFrame], ids: set[str]) -> set[str]:
    """Return the ids under which two runs have another text, other options or another correct answer."""
    rows = pl.concat(rows.filter(pl.col("question_id").is_in(list(ids))) for rows in clean)
    counts = rows.group_by("question_id").agg(pl.col(name).drop_nulls().n_unique() for name in _TEXT)
    return set(counts.filter(pl.any_horizontal(pl.col(name) > 1 for name in _TEXT))["question_id"])


def _within(records: pl.DataFrame, clusters: Mapping[str, str]) -> pl.DataFrame:
    kept = records.filter(pl.col("question_id").is_in(list(clusters)))
    return kept.with_columns(cluster=pl.col("question_id").replace(clusters))
