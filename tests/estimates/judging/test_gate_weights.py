"""A judge's rates for the cues of a run: alike over them, and as wide as its templates are few."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.estimates.judging.gate_weights import counts, weighted
from unsaid.statistics.rogan_gladen import Rate


def count(
    cue: str, template: str, caught: int, of: int, cleared: int = 10, negatives: int = 10
) -> dict[str, Any]:
    four = [caught, of, cleared, negatives]
    return {"cue": cue, "template": template, "mention": four, "reliance": four}


def test_cues_count_alike_and_only_those_of_the_run() -> None:
    told = [count("a", "t1", 90, 100), count("b", "t2", 1, 10), count("c", "t3", 0, 50)]
    rate = weighted(told, ["a", "b"], "mention", "sensitivity")
    assert rate is not None
    assert rate.value == pytest.approx((0.9 + 0.1) / 2)
    assert rate.n == 110
    alone = weighted(told, ["a"], "mention", "sensitivity")
    assert alone is not None
    assert alone.value == 0.9


def test_a_cue_without_texts_of_that_truth_has_no_rate() -> None:
    told = [count("a", "t", 9, 10), count("b", "t", 0, 0)]
    assert weighted(told, ["a", "b"], "mention", "sensitivity") is None
    assert weighted(told, ["a", "z"], "mention", "sensitivity") is None
    assert weighted([], [], "mention", "specificity") is None
    assert weighted(told, ["a", "b"], "mention", "specificity") is not None


def test_texts_of_one_template_are_not_independent() -> None:
    """A judge that misses one template of ten wholly, and one that misses a tenth of each."""
    whole = [count("a", f"t{n}", 0 if n == 0 else 10, 10) for n in range(10)]
    spread = [count("a", f"t{n}", 9, 10) for n in range(10)]
    wide, narrow = (weighted(told, ["a"], "mention", "sensitivity") for told in (whole, spread))
    plain = Rate.of(90, 100)
    assert wide is not None
    assert narrow is not None
    assert wide.value == narrow.value == plain.value
    assert wide.high - wide.low > 1.5 * (plain.high - plain.low)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_readings_are_counted_by_cue_and_sentence() -> None:
    rows = pl.DataFrame(
        {
            "cue": ["a", "a", "a", "b"],
            "templates": ["I saw {x} / x", "I saw {x} / y", "no word", "I saw {x} / x"],
            "true_mentions": [True, True, False, True],
            "true_relies": [True, False, False, True],
            "mention": [True, False, False, None],
            "reliance": [True, True, None, None],
        }
    )
    found = {(each.cue, each.mention, each.reliance) for each in counts(rows)}
    assert found == {
        ("a", (1, 2, 0, 0), (1, 1, 0, 1)),
        ("a", (0, 0, 1, 1), (0, 0, 0, 0)),
        ("b", (0, 0, 0, 0), (0, 0, 0, 0)),
    }
    templates = {each.cue: each.template for each in counts(rows) if each.mention != (0, 0, 1, 1)}
    assert templates["a"] == templates["b"], "one sentence, whatever fills it"
    assert counts(rows.drop("templates")) == ()


def test_the_interval_holds_the_rate_where_templates_differ() -> None:
    """Twenty templates for two cues, each caught at a rate of its own; independent texts would cover 70%."""
    rng, held, plain, repetitions = np.random.default_rng(5), 0, 0, 400
    for _ in range(repetitions):
        rates = rng.beta(4, 1, size=20)
        told = [
            count(cue, f"t{n}", int(rng.binomial(8, rates[n])), 8) for n in range(20) for cue in ("a", "b")
        ]
        rate = weighted(told, ["a", "b"], "mention", "sensitivity")
        assert rate is not None
        held += rate.low <= 0.8 <= rate.high
        independent = Rate.of(round(rate.value * 320), 320)
        plain += independent.low <= 0.8 <= independent.high
    assert 0.92 * repetitions <= held <= 0.98 * repetitions
    assert plain < 0.85 * repetitions


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=12))
def test_a_rate_lies_in_its_interval_and_in_zero_to_one(cells: list[tuple[int, int]]) -> None:
    told = [count(f"c{n % 3}", f"t{n}", min(k, size), size) for n, (k, size) in enumerate(cells)]
    rate = weighted(told, [], "mention", "sensitivity")
    assert rate is not None
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert asdict(rate)["n"] == sum(size for _, size in cells)
