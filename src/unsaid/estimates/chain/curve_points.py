"""What follows from a changed reasoning, beside the reply whose reasoning was changed: one row for each changed reply.

A first reply counts where it was asked without a cue, under an elicitation that reasons, and has an answer. What was
done to its reasoning stands in `intervention`, how much of it was left alone in `dose`. Beside each changed reply
stands its control: the same model going on from the same place with nothing changed.

Whether the model continued its own text, or was shown it in the prompt, is told apart throughout (`conditioning`), and
so is whether a change was made by rule or written by another model (`change`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from unsaid.estimates.cued.leaks import forbidding
from unsaid.questions.question import LETTERS

__all__ = ["CUT", "RESAMPLED", "RE_PRESENTED", "Changed", "first_replies_with_answers", "points", "with_ends"]

#: The reasoning was cut, and the answer forced; it was cut, and the model went on.
CUT, RESAMPLED = "cut", "resample"
#: How `Estimate.at` says what is told apart; the usual way is not said.
RE_PRESENTED = "re-presented text"
_CONDITIONING = {"prefill": "", "template": RE_PRESENTED}

_PLACES = {letter: place for place, letter in enumerate(LETTERS)}
_FIRST = (
    *("model", "elicitation", "cluster", "question_id", "task", "stem", "options", "source"),
    *("correct", "reply_id", "answer"),
)


@dataclass(frozen=True)
class Changed:
    """What a protocol does to a reasoning.

    Attributes:
        protocol: its name.
        kinds: each of its interventions -> how `Estimate.at` says who made the change; "" where nobody has to.
        control: the intervention of the control.
        level: whether the control is one reply for all points (the whole reasoning, the answer forced) rather than
            one at each place.
        shift: how far behind a point its control stands: a mistake is told by what was left alone before it, and its
            control goes on behind the step. True where that is so.
    """

    protocol: str
    kinds: Mapping[str, str]
    control: str
    level: bool = False
    shift: bool = False


def first_replies_with_answers(records: pl.DataFrame) -> pl.DataFrame:
    """Return the first replies that can be compared with: clean, reasoning, answered."""
    own = records.filter(
        pl.col("intervention").is_null(),
        pl.col("arm") == "clean",
        pl.col("answer").is_not_null(),
        pl.col("reply_id").is_not_null(),
    )
    return own.filter(~forbidding()).select(*_FIRST).rename({"reply_id": "parent", "answer": "whole"})


def points(records: pl.DataFrame, changed: Changed) -> pl.DataFrame:
    """Return a row for each changed reply: its place, and what became of the answer.

    Columns: those of the first reply; `dose`, `given`, `conditioning`, `change`, `answer`; `same` and `right`, whether
    the answer is that of the whole reasoning and the correct one; `control` and `control_right`, the same of its
    control. Each is null where it was not read. `chance` and `control_chance` are how likely the answer of the whole
    reasoning was, of the options, where an answer was forced and the model told.
    """
    first = first_replies_with_answers(records)
    after = records.filter(pl.col("intervention").is_not_null()).select(
        "parent",
        "intervention",
        "dose",
        "given",
        "answer",
        "option_logprobs",
        pl.col("conditioning").replace(_CONDITIONING).fill_null(""),
    )
    own = after.filter(pl.col("intervention").is_in(list(changed.kinds)), pl.col("dose").is_not_null())
    own = own.join(first, on="parent", how="inner", maintain_order="left").with_columns(
        change=pl.col("intervention").replace(dict(changed.kinds)),
        same=pl.col("answer") == pl.col("whole"),
        right=pl.col("answer") == pl.col("correct"),
        chance=_chance("option_logprobs"),
    )
    control = after.filter(pl.col("intervention") == changed.control).select(
        "parent", "dose", control_answer="answer", control_logprobs="option_logprobs"
    )
    return (
        _beside(own, control, changed)
        .with_columns(
            control=pl.col("control_answer") == pl.col("whole"),
            control_right=pl.col("control_answer") == pl.col("correct"),
            control_chance=_chance("control_logprobs"),
        )
        .drop("option_logprobs", "control_logprobs")
    )


def _chance(logprobs: str) -> pl.Expr:
    """Return how likely the answer of the whole reasoning is among the options; null where nobody told.

    An option that is not among the likeliest tokens has a chance of 0.
    """
    chances = pl.col(logprobs).list.eval(pl.element().exp().fill_null(0.0))
    place = pl.col("whole").replace_strict(_PLACES, default=None, return_dtype=pl.Int64)
    total = chances.list.sum()
    return pl.when(total > 0).then(chances.list.get(place, null_on_oob=True) / total)


def with_ends(records: pl.DataFrame) -> pl.DataFrame:
    """Return each first reply with its answer without any reasoning (`without`), and how that was asked.

    Replies that were not asked without reasoning are left out.
    """
    bare = records.filter(pl.col("intervention") == CUT, pl.col("dose") == 0.0).select(
        "parent", pl.col("conditioning").replace(_CONDITIONING).fill_null(""), without="answer"
    )
    return first_replies_with_answers(records).join(bare, on="parent", how="inner", maintain_order="left")


def _beside(own: pl.DataFrame, control: pl.DataFrame, changed: Changed) -> pl.DataFrame:
    """Return the points with the answers of their controls."""
    if changed.level:
        whole = control.filter(pl.col("dose") == 1.0).drop("dose").unique("parent", keep="first")
        return own.join(whole, on="parent", how="left", maintain_order="left")
    if not changed.shift:
        return own.join(control, on=["parent", "dose"], how="left", maintain_order="left")
    behind = control.rename({"dose": "behind"}).sort("behind")
    return own.sort("dose").join_asof(
        behind,
        left_on="dose",
        right_on="behind",
        by="parent",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
