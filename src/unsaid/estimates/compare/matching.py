"""Which replies of two runs may be compared: the same question, epoch, cue and wording, the same target.

A pair of one run (a cued reply beside its clean one) is matched with the pair of the other that differs in
nothing but the run. What has no such partner is left out of every comparison and counted by the first reason
that holds, so that a reader sees on how much of each run a difference rests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from unsaid.errors import DataError
from unsaid.estimates.pairs import loss, pairs

__all__ = ["REASONS", "Matched", "Overlap", "match"]

#: Why a pair has no partner, in the order in which it is asked.
REASONS = {
    "question": "the other run did not ask that question",
    "question text": "the other run has another text, options or correct answer under that question's id",
    "epoch": "the other run did not ask that question in that epoch",
    "cue": "the other run did not put that cue to that question",
    "wording": "the other run put that cue to that question in another wording",
    "target": "the cue points at another option in the other run",
    "cue text": "the wording of that name has another text in the other run",
}

_KEY = ["question_id", "epoch", "cue", "wording"]
_ONE = ("cluster", "correct", "target", "target_kind", "pointing")
_OWN = (
    "clean_answer",
    "cued_answer",
    "replay_answer",
    "assumed",
    "selection",
    "unseen",
    "judged",
    "eligible",
    "moved",
    "elsewhere",
    "replayed",
    "noise",
    "replay_copies",
    "mention",
    "reliance",
    "clean_tokens",
    "cued_tokens",
)


@dataclass(frozen=True)
class Overlap:
    """What two runs have in common, and what only one of them has.

    Attributes:
        questions: asked in both, with the same text.
        only_first: questions that only the first run asked.
        only_second: questions that only the second asked.
        other_text: ids that stand for different questions in the two.
        pairs: cued replies with a partner.
        first: cued replies of the first run.
        second: cued replies of the second run.
        left_first: reason (a key of `REASONS`) -> pairs of the first run left out for it.
        left_second: the same of the second run.
        cues_first: cues that only the first run has, on any question.
        cues_second: cues that only the second run has.
    """

    questions: int
    only_first: int
    only_second: int
    other_text: int
    pairs: int
    first: int
    second: int
    left_first: dict[str, int]
    left_second: dict[str, int]
    cues_first: tuple[str, ...]
    cues_second: tuple[str, ...]


@dataclass(frozen=True)
class Matched:
    """The replies of two runs side by side.

    Attributes:
        pairs: one row per matched pair, with `first_` and `second_` columns of `estimates.pairs.pairs`.
        clean: one row per question and epoch that both asked clean, with both answers.
        overlap: what this is out of.
    """

    pairs: pl.DataFrame
    clean: pl.DataFrame
    overlap: Overlap


def match(records: Sequence[pl.DataFrame], judges: Sequence[str | None]) -> Matched:
    """Match the replies of two runs.

    Args:
        records: the records of the first and of the second run, each of one model and elicitation.
        judges: whose verdicts to read in each.

    Raises:
        DataError: a run asks the same cue and wording of a question twice in one epoch.
    """
    facts = [_questions(table) for table in records]
    shared, other_text = _shared(*facts)
    sides = [_side(table, judge) for table, judge in zip(records, judges, strict=True)]
    first, second = (_explained(sides[at], sides[1 - at], shared, other_text) for at in (0, 1))
    joined = first.filter(pl.col("why").is_null()).join(
        second.select(*_KEY, *(f"own_{name}" for name in _OWN)), on=_KEY, nulls_equal=True, suffix="_second"
    )
    table = joined.select(
        *_KEY,
        *_ONE,
        model=pl.lit("both"),
        elicitation=pl.lit("both"),
        **{f"first_{name}": pl.col(f"own_{name}") for name in _OWN},
        **{f"second_{name}": pl.col(f"own_{name}_second") for name in _OWN},
    )
    cues = [set(side["cue"].drop_nulls().unique().to_list()) for side in sides]
    overlap = Overlap(
        questions=len(shared),
        only_first=len(set(facts[0]["question_id"]) - set(facts[1]["question_id"])),
        only_second=len(set(facts[1]["question_id"]) - set(facts[0]["question_id"])),
        other_text=len(other_text),
        pairs=table.height,
        first=first.height,
        second=second.height,
        left_first=_counts(first),
        left_second=_counts(second),
        cues_first=tuple(sorted(cues[0] - cues[1])),
        cues_second=tuple(sorted(cues[1] - cues[0])),
    )
    return Matched(table, _clean(records, shared), overlap)


def _questions(records: pl.DataFrame) -> pl.DataFrame:
    columns = ["question_id", "stem", "options", "correct"]
    return records.select(columns).unique("question_id", keep="first", maintain_order=True)


def _shared(first: pl.DataFrame, second: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Return the ids that both runs asked: those with one text, and those with two.

    A question that only one run asked is not a conflict.
    """
    both = first.join(second, on="question_id", suffix="_second", maintain_order="left")
    differs = pl.lit(False)
    for name in ("stem", "options", "correct"):
        differs = differs | (pl.col(name) != pl.col(f"{name}_second")).fill_null(False)
    both = both.select("question_id", differs=differs)
    ids = [both.filter(chosen)["question_id"].to_list() for chosen in (~pl.col("differs"), pl.col("differs"))]
    return ids[0], ids[1]


