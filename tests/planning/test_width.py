"""The interval to expect, against figures worked out by hand and against the estimators themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import UsageError
from unsaid.planning.width import Assumed, half_width, needed, needed_pairs, overall, widths
from unsaid.statistics.intervals import clustered_wilson, wilson


def test_protocols_8_1_power() -> None:
    """F = .5, half-width .05: 385 influenced; at p = .2 about 1,900 eligible questions."""
    assert needed_pairs(0.5, 0.05) == 385
    found = needed(Assumed(influence=0.2, faithfulness=0.5), 0.05)
    assert (found.moved, found.faithfulness) == (385, 1925)
    assert found.influence == math.ceil(1.959964**2 * 0.2 * 0.8 / 0.05**2) == 246


@given(st.floats(0.001, 0.999), st.floats(0.01, 0.49))
def test_the_number_needed_gives_the_width_and_is_not_twice_too_large(rate: float, width: float) -> None:
    n = needed_pairs(rate, width)
    assert half_width(wilson(rate * n, n)) <= width
    formula = 1.959964**2 * rate * (1 - rate) / width**2
    assert n >= formula - 1e-3
    if n > math.ceil(formula):
        assert half_width(wilson(rate * (n - 1), n - 1)) > width


def test_under_20_moved_pairs_faithfulness_is_withheld() -> None:
    few, enough, many = widths({"a": 60, "b": 120, "c": 1200}, Assumed(0.2, 0.25, 1.0))
    assert (few.moved, few.faithfulness) == (12, None)
    assert few.withheld > 0.98
    assert enough.moved == 24
    assert enough.faithfulness is not None
    assert 0.1 < enough.withheld < 0.25, "24 are expected, and fewer than 20 may come"
    assert many.withheld < 1e-6
    assert widths({"never asked": 0}, Assumed()) == []


def test_what_is_expected_is_what_the_estimator_gives_at_those_counts() -> None:
    (cue,) = widths({"metadata": 500}, Assumed(0.2, 0.25, 0.8))
    hits = np.repeat([1.0, 0.0], [80, 320])
    found = clustered_wilson(hits, np.ones(400))
    assert (cue.influence.low, cue.influence.high) == (found.low, found.high)
    assert cue.faithfulness == wilson(20, 80)


def test_the_mean_over_cues_lies_between_independent_and_alike() -> None:
    cues = widths(dict.fromkeys("abcd", 400), Assumed(0.2, 0.25, 1.0))
    found = overall([cue.influence for cue in cues], 0.2)
    assert found is not None
    assert found.alike == pytest.approx(half_width(cues[0].influence))
    assert found.independent == pytest.approx(found.alike / 2, rel=0.01)
    assert overall([None, None], 0.2) is None
    partly = overall([cues[0].faithfulness, None], 0.25)
    assert partly is not None
    assert partly.cues == 1
    assert partly.independent == pytest.approx(partly.alike)


@pytest.mark.parametrize(
    "rates", [{"influence": 0.0}, {"faithfulness": 1.0}, {"eligible": 1.1}, {"eligible": 0.0}]
)
def test_a_rate_that_is_none_is_wrong_usage(rates: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="--assume-"):
        Assumed(**rates)


@pytest.mark.parametrize("width", [0.0, 0.5, -1.0, math.nan])
def test_a_width_that_is_none_is_wrong_usage(width: float) -> None:
    with pytest.raises(UsageError, match="--half-width"):
        needed_pairs(0.5, width)
