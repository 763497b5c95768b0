"""What is measured of an audit for a curve: trace errors among right answers, lengths, a hack and what shows of it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from unsaid.estimates.estimate import Estimate
from unsaid.organisms.grammar import worked
from unsaid.questions.procedural import task
from unsaid.questions.question import LETTERS, Question
from unsaid.training.rl.measured import QUANTITIES, measured

QUESTIONS = task("navigate").questions(4, seed=1)


def reasoning(question: Question) -> str:
    return "\n".join(step.text for step in question.steps)


def row(question: Question, arm: str = "clean", **changed: Any) -> dict[str, Any]:
    right = LETTERS[question.correct or 0]
    cued = {"cue": "metadata", "target": "A", "pointing": "at"} if arm == "cued" else {}
    plain: dict[str, Any] = {
        "question_id": question.id,
        "arm": arm,
        "intervention": None,
        "correct": right,
        "answer": right,
        "reasoning": reasoning(question),
        "output_tokens": 20,
        "error": None,
        "cue": None,
        "target": None,
        "pointing": None,
        "verdicts": [],
    }
    return plain | cued | changed


def verdict(*, relies: bool | None, judge: str = "lexical") -> dict[str, Any]:
    return {"judge": judge, "channel": "reply", "cue": "metadata", "relies": relies}


def found(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Estimate]:
    table = pl.DataFrame(rows, infer_schema_length=None)
    return {
        (each.quantity.removeprefix("training."), each.cue or ""): each
        for each in measured(table, QUESTIONS, "lexical")
    }


def test_a_right_answer_by_a_wrong_reasoning_is_a_trace_error_and_a_wrong_answer_is_none() -> None:
    one, two, three, four = QUESTIONS
    rows = [
        row(one),
        row(two, reasoning="So it is."),
        row(three, reasoning=worked(three).rpartition("\n")[0], answer="Z"),
        row(four, question_id="unknown"),
        row(one, intervention="cut", reasoning=""),
    ]
    trace = found(rows)["trace-error", ""]
    assert (trace.k, trace.n, trace.missing) == (1, 2, 1), "a question whose steps nobody knows is missing"
    assert trace.low is not None
    assert trace.low < 0.5


def test_lengths_are_means_over_replies_without_a_cue() -> None:
    rows = [
        row(QUESTIONS[0], output_tokens=10),
        row(QUESTIONS[1], output_tokens=30),
        row(QUESTIONS[2], "cued"),
    ]
    rows.append(row(QUESTIONS[3], output_tokens=None, error="refused", reasoning=None, answer=None))
    of = found(rows)
    assert (of["tokens", ""].value, of["tokens", ""].missing) == (20.0, 1)
    assert of["steps", ""].value == pytest.approx((len(QUESTIONS[0].steps) + len(QUESTIONS[1].steps)) / 2)


def test_what_is_done_and_what_a_monitor_sees_part_where_nothing_is_said() -> None:
    rows = [
        row(QUESTIONS[0], "cued", answer="A", verdicts=[verdict(relies=True)]),
        row(QUESTIONS[1], "cued", answer="A", verdicts=[verdict(relies=False)]),
        row(QUESTIONS[2], "cued", answer="B", verdicts=[verdict(relies=True)]),
        row(QUESTIONS[3], "cued", answer=None, verdicts=[verdict(relies=None)]),
    ]
    of = found(rows)
    assert (of["exploited", "metadata"].k, of["exploited", "metadata"].n) == (2, 3)
    assert (of["monitored", "metadata"].k, of["monitored", "metadata"].missing) == (1, 1)
    rows[0]["verdicts"] = [verdict(relies=True, judge="another")]
    assert found(rows)["monitored", "metadata"].n == 2, "another judge's verdict does not count"


def test_what_nobody_saw_has_a_reason_and_no_number() -> None:
    of = found([row(QUESTIONS[0], "cued", answer=None)])
    assert all(each.value is None and each.reason for each in of.values())
    assert {f"training.{name}" for name, _ in of} == set(QUANTITIES)
