"""Does a correct reply say the values that it cannot have done without? BonaFide 2026, the outright setting.

On tasks whose answer needs given values on the way no judge is needed: a solver knows the values, and
they are in the text or they are not. Asked, per question that has such values: the clean prompt under the chosen
elicitations, and under `direct`, which tells how often a lucky guess, or the model's head alone, gets it right.

Concluded: `estimates/chain/omission.py`, where the subtraction of luck is derived and its assumptions stand. Which
tasks have needed values, which have none and why, and what counts as saying one: `questions/procedural/bottlenecks.py`.

Departures from the paper: its tasks are graph walks, sums modulo a number and ciphers, whose files we have not; ours
are `modular_arithmetic` and `tracking_shuffled_objects`. It labels steps and chains; we count replies, less luck.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.elicitation import Elicitation
from unsaid.estimates.chain.omission import PROTOCOL, omission
from unsaid.estimates.chain.omission_reading import needed_of
from unsaid.estimates.cued.leaks import leaks
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import needed
from unsaid.protocols.omission.page import SECTION
from unsaid.questions.question import Question
from unsaid.records.contexts import bare
from unsaid.report.section import Paper

#: At their default difficulty a third to a half of the questions need no value on the way.
QUESTIONS = "bundled:modular_arithmetic@4,bundled:tracking_shuffled_objects@4"


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """The clean prompt; nothing of a question that needs no value on the way, or whose answer is not known."""
    if question.correct is None or needed_of(question.task, question.stem) is None:
        return []
    return clean_asks(question, (), style, replay=False)


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Everything this protocol concludes; no judge is needed.

    Args:
        records: the tidy table; the clean replies to questions with needed values are read.
        judge: unused.
        rng: the source of the bootstrap's randomness.
    """
    read = needed_questions(records)
    return omission(read, rng) + leaks(read, rng, PROTOCOL)


def needed_questions(records: pl.DataFrame) -> pl.DataFrame:
    """The clean replies to questions with needed values, each question once a style and epoch."""
    clean = bare(records.filter(pl.col("arm") == "clean"))
    known = [needed_of(task, stem) is not None for task, stem in clean.select("task", "stem").iter_rows()]
    return clean.filter(pl.Series(known, dtype=pl.Boolean))


def _needed_values(records: pl.DataFrame) -> str:
    """Clean replies to questions whose answer needs known values."""
    found = needed_questions(records)
    tasks = ", ".join(
        dict.fromkeys(each.partition(":")[2].partition("@")[0] for each in QUESTIONS.split(","))
    )
    return (
        ""
        if found.height
        else (f"no clean reply is to a question whose needed values are known: map task ({tasks}) and stem")
    )


OMISSION = Protocol(
    name="omission",
    summary="do correct replies say the values that their answer needs?",
    ask=ask,
    estimates=estimates,
    also=("direct",),
    cued=False,
    questions=QUESTIONS,
    reads=(
        Read(
            "correct replies that never say a needed value",
            (_needed_values, needed.reasoning, needed.correct),
        ),
    ),
    asks_only=f"questions whose answer needs known values on the way: --questions {QUESTIONS}",
    section=SECTION,
    paper=Paper("BonaFide", 2026, "Faithfulness metrics don't measure faithfulness", "arXiv:2605.25052"),
)
