"""Intervals with a few observations added, against the published formulas, known rates and their own limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from unsaid.statistics.adjusted import contrast, paired_difference
from unsaid.statistics.intervals import FloatArray, Interval

REPETITIONS = 1000


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def alone(shares: list[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    """(successes, observations) of each proportion as clusters of one observation."""
    rows = [(at, n < k) for at, (k, size) in enumerate(shares) for n in range(size)]
    hits, sizes = np.zeros((len(rows), len(shares))), np.zeros((len(rows), len(shares)))
    for row, (at, hit) in enumerate(rows):
        hits[row, at], sizes[row, at] = hit, 1
    return hits, sizes


def test_a_paired_difference_is_bonett_and_price_s() -> None:
    """7 pairs differ by 1, 2 by -1, of 30; theirs divides the variance by n + 2, ours by n + 1."""
    differences = np.array([1.0] * 7 + [-1.0] * 2 + [0.0] * 21)
    up, down, n = 8 / 32, 3 / 32, 32
    half = stats.norm.ppf(0.975) * np.sqrt((up + down - (up - down) ** 2) / (n - 1))
    low, high = ends(paired_difference(differences, np.ones(30)))
    assert (low, high) == pytest.approx((up - down - half, up - down + half))


def test_a_contrast_of_two_is_agresti_and_caffo_s() -> None:
    """One success and one failure are added to each of two."""
    first, second = 4 / 22, 10 / 27
    half = stats.norm.ppf(0.975) * np.sqrt(first * (1 - first) / 22 + second * (1 - second) / 27)
    found = ends(contrast(np.array([1.0, -1.0]), *alone([(3, 20), (9, 25)])))
    assert found == pytest.approx((first - second - half, first - second + half))


def test_what_has_no_weight_does_not_count() -> None:
    two, three = alone([(3, 20), (9, 25)]), alone([(3, 20), (9, 25), (4, 9)])
    without = ends(contrast(np.array([0.5, -0.5]), *two))
    for nothing in (0.0, 1e-17):
        assert ends(contrast(np.array([0.5, -0.5, nothing]), *three)) == pytest.approx(without)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 4)), min_size=1, max_size=30))
def test_a_paired_interval_has_a_width_and_holds_its_value(clusters: list[tuple[int, int]]) -> None:
    sizes = np.array([float(size) for _, size in clusters])
    sums = np.array([float(each) for each, _ in clusters]) * sizes
    low, high = ends(paired_difference(sums, sizes))
    assert low < high
    assert low - 1e-9 <= sums.sum() / sizes.sum() <= high + 1e-9


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=5),
    st.lists(st.floats(-2, 2), min_size=5, max_size=5),
)
def test_a_contrast_has_a_width_and_turns_with_its_weights(
    counts: list[tuple[int, int]], weights: list[float]
) -> None:
    scale = np.array(weights[: len(counts)])
    if not scale.any():
        scale[0] = 1.0
    table = alone([(k, k + rest + 1) for k, rest in counts])
    low, high = ends(contrast(scale, *table))
    assert low < high or np.abs(scale).max() < 1e-9
    assert ends(contrast(-scale, *table)) == pytest.approx((-high, -low))


def test_identical_pairs_of_a_cluster_add_nothing() -> None:
    differences, one = np.array([1.0] * 9 + [-1.0] * 3 + [0.0] * 28), np.ones(40)
    single, copied = (
        ends(paired_difference(differences, one)),
        ends(paired_difference(8 * differences, 8 * one)),
    )
    assert copied[1] - copied[0] == pytest.approx(single[1] - single[0], rel=0.05)
    hits, sizes = alone([(6, 20), (12, 20)])
    weights = np.array([1.0, -1.0])
    single, copied = ends(contrast(weights, hits, sizes)), ends(contrast(weights, 8 * hits, 8 * sizes))
    assert copied[1] - copied[0] == pytest.approx(single[1] - single[0], rel=0.12)


def test_at_the_edges_each_cluster_counts_once() -> None:
    _, sizes = alone([(0, 20), (0, 20)])
    weights = np.array([1.0, -1.0])
    single, copied = (ends(contrast(weights, 0 * size, size)) for size in (sizes, 8 * sizes))
    # Student's quantile, of 39 degrees of freedom, where a cluster holds several.
    assert copied[1] - copied[0] == pytest.approx((single[1] - single[0]) * 2.0227 / 1.96, rel=1e-4)


def test_without_an_observation_there_is_no_interval() -> None:
    with pytest.raises(ValueError, match="no pair"):
        paired_difference(np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="needs an observation"):
        contrast(np.ones(2), np.zeros((3, 2)), np.array([[1.0, 0.0]] * 3))
    with pytest.raises(ValueError, match="needs an observation"):
        contrast(np.zeros(2), np.zeros((3, 2)), np.ones((3, 2)))


@pytest.mark.parametrize(("rates", "lean"), [((0.75, 0.88, 0.87, 0.74), 0.0), ((0.2, 0.6, 0.4, 0.3), 1.5)])
def test_eighteen_examples_hold_the_effect_of_reasoning(rates: tuple[float, ...], lean: float) -> None:
    """Right or not clean and cued, without and with reasoning, where percentiles covered 92 and 91%."""
    rng, signs = np.random.default_rng(5), np.array([-1.0, 1.0, -1.0, 1.0])
    latent = lean * rng.standard_normal((REPETITIONS, 18, 1)) + rng.standard_normal((REPETITIONS, 18, 4))
    differences = (latent < stats.norm.ppf(rates) * np.sqrt(1 + lean**2)) @ signs
    held = [low <= signs @ np.array(rates) <= high for low, high in _paired(differences)]
    assert 0.93 <= np.mean(held) <= 0.98


def _paired(differences: FloatArray) -> list[tuple[float, float]]:
    return [ends(paired_difference(row, np.ones(len(row)))) for row in differences]


@pytest.mark.parametrize("rates", [(0.1, 0.1), (0.3, 0.1), (0.97, 0.9)])
def test_forty_texts_a_difficulty_hold_the_slope(rates: tuple[float, float]) -> None:
    """Twenty questions of two texts at each of two difficulties; percentiles of a slope covered 84 to 93%."""
    rng = np.random.default_rng(6)
    sizes = np.repeat(np.eye(2) * 2, 20, axis=0)
    held = []
    for _ in range(REPETITIONS):
        hits = np.where(sizes > 0, rng.binomial(2, rates, (40, 2)), 0.0)
        low, high = ends(contrast(np.array([1.0, -1.0]), hits, sizes))
        held.append(low <= rates[0] - rates[1] <= high)
    assert 0.93 <= np.mean(held) <= 0.985
