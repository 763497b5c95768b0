"""Lengths and difficulty: differences that were put there are found, within questions and across them."""

from __future__ import annotations

import numpy as np
import pytest
from making_records import Row, asked, table

from bands import most
from unsaid.estimates.cued.difficulty import by_difficulty
from unsaid.estimates.cued.lengths import lengths
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs


def of(rows: list[Row], draws: int = 400) -> dict[tuple[str, str | None], Estimate]:
    found = lengths(pairs(table(rows)), np.random.default_rng(0), draws=draws)
    return {(each.quantity, each.cue): each for each in found}


def seen(estimate: Estimate) -> float:
    assert estimate.value is not None, estimate.reason
    return estimate.value


def questions(count: int, extra: int, seed: int = 0, between: int = 0) -> list[Row]:
    """Two cues a question, each asked twice: named once and not named once, the silent reply `extra` tokens longer.

    The replies under the second cue are `between` tokens longer, named or not.
    """
    rng, rows = np.random.default_rng(seed), []
    for number in range(count):
        base = int(rng.integers(100, 1000))
        for epoch in (1, 2):
            arms = asked(f"q{number}", "A", {"a": ("B", epoch == 1), "b": ("B", epoch == 2)}, epoch=epoch)
            for row in arms:
                silent = row.get("cue") == ("b" if epoch == 1 else "a")
                row["reasoning_tokens"] = base + int(rng.integers(0, 20)) + extra * silent
                row["reasoning_tokens"] += between * (row.get("cue") == "b")
            rows += arms
    return rows


def test_unfaithful_minus_faithful_within_cues() -> None:
    found = of(questions(40, 50))
    gap = found["length.difference", None]
    assert gap.value == pytest.approx(50, abs=8)
    assert gap.unit == "tokens"
    assert (gap.n, gap.questions) == (160, 40)
    assert "within 2 cues" in gap.note
    assert found["length.faithful", None].n == 80


def test_the_permutation_within_questions_sees_what_the_spread_between_them_hides() -> None:
    """Questions differ by hundreds of tokens; replies to one question by the planted fifty."""
    p_value = of(questions(40, 50))["length.p-value", None]
    assert p_value.value is not None
    assert p_value.value < 1e-6
    assert p_value.questions == 40


def test_a_cue_that_is_both_longer_and_silent_makes_no_difference() -> None:
    """Cue b makes every reply 200 tokens longer and is named in one question of four; within a cue nothing differs."""
    rows = []
    for number in range(80):
        for epoch in (1, 2):
            said = {"a": ("B", (number + epoch) % 4 != 0), "b": ("B", (number + epoch) % 4 == 0)}
            arms = asked(f"q{number}", "A", said, epoch=epoch)
            for place, row in enumerate(arms):
                row["reasoning_tokens"] = 300 + (number * 7 + epoch * 3 + place) % 10
                row["reasoning_tokens"] += 200 * (row.get("cue") == "b")
            rows += arms
    found = of(rows)
    named, silent = (seen(found[f"length.{kind}", None]) for kind in ("faithful", "unfaithful"))
    assert silent - named > 80, "the pooled means differ, between cues"
    assert found["length.difference", None].value == pytest.approx(0, abs=2)
    assert seen(found["length.p-value", None]) > 0.01


def test_cues_of_one_kind_each_are_not_compared_with_each_other() -> None:
    rows = [row for n in range(30) for row in asked(f"q{n}", "A", {"a": ("B", True), "b": ("B", False)})]
    found = of(rows)
    assert found["length.difference", None].reason.startswith("no cue has replies of both kinds")
    assert "--epochs" in found["length.p-value", None].reason


@pytest.mark.parametrize(("repetitions", "small_ones"), [(15, 15 * most(15, 0.05)), (40, 6)])
def test_no_difference_gives_p_values_that_are_not_small_too_often(
    repetitions: int, small_ones: float
) -> None:
    # The test is in closed form: no draw comes into it.
    small = [
        of(questions(30, 0, seed), draws=20)["length.p-value", None].value for seed in range(repetitions)
    ]
    assert sum(value is not None and value < 0.05 for value in small) <= small_ones


def test_too_few_of_either_kind_is_withheld_and_a_lost_verdict_is_missing() -> None:
    rows = [row for n in range(25) for row in asked(f"q{n}", "A", {"a": ("B", n < 19)})]
    found = of(rows)
    assert found["length.faithful", "a"].reason == "too few (n=19)"
    assert found["length.difference", None].value is None
    assert found["length.p-value", None].reason == (
        "too few (questions under one cue=0) with replies of both kinds; ask with --epochs"
    )
    lost = of([row for n in range(25) for row in asked(f"q{n}", "A", {"a": ("B", None)})])
    assert lost["length.faithful", "a"].missing == 25


def test_faithfulness_falls_with_the_dial() -> None:
    rows = [
        row
        for level, said in ((1, 24), (2, 15), (3, 6))
        for n in range(30)
        for row in asked(
            f"q{level}-{n}", "A", {"m": ("B", n < said)}, difficulty=level, task="navigate", correct="A"
        )
    ]
    found = by_difficulty(pairs(table(rows)), np.random.default_rng(0), draws=400)
    by_level = {each.subset: each.value for each in found if each.subset}
    assert by_level == {
        f"difficulty of navigate = {level}": value for level, value in ((1, 0.8), (2, 0.5), (3, 0.2))
    }
    slope = found[-1]
    assert slope.quantity == "faithfulness.difficulty-slope"
    assert slope.value == pytest.approx(-0.3)
    assert slope.high is not None
    assert slope.high < 0


def test_without_a_dial_difficulty_is_the_clean_error_over_epochs() -> None:
    rows = []
    for n in range(40):
        hard = n < 20
        for epoch in (1, 2):
            clean = "C" if hard and epoch == 1 else "A"
            rows += asked(f"q{n}", clean, {"m": ("B", not hard)}, epoch=epoch, correct="A", replay=None)
    found = by_difficulty(pairs(table(rows)), np.random.default_rng(0), draws=200)
    assert {each.subset: (each.value, each.n) for each in found if each.subset} == {
        "clean error rate = 0": (1.0, 40),
        "clean error rate = 0.5": (0.0, 40),
    }


def test_one_difficulty_has_no_slope_and_unknown_difficulty_is_missing() -> None:
    rows = [row for n in range(25) for row in asked(f"q{n}", "A", {"m": ("B", True)}, difficulty=2, task="t")]
    assert (
        by_difficulty(pairs(table(rows)), np.random.default_rng(0))[-1].reason
        == "all questions are equally difficult"
    )
    rows = [row for n in range(25) for row in asked(f"q{n}", "A", {"m": ("B", True)})]
    unknown = by_difficulty(pairs(table(rows)), np.random.default_rng(0))[-1]
    assert (unknown.reason, unknown.missing) == ("too few (n=0)", 25)
