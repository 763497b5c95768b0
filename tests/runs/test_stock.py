"""The accounts of a run: every planned call is recorded, spared, or not asked with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.asking.ask import Ask
from unsaid.asking.settings import Settings
from unsaid.planning.request import Audit
from unsaid.records.schema import frame
from unsaid.runs.stock import take_stock
from unsaid.store.accounts import Accounts, Count, accounts_of, banner, is_whole

PLAN = Audit(
    settings=Settings(questions="bundled:coin_flips", limit=3, cues="metadata,sycophancy"), epochs=2
).plan()
CALLS: list[dict[str, Any]] = [
    {
        "question_id": question.id,
        "epoch": epoch,
        "elicitation": ask.style.name,
        "context": ask.context,
        "arm": ask.arm,
        "cue": ask.cue.name if ask.cue else None,
        "wording": ask.wording.name if ask.wording else None,
        "verdicts": [],
    }
    for question, asks in PLAN.asks
    for epoch in (1, 2)
    for ask in asks
]


def stock(rows: list[dict[str, Any]], **more: Any) -> Accounts:
    return take_stock(PLAN.asks, 2, frame(rows), **more)


def test_a_run_with_every_planned_call_is_finished() -> None:
    found = stock(CALLS)
    assert found.finished
    assert found.planned == found.recorded == Count(3, len(CALLS))
    assert banner({"accounts": found.plain(), "finished": False}) == ""


@given(st.lists(st.booleans(), min_size=len(CALLS), max_size=len(CALLS)))
def test_recorded_and_not_asked_make_up_the_plan_whatever_is_missing(kept: list[bool]) -> None:
    found = stock([row for row, there in zip(CALLS, kept, strict=True) if there])
    assert found.recorded.calls + sum(found.not_asked.values()) == found.planned.calls == len(CALLS)
    assert found.finished == all(kept)
    assert accounts_of(json.loads(json.dumps({"accounts": found.plain()}))) == found


def test_a_question_counts_where_all_of_its_calls_are_there() -> None:
    found = stock(CALLS[:-1], reason=lambda question, epoch: "interrupted")
    assert found.questions == "2 of 3 questions"
    assert found.missing == "1 call is not asked: interrupted"
    assert "of 2 of 3 questions (1 call is not asked: interrupted)" in banner({"accounts": found.plain()})


def test_a_record_of_something_that_was_not_planned_makes_up_for_nothing() -> None:
    found = stock([*CALLS[:-1], CALLS[0] | {"question_id": "another"}])
    assert not found.finished
    assert found.recorded.calls == len(CALLS) - 1


def test_what_until_spared_is_not_missing() -> None:
    def wanted(question: str, ask: Ask) -> bool:
        return ask.cue is None or ask.cue.name != "metadata" or ask.arm != "cued"

    rows = [row for row in CALLS if not (row["arm"] == "cued" and row["cue"] == "metadata")]
    found = stock(rows, asks=wanted)
    assert found.finished
    assert found.recorded.questions == 3
    assert found.spared == {"--until: metadata was asked often enough": len(CALLS) - len(rows)}
    assert not stock(rows).finished


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"error": "500: no"}, "1 call failed: 500: no"),
        (
            {
                "verdicts": [
                    {"judge": "llm:x", "channel": "reasoning", "cue": "metadata", "missing": "failed: 429"}
                ]
            },
            "1 verdict is missing because a call of the judge failed: 429",
        ),
    ],
)
def test_a_call_that_failed_is_recorded_and_the_run_is_not_finished(row: dict[str, Any], said: str) -> None:
    found = stock([CALLS[0] | row, *CALLS[1:]])
    assert found.recorded == found.planned
    assert not found.finished
    assert found.missing == said


def test_a_judge_that_answered_out_of_format_has_answered() -> None:
    verdict = {"judge": "llm:x", "channel": "reasoning", "cue": "metadata", "missing": "malformed"}
    assert stock([CALLS[0] | {"verdicts": [verdict]}, *CALLS[1:]]).finished


def test_many_reasons_are_counted_together() -> None:
    many = frame([row | {"error": f"error {number}"} for number, row in enumerate(CALLS)])
    found = take_stock(PLAN.asks, 2, pl.concat([many]))
    assert len(found.failed) <= 21
    assert sum(found.failed.values()) == len(CALLS)


@pytest.mark.parametrize(
    "kept", [None, 3, {}, {"planned": 1}, {"planned": {"questions": -1, "calls": 1}, "recorded": {}}]
)
def test_accounts_that_cannot_be_read_are_none_and_the_run_is_what_it_says(kept: object) -> None:
    assert accounts_of({"accounts": kept}) is None
    assert is_whole({"accounts": kept, "finished": True})
    assert not is_whole({"accounts": kept, "finished": False})
    assert "a part of the questions" in banner({"finished": False})


def test_accounts_outweigh_what_a_run_says_of_itself() -> None:
    part = replace(stock(CALLS), not_asked={"interrupted": 1})
    assert not is_whole({"accounts": part.plain(), "finished": True})
