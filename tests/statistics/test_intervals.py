"""Closed-form intervals and tests, against libraries, published identities and their own limits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from conftest import collect
from examples import examples
from late import late
from unsaid.statistics.intervals import (
    Interval,
    clustered_mcnemar,
    clustered_se,
    clustered_wilson,
    holm,
    mcnemar,
    mover,
    mover_ratio,
    wilson,
)

multipletests = late("statsmodels.stats.multitest", "multipletests")


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_lies_in_the_unit_interval_holds_the_share_and_has_a_width(counts: tuple[int, int]) -> None:
    k, n = counts
    low, high = ends(wilson(k, n))
    assert 0 <= low <= k / n <= high <= 1
    assert high - low > 0


def test_wilson_is_the_textbook_interval() -> None:
    low, high = ends(wilson(7, 20))
    z, p, n = stats.norm.ppf(0.975), 0.35, 20
    centre, half = (p + z**2 / (2 * n)) / (1 + z**2 / n), z / (1 + z**2 / n)
    half *= np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (low, high) == pytest.approx((centre - half, centre + half))


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(k, n)


def test_one_observation_a_cluster_is_plain_wilson() -> None:
    hits = [1.0, 0.0, 1.0, 0.0, 0.0]
    assert ends(clustered_wilson(hits, [1.0] * 5)) == ends(wilson(2, 5))


def test_identical_replies_in_a_cluster_add_nothing() -> None:
    """Ten copies of each of 40 observations are worth 40, not 400."""
    hits = np.array([1.0] * 12 + [0.0] * 28)
    single, copied = ends(wilson(12, 40)), ends(clustered_wilson(10 * hits, np.full(40, 10.0)))
    assert copied[0] == pytest.approx(single[0], abs=0.02)
    assert copied[1] == pytest.approx(single[1], abs=0.02)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_at_the_edges_each_cluster_counts_once(share: float) -> None:
    low, high = ends(clustered_wilson(np.full(15, 8 * share), np.full(15, 8.0)))
    assert (low, high) == ends(wilson(15 * share, 15))
    assert high > low


def test_a_clustered_interval_needs_an_observation() -> None:
    with pytest.raises(ValueError, match="no observation"):
        clustered_wilson([0.0], [0.0])


def test_clustered_se_is_the_plain_one_without_clusters() -> None:
    values = np.random.default_rng(0).random(50)
    assert clustered_se(values, np.arange(50)) == pytest.approx(values.std(ddof=1) / np.sqrt(50))


def test_clustered_se_grows_with_copies_and_refuses_one_cluster() -> None:
    values = np.random.default_rng(0).random(30)
    once, thrice = (
        clustered_se(values, np.arange(30)),
        clustered_se(np.repeat(values, 3), np.repeat(np.arange(30), 3)),
    )
    assert thrice == pytest.approx(once)
    with pytest.raises(ValueError, match="at least two"):
        clustered_se([0.0, 1.0], ["a", "a"])


@pytest.mark.parametrize(("b", "c"), [(0, 0), (0, 5), (7, 2), (12, 12)])
def test_mcnemar_is_exact(b: int, c: int) -> None:
    expected = 1.0 if b + c == 0 else 2 * min(stats.binom.cdf(min(b, c), b + c, 0.5), 0.5)
    assert mcnemar(b, c) == pytest.approx(min(expected, 1.0))


def test_clustered_mcnemar_is_exact_without_clusters_and_wider_with_them() -> None:
    assert clustered_mcnemar([1.0] * 9 + [-1.0] * 2 + [0.0] * 5) == mcnemar(9, 2)
    assert clustered_mcnemar([5.0] * 9 + [-5.0] * 2) > mcnemar(45, 10)
    assert clustered_mcnemar([0.0, 0.0]) == 1.0


@pytest.fixture(scope="module")
def kept() -> None:
    """The library collects garbage on every call, which costs a second where a session has made much."""
    collect()


@pytest.mark.usefixtures("kept")
@examples(15)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_the_library_s(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_a_missing_p_value_stays_missing_and_is_no_member_of_the_family() -> None:
    assert holm([0.01, None, 0.04]) == pytest.approx([0.02, None, 0.04])
    assert holm([]) == []
    assert holm([None]) == [None]


def test_mover_of_one_part_is_that_part_and_of_a_difference_is_newcombe_s() -> None:
    first, second = wilson(9, 30), wilson(3, 30)
    assert ends(mover([1], [0.3], [first])) == pytest.approx(ends(first))
    low, high = ends(mover([1, -1], [0.3, 0.1], [first, second]))
    (l1, u1), (l2, u2) = ends(first), ends(second)
    assert low == pytest.approx(0.2 - np.hypot(0.3 - l1, u2 - 0.1))
    assert high == pytest.approx(0.2 + np.hypot(u1 - 0.3, 0.1 - l2))


def test_correlated_parts_narrow_a_difference_and_widen_a_sum() -> None:
    parts, together = [wilson(9, 30), wilson(6, 30)], [[1.0, 0.8], [0.8, 1.0]]

    def width(weights: list[float], correlation: list[list[float]] | None) -> float:
        low, high = ends(mover(weights, [0.3, 0.2], parts, correlation))
        return high - low

    assert width([1, -1], together) < width([1, -1], None)
    assert width([0.5, 0.5], together) > width([0.5, 0.5], None)


@pytest.mark.parametrize(
    ("cues", "rate", "n"), [(6, 0.1, 20), (12, 0.1, 40), (3, 0.047, 73), (6, 0.9, 20), (3, 0.5, 40)]
)
def test_the_mean_of_several_rates_is_covered_on_both_sides(cues: int, rate: float, n: int) -> None:
    """MOVER alone holds 90 to 94% here, and misses on one side only."""
    counts, weights = np.random.default_rng(7).binomial(n, rate, (4000, cues)), [1 / cues] * cues
    missed = {True: [0, 0], False: [0, 0]}
    part = [wilson(k, n) for k in range(n + 1)]
    # All weights are alike: the order of the rates makes no difference, and many rows are the same but for it.
    for row, times in Counter(map(tuple, np.sort(counts).tolist())).items():
        for evened, sides in missed.items():
            found = mover(weights, [k / n for k in row], [part[k] for k in row], evened=evened)
            assert found.low is not None
            assert found.high is not None
            sides[0] += times * (found.low > rate)
            sides[1] += times * (found.high < rate)
    assert 0.93 < 1 - sum(missed[True]) / len(counts) < 0.97
    assert max(missed[True]) <= max(missed[False])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 30)), min_size=1, max_size=8), st.floats(0, 1))
def test_an_evened_sum_stays_within_what_its_parts_add_up_to(
    counts: list[tuple[int, int]], together: float
) -> None:
    parts, weights = [wilson(k, n) for k, n in counts], [1 / len(counts)] * len(counts)
    matrix = np.full((len(parts), len(parts)), together)
    np.fill_diagonal(matrix, 1.0)
    values = [k / n for k, n in counts]
    found, plain = (mover(weights, values, parts, matrix, evened=evened) for evened in (True, False))
    assert found.low is not None
    assert found.high is not None
    assert plain.low is not None
    assert plain.high is not None
    low, high = (
        float(np.mean([end or 0.0 for end in ends]))
        for ends in zip(*((p.low, p.high) for p in parts), strict=True)
    )
    assert low - 1e-9 <= found.low <= float(np.mean(values)) + 1e-9
    assert float(np.mean(values)) - 1e-9 <= found.high <= high + 1e-9
    assert 0 < found.high - found.low <= plain.high - plain.low + 1e-9
    if together == 1 or len(parts) == 1:
        assert (found.low, found.high) == pytest.approx((plain.low, plain.high))


@given(st.integers(1, 60), st.integers(0, 60), st.integers(60, 200), st.floats(-0.9, 0.9))
def test_the_ends_of_a_ratio_are_where_a_difference_ends_at_zero(
    moved: int, noise: int, n: int, correlation: float
) -> None:
    """What defines it: MOVER's interval of noise - slope * moved, at an end's slope, just touches 0."""
    values, parts = (noise / n, moved / n), (wilson(noise, n), wilson(moved, n))
    low, high = ends(mover_ratio(values, parts, correlation))
    together = [[1.0, correlation], [correlation, 1.0]]
    assert 0 <= low <= noise / moved + 1e-9
    assert high >= noise / moved - 1e-9
    if noise:
        assert ends(mover([1, -low], values, parts, together))[0] == pytest.approx(0, abs=1e-6)
    assert ends(mover([1, -high], values, parts, together))[1] == pytest.approx(0, abs=1e-6)


def test_a_ratio_to_what_may_be_nothing_has_no_interval() -> None:
    with pytest.raises(ValueError, match="above 0"):
        mover_ratio((0.1, 0.0), (wilson(2, 20), wilson(0, 20)), 0.0)


@pytest.mark.parametrize(
    ("n", "rate", "of"), [(73, 0.031, 0.515), (73, 0.2, 0.5), (300, 0.01, 0.03), (150, 0.02, 0.97)]
)
def test_ratios_are_covered(n: int, rate: float, of: float) -> None:
    rng, held = np.random.default_rng(8), []
    for top, bottom in rng.binomial(n, (rate, of), (1000, 2)):
        if bottom:
            low, high = ends(mover_ratio((top / n, bottom / n), (wilson(top, n), wilson(bottom, n)), 0.0))
            held.append(low <= rate / of <= high)
    assert 0.93 <= np.mean(held) <= 0.985


def test_mover_refuses_a_part_without_an_interval() -> None:
    with pytest.raises(ValueError, match="every part"):
        mover([1], [0.5], [Interval(None, None, "")])