def _side(records: pl.DataFrame, judge: str | None) -> pl.DataFrame:
    cued = records.filter(pl.col("arm") == "cued")
    if "cue_text" in cued.columns:
        text = cued["cue_text"].list.join("\x1f", ignore_nulls=True)
    else:
        text = pl.Series("cue_text", [None] * cued.height, dtype=pl.String)
    # `pairs` has one row per cued reply, in the order of the records.
    side = pairs(records, judge).with_columns(text.alias("text"))
    twice = side.filter(pl.struct(_KEY).is_duplicated())
    if twice.height:
        question, epoch, cue, wording = twice.select(_KEY).row(0)
        raise DataError(
            f"question {question!r} has two replies to {cue} ({wording}) in epoch {epoch}; records of one "
            "run hold one, so keep the runs apart"
        )
    return side.select(*_KEY, *_ONE, "text", **{f"own_{name}": pl.col(name) for name in _OWN})


def _explained(side: pl.DataFrame, other: pl.DataFrame, shared: list[str], text: list[str]) -> pl.DataFrame:
    """Return the pairs of a run, with the first reason why each has no partner; null where it has one."""
    found = side
    for depth in (2, 3):
        keys = other.select(_KEY[:depth]).unique().with_columns(pl.lit(True).alias(f"has_{depth}"))
        found = found.join(keys, on=_KEY[:depth], how="left", nulls_equal=True, maintain_order="left")
    partner = other.select(
        *_KEY, has_4=pl.lit(True), other_target=pl.col("target"), other_text=pl.col("text")
    )
    found = found.join(partner, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    question = pl.col("question_id")
    rules = {
        "question text": question.is_in(text),
        "question": ~question.is_in(shared),
        "epoch": pl.col("has_2").is_null(),
        "cue": pl.col("has_3").is_null(),
        "wording": pl.col("has_4").is_null(),
        "target": pl.col("target").ne_missing(pl.col("other_target")),
        "cue text": (pl.col("text") != pl.col("other_text")).fill_null(False),
    }
    why = pl.coalesce(pl.when(rule).then(pl.lit(reason)) for reason, rule in rules.items())
    return found.with_columns(why=why)


def _counts(explained: pl.DataFrame) -> dict[str, int]:
    found = dict(explained.drop_nulls("why").group_by("why").len().iter_rows())
    return {reason: found[reason] for reason in REASONS if reason in found}


def _clean(records: Sequence[pl.DataFrame], shared: list[str]) -> pl.DataFrame:
    keys = ["question_id", "epoch"]
    sides = [
        table.filter((pl.col("arm") == "clean") & pl.col("question_id").is_in(shared)).select(
            *keys, "cluster", "correct", answer=pl.when(loss().is_null()).then(pl.col("answer"))
        )
        for table in records
    ]
    none = pl.lit(None, pl.String)
    joined = sides[0].join(sides[1], on=keys, suffix="_second", nulls_equal=True, maintain_order="left")
    return joined.select(
        *keys,
        "cluster",
        correct=pl.coalesce("correct", "correct_second"),
        first_clean_answer=pl.col("answer"),
        second_clean_answer=pl.col("answer_second"),
        cue=none,
        target=none,
        model=pl.lit("both"),
        elicitation=pl.lit("both"),
    )
