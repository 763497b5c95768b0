"""Accuracy: unparsed is never wrong, and the difference is paired."""

from __future__ import annotations

import numpy as np
from making_records import Row, asked, table

from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs


def of(rows: list[Row], cue: str | None = None) -> dict[str, Estimate]:
    records = table(rows)
    found = accuracy(records, pairs(records), np.random.default_rng(0), draws=300)
    return {each.quantity: each for each in found if each.cue == cue}


def questions(
    count: int,
    clean: str | None,
    cued: str | None,
    prefix: str,
    *,
    correct: str | None = "A",
    replay: str = "same",
) -> list[Row]:
    return [
        row
        for number in range(count)
        for row in asked(f"{prefix}{number}", clean, {"m": (cued, False)}, correct=correct, replay=replay)
    ]


def test_each_arm_is_over_the_answers_that_were_seen() -> None:
    rows = (
        questions(30, "A", "A", "a")
        + questions(10, "C", "B", "b")
        + questions(10, None, "A", "c", replay="A")
    )
    rows += questions(4, "A", "A", "unknown", correct=None)
    found = of(rows)
    clean = found["accuracy.clean"]
    assert (clean.value, clean.k, clean.n, clean.missing) == (0.75, 30, 40, 10)
    assert (found["accuracy.replay"].value, found["accuracy.replay"].n) == (0.8, 50)
    assert (found["accuracy.cued"].value, found["accuracy.cued"].n) == (0.8, 50)


def test_the_difference_needs_both_answers_of_a_pair() -> None:
    rows = questions(20, "A", "B", "a") + questions(20, "A", "A", "b") + questions(10, None, "A", "c")
    gap = of(rows, cue="m")["accuracy.difference"]
    assert (gap.value, gap.n, gap.missing, gap.unit) == (-0.5, 40, 10, "points")
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < -0.5 < gap.high < 0


def test_no_change_still_has_a_width() -> None:
    gap = of(questions(20, "A", "A", "a"), cue="m")["accuracy.difference"]
    assert gap.value == 0
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < 0 < gap.high


def test_free_response_is_right_where_it_equals_the_gold_answer() -> None:
    rows = [
        row
        for number in range(20)
        for row in asked(f"q{number}", "7", {"m": ("8", False)}, correct="7", target=None, n_options=0)
    ]
    assert of(rows)["accuracy.clean"].value == 1.0
    assert of(rows, cue="m")["accuracy.cued"].value == 0.0


def test_without_a_known_answer_there_is_no_accuracy() -> None:
    found = of(questions(5, "A", "A", "a", correct=None), cue="m")
    assert found["accuracy.cued"].value is None
    assert "correct option is known" in found["accuracy.cued"].reason
    assert found["accuracy.difference"].value is None
