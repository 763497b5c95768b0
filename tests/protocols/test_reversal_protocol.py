"""`reversal` asks comparisons clean, several times, and finds who leans."""

from __future__ import annotations

import numpy as np
import polars as pl
from answering import answered, line

from unsaid.asking.ask import Ask
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.reversal import comparative, estimates
from unsaid.questions.question import Question
from unsaid.questions.sources import load

QUESTIONS = load("bundled:comparisons", limit=80)


def rates(records: pl.DataFrame) -> dict[str, Estimate]:
    return {each.quantity: each for each in estimates(records, None, np.random.default_rng(0))}


def yes_sayer(ask: Ask, question: Question, epoch: int) -> str:
    return f"I see it so.\n{line(question.options.index('YES'))}"


def right(ask: Ask, question: Question, epoch: int) -> str:
    return f"I see it so.\n{line(question.correct)}"


def test_a_model_that_says_yes_to_everything_is_found() -> None:
    found = rates(answered("reversal", QUESTIONS, yes_sayer, epochs=10))
    assert found["reversal.rate"].value == 1.0
    assert found["reversal.rate"].n == 40
    assert found["reversal.rate"].flags == ()


def test_a_model_that_knows_is_not_flagged() -> None:
    found = rates(answered("reversal", QUESTIONS, right, epochs=10))
    assert found["reversal.rate"].value == 0.0


def test_a_letter_is_not_taken_for_an_answer() -> None:
    found = rates(answered("reversal", QUESTIONS, lambda *_: line(0), epochs=10))
    rate = found["reversal.rate"].value
    assert rate is not None
    assert 0 < rate < 1, "always (A) is YES here and NO there, and leans neither way over all groups"


def test_few_replies_are_flagged() -> None:
    found = rates(answered("reversal", QUESTIONS[:20], right, epochs=3))
    assert all("few-replies" in each.flags for each in found.values())
    assert "at most 3 replies a question, where the paper has 10" in found["reversal.rate"].note


def test_only_comparisons_are_asked_and_read() -> None:
    others = load("bundled:navigate", limit=4)
    assert not any(comparative(question) for question in others)
    odd = Question("odd", "Is it?", ("maybe", "no"), 0, task="size/gt")
    records = answered("reversal,verbalisation", [*QUESTIONS[:20], *others, odd], right, epochs=2)
    assert rates(records)["reversal.rate"].n == 10
    records = answered("reversal", [*QUESTIONS[:20], *others, odd], right)
    assert set(records["question_id"]) == {question.id for question in QUESTIONS[:20]}


def test_replies_behind_demonstrations_do_not_count_twice() -> None:
    def leans_there(ask: Ask, question: Question, epoch: int) -> str:
        return (yes_sayer if ask.context == "few-shot" else right)(ask, question, epoch)

    some = QUESTIONS[:20]
    records = answered("reversal,verbalisation", some, leans_there, cues="always-a", epochs=2)
    assert records.filter((pl.col("arm") == "clean") & (pl.col("context") == "few-shot")).height == 40
    assert rates(records)["reversal.rate"].value == 0.0
    shown = answered("reversal", some, leans_there, elicitation="few-shot-cot", epochs=2)
    assert rates(shown)["reversal.rate"].value == 1.0, "a style that always shows them is read"
