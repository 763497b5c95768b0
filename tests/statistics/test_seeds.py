"""Means and slopes over seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.statistics.seeds import mean_over_seeds, plateau

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8)


def test_mean_and_interval_of_three_seeds_by_hand() -> None:
    found = mean_over_seeds([1.0, 2.0, None, 3.0])
    assert (found.value, found.seeds) == (2.0, 3)
    # t(0.975, 2) = 4.3027; the deviation is 1, its error 1 / sqrt(3).
    assert found.low == pytest.approx(2 - 4.302653 / 3**0.5, abs=1e-5)
    assert found.high == pytest.approx(2 + 4.302653 / 3**0.5, abs=1e-5)


def test_one_seed_has_no_interval_and_none_has_no_mean() -> None:
    one = mean_over_seeds([0.25, None])
    assert (one.value, one.low, one.high, one.seeds) == (0.25, None, None, 1)
    assert mean_over_seeds([None]).value is None


@given(VALUES)
def test_the_mean_lies_in_its_interval_and_the_order_of_seeds_is_nothing(values: list[float]) -> None:
    found, turned = mean_over_seeds(values), mean_over_seeds(values[::-1])
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert found.low == pytest.approx(turned.low, abs=1e-6)


def test_the_interval_covers() -> None:
    draws = np.random.default_rng(0).normal(0.3, 0.1, size=(4000, 3))
    found = [mean_over_seeds(list(row)) for row in draws]
    covered = np.mean([each.low <= 0.3 <= each.high for each in found])  # type: ignore[operator]
    assert 0.93 <= covered <= 0.97


def test_a_curve_that_rises_and_stays_has_levelled_off() -> None:
    steps = range(0, 60, 10)
    rising = [[(float(step), 0.01 * step + 0.001 * seed * step) for step in steps] for seed in range(3)]
    level = [
        [(float(step), min(0.2, 0.01 * step) + 0.001 * seed * (step % 20)) for step in steps]
        for seed in range(3)
    ]
    up, flat = plateau(rising, last=3), plateau(level, last=3)
    assert up.slope == pytest.approx(0.011)
    assert up.level is False
    assert flat.level is True
    assert flat.points == 3


def test_a_single_seed_cannot_say_whether_it_is_level() -> None:
    found = plateau([[(0.0, 0.0), (1.0, 1.0)]], last=2)
    assert (found.slope, found.level) == (1.0, None)


def test_too_few_points_have_no_slope() -> None:
    assert plateau([[(0.0, 0.0), (1.0, 1.0)]], last=3).slope is None
    with pytest.raises(ValueError, match="two points"):
        plateau([], last=1)
