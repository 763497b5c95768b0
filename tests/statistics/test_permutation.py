"""The exact permutation test against all deals one by one, and Benjamini and Hochberg's correction."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.statistics.permutation import benjamini_hochberg, permutation_test

COUNTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4).filter(
    lambda pairs: all(0 < sum(side) <= 5 for side in zip(*pairs, strict=True))
)


def one_by_one(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    replies = [
        answer for answer, pair in enumerate(zip(first, second, strict=True)) for _ in range(sum(pair))
    ]
    size, rest = sum(first), sum(second)

    def apart(one: list[int], other: list[int]) -> float:
        return sum(abs(a * rest - b * size) for a, b in zip(one, other, strict=True))

    seen = apart(list(first), list(second))
    hits = []
    for chosen in itertools.combinations(range(size + rest), size):
        own = [sum(replies[at] == answer for at in chosen) for answer in range(len(first))]
        others = [a + b - c for a, b, c in zip(first, second, own, strict=True)]
        hits.append(apart(own, others) >= seen)
    return float(np.mean(hits))


@given(COUNTS)
def test_it_is_the_share_of_all_deals_that_differ_as_much(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    assert permutation_test(first, second) == pytest.approx(one_by_one(first, second))


@given(COUNTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_sets_nor_of_the_answers_matters(
    pairs: list[tuple[int, int]], shuffled: object
) -> None:
    first, second = zip(*pairs, strict=True)
    mixed = list(pairs)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = zip(*mixed, strict=True)
    assert permutation_test(first, second) == pytest.approx(permutation_test(other, one))


def test_a_hand_worked_example() -> None:
    # Of the C(6, 3) = 20 deals, two put all three equal answers on one side.
    assert permutation_test((3, 0), (0, 3)) == pytest.approx(2 / 20)
    assert permutation_test((2, 1), (2, 1)) == 1.0


@pytest.mark.parametrize(
    ("first", "second"), [((1, 2), (1,)), ((0, 0), (1, 1)), ((600,), (600,)), ((-1, 2), (1, 1))]
)
def test_what_are_not_two_sets_of_answers_is_refused(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="permutation_test"):
        permutation_test(first, second)


def test_the_false_discovery_rate_of_a_worked_family() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert benjamini_hochberg([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_corrected_values_keep_the_order_and_are_never_smaller(values: list[float]) -> None:
    found = benjamini_hochberg(values)
    assert all(
        0 <= own <= more <= 1 for own, more in zip(values, np.nextafter(found, 2).clip(max=1), strict=True)
    )
    ordered = sorted(zip(values, found, strict=True))
    assert [after for _, after in ordered] == sorted(after for _, after in ordered)
