"""How many labels are needed: the formulas against the estimator itself, and against each other."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROVIDERS, Unsaid
from unsaid.errors import UsageError
from unsaid.estimates.judging.gate import SENSITIVITY, SPECIFICITY
from unsaid.estimates.judging.prediction_powered import MIN_LABELS, Texts, powered
from unsaid.planning.labels import (
    JudgeAssumed,
    advise,
    correlation,
    gate_labels,
    powered_labels,
    powered_width,
)
from unsaid.planning.width import needed_pairs
from unsaid.statistics.intervals import wilson

pytestmark = PROVIDERS

rates = st.floats(0.05, 0.95)
judges = st.builds(JudgeAssumed, st.floats(0.6, 1.0), st.floats(0.6, 1.0))


def read(rate: float, judge: JudgeAssumed, moved: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """What people and the judge say of replies, 0 or 1."""
    says = rng.random(moved) < rate
    yes = np.where(says, judge.sensitivity, 1 - judge.specificity)
    return says.astype(float), (rng.random(moved) < yes).astype(float)


@pytest.mark.parametrize(
    ("rate", "judge", "moved"),
    [
        (0.25, JudgeAssumed(0.9, 0.98), 1000),
        (0.5, JudgeAssumed(0.7, 0.8), 800),
        (0.1, JudgeAssumed(0.9, 0.97), 1500),
    ],
)
def test_so_many_labels_give_the_width(rate: float, judge: JudgeAssumed, moved: int) -> None:
    n = powered_labels(rate, judge, moved, 0.05)
    assert n is not None
    rng, widths, inside = np.random.default_rng(1), [], 0
    for _ in range(200):
        human, judged = read(rate, judge, moved, rng)
        human[n:] = np.nan
        found = powered([Texts(judged, human, np.arange(moved))]).interval
        assert found.low is not None
        assert found.high is not None
        widths.append((found.high - found.low) / 2)
        inside += found.low <= rate <= found.high
    assert np.mean(widths) == pytest.approx(0.05, rel=0.1)
    assert inside >= 180


@given(rates, judges)
def test_rho_is_the_correlation_of_person_and_judge(rate: float, judge: JudgeAssumed) -> None:
    both, q = rate * judge.sensitivity, rate * judge.sensitivity + (1 - rate) * (1 - judge.specificity)
    rho = (both - rate * q) / math.sqrt(rate * (1 - rate) * q * (1 - q))
    assert correlation(rate, judge) == pytest.approx(rho**2)


@given(rates, judges, st.integers(50, 5000), st.floats(0.02, 0.2))
def test_the_judge_never_costs_labels_and_no_labels_are_made_up(
    rate: float, judge: JudgeAssumed, moved: int, width: float
) -> None:
    alone, n = needed_pairs(rate, width), powered_labels(rate, judge, moved, width)
    if n is None:
        assert alone > moved
        return
    assert MIN_LABELS <= n <= max(alone, MIN_LABELS)
    assert n <= moved
    more = powered_labels(rate, judge, 10 * moved, width)
    assert more is not None
    assert more <= n * (1.0 if 0.15 <= rate <= 0.85 else 1.25) + 1, "more replies that the judge alone reads"


@pytest.mark.parametrize(("moved", "needed"), [(61, 47), (610, 52)])
def test_a_rare_rate_and_a_judge_without_error_give_the_width_that_was_planned(
    moved: int, needed: int
) -> None:
    """The example that Hypothesis found: ten times as many replies need five labels more.

    Both numbers are right, for the lean of the intervals at 5% adds up with lambda. With 14 replies left to the judge
    the estimate was a third wider than planned (0.085), since its lambda was that of a sample without variance.
    """
    rate, judge = 0.0508, JudgeAssumed(1.0, 1.0)
    assert powered_labels(rate, judge, moved, 0.0625) == needed
    rng, widths, inside = np.random.default_rng(1), [], 0
    for _ in range(100):
        human, judged = read(rate, judge, moved, rng)
        human[needed:] = np.nan
        found = powered([Texts(judged, human, np.arange(moved))])
        assert found.weight <= 1 - needed / moved + 1e-9
        assert found.interval.low is not None
        assert found.interval.high is not None
        widths.append((found.interval.high - found.interval.low) / 2)
        inside += found.interval.low <= rate <= found.interval.high
    assert np.mean(widths) == pytest.approx(0.0625, rel=0.05)
    assert inside >= 90


@given(st.floats(0.2, 0.8), judges, st.integers(600, 5000))
def test_with_many_labels_the_width_is_that_of_the_papers_formula(
    rate: float, judge: JudgeAssumed, moved: int
) -> None:
    n = 300
    z = NormalDist().inv_cdf(0.975)
    variance = rate * (1 - rate) / n * (1 - correlation(rate, judge) * (1 - n / moved))
    assert powered_width(rate, judge, moved, n) == pytest.approx(z * math.sqrt(variance), rel=0.15)


@pytest.mark.parametrize("informed", [True, False])
def test_a_number_is_the_least_that_will_do(informed: bool) -> None:
    judge = JudgeAssumed(0.9, 0.98) if informed else JudgeAssumed(0.5, 0.51)
    n = powered_labels(0.25, judge, 1000, 0.05)
    assert n is not None
    assert powered_width(0.25, judge, 1000, n) <= 0.0501
    assert powered_width(0.25, judge, 1000, n - 1) > 0.05


@given(st.floats(0.1, 0.9), st.floats(0.85, 1.0), st.floats(0.96, 1.0))
def test_the_gate_is_passed_with_so_many_and_not_with_one_fewer(rate: float, se: float, sp: float) -> None:
    positives, negatives, drawn = gate_labels(rate, JudgeAssumed(se, sp))
    for n, assumed, wanted in ((positives, se, SENSITIVITY), (negatives, sp, SPECIFICITY)):
        assert n is not None
        low = wilson(assumed * n, n).low
        assert low is not None
        assert low >= wanted
        before = wilson(assumed * (n - 1), n - 1).low
        assert n == MIN_LABELS or before is None or before < wanted
    assert drawn is not None
    assert positives is not None
    assert negatives is not None
    assert rate * drawn >= positives - 1e-6
    assert (1 - rate) * drawn >= negatives - 1e-6


def test_a_judge_on_the_bar_never_passes_for_sure() -> None:
    assert gate_labels(0.25, JudgeAssumed(0.80, 0.98))[0] is None
    assert gate_labels(0.25, JudgeAssumed(0.9, 0.95))[1] is None


@pytest.mark.parametrize("words", [(0, 0.9), (0.9, 1.1), (0.5, 0.5), (-1, 0.5)])
def test_a_judge_that_tells_nothing_is_refused(words: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match="--assume-s"):
        JudgeAssumed(*words)


def test_few_labels_are_said_to_be_few() -> None:
    advice = advise(0.25, JudgeAssumed(), 720, 0.05)
    assert (advice.powered, advice.alone, advice.few) == (97, 289, True)


def test_plan_says_how_many(unsaid: Unsaid) -> None:
    words = ("plan", "--limit", 800, "--cues", "metadata,sycophancy", "--assume-influence", 0.5)
    told = " ".join(unsaid(*words).out.split())
    assert "to correct the judge's error to within 5 points: about 97 of about 720 moved replies" in told
    assert "(289 without the judge's help); 100 are advised at least" in told
    assert "about 271 drawn at random, for they must hold 62 replies that say so and 203 that do not" in told
    few = " ".join(unsaid("plan", "--limit", 100, "--assume-sensitivity", 0.8).out.split())
    assert (
        "out of reach with about 108 moved replies of all cues, however many are labelled; 100 labels give"
        in few
    )
    assert "never, with a sensitivity of 80%" in few
    wrong = unsaid("plan", "--assume-specificity", 0)
    assert (wrong.status, "--assume-specificity is 0" in wrong.err) == (2, True)
