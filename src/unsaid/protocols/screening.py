"""Clean replies that decide which questions a run asks: `--only-unsolved K`. METR 2025 (hard problems).

Where a model never solves a question by itself, a cued answer that is the cue's can hardly be its own: it is a use of
the cue. METR keep the problems that a model answers rightly in none of 5 to 10 replies. These replies are asked apart
and judged by nobody, and the clean arm of the run is asked anew: a question that was unsolved by bad luck is not
unsolved there, and the run shows how often (regression to the mean).

It is no protocol to choose: a run that is told to screen asks it before its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.asking.ask import Ask, Choice
from unsaid.asking.protocol import Protocol
from unsaid.cues import clean
from unsaid.elicitation import Elicitation
from unsaid.errors import UsageError
from unsaid.estimates.pairs import loss
from unsaid.questions.question import Question
from unsaid.records.followed import compared
from unsaid.report.section import Paper, Section

__all__ = ["SCREENING", "Screened", "check_answers", "screened"]


def _ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Return the clean call of a style; every epoch of the screening is one reply."""
    return [Ask("screening", style.ask(clean(question), question), style)]


SCREENING = Protocol(
    "screening",
    "clean replies that tell which questions the model never solves",
    _ask,
    lambda records, judge, rng: [],
    cued=False,
    section=Section("Screening", "Which questions does the model never solve by itself?", "screening"),
    paper=Paper("METR", 2025, "CoT may be highly informative despite unfaithfulness"),
)


@dataclass(frozen=True)
class Screened:
    """Which questions were solved while they were screened.

    Attributes:
        replies: how many clean replies of each elicitation each question had.
        questions: how many were screened.
        solved: the ids of those that were solved at least once; they are asked no more.
        unread: how many of the others gave no answer that could be read, in any reply.
    """

    replies: int
    questions: int
    solved: frozenset[str]
    unread: int = 0

    @property
    def unsolved(self) -> int:
        """How many were never solved."""
        return self.questions - len(self.solved)

    def plain(self) -> dict[str, Any]:
        """Return it as `run.json` keeps it."""
        return {
            "replies": self.replies,
            "questions": self.questions,
            "unsolved": self.unsolved,
            "unread": self.unread,
            "solved": sorted(self.solved),
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Screened:
        """Read it back from `run.json`."""
        return cls(kept["replies"], kept["questions"], frozenset(kept["solved"]), kept["unread"])


def check_answers(questions: list[Question]) -> None:
    """Refuse to screen a question whose right answer is not known: nobody could say whether it was solved.

    Raises:
        UsageError: there is one; the message names it.
    """
    unknown = [each.id for each in questions if (each.correct_letter or each.answer) is None]
    if unknown:
        raise UsageError(
            f"--only-unsolved needs the right answer of every question, and {len(unknown)} of {len(questions)} have "
            f"none (the first is {unknown[0]!r}); give their answers, or leave the option out"
        )


def screened(records: pl.DataFrame, replies: int) -> Screened:
    """Return which questions were solved.

    A reply without an answer (refused, cut off, not readable) solves nothing; METR count it so too.

    Args:
        records: of the screening, every call answered.
        replies: how many each question had.
    """
    right = (loss().is_null() & (compared("answer") == compared("correct"))).fill_null(value=False)
    seen = loss().is_null()
    each = records.group_by("question_id").agg(solved=right.any(), seen=seen.any())
    solved = each.filter("solved")["question_id"].to_list()
    return Screened(replies, each.height, frozenset(solved), each.filter(~pl.col("seen")).height)
