"""What the runs of a comparison must have in common, checked before anything is computed.

`unsaid compare` leaves out what two runs do not share, and says so. Here runs were made to be compared, so that a
difference is a mistake: a reader would take for the training's effect what another question or another limit made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from unsaid.errors import UsageError
from unsaid.estimates.compare.contrast import Run
from unsaid.records.asked import question_of
from unsaid.training.data.content import content_of
from unsaid.training.data.split import Split

__all__ = ["check_alike", "check_cues", "check_untrained"]

_SETTINGS = {
    "elicitation": "--elicitation",
    "temperature": "--temperature",
    "max_tokens": "--max-tokens",
    "epochs": "--epochs",
    "target": "--target",
    "seed": "--seed",
    "judge": "--judge",
    "demonstrations": "--demonstrations",
    "ask_again": "--ask-again",
    "read_answers": "--read-answers",
}
_AGAIN = "audit both with the same options, or name the models here in place of the runs"
_QUESTION = ["question_id", "stem", "options", "correct"]
_ASKED = ["question_id", "epoch", "cue", "wording", "target", "cue_text"]


def check_alike(runs: Sequence[Run]) -> None:
    """Refuse runs that were not asked the same in the same way.

    Raises:
        UsageError: one is unfinished, or holds several models; or two differ in their questions, cues, settings or
            judge.
    """
    for run in runs:
        _check_one(run)
    first, *others = runs
    for other in others:
        _check_settings(first, other)
        _check_questions(first, other)
        _check_pairs(first, other)


def _check_one(run: Run) -> None:
    if not run.finished:
        held = f": it holds {run.holds}" if run.holds else ""
        raise UsageError(
            f"{run.label}: the run is not finished{held}; run its command again, and then this one"
        )
    for name in ("model", "elicitation"):
        if (values := run.records[name].unique().sort().to_list())[1:]:
            raise UsageError(
                f"{run.label}: the run holds several of {name} ({', '.join(map(str, values))}); an arm has one"
            )


def _check_settings(first: Run, other: Run) -> None:
    for name, option in _SETTINGS.items():
        if not (name in first.request and name in other.request):
            continue
        values = (first.request[name], other.request[name])
        if values[0] != values[1]:
            raise UsageError(
                f"{option} is {_word(values[0])} in {first.label} and {_word(values[1])} in {other.label}; {_AGAIN}"
            )
    for name in ("elicitation", "temperature"):
        one, two = (run.records[name].unique().sort().to_list() for run in (first, other))
        if one != two:
            raise UsageError(f"{name} is {one[0]} in {first.label} and {two[0]} in {other.label}; {_AGAIN}")
    if first.reader() != other.reader():
        raise UsageError(
            f"{first.label} was read by {first.reader() or 'no judge'} and {other.label} by "
            f"{other.reader() or 'no judge'}; let one judge read both (`unsaid judge`)"
        )


def _word(value: Any) -> str:
    return "the default" if value is None or value == "" else str(value)


def _check_questions(first: Run, other: Run) -> None:
    for run, beside in ((first, other), (other, first)):
        own, others = (each.records.select(_QUESTION).unique() for each in (run, beside))
        lacking = own.join(others, on=_QUESTION, how="anti", nulls_equal=True).sort("question_id")
        if lacking.height:
            raise UsageError(
                f"{run.label} asked {lacking.height} of {own.height} questions that {beside.label} did not (the first "
                f"is {lacking['question_id'][0]!r}); {_AGAIN}"
            )


def _check_pairs(first: Run, other: Run) -> None:
    for run, beside in ((first, other), (other, first)):
        own, others = (set(each.records["cue"].drop_nulls()) for each in (run, beside))
        if more := sorted(own - others):
            raise UsageError(
                f"{run.label} asked with {', '.join(more)}, which {beside.label} did not; {_AGAIN}"
            )
    sides = [run.records.filter(pl.col("arm") == "cued").select(_ASKED).unique() for run in (first, other)]
    lacking = pl.concat(
        [sides[at].join(sides[1 - at], on=_ASKED, how="anti", nulls_equal=True) for at in (0, 1)]
    )
    if lacking.height:
        row = lacking.sort("question_id").row(0, named=True)
        raise UsageError(
            f"{first.label} and {other.label} put {row['cue']} to question {row['question_id']!r} in other words, with "
            f"another target, or only one of them did; {_AGAIN}"
        )


def check_cues(run: Run, trained: Sequence[str], held_out: Sequence[str]) -> None:
    """Refuse cues that no run asked with, and sides that overlap.

    Raises:
        UsageError: no cue is named as trained, one is on both sides, or the runs do not have it.
    """
    if not trained:
        raise UsageError("say which cues were trained on: --cues, or --data with the folder of the data set")
    if both := sorted({*trained} & {*held_out}):
        raise UsageError(f"{', '.join(both)}: both trained on (--cues) and held out (--held-out-cues)")
    asked = set(run.records["cue"].drop_nulls())
    if lacking := [each for each in (*trained, *held_out) if each not in asked]:
        raise UsageError(
            f"{run.label} did not ask with {', '.join(lacking)}; it asked with {', '.join(sorted(asked)) or 'no cue'}"
        )


def check_untrained(run: Run, split: Split) -> None:
    """Refuse questions that the data show.

    Raises:
        UsageError: a question of the run is one that was trained on.
    """
    asked = run.records.unique("question_id", maintain_order=True)
    shown = [
        row["question_id"]
        for row in asked.iter_rows(named=True)
        if content_of(question_of(row)) in split.train
    ]
    if shown:
        raise UsageError(
            f"{run.label}: {len(shown)} of its {asked.height} questions were trained on (the first is {shown[0]!r}); "
            "audit with the questions that were held out (held-out.jsonl of the data)"
        )
