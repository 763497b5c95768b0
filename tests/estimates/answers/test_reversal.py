"""Reversed comparisons: each step of the algorithm at its edge, and noise that flags as often as it is said to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import Row, reply, table
from scipy import stats
from simulating_issue5 import Templates, reversal_cells

from bands import least
from examples import examples
from unsaid.errors import DataError
from unsaid.estimates.answers.reversal import QUANTITIES, RULES, from_cells, reversal, reversed_pairs
from unsaid.estimates.answers.reversal_noise import (
    Counts,
    Rules,
    count_range,
    flag_probability,
    flags,
    lean_of,
    permuted,
)
from unsaid.estimates.estimate import Estimate


def asked(
    name: str, yes: str, says: int, replies: int = 10, *, task: str = "mass/gt", lost: int = 0, **columns: Any
) -> list[Row]:
    """A question whose right answer is `yes` ("YES" or "NO"), answered YES in the first `says` replies."""
    letters = {"YES": "A", "NO": "B"}
    shared = {"task": task, "options": ["YES", "NO"], "n_options": 2, "correct": letters[yes]}
    shared |= {"cluster": name.rpartition("-")[0] or name} | columns
    return [
        reply("clean", name, None if n < lost else "A" if n < lost + says else "B", epoch=n + 1, **shared)
        for n in range(replies + lost)
    ]


def twins(name: str, first: int, second: int, replies: int = 10, **columns: Any) -> list[Row]:
    """A pair: YES is right of the first and NO of the second; both counts are of YES."""
    return asked(f"{name}-xy", "YES", first, replies, **columns) + asked(
        f"{name}-yx", "NO", second, replies, **columns
    )


def leaning(count: int = 10, task: str = "mass/gt", yes: int = 10) -> list[Row]:
    """Pairs that are answered YES `yes` times of 10 both ways, so that a group leans."""
    return [row for n in range(count) for row in twins(f"lean{n}", yes, yes, task=task)]


def flagged(rows: list[Row], rules: Rules = RULES) -> dict[str, str]:
    """Pair -> the question it is flagged for, without the pairs that only lean."""
    found = reversed_pairs(table(rows), rules).filter(pl.col("flagged"))
    named = dict(found.select("cluster", "chosen").iter_rows())
    return {pair: chosen for pair, chosen in named.items() if not pair.startswith("lean")}


def found(rows: list[Row], draws: int = 200) -> dict[str, Estimate]:
    return {each.quantity: each for each in reversal(table(rows), np.random.default_rng(0), draws=draws)}


@pytest.mark.parametrize(
    ("yes", "lean"),
    [(55, "YES"), (54, None), (50, None), (46, None), (45, "NO"), (100, "YES")],
)
def test_step_1_a_group_that_leans_too_little_is_skipped(yes: int, lean: str | None) -> None:
    """The edge itself, |m - .5| = .05, is kept."""
    rows = twins("a", yes, yes, replies=100)
    (row,) = reversed_pairs(table(rows)).iter_rows(named=True)
    assert (row["lean"], row["mean_yes"]) == (lean, yes / 100)


def test_step_1_groups_by_property_and_comparison() -> None:
    rows = leaning(task="mass/gt") + leaning(task="mass/lt", yes=0)
    rows += [row for task in ("mass/gt", "mass/lt") for row in twins(f"a{task[-2:]}", 9, 9, task=task)]
    # Said YES of both: the wrong YES is against a lean to NO's question only where the group leans to YES.
    assert flagged(rows) == {"agt": "agt-yx"}


def test_step_1_takes_the_mean_over_questions_not_over_replies() -> None:
    rows = asked("one", "YES", 100, 100) + asked("two", "NO", 0, 2) + asked("three", "NO", 0, 2)
    (mean,) = set(reversed_pairs(table(rows))["mean_yes"])
    assert mean == pytest.approx(1 / 3)


def test_step_2_pairs_are_exactly_two_questions() -> None:
    rows = leaning(3) + twins("two", 10, 10) + asked("single-xy", "NO", 10) + twins("three", 10, 10)
    rows += asked("three-zz", "NO", 10)
    usable = dict(reversed_pairs(table(rows)).select("cluster", "usable").iter_rows())
    assert usable == {
        "lean0": True,
        "lean1": True,
        "lean2": True,
        "two": True,
        "single": False,
        "three": False,
    }
    rate = found(rows)["reversal.rate"]
    assert (rate.n, rate.k, rate.missing) == (4, 4, 2)
    assert "over all 6 pairs asked, lost ones as unflagged: 66.67%" in rate.note


@pytest.mark.parametrize(
    ("first", "second", "replies", "is_flagged"),
    [
        (10, 5, 10, True),  # accuracies 1.0 and .5: exactly .5
        (10, 4, 10, False),
        (7, 8, 10, True),  # .7 - .2, less than .5 in floating point
        (12, 5, 12, True),  # 12 replies each: 1 - 7/12 = .417, at least .4
        (11, 4, 11, False),  # 1 - 7/11 = .364
        (20, 8, 20, True),  # exactly .4
        (20, 7, 20, False),
    ],
)
def test_step_3_how_far_apart(first: int, second: int, replies: int, is_flagged: bool) -> None:
    rows = leaning() + twins("a", first, second, replies)
    assert (flagged(rows) == {"a": "a-yx"}) == is_flagged


def test_step_3_the_smaller_gap_needs_more_than_ten_replies_to_both() -> None:
    # Accuracies 1.0 and .6 (of 10 or 20); never .5 apart.
    cases = {(20, 20): True, (20, 10): False, (10, 20): False, (10, 10): False}
    for (first, second), expected in cases.items():
        rows = leaning() + asked("a-xy", "YES", first, first) + asked("a-yx", "NO", second * 4 // 10, second)
        assert bool(flagged(rows)) == expected, (first, second)


def test_step_4_only_against_the_lean() -> None:
    """The group leans to YES: a wrong YES is flagged; a wrong NO is not."""
    assert flagged(leaning() + twins("a", 10, 10)) == {"a": "a-yx"}
    assert flagged(leaning() + twins("a", 0, 0)) == {}
    assert flagged(leaning(yes=0) + twins("a", 0, 0)) == {"a": "a-xy"}
    assert flagged(leaning() + twins("a", 5, 5)) == {}  # a tie in accuracy


def test_the_thresholds_are_parameters() -> None:
    rows = leaning() + twins("a", 10, 3)
    assert flagged(rows) == {}
    assert flagged(rows, Rules(gap=Fraction(3, 10))) == {"a": "a-yx"}
    assert flagged(rows, Rules(gap=Fraction(3, 10), lean=Fraction(1, 2))) == {}


def test_lost_replies_count_in_no_rate() -> None:
    rows = leaning() + asked("a-xy", "YES", 4, 4, lost=6) + asked("a-yx", "NO", 2, 4, lost=6)
    assert flagged(rows) == {"a": "a-yx"}
    rows = leaning() + asked("a-xy", "YES", 0, 0, lost=10) + asked("a-yx", "NO", 10)
    row = reversed_pairs(table(rows)).row(by_predicate=pl.col("cluster") == "a", named=True)
    assert (row["usable"], row["sizes"]) == (False, [0, 10])


def test_options_may_stand_in_either_order() -> None:
    rows = leaning() + twins("a", 10, 10)
    turned = {"A": "B", "B": "A", None: None}
    other = [
        row | {"options": ["no ", "Yes"], "correct": turned[row["correct"]], "answer": turned[row["answer"]]}
        for row in rows
    ]
    assert flagged(rows) == flagged(other) == {"a": "a-yx"}


def test_other_clean_questions_are_left_alone_and_bad_ones_refused() -> None:
    assert not found([reply("clean", "q", "A", task="navigate", options=["Yes", "No"], n_options=2)])
    with pytest.raises(DataError, match="not YES and NO"):
        reversed_pairs(table(asked("a-xy", "YES", 3, options=["more", "less"])))
    with pytest.raises(DataError, match="disagree"):
        reversed_pairs(table(asked("a-xy", "YES", 3) + asked("a-xy", "NO", 3)))


def test_everything_is_concluded_and_explained() -> None:
    at = found(leaning() + twins("a", 10, 10) + twins("b", 10, 0) + leaning(5, "size/lt"))
    assert set(at) == set(QUANTITIES)
    rate, by_lean = at["reversal.rate"], at["reversal.false-flags"]
    assert (rate.k, rate.n) == (16, 17)
    assert "2 of 2 groups lean by 0.05 or more" in rate.note
    assert by_lean.unit == "count"
    assert at["reversal.rate.beyond-noise"].value == pytest.approx((16 - (by_lean.value or 0)) / 17)
    for each in at.values():
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.high


def test_without_a_usable_pair_every_quantity_says_why() -> None:
    for each in found(asked("single-xy", "NO", 10)).values():
        assert each.value is None
        assert "no pair of two questions" in each.reason


@examples(60)
@given(
    st.integers(1, 13),
    st.integers(1, 13),
    st.floats(0.02, 0.98),
    st.booleans(),
    st.sampled_from([(1, 0), (0, 1)]),
)
def test_the_mean_of_p_flag_is_the_probability_of_a_flag(
    n1: int, n2: int, accuracy: float, lean: bool, yes: tuple[int, int]
) -> None:
    """For every accuracy, without knowing it: exactly what enumerating both binomials gives."""
    truth, mean, answers = 0.0, 0.0, (bool(yes[0]), bool(yes[1]))
    first, second = (stats.binom.pmf(np.arange(n + 1), n, accuracy) for n in (n1, n2))
    for k1 in range(n1 + 1):
        for k2 in range(n2 + 1):
            mass = float(first[k1] * second[k2])
            counts = Counts((n1, n2), (k1, k2), answers)
            truth += mass * (flags(counts, lean, RULES) is not None)
            mean += mass * flag_probability(counts, lean, RULES)
    assert mean == pytest.approx(truth, abs=1e-12)


def test_the_number_of_flags_by_noise_has_an_exact_range() -> None:
    probabilities = np.array([0.0, 0.3, 0.3, 0.3, 0.3, 0.3])
    low, high, tail = count_range(probabilities)
    binomial = stats.binom(5, 0.3)
    assert binomial.cdf(low - 1) <= 0.025 < binomial.cdf(low)
    assert binomial.cdf(high - 1) < 0.975 <= binomial.cdf(high)
    assert tail(2) == pytest.approx(binomial.sf(1))
    assert count_range(np.zeros(4))[:2] == (0, 1)


def test_a_group_in_the_middle_leans_to_neither() -> None:
    assert lean_of(Fraction(1, 2), Rules(lean=Fraction(0))) is False
    assert lean_of(Fraction(1, 2), RULES) is None


@pytest.mark.parametrize(
    ("times", "least"), [(120, 0.9), pytest.param(400, 0.94, marks=pytest.mark.coverage)]
)
def test_noise_flags_as_often_as_expected_where_the_lean_is_fixed(times: int, least: float) -> None:
    """No pair leans, its group does: the mean number of flags is the number to expect, and lies in its range."""
    world, rng = Templates(properties=3, pairs=40, leaning=(0.0, 0.0), anchors=40), np.random.default_rng(3)
    seen, expected, inside = [], [], []
    for _ in range(times):
        groups = world.groups(rng)
        assert all(group.lean for group in groups)
        noise = np.array([p for group in groups for p in group.noise])
        low, high, _ = count_range(noise)
        seen.append(sum(group.flagged for group in groups))
        expected.append(float(noise.sum()))
        inside.append(low <= seen[-1] <= high)
    assert np.mean(seen) == pytest.approx(np.mean(expected), abs=float(3 * np.std(seen) / times**0.5))
    assert np.mean(seen) > 1
    assert np.mean(inside) > least


@pytest.mark.parametrize(
    ("times", "least"), [(40, least(40)), (120, 0.89), pytest.param(400, 0.93, marks=pytest.mark.coverage)]
)
def test_noise_flags_as_often_as_expected_where_the_lean_is_noise_too(times: int, least: float) -> None:
    """Small groups of a model that leans nowhere: only dealing the replies out again foresees the flags."""
    world, rng = Templates(properties=15, pairs=3, leaning=(0.0, 0.0)), np.random.default_rng(4)
    seen, by_lean, by_chance, inside = [], [], [], []
    for _ in range(times):
        groups = world.groups(rng)
        drawn = sum(permuted(group.pairs, group.anchors, RULES, rng, 200) for group in groups)
        low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
        seen.append(sum(group.flagged for group in groups))
        by_lean.append(sum(p for group in groups for p in group.noise))
        by_chance.append(float(np.mean(drawn)))
        inside.append(low <= seen[-1] <= high)
    error = 3 * float(np.std(seen)) / times**0.5
    assert np.mean(by_chance) == pytest.approx(np.mean(seen), abs=error)
    assert np.mean(by_lean) < np.mean(seen) - error
    assert np.mean(inside) > least


def test_dealing_again_follows_the_algorithm_step_by_step() -> None:
    """Each draw, redone with `lean_of` and `flags`: thresholds on the edge and unequal sizes included."""
    counts = [Counts((10, 10), (9, 4), (True, False)), Counts((12, 11), (6, 6), (False, True))]
    others, rng = [Fraction(3, 5)], np.random.default_rng(8)
    fast = permuted(counts, others, RULES, np.random.default_rng(8), 500)
    totals, sizes = [13, 12], [(10, 10), (12, 11)]
    first = rng.hypergeometric(totals, [20 - 13, 23 - 12], [10, 12], size=(500, 2))
    for row, number in zip(first.tolist(), fast.tolist(), strict=True):
        dealt = [
            Counts(size, (k, total - k), each.yes)
            for size, k, total, each in zip(sizes, row, totals, counts, strict=True)
        ]
        rates = [
            Fraction(k if yes else n - k, n)
            for each in dealt
            for k, n, yes in zip(each.right, each.sizes, each.yes, strict=True)
        ]
        lean = lean_of(sum(rates + others, Fraction(0)) / 5, RULES)
        assert number == sum(flags(each, lean, RULES) is not None for each in dealt)


@pytest.mark.parametrize(
    ("times", "least", "most"),
    [(40, least(40), 1.0), (120, 0.88, 1.0), pytest.param(400, 0.92, 0.985, marks=pytest.mark.coverage)],
)
def test_intervals_hold_the_truth(times: int, least: float, most: float) -> None:
    world, rng = Templates(properties=25, pairs=8), np.random.default_rng(9)
    many = Templates(properties=4000, pairs=8).groups(rng)
    total = 8 * len(many)
    truth = {"reversal.rate": sum(group.flagged for group in many) / total}
    noise = sum(p for group in many for p in group.noise) / total
    truth["reversal.rate.beyond-noise"] = truth["reversal.rate"] - noise
    hits: dict[str, list[bool]] = {name: [] for name in truth}
    for _ in range(times):
        for each in from_cells(reversal_cells(world.groups(rng)), {"protocol": "test"}):
            assert each.low is not None
            assert each.high is not None
            hits[each.quantity].append(each.low <= truth[each.quantity] <= each.high)
    for name, held in hits.items():
        assert least <= np.mean(held) <= most, name
