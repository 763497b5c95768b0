"""Areas over curves: worked examples, bounds, and what must not matter; intervals of means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.statistics.areas import CONVENTIONS, Convention, area_over, bounded_mean, over_lengths, weights
from unsaid.statistics.intervals import wilson

PLACES = st.lists(st.integers(0, 19), min_size=1, max_size=8, unique=True).map(
    lambda each: [n / 20 for n in each]
)
CONVENTION = st.sampled_from(CONVENTIONS)


@pytest.mark.parametrize(("convention", "area"), [("trapezoid", 0.20), ("steps", 0.30)])
def test_the_worked_example(convention: Convention, area: float) -> None:
    """Two steps, and S = (.6, .8, 1) with none, one and both of them."""
    assert area_over((0.0, 0.5), (0.6, 0.8), convention) == pytest.approx(area)
    # The same curve read from the other end: the reasoning is whole where nothing of it is changed.
    assert area_over((0.5, 1.0), (0.8, 0.6), convention, "start") == pytest.approx(area)


def test_an_answer_that_was_always_there_has_no_area_and_one_that_needs_all_of_it_has_most() -> None:
    places = (0.0, 0.25, 0.5, 0.75)
    assert area_over(places, (1, 1, 1, 1), "trapezoid") == 0
    assert area_over(places, (0, 0, 0, 0), "steps") == 1
    assert area_over(places, (0, 0, 0, 0), "trapezoid") == pytest.approx(1 - 0.25 / 2)


def test_lengths_are_weighted_by_how_many_reasonings_have_them() -> None:
    assert over_lengths([(3, 0.2), (1, 0.6)]) == pytest.approx(0.3)
    assert over_lengths([]) is None


@given(PLACES, CONVENTION, st.randoms(use_true_random=False))
def test_areas_lie_within_bounds_fall_as_s_rises_and_know_no_order(
    places: list[float], convention: Convention, random: object
) -> None:
    rng = np.random.default_rng(len(places))
    same, order = rng.random(len(places)), rng.permutation(len(places))
    area = area_over(places, same, convention)
    assert 0 <= area <= 1
    assert area_over(places, same + (1 - same) / 2, convention) <= area
    assert area_over([places[at] for at in order], same[order], convention) == pytest.approx(area)
    mirrored = [1 - place for place in places]
    assert area_over(mirrored, same, convention, "start") == pytest.approx(area)
    assert (weights(places, convention) >= 0).all()
    assert weights(places, "steps").sum() == pytest.approx(1)


@pytest.mark.parametrize("places", [(), (0.5, 0.5), (-0.1,), (1.0,), (0.2, 1.5)])
def test_places_that_are_none_are_refused(places: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="each once, from 0 to 1"):
        weights(places, "trapezoid")


def test_the_interval_of_yes_and_no_is_that_of_a_proportion_but_for_its_tails() -> None:
    values, clusters = [1.0] * 30 + [0.0] * 70, list(range(100))
    found, plain = bounded_mean(values, clusters), wilson(30, 100)
    assert found.low == pytest.approx(plain.low, abs=0.01)
    assert found.high == pytest.approx(plain.high, abs=0.01)


@given(st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0]), min_size=1, max_size=20), st.integers(1, 4))
def test_an_interval_holds_its_mean_and_has_a_width(values: list[float], size: int) -> None:
    found = bounded_mean(values, [place // size for place in range(len(values))])
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= np.mean(values) + 1e-9
    assert np.mean(values) - 1e-9 <= found.high <= 1
    assert found.low < found.high


def coverage(rng: np.random.Generator, repetitions: int, questions: int) -> float:
    """How often the interval holds the mean area, where questions differ and each has two replies of four points."""
    weight, held = weights((0.0, 0.25, 0.5, 0.75), "trapezoid"), 0
    for _ in range(repetitions):
        rates = rng.beta(1.0, 2.0, questions)
        changed = rng.random((questions, 2, 4)) < rates[:, None, None]
        found = bounded_mean((changed @ weight).ravel(), np.repeat(np.arange(questions), 2))
        truth = float(weight.sum()) / 3
        held += (found.low or 0) <= truth <= (found.high or 0)
    return held / repetitions


def test_the_interval_of_an_area_holds_the_truth_as_often_as_it_says() -> None:
    assert 0.92 <= coverage(np.random.default_rng(1), 400, 30) <= 0.98


@pytest.mark.coverage
@pytest.mark.parametrize("questions", [20, 50, 200])
def test_coverage_of_an_area_is_nominal(questions: int) -> None:
    assert 0.93 <= coverage(np.random.default_rng(2), 5000, questions) <= 0.97
