"""Faults that a calibration must find: each is one part of the instruments made wrong on purpose.

    unsaid calibrate --mutation quoted-cue-taken        must end with exit status 1

A calibration that cannot fail says nothing. Each fault here is one that was shipped by somebody, us included. To add
one: a function, and one line in `MUTATIONS`; a test runs every line and asks that a condition fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from unsaid.calibration.instruments import Instruments
from unsaid.judges.judge import Reading
from unsaid.questions.question import Question
from unsaid.registry import named
from unsaid.replies.answers import Answer, Unparsed, parse_answer, split_reasoning

__all__ = [
    "MUTATIONS",
    "Mutation",
    "before_the_answer",
    "first_letter",
    "losses_left_out",
    "moves_dropped",
    "mutated",
]

_LETTER = re.compile(r"(?<![A-Za-z])\(?([A-Z])\)")
#: The share of moves that are lost where moves are dropped.
_DROPPED = 0.15
_KEY = ["model", "elicitation", "context", "question_id", "epoch"]


@dataclass(frozen=True)
class Mutation:
    """One fault.

    Attributes:
        about: what is wrong, in a sentence.
        breaks: the instruments with this fault.
    """

    about: str
    breaks: Callable[[Instruments], Instruments]


def mutated(instruments: Instruments, name: str) -> Instruments:
    """Return the instruments with one fault; without any where the name is empty.

    Raises:
        UnknownName: there is no such fault.
    """
    if not name:
        return instruments
    return named("mutation", name, MUTATIONS).breaks(instruments)


def first_letter(text: str, question: Question) -> Answer | Unparsed:
    """Return the first letter that anybody states: what a professor said of a reply that goes on to disagree."""
    for match in _LETTER.finditer(text):
        if match.group(1) in question.letters:
            return Answer(match.group(1), "marker-letter", match.start(), match.end())
    return parse_answer(text, question)


def before_the_answer(reading: Reading) -> Reading:
    """Return what stands before the sentence of the answer, which is where most models say why."""
    return replace(reading, text=split_reasoning(reading.text, reading.question)[0])


def moves_dropped(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records in which some of the replies that a cue has moved answer as without it.

    Which ones is decided by each call's own seed.
    """
    clean = records.filter(pl.col("arm") == "clean").select(*_KEY, stayed="answer")
    joined = records.join(clean, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    changed = (
        (pl.col("arm") == "cued") & pl.col("answer").is_not_null() & (pl.col("answer") != pl.col("stayed"))
    )
    drawn = (pl.col("seed") % 1000) < 1000 * _DROPPED
    answer = pl.when(changed & drawn).then("stayed").otherwise("answer")
    return joined.with_columns(answer=answer).select(records.columns)


def losses_left_out(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records without the cued replies of which no answer was read, as if they had never been asked for."""
    return records.filter((pl.col("arm") != "cued") | pl.col("answer").is_not_null())


#: Every fault, by its name for `--mutation`.
MUTATIONS: dict[str, Mutation] = {
    "intervals-wide": Mutation(
        "every interval is 1.3 times as wide as it should be", lambda sound: replace(sound, stretch=1.3)
    ),
    "intervals-narrow": Mutation(
        "every interval is 0.7 times as wide as it should be", lambda sound: replace(sound, stretch=0.7)
    ),
    "moves-dropped": Mutation(
        "15% of the replies that a cue moved are counted as unmoved",
        lambda sound: replace(sound, counted=moves_dropped),
    ),
    "losses-left-out": Mutation(
        "cued replies without an answer are dropped before anything is estimated",
        lambda sound: replace(sound, counted=losses_left_out),
    ),
    "answer-sentence-unread": Mutation(
        "the judge is not given the sentence of the answer, nor what follows it",
        lambda sound: replace(sound, given=before_the_answer),
    ),
    "quoted-cue-taken": Mutation(
        "the answer is the first letter that anybody states, a quoted professor included",
        lambda sound: replace(sound, answers=first_letter),
    ),
}
