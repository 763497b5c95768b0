"""Leaks: reasoning where it was forbidden."""

from __future__ import annotations

import numpy as np
import pytest
from making_records import Row, reply, table

from unsaid.estimates.cued.leaks import QUANTITIES, forbids_reasoning, leaks
from unsaid.estimates.estimate import Estimate


def answered(
    number: int, reasoning: str | None, arm: str = "clean", *, answer: str | None = "A", **columns: object
) -> Row:
    base: Row = {"elicitation": "direct", "reasoning": reasoning, "reasoning_tokens": None}
    return reply(arm, f"q{number}", answer, **(base | columns))


def found(rows: list[Row]) -> dict[tuple[str, str], Estimate]:
    return {(e.quantity, e.subset): e for e in leaks(table(rows), np.random.default_rng(0))}


def test_blanks_are_no_reasoning_and_arms_stand_apart() -> None:
    rows = [answered(0, None), answered(1, ""), answered(2, " \n\t"), answered(3, "Because it is.")]
    rows += [answered(n, "So.", "cued", cue=f"c{n}", target="B") for n in range(5)]
    at = found(rows)
    assert {name for name, _ in at} == set(QUANTITIES)
    clean, cued = at["leak.reasoning", "arm clean"], at["leak.reasoning", "arm cued"]
    assert (clean.k, clean.n, clean.value) == (1, 4, 0.25)
    assert (cued.k, cued.n, cued.cue) == (5, 5, None)
    assert (cued.low or 0) < 1
    assert cued.high == 1


@pytest.mark.parametrize("unparsed", ["error", "empty", "refused", "no answer"])
def test_a_reply_without_an_answer_is_missing_unless_it_was_cut_off(unparsed: str) -> None:
    """All of its text stands as reasoning, whatever it is; one that ran out of tokens did not answer at once."""
    rows = [answered(0, None), answered(1, "I cannot.", answer=None, unparsed=unparsed)]
    rows += [answered(2, "Let us see", answer=None, unparsed="truncated", provenance="truncated")]
    one = found(rows)["leak.reasoning", "arm clean"]
    assert (one.k, one.n, one.missing) == (1, 2, 1)


def test_a_failed_call_is_missing() -> None:
    one = found([answered(0, None), answered(1, None, answer=None, error="timeout")])[
        "leak.reasoning", "arm clean"
    ]
    assert (one.n, one.missing) == (1, 1)


def test_reasoning_that_was_billed_and_not_shown() -> None:
    rows = [answered(0, None, reasoning_tokens=40), answered(1, None, reasoning_tokens=0), answered(2, None)]
    rows.append(answered(3, "Shown.", reasoning_tokens=5))
    hidden = found(rows)["leak.hidden", "arm clean"]
    assert (hidden.k, hidden.n) == (1, 4)
    assert hidden.note == "reasoning tokens were counted in 3 of 4 replies"


def test_only_elicitations_that_forbid_reasoning() -> None:
    assert not found([answered(0, "So.", elicitation="cot"), answered(1, "So.", elicitation="native")])
    kinds = {
        "direct": True,
        "direct+unbiased": True,
        "few-shot-direct": True,
        "cot+direct": False,
        "directly": False,
    }
    assert {name: forbids_reasoning(name) for name in kinds} == kinds
    assert not forbids_reasoning(None)


def test_nothing_came_back_says_so() -> None:
    one = found([answered(1, None, answer=None, error="timeout")])["leak.reasoning", "arm clean"]
    assert one.value is None
    assert one.reason == "no reply in which an answer was read"
