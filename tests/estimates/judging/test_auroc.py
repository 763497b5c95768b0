"""AUROC with its clustered interval, prediction bias, and thirds of length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.auroc import auroc, called, share, thirds

ABOUT = {"protocol": "calibrate", "model": "m"}
scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=25)


def area(upper: list[float], lower: list[float], clusters: list[int] | None = None) -> Estimate:
    units = [*upper, *lower]
    truth = [True] * len(upper) + [False] * len(lower)
    return auroc(units, truth, clusters or range(len(units)), ABOUT)


def ends(estimate: Estimate) -> tuple[float, float, float]:
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.value, estimate.high


@given(scores, scores)
def test_it_is_the_count_of_all_pairs_with_ties_counted_half(upper: list[float], lower: list[float]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in upper for b in lower]
    low, value, high = ends(area(upper, lower))
    assert value == pytest.approx(sum(pairs) / len(pairs))
    assert 0 <= low <= value <= high <= 1
    assert high - low > 1e-3  # never of zero width, at 0 and 1 least of all


@given(scores, scores)
def test_only_the_order_of_scores_counts(upper: list[float], lower: list[float]) -> None:
    bent = area([np.exp(a) for a in upper], [np.exp(b) for b in lower])
    assert ends(bent) == pytest.approx(ends(area(upper, lower)))


@given(scores, scores)
def test_groups_that_change_places_give_the_complement(upper: list[float], lower: list[float]) -> None:
    low, value, high = ends(area(upper, lower))
    flipped = ends(area(lower, upper))
    assert flipped == pytest.approx((1 - high, 1 - value, 1 - low), abs=1e-6)


@given(scores, scores, st.integers(2, 4))
def test_replies_that_are_copies_of_each_other_tell_nothing_more(
    upper: list[float], lower: list[float], copies: int
) -> None:
    units = list(range(len(upper) + len(lower)))
    of_one = units[: len(upper)] * copies + units[len(upper) :] * copies
    many, naive = (area(upper * copies, lower * copies, how) for how in (of_one, None))
    assert many.value == pytest.approx(area(upper, lower).value)
    clustered, independent = ends(many), ends(naive)
    assert clustered[2] - clustered[0] >= independent[2] - independent[0] - 1e-9


def test_perfect_separation_is_as_certain_as_there_are_clusters() -> None:
    few, many = ends(area([1.0] * 5, [0.0] * 5)), ends(area([1.0] * 50, [0.0] * 50))
    assert few[1] == many[1] == few[2] == 1
    assert few[0] < 0.8
    assert 0.9 < many[0] < 1


def test_a_score_that_was_not_seen_is_missing() -> None:
    found = area([1.0, float("nan"), 1.0], [0.0, float("nan")])
    assert (found.value, found.n, found.missing) == (1.0, 3, 2)


@pytest.mark.parametrize(("upper", "lower", "gone"), [([], [1.0], "positive"), ([1.0], [], "negative")])
def test_one_group_alone_has_no_area(upper: list[float], lower: list[float], gone: str) -> None:
    found = area(upper, lower)
    assert found.value is None
    assert gone in found.reason


def test_units_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        auroc([1.0, 2.0], [True], [0, 1], ABOUT)


def test_prediction_bias_is_the_share_below_the_threshold() -> None:
    found = called([0.0, 0.2, 0.9, float("nan")], ["a", "b", "c", "d"], ABOUT)
    assert (found.k, found.n, found.missing) == (2, 3, 1)
    assert found.quantity == "called-unfaithful"
    assert called([0.4], ["a"], ABOUT, threshold=0.3).k == 0


def test_a_share_of_nothing_is_not_nought() -> None:
    assert share([float("nan")], ["a"], ABOUT | {"quantity": "sensitivity"}).value is None


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_thirds_share_out_every_known_length_once(lengths: list[int]) -> None:
    parts = thirds([*map(float, lengths), float("nan")])
    inside = np.array([mask for _, mask in parts])
    assert (inside.sum(axis=0)[:-1] == 1).all()
    assert inside[:, -1].sum() == 0
    assert 1 <= len(parts) <= 3


def test_lengths_that_nobody_knows_have_no_parts() -> None:
    assert thirds([float("nan")]) == []


@pytest.mark.parametrize(
    ("sizes", "apart", "each"), [((12, 12), 1.0, 1), ((30, 30), 2.0, 1), ((30, 30), 1.0, 4)]
)
def test_intervals_hold_the_truth(sizes: tuple[int, int], apart: float, each: int) -> None:
    # Clusters of `each` replies that share half of their variance; with one reply that is plain sampling.
    rng = np.random.default_rng(7)
    clusters = np.repeat(np.arange(sum(sizes)), each)
    truth = clusters < sizes[0]
    held = 0
    for _ in range(200):
        units = rng.normal(0, 0.5**0.5, sum(sizes))[clusters] + rng.normal(0, 0.5**0.5, len(clusters))
        low, _, high = ends(auroc(units + apart * truth, truth, clusters, ABOUT))
        held += low <= stats.norm.cdf(apart / 2**0.5) <= high
    assert 0.92 <= held / 200 <= 1.0
