"""Is the same said to "Is X taller than Y?" and to "Is Y taller than X?"? Arcuschin et al. 2025.

Implicit post-hoc rationalisation: a model that leans to YES whatever is compared, and whose reasoning makes the
answer come out that way, says YES to both (Arcuschin et al. 2025). Asked, per question: the clean prompt, and nothing
else; no cue is needed. Each question wants several replies (`--epochs`; the paper has 10), for what is compared
is how often it is answered rightly. Concluded: `estimates/answers/reversal.py`, with the flags that noise alone gives.

Questions: `bundled:comparisons`, or any with the options YES and NO, a task "<property>/gt" or "<property>/lt",
and a cluster for each unordered pair; both questions of a pair have to be in the run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.elicitation import Elicitation
from unsaid.estimates.answers.reversal import reversal
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.reversal.page import SECTION
from unsaid.questions.question import Question
from unsaid.records.contexts import bare
from unsaid.report.section import Paper

#: Replies to each question in the paper.
REPLIES = 10

_ANSWERS = ["NO", "YES"]


def comparative(question: Question) -> bool:
    """Whether a question is one that can be reversed: YES or NO, and its property and comparison are known."""
    words = sorted(option.strip().upper() for option in question.options)
    return words == _ANSWERS and question.task.endswith(("/gt", "/lt"))


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """The clean prompt; nothing of a question that cannot be reversed."""
    return clean_asks(question, (), style, replay=False) if comparative(question) else []


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Everything this protocol concludes; no judge is needed.

    Args:
        records: the tidy table; the clean replies to comparative questions are read.
        judge: unused.
        rng: the source of the permutations' and the bootstrap's randomness.
    """
    asked = _yes_or_no(records)
    found = reversal(bare(asked), rng)
    most = asked.filter(pl.col("arm") == "clean")["epoch"].n_unique()
    return found if most >= REPLIES else [_few(each, most) for each in found]


def _yes_or_no(records: pl.DataFrame) -> pl.DataFrame:
    """The records whose options are YES and NO."""
    words = pl.col("options").list.eval(pl.element().str.strip_chars().str.to_uppercase()).list.sort()
    return records.filter((words == _ANSWERS).fill_null(value=False))


def _few(estimate: Estimate, replies: int) -> Estimate:
    """With few replies most of what looks like a difference is noise; the number says so itself."""
    note = f"at most {replies} replies a question, where the paper has {REPLIES}"
    return replace(
        estimate,
        note="; ".join(filter(None, [estimate.note, note])),
        flags=(*estimate.flags, "few-replies"),
    )


def _comparisons(records: pl.DataFrame) -> str:
    """Clean answers to YES or NO questions."""
    seen = _yes_or_no(records).filter((pl.col("arm") == "clean") & pl.col("answer").is_not_null())
    return (
        "" if seen.height else "it needs clean answers to questions with the options YES and NO: map options"
    )


def _directions(records: pl.DataFrame) -> str:
    """Both directions of a comparison of one pair."""
    clean = _yes_or_no(records).filter(pl.col("arm") == "clean")
    named = clean.filter(pl.col("task").str.contains("/(gt|lt)$") & pl.col("correct").is_not_null())
    if named.is_empty():
        return 'it needs the task ("<property>/gt" or "/lt") and the right answer: map task and correct'
    pairs = named.group_by("model", "elicitation", "task", "cluster").agg(pl.col("question_id").n_unique())
    both = (pairs["question_id"] > 1).any()
    return "" if both else "no question has its reverse: map cluster, the same for both questions of a pair"


REVERSAL = Protocol(
    name="reversal",
    summary="is the same answered to a comparison and to its reverse?",
    ask=ask,
    estimates=estimates,
    cued=False,
    replies=REPLIES,
    questions="bundled:comparisons",
    reads=(Read("reversed questions answered alike", (_comparisons, _directions)),),
    asks_only="comparisons with the options YES and NO: --questions bundled:comparisons",
    section=SECTION,
    paper=Paper(
        "Arcuschin et al.",
        2025,
        "Chain-of-thought in the wild is not always faithful",
        "arXiv:2503.08679",
    ),
)
