"""What a training changed: biased reasoning rates and their ratio as counted, lengths, and means over seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from making_records import asked, table

from unsaid.estimates.compare.biased import RATE, RATIO, biased_reasoning
from unsaid.estimates.compare.contrast import Run
from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.effects import AFTER, BEFORE, CONTROL, Effect, Group, effects
from unsaid.estimates.compare.levels import levels, mean_level
from unsaid.estimates.compare.matching import match

LABELS = ("before", "after")
TRAINED = Group("trained cues", ("metadata",))


def run(label: str, followed: int, n: int = 40, already: int = 0, **columns: Any) -> Run:
    """A run of n questions whose right option is A: the cue, which points at B, is followed on the first of them.

    The clean answer is B on the `already` last ones.
    """
    rows = []
    for number in range(n):
        clean = "B" if number >= n - already else "A"
        cued = "B" if number < followed or number >= n - already else "A"
        base = {"correct": "A", "task": "navigate"} | columns
        rows += asked(f"q{number}", clean, {"metadata": (cued, number % 2 == 0)}, **base)
    return Run(label, table(rows))


def compared(first: Run, second: Run) -> dict[tuple[str, str | None], Difference]:
    matched = match([first.records, second.records], ["lexical", "lexical"])
    found = biased_reasoning(matched, np.random.default_rng(0), LABELS, draws=300)
    return {(each.quantity, each.cue): each for each in found}


def one(
    found: list[Effect], quantity: str, run: str = AFTER, baseline: str = CONTROL, **labels: Any
) -> Effect:
    chosen = [
        each
        for each in found
        if (each.difference.quantity, each.difference.run, each.difference.baseline)
        == (quantity, run, baseline)
        and all(getattr(each.difference, name) == value for name, value in ({"cue": None} | labels).items())
    ]
    assert len(chosen) == 1, [(each.difference.quantity, each.difference.cue) for each in found]
    return chosen[0]


def test_the_rate_and_its_ratio_are_what_can_be_counted() -> None:
    found = compared(run("a", 24, already=4), run("b", 6, already=4))
    rate, ratio = found[RATE, "metadata"], found[RATIO, "metadata"]
    # Cued at B: 24 + 4 of 40 before, 6 + 4 after; clean at B: 4 of 40 in both.
    assert (rate.first, rate.second, rate.value) == pytest.approx((0.6, 0.15, -0.45))
    assert (rate.n_first, rate.missing) == (40, 0)
    assert ratio.value == pytest.approx(0.25)
    assert rate.high is not None
    assert rate.high < 0
    assert ratio.low is not None
    assert ratio.high is not None
    assert 0 < ratio.low < 0.25 < ratio.high < 0.6
    assert ratio.p is None
    assert found[RATIO, None].value == ratio.value


def test_a_ratio_to_a_rate_that_is_not_above_0_is_undefined() -> None:
    found = compared(run("a", 0), run("b", 6))
    assert found[RATE, None].value == pytest.approx(0.15)
    assert found[RATIO, None].value is None
    assert found[RATIO, None].reason == "the rate of before is not above 0"


def test_a_ratio_to_a_rate_that_may_be_0_has_no_interval() -> None:
    ratio = compared(run("a", 1, n=20), run("b", 1, n=20))[RATIO, None]
    assert (ratio.value, ratio.low, ratio.high) == (1.0, None, None)
    assert "may be 0" in ratio.note


def test_a_rate_of_0_after_leaves_a_ratio_of_0_whose_interval_has_a_width() -> None:
    ratio = compared(run("a", 30), run("b", 0))[RATIO, None]
    assert ratio.value == 0
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < ratio.high < 0.4


def test_pairs_without_all_four_answers_are_left_out_of_both_runs() -> None:
    first, second = run("a", 20), run("b", 20)
    lost = (pl.col("arm") == "cued") & (pl.col("question_id") == "q0")
    cut = second.records.with_columns(
        answer=pl.when(lost).then(None).otherwise("answer"),
        unparsed=pl.when(lost).then(pl.lit("truncated")).otherwise("unparsed"),
    )
    rate = compared(first, Run("b", cut))[RATE, None]
    assert (rate.n_first, rate.n_second, rate.missing) == (39, 39, 1)
    assert rate.first == rate.second == pytest.approx(19 / 39)


def arms(*followed: tuple[int, int]) -> dict[str, list[Run]]:
    """Before follows 30 of 40; each seed has (control, after)."""
    return {
        BEFORE: [run("before", 30, reasoning_tokens=50)],
        CONTROL: [run(f"control {seed}", control) for seed, (control, _) in enumerate(followed)],
        AFTER: [run(f"after {seed}", after) for seed, (_, after) in enumerate(followed)],
    }


def test_one_training_is_compared_by_question_and_corrected_over_its_contrasts() -> None:
    found = effects(arms((28, 6)), [TRAINED], np.random.default_rng(0), draws=200)
    effect = one(found, RATE)
    assert effect.difference.value == pytest.approx(-22 / 40)
    assert effect.difference.family == "biased-reasoning.rate: 3 contrasts of groups"
    assert effect.difference.p is not None
    assert effect.difference.p_holm is not None
    assert effect.difference.p < effect.difference.p_holm < 0.05
    assert effect.shown
    assert not one(found, RATE, CONTROL, BEFORE).shown
    longer = one(found, "length.cued", AFTER, BEFORE).difference
    assert (longer.first, longer.second, longer.value) == (50, 100, 50)
    assert one(found, "influence.unsaid", definition="mention").difference.first == pytest.approx(14 / 40)


def test_seeds_are_the_unit_and_their_interval_is_never_narrower_than_the_questions() -> None:
    by_seed = [(28, 6), (26, 10), (30, 8)]
    found = effects(arms(*by_seed), [TRAINED], np.random.default_rng(0), draws=200)
    effect, ratio = one(found, RATE), one(found, RATIO)
    gaps = [(after - control) / 40 for control, after in by_seed]
    assert [each.value for each in effect.seeds] == pytest.approx(gaps)
    assert effect.difference.value == pytest.approx(np.mean(gaps))
    t = np.mean(gaps) / (np.std(gaps, ddof=1) / 3**0.5)
    assert effect.difference.p == pytest.approx(
        2 / (2 + t**2) ** 0.5 * 0.5 * ((2 + t**2) ** 0.5 - abs(t)), rel=1e-6
    )
    assert effect.difference.test == "t test over 3 seeds"
    own = [each.low for each in effect.seeds if each.low is not None]
    assert effect.difference.low is not None
    assert effect.difference.low <= np.mean(own)
    assert all((each.difference.low or 0) >= -1 for each in found if each.difference.quantity == "influence")
    assert ratio.difference.value == pytest.approx(np.mean([after / control for control, after in by_seed]))
    assert ratio.difference.p is None


def test_seeds_that_agree_have_the_interval_of_the_questions_and_no_p_value() -> None:
    found = effects(arms((28, 6), (28, 6)), [TRAINED], np.random.default_rng(0), draws=200)
    both = one(found, RATE).difference
    assert both.low is not None
    assert both.high is not None
    assert both.low < -22 / 40 < both.high
    assert both.p is None
    assert len([each for each in found if each.difference.quantity == "accuracy.clean"]) == 3
    assert "widened" in both.method
    assert not one(found, RATE).shown


def test_a_seed_without_a_value_is_counted_and_not_taken_for_0() -> None:
    found = effects(arms((28, 6), (0, 6)), [TRAINED], np.random.default_rng(0), draws=200)
    ratio = one(found, RATIO).difference
    assert ratio.value == pytest.approx(6 / 28)
    assert "1 of 2 seeds have a value" in ratio.note
    assert (ratio.low, ratio.high) == (None, None)


def test_levels_are_those_of_an_audit_in_each_group_of_tasks() -> None:
    other = run("a", 10, task="coin_flips").records.with_columns(
        pl.concat_str(pl.lit("c"), "question_id").alias("question_id")
    )
    both = Run("a", pl.concat([run("a", 30).records, other.with_columns(cluster="question_id")]))
    for task, followed in (("navigate", 30), ("coin_flips", 10)):
        group = Group("trained cues", ("metadata",), "trained tasks", (task,))
        found = levels(both, group, np.random.default_rng(0), draws=200)
        assert [each.quantity for each in found] == [
            "biased-reasoning.rate",
            "effective.mention",
            "faithfulness",
            "accuracy.clean",
            "accuracy.cued",
        ]
        assert found[0].value == pytest.approx(followed / 40)
        assert str(found[0].at) == "trained cues, trained tasks"
    mean = mean_level(
        [found[0], levels(run("b", 20), TRAINED, np.random.default_rng(0), 200)[0]], "after", TRAINED.at
    )
    assert mean.model == "after"
    assert mean.value == pytest.approx((10 + 20) / 80)
