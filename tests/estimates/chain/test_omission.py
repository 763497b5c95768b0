"""Omission: counts, luck, what is left out, and intervals that hold the truth of a known world."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulating_omission import WORLDS, World, coverage

from examples import examples
from unsaid.estimates.chain.omission import THIRDS, counted, from_replies, omission
from unsaid.estimates.chain.omission_reading import SCHEMA, needed_of, replies
from unsaid.estimates.estimate import Estimate
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.sources import load
from unsaid.records.schema import frame

QUESTIONS = [
    question
    for question in load("bundled:modular_arithmetic@4,bundled:tracking_shuffled_objects@5", limit=90)
    if needed_of(question.task, question.stem)
]


def reply(question: Question, elicitation: str, *, right: bool = True, **more: Any) -> dict[str, Any]:
    correct = question.correct or 0
    answer = LETTERS[correct if right else (correct + 1) % len(question.options)]
    return {
        "model": "m",
        "elicitation": elicitation,
        "epoch": 1,
        "question_id": question.id,
        "cluster": question.cluster,
        "task": question.task,
        "difficulty": question.difficulty,
        "stem": question.stem,
        "options": list(question.options),
        "n_options": len(question.options),
        "correct": question.correct_letter,
        "arm": "clean",
        "answer": answer,
        "reasoning": "I see." if elicitation == "cot" else None,
        "visible": f"The best answer is: ({answer})",
        "provenance": "raw" if elicitation == "cot" else "absent",
    } | more


def worked(question: Question) -> str:
    return "\n".join(step.text for step in question.steps)


def made(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Estimate]:
    found = omission(frame(rows), np.random.default_rng(0), draws=200)
    return {(each.quantity, each.subset): each for each in found}


def direct(right: int = 3) -> list[dict[str, Any]]:
    """One in `right` is answered rightly without reasoning."""
    return [reply(each, "direct", right=n % right == 0) for n, each in enumerate(QUESTIONS)]


def test_the_subtraction_is_the_formula() -> None:
    """40 correct, half of them unsaid, and 9 wrong ones unsaid: each stands for d / (1 - d) lucky ones."""
    rows = [reply(each, "cot", reasoning=worked(each)) for each in QUESTIONS[:20]]
    rows += [reply(each, "cot") for each in QUESTIONS[20:40]]
    rows += [reply(each, "cot", right=False) for each in QUESTIONS[40:49]]
    found = made(rows + direct())
    assert (found["omission", ""].k, found["omission", ""].n) == (20, 40)
    lucky, table = 0.0, replies(frame(rows + direct()))
    for part in table.partition_by("stratum"):
        free = part.filter(pl.col("elicitation") == "direct")
        missed, right, seen = part["missed"].to_list(), free["right"].to_list(), free["seen"].to_list()
        lucky += sum(missed) * sum(right) / (sum(seen) - sum(right) + 1)
    assert found["omission.lucky", ""].value == pytest.approx(lucky / 40)
    assert found["omission.beyond-luck", ""].value == pytest.approx(0.5 - lucky / 40)
    assert found["omission.beyond-luck", ""].unit == "points"


def test_what_is_not_seen_or_not_to_be_read_is_neither_said_nor_unsaid() -> None:
    rows = [reply(each, "cot", reasoning=worked(each)) for each in QUESTIONS[:30]]
    lost: list[dict[str, Any]] = [
        {"answer": None, "unparsed": "no answer"},
        {"answer": None, "error": "timeout"},
        {"reasoning": "In short, it is clear.", "provenance": "summarised"},
        {"reasoning": None, "provenance": "absent"},
        {"reasoning": " \n ", "provenance": "raw"},
    ]
    rows += [reply(each, "cot", **more) for each, more in zip(QUESTIONS[30:], lost, strict=False)]
    found = made(rows + direct())
    assert (found["omission", ""].k, found["omission", ""].n, found["omission", ""].missing) == (0, 30, 5)


def test_a_value_in_the_visible_answer_is_said() -> None:
    rows = [reply(each, "cot", visible=worked(each)) for each in QUESTIONS[:30]]
    assert made(rows)["omission", ""].k == 0


def test_without_direct_replies_the_rate_stands_alone() -> None:
    found = made([reply(each, "cot") for each in QUESTIONS[:30]])
    assert found["omission", ""].value == 1.0
    assert found["omission.beyond-luck", ""].value is None
    assert "without reasoning (direct)" in found["omission.beyond-luck", ""].reason


def test_under_20_correct_replies_are_withheld_and_so_is_a_length_or_a_difficulty() -> None:
    found = made([reply(each, "cot", reasoning=worked(each)) for each in QUESTIONS[:19]] + direct())
    for name in ("omission", "omission.lucky", "omission.beyond-luck"):
        assert found[name, ""].reason == "too few (n=19)"
        assert found[name, ""].flags == ("withheld",)
    found = made([reply(each, "cot", reasoning=worked(each)) for each in QUESTIONS[:40]] + direct())
    assert found["omission", ""].value == 0.0
    assert {subset for _, subset in found} >= {"difficulty 4", "difficulty 5", *THIRDS}
    assert found["omission", THIRDS[0]].value is None
    assert sum(found["omission", third].n for third in THIRDS) == 40


def test_what_is_answered_without_reasoning_is_left_out_and_said_so() -> None:
    rows = [reply(each, "cot") for each in QUESTIONS]
    rows += [reply(each, "direct", right=each.difficulty == 4) for each in QUESTIONS]
    found = made(rows)
    hard = [each for each in QUESTIONS if each.difficulty == 5]
    assert found["omission", ""].n == len(hard)
    assert "modular_arithmetic at 4: 100% right without reasoning" in found["omission", ""].note
    assert set(counted(frame(rows))["question_id"]) == {each.id for each in hard}
    few = made([reply(each, "cot") for each in QUESTIONS] + direct()[:6])
    assert "under 5" in few["omission", ""].reason


def test_records_of_anything_else_give_nothing() -> None:
    assert omission(frame([]), np.random.default_rng(0)) == []
    other = [reply(each, "cot") for each in load("bundled:navigate", limit=20)]
    assert omission(frame(other), np.random.default_rng(0)) == []
    cued = [reply(each, "cot", arm="cued", cue="metadata") for each in QUESTIONS]
    assert omission(frame(cued), np.random.default_rng(0)) == []
    changed = [reply(each, "cot", stem=f"{each.stem}!") for each in QUESTIONS]
    assert omission(frame(changed), np.random.default_rng(0)) == []


def test_a_reply_behind_demonstrations_counts_once() -> None:
    rows = [
        reply(each, "cot", context=context)
        for each in QUESTIONS[:25]
        for context in ("zero-shot", "few-shot")
    ]
    assert made(rows)["omission", ""].n == 25


@pytest.mark.parametrize("name", ["a third each, few", "two tasks", "nearly all said", "guesses"])
def test_intervals_hold_the_truth_and_the_error_is_none_on_average(name: str) -> None:
    """A smoke test of 60 repetitions; the study is in simulating_omission.py (1,000: 94 to 98%)."""
    for share, error, n in coverage(WORLDS[name], 60, draws=100).values():
        assert n == 60
        assert share >= 0.85
        assert abs(error) < 0.08


@examples(15)
@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.floats(0.05, 0.75), min_size=1, max_size=3),
    st.integers(0, 2**31),
)
def test_every_rate_lies_in_its_interval_which_is_never_of_no_width(
    said: float, silent: float, direct: list[float], seed: int
) -> None:
    world = World(said * (1 - silent), silent, tuple(direct), questions=24)
    rng = np.random.default_rng(seed)
    table = world.drawn(rng)
    assert table.schema == pl.Schema(SCHEMA)
    for each in from_replies(table, rng, draws=60):
        if each.value is None:
            assert each.reason
            continue
        assert each.low is not None
        assert each.high is not None
        assert each.low - 1e-9 <= each.value <= each.high + 1e-9
        assert each.low < each.high
        if each.unit == "proportion" and each.quantity != "omission.lucky":
            assert each.low >= 0
            assert each.high <= 1
