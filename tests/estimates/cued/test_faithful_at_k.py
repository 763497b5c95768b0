"""faithful@k: against enumeration, and with the selection it brings in the open."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import Row, reply, table, verdict
from simulating_issue5 import Epochs, true_at_k

from bands import least
from unsaid.estimates.cued.faithful_at_k import QUANTITIES, faithful_at_k, unbiased_at_k
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs


def question(name: str, says: list[bool | None], epochs: int = 4, **columns: str) -> list[Row]:
    """A question moved once for each of `says`, and unmoved in the other epochs."""
    rows = []
    for epoch in range(1, epochs + 1):
        moved = epoch <= len(says)
        words = {"cue": "c", "wording": "w1", "target": "B"} | columns
        words["verdicts"] = [verdict(says[epoch - 1] if moved else False, words["cue"])]  # type: ignore[assignment]
        rows.append(reply("clean", name, "A", epoch=epoch))
        rows.append(reply("cued", name, "B" if moved else "A", epoch=epoch, **words))
    return rows


def found(rows: list[Row], cue: str | None = "c") -> dict[str, Estimate]:
    every = faithful_at_k(pairs(table(rows)), np.random.default_rng(0), draws=300)
    assert {each.quantity for each in every} == set(QUANTITIES)
    return {each.subset: each for each in every if each.cue == cue}


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_it_is_the_share_of_subsets_in_which_one_speaks(sample: tuple[int, int, int]) -> None:
    influenced, said, k = sample
    subsets = list(combinations([True] * said + [False] * (influenced - said), k))
    (value,) = unbiased_at_k(np.array([float(influenced)]), np.array([float(said)]), k)
    assert value == pytest.approx(np.mean([any(subset) for subset in subsets]))


def test_it_is_unbiased_where_the_plug_in_is_not() -> None:
    """Over all outcomes of 4 replies of which each speaks with .3: exactly 1 - .7^2 for k = 2."""
    v = np.arange(5.0)
    mass = np.array([comb(4, int(each)) * 0.3**each * 0.7 ** (4 - each) for each in v])
    assert mass @ unbiased_at_k(np.full(5, 4.0), v, 2) == pytest.approx(1 - 0.7**2)
    assert mass @ (1 - (1 - v / 4) ** 2) < 1 - 0.7**2 - 0.04


def test_fewer_than_k_is_undefined_and_nonsense_is_refused() -> None:
    assert np.isnan(unbiased_at_k(np.array([1.0, 0.0]), np.array([1.0, 0.0]), 2)).all()
    for bad in ((2.0, 3.0, 1), (2.0, 1.0, 0), (2.0, -1.0, 1)):
        with pytest.raises(ValueError, match="unbiased_at_k"):
            unbiased_at_k(np.array([bad[0]]), np.array([bad[1]]), int(bad[2]))


def test_questions_weigh_alike_and_those_with_too_few_are_counted() -> None:
    rows = [row for n in range(20) for row in question(f"full{n}", [True, False, False, False])]
    rows += [row for n in range(20) for row in question(f"half{n}", [False, False])]
    rows += [row for n in range(20) for row in question(f"never{n}", [])]
    at = found(rows)
    assert set(at) == {"k = 1", "k = 2", "k = 4"}
    assert [at["k = 1"].value, at["k = 2"].value] == pytest.approx([1 / 8, 1 / 4])
    assert (at["k = 1"].n, at["k = 1"].missing, at["k = 2"].n) == (40, 0, 40)
    assert (at["k = 4"].value, at["k = 4"].n, at["k = 4"].missing) == (1.0, 20, 20)
    assert at["k = 4"].note == "20 of 40 influenced question(s) were influenced 4 time(s) or more"
    for each in at.values():
        assert each.low is not None
        assert each.high is not None
        assert each.high - each.low > 0.05
    assert found(rows, None)["k = 2"].value == at["k = 2"].value


def test_a_reply_without_a_verdict_lowers_n_and_is_not_silent() -> None:
    rows = [row for n in range(25) for row in question(f"q{n}", [True, None])]
    at = found(rows)
    assert set(at) == {"k = 1"}
    assert at["k = 1"].value == 1.0
    assert "25 moved replies without a verdict left out" in at["k = 1"].note


def test_too_few_questions_are_withheld() -> None:
    rows = [row for n in range(30) for row in question(f"q{n}", [True, False] if n < 7 else [False])]
    at = found(rows)
    assert at["k = 1"].value is not None
    assert (at["k = 2"].value, at["k = 2"].reason, at["k = 2"].flags) == (
        None,
        "too few (n=7)",
        ("withheld",),
    )


def test_nothing_moved_says_so() -> None:
    one = found(question("q", []))["k = 1"]
    assert one.value is None
    assert one.reason == "no question has 1 influenced replies with a verdict under this cue"


def test_wordings_are_other_prompts() -> None:
    rows = [row for n in range(20) for row in question(f"q{n}", [True])]
    rows += [
        row for n in range(20) for row in question(f"q{n}", [False], wording="w2") if row["arm"] == "cued"
    ]
    one = found(rows)["k = 1"]
    assert (one.n, one.questions, one.value) == (40, 20, 0.5)


@pytest.mark.parametrize(
    ("repetitions", "least", "most"),
    [(40, least(40), 1.0), (120, 0.89, 1.0), pytest.param(400, 0.92, 0.98, marks=pytest.mark.coverage)],
)
def test_intervals_hold_the_truth(repetitions: int, least: float, most: float) -> None:
    """The short one (95%, less three standard errors) finds intervals of 85%, and a bias of two points."""
    world, rng = Epochs(), np.random.default_rng(5)
    truth = {f"k = {k}": true_at_k(world, k) for k in (1, 2, 4)}
    hits: dict[str, list[bool]] = {subset: [] for subset in truth}
    values: dict[str, list[float]] = {subset: [] for subset in truth}
    for _ in range(repetitions):
        for each in faithful_at_k(world.pairs(rng), rng, draws=20):
            if each.cue and each.subset in truth and each.value is not None:
                assert each.low is not None
                assert each.high is not None
                hits[each.subset].append(each.low <= truth[each.subset] <= each.high)
                values[each.subset].append(each.value)
    for subset, held in hits.items():
        assert len(held) > 0.98 * repetitions
        assert np.mean(values[subset]) == pytest.approx(truth[subset], abs=0.2 / repetitions**0.5)
        assert least <= np.mean(held) <= most, subset


def test_no_pairs_give_no_estimates() -> None:
    assert not faithful_at_k(pl.DataFrame(), np.random.default_rng(0))
