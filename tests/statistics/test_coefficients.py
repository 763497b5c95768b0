"""Coefficients of agreement against published counts, the library, worked tables and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from late import late
from unsaid.statistics.coefficients import (
    alpha,
    coincidences,
    gwet,
    kappa,
    linear_weights,
    mcnemar_tests,
    pabak,
    raw,
)

library_mcnemar = late("statsmodels.stats.contingency_tables", "mcnemar")
cohens_kappa = late("statsmodels.stats.inter_rater", "cohens_kappa")

#: Young 2026 (arXiv 2603.20172), pipeline x Sonnet: both, pipeline only, Sonnet only, neither; then kappa and
#: McNemar's chi2 (which agree with the paper), and AC1 and PABAK (ours, from the same counts).
YOUNG = {
    "sycophancy": ((1095, 883, 2, 54), 0.060, 0.310, 0.130, 877.0),
    "consistency": ((179, 267, 52, 152), 0.114, 0.020, 0.018, 144.9),
    "metadata": ((773, 151, 297, 310), 0.362, 0.464, 0.415, 47.6),
    "grader": ((1968, 313, 230, 318), 0.419, 0.714, 0.616, 12.7),
    "unethical": ((2424, 432, 141, 235), 0.355, 0.757, 0.645, 147.8),
    "all": ((6439, 2046, 722, 1069), 0.275, 0.577, 0.461, 633.3),
}


@pytest.mark.parametrize("hint", YOUNG)
def test_the_published_values_come_back_from_the_published_counts(hint: str) -> None:
    (both, first, second, neither), k, ac1, adjusted, chi2 = YOUNG[hint]
    counts = np.array([[both, first], [second, neither]])
    assert float(kappa(counts)) == pytest.approx(k, abs=0.0005)
    assert float(gwet(counts)) == pytest.approx(ac1, abs=0.0005)
    assert float(pabak(counts)) == pytest.approx(adjusted, abs=0.0005)
    exact, statistic, asymptotic = mcnemar_tests(first, second)
    assert statistic == pytest.approx(chi2, abs=0.05)
    assert max(exact, asymptotic) < 0.001


def test_the_published_counts_add_up() -> None:
    """Young 2026 (arXiv 2603.22582): 10,276 influenced replies; and the hints add up to all."""
    rows = np.array([YOUNG[hint][0] for hint in YOUNG if hint != "all"])
    assert rows.sum(axis=0).tolist() == list(YOUNG["all"][0])
    assert rows.sum() == 10_276


@examples(60)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=9).filter(lambda cells: sum(cells) > 0))
def test_kappa_is_the_librarys_for_any_table(cells: list[int]) -> None:
    table = np.array(cells).reshape(3, 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = cohens_kappa(table, return_results=False)
    np.testing.assert_allclose(kappa(table), theirs, atol=1e-9)


@examples(60)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_librarys(b: int, c: int) -> None:
    exact, statistic, asymptotic = mcnemar_tests(b, c)
    assert exact == pytest.approx(library_mcnemar([[1, b], [c, 1]], exact=True).pvalue)
    if b + c == 0:
        assert (exact, statistic, asymptotic) == (1.0, 0.0, 1.0)
    else:
        theirs = library_mcnemar([[1, b], [c, 1]], exact=False, correction=False)
        assert (statistic, asymptotic) == pytest.approx((theirs.statistic, theirs.pvalue))


@examples(60)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(lambda cells: sum(cells) > 0))
def test_two_categories_leave_no_room_for_partial_credit(cells: list[int]) -> None:
    table = np.array(cells).reshape(2, 2)
    assert gwet(table, linear_weights(2)) == pytest.approx(float(gwet(table)))
    assert pabak(table) == pytest.approx(2 * float(raw(table)) - 1)
    assert gwet(table.T) == pytest.approx(float(gwet(table)))


def test_ac2_of_a_worked_ladder() -> None:
    """Pa = (60 + 20 + 8 + 12 / 2) / 100; margins .66, .25, .09 each; T_w = 5, so pe = 5/6 sum pi (1 - pi)."""
    table = np.array([[60, 6, 0], [6, 17, 2], [0, 2, 7]])
    agreed = (60 + 17 + 7 + (6 + 6 + 2 + 2) / 2) / 100
    margins = np.array([0.66, 0.25, 0.09])
    chance = 5 / 6 * float((margins * (1 - margins)).sum())
    assert gwet(table, linear_weights(3)) == pytest.approx((agreed - chance) / (1 - chance))
    assert float(gwet(table, linear_weights(3))) > float(gwet(table))


def test_alpha_of_krippendorffs_own_example() -> None:
    """Krippendorff 2011 ("Computing Krippendorff's alpha-reliability"), example C: 4 observers, 12 units, .743."""
    nan = np.nan
    ratings = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
            [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
        ]
    )
    found = coincidences(ratings.T - 1, 5)
    assert found[-1].sum() == 0  # one rating alone holds no pair
    assert float(alpha(found.sum(axis=0))) == pytest.approx(0.743, abs=0.0005)


@examples(40)
@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=3, max_size=3), min_size=2, max_size=12)
)
def test_alpha_is_one_minus_observed_over_expected_disagreement(rows: list[list[float]]) -> None:
    ratings = np.array(rows)
    units = [row[~np.isnan(row)] for row in ratings]
    units = [unit for unit in units if len(unit) > 1]
    pooled = np.concatenate(units) if units else np.array([])
    found = float(alpha(coincidences(ratings, 2).sum(axis=0)))
    if len(set(pooled)) < 2:
        assert np.isnan(found)
        return
    n = len(pooled)
    observed = (
        sum(sum(one != other for one in unit for other in unit) / (len(unit) - 1) for unit in units) / n
    )
    expected = sum(one != other for one in pooled for other in pooled) / (n * (n - 1))
    assert found == pytest.approx(1 - observed / expected)


def test_what_cannot_be_told_from_habit_is_not_a_number() -> None:
    always = np.array([[30, 0], [0, 0]])
    assert np.isnan(kappa(always))
    assert gwet(always) == 1
    assert np.isnan(alpha(np.array([[30.0, 0.0], [0.0, 0.0]])))
    assert np.isnan(kappa(np.zeros((2, 2))))
