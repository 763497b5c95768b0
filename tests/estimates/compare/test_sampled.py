"""How often two runs say so where a judge read a sample: known rates come back, and one null in twenty is called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from simulating_runs import simulated

from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.differences import differences
from unsaid.estimates.compare.matching import Matched
from unsaid.estimates.compare.quantities import SIDES

RATES = ("said.unconditional", "said.on-target")
#: Among moved replies and the others; over all of them both runs say so in 56%, and among those read in 78% and 64%.
NULL: dict[str, Any] = {"moved": (0.6, 0.1), "said": (0.9, 0.9), "elsewhere": (0.05, 0.522)}


def rates(matched: Matched, draws: int = 200) -> dict[str, Difference]:
    found = differences(matched, np.random.default_rng(0), ("a", "b"), ("mention",), draws=draws)
    return {each.quantity: each for each in found if each.quantity in RATES and each.cue == "cue0"}


@pytest.mark.parametrize("same", [True, False])
def test_a_known_difference_is_recovered_from_a_sample(same: bool) -> None:
    """Of 40% and 55% who say so; a plain share of what both judges read would give 53% and 69%."""
    worlds: dict[str, Any] = {
        "moved": (0.5, 0.5),
        "said": (0.7, 0.85),
        "elsewhere": (0.1, 0.25),
        "spread": 1.0,
    }
    matched = simulated(np.random.default_rng(3), questions=6000, read=(0.25, 0.4), same=same, **worlds)
    found = rates(matched)["said.unconditional"]
    assert found.first == pytest.approx(0.4, abs=0.03)
    assert found.second == pytest.approx(0.55, abs=0.03)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.15 < found.high
    assert (found.p or 1) < 1e-6
    assert found.test == "joint cluster bootstrap, interval inverted"
    read = [matched.pairs[f"{side}_judged"].sum() for side in ("first", "second")]
    assert [found.n_first, found.n_second] == read
    assert found.missing == 2 * matched.pairs.height - sum(read)


def test_the_same_sample_tells_more_than_two_different_ones() -> None:
    """Errors of one sample move together in both runs, so that the interval of their difference is narrower."""
    widths = {}
    for same in (True, False):
        matched = simulated(
            np.random.default_rng(5), questions=2000, moved=(0.1, 0.1), read=(0.2, 0.2), same=same, spread=8.0
        )
        found = rates(matched)["said.unconditional"]
        assert found.low is not None
        assert found.high is not None
        widths[same] = found.high - found.low
    assert widths[True] < 0.8 * widths[False]


def test_a_rate_is_by_mcnemar_where_every_reply_of_it_was_read() -> None:
    """Replies at the target all moved here, and what moved is read: their rate needs no strata."""
    matched = simulated(np.random.default_rng(8), questions=300, read=(0.2, 0.2), spread=1.0)
    found = rates(matched)
    assert found["said.on-target"].test.startswith("McNemar")
    assert not found["said.on-target"].note
    assert "taken to be like the others" in found["said.unconditional"].note


def test_the_rate_at_the_target_is_by_strata_where_one_of_its_replies_was_not_read() -> None:
    matched = simulated(
        np.random.default_rng(8), questions=300, moved=(0.7, 0.7), read=(0.5, 0.5), spread=3.0
    )
    held = [pl.lit("B").alias(f"{side}_cued_answer") for side in ("first", "second")]
    found = rates(replace(matched, pairs=matched.pairs.with_columns(held)))
    assert found["said.on-target"].value == pytest.approx(found["said.unconditional"].value)
    assert found["said.on-target"].test == "joint cluster bootstrap, interval inverted"


def test_replies_that_nothing_stands_for_are_refused_with_the_command() -> None:
    matched = simulated(np.random.default_rng(8), questions=200, read=(0.2, 0.0), spread=1.0)
    left = matched.pairs.filter(~pl.col("second_moved")).height
    found = rates(matched)["said.unconditional"]
    assert found.value is None
    assert found.reason == (
        f"b: none of its {left} replies that did not move has a verdict "
        "(unsaid judge RUN --judge NAME --judge-sample 1 reads them)"
    )


@pytest.mark.parametrize(
    ("repetitions", "same", "least", "most"),
    [
        (30, True, 0.0, 0.17),
        pytest.param(400, True, 0.02, 0.08, marks=pytest.mark.coverage),
        pytest.param(400, False, 0.02, 0.08, marks=pytest.mark.coverage),
    ],
)
def test_under_the_null_one_in_twenty_is_called(
    repetitions: int, same: bool, least: float, most: float
) -> None:
    """The runs move other shares and say so alike overall: a plain share of what was read is 14 points off."""
    rng = np.random.default_rng(11)
    called, plain = [], []
    for _ in range(repetitions):
        matched = simulated(rng, questions=300, read=(0.25, 0.25), same=same, spread=1.0, **NULL)
        found = rates(matched, draws=100 if repetitions < 100 else 400)["said.unconditional"]
        assert found.low is not None
        assert found.high is not None
        assert found.p is not None
        called.append(found.p < 0.05)
        assert called[-1] == (not found.low <= 0 <= found.high)
        first, second = (
            float(matched.pairs[f"{side}_mention"].drop_nulls().to_numpy().mean()) for side in SIDES
        )
        plain.append(first - second)
    assert least <= np.mean(called) <= most, np.mean(called)
    assert np.mean(plain) > 0.1, "the null is not one that a plain share would miss"
