"""The joint cluster bootstrap: its distribution, its edges, and that nothing is skipped silently."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from unsaid.statistics.bootstrap import (
    Drawn,
    Part,
    bootstrap,
    closed_form,
    cluster_statistics,
    draw_sums,
    joint_interval,
    percentile,
)
from unsaid.statistics.intervals import FloatArray, Interval, clustered_se, wilson


def share(sums: FloatArray) -> dict[str, FloatArray]:
    return {"share": np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)}


def test_draws_have_the_spread_of_the_clustered_standard_error() -> None:
    rng = np.random.default_rng(1)
    hits = rng.binomial(5, rng.beta(2, 3, 400)).astype(float)
    drawn = bootstrap(np.column_stack([hits, np.full(400, 5.0)]), share, rng, 4000)["share"]
    values = np.concatenate([np.repeat([1.0, 0.0], [int(k), 5 - int(k)]) for k in hits])
    assert drawn.point == pytest.approx(hits.sum() / 2000)
    assert drawn.draws.std() == pytest.approx(clustered_se(values, np.repeat(np.arange(400), 5)), rel=0.05)


def test_drawing_equal_clusters_together_is_the_same_distribution() -> None:
    """Few distinct rows are drawn as a multinomial over rows, many one by one."""
    few = np.repeat([[1.0, 2.0], [0.0, 3.0]], [300, 700], axis=0)
    many = few + np.column_stack([np.zeros(1000), np.linspace(0, 1e-9, 1000)])
    a, b = (draw_sums(rows, np.random.default_rng(2), 4000) for rows in (few, many))
    assert a.mean(axis=0) == pytest.approx(b.mean(axis=0), rel=0.01)
    assert a.std(axis=0) == pytest.approx(b.std(axis=0), rel=0.06)
    assert a[:, 0].std() == pytest.approx(np.sqrt(1000 * 0.3 * 0.7), rel=0.06)


@pytest.mark.parametrize("distinct", [2, 40])
def test_the_order_of_clusters_does_not_matter_and_the_seed_does(distinct: int) -> None:
    rng = np.random.default_rng(3)
    rows = rng.integers(0, distinct, (200, 2)).astype(float)
    first = draw_sums(rows, np.random.default_rng(0), 50)
    again = draw_sums(rng.permutation(rows), np.random.default_rng(0), 50)
    other = draw_sums(rows, np.random.default_rng(1), 50)
    assert (first == again).all()
    assert (first != other).any()


def test_as_many_clusters_as_statistics_are_not_taken_for_each_other() -> None:
    """A square table must not be read by its columns."""
    rows = np.zeros((9, 9), order="F")
    rows[:, 4] = 1.0
    drawn = draw_sums(rows, np.random.default_rng(0), 20)
    assert (drawn == 9 * rows[0]).all()


def test_memory_is_bounded_by_chunks_that_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(4).random((30, 3))
    whole = draw_sums(rows, np.random.default_rng(0), 64)
    monkeypatch.setattr("unsaid.statistics.bootstrap._CHUNK", 100)
    assert draw_sums(rows, np.random.default_rng(0), 64) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("rows", "message"), [(np.zeros((0, 2)), "no cluster"), (np.array([[np.nan]]), "not finite")]
)
def test_what_cannot_be_drawn_is_refused(rows: FloatArray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_sums(rows, np.random.default_rng(0))


def test_undefined_draws_are_counted_and_above_a_twentieth_there_is_no_interval() -> None:
    """Walden and Wanner, defect 5: draws with an undefined score were skipped silently."""
    draws = np.linspace(0, 1, 1000)
    draws[:40] = np.nan
    some = percentile(draws)
    assert some.low is not None
    assert some.undefined == pytest.approx(0.04)
    draws[:60] = np.nan
    many = percentile(draws)
    assert (many.low, many.high) == (None, None)
    assert many.flags == ("interval-undefined",)
    assert many.reason == "undefined in 6% of the bootstrap draws"


def test_a_closed_form_stands_unless_the_quantity_is_undefined_too_often() -> None:
    draws, known = np.linspace(0, 1, 1000), wilson(3, 30)
    assert closed_form(draws, known) == known
    draws[:40] = np.nan
    some = closed_form(draws, known)
    assert (some.low, some.high) == (known.low, known.high)
    assert some.undefined == pytest.approx(0.04)
    draws[:60] = np.nan
    many = closed_form(draws, known)
    assert (many.low, many.high, many.flags) == (None, None, ("interval-undefined",))


def test_a_floor_gives_width_where_all_draws_agree() -> None:
    flat = percentile(np.zeros(500), floor=wilson(0, 30))
    assert (flat.low, flat.high) == (0.0, wilson(0, 30).high)
    assert "widened to wilson" in flat.method


def test_a_joint_interval_knows_that_parts_move_together() -> None:
    draws = np.random.default_rng(5).normal(0.5, 0.1, 2000)
    ends = Interval(0.3, 0.7, "")
    same, against = Drawn(0.5, draws), Drawn(0.5, 1 - draws)
    gap = joint_interval([Part(1, same, ends), Part(-1, same, ends)])
    total = joint_interval([Part(1, same, ends), Part(1, against, ends)])
    # Half as wide as parts that know nothing of each other, but never of no width: agreement was only seen.
    assert gap.low is not None
    assert gap.high is not None
    assert 0 < gap.high < 0.2 * np.sqrt(2) / 2
    assert gap.low == pytest.approx(-gap.high)
    assert (total.low, total.high) == pytest.approx((1.0, 1.0), abs=1e-6)


def test_a_joint_interval_is_refused_where_a_part_is_too_often_undefined() -> None:
    draws = np.where(np.arange(1000) < 80, np.nan, 0.5)
    found = joint_interval([Part(1, Drawn(0.5, draws), Interval(0.4, 0.6, ""))])
    assert found.low is None
    assert found.undefined == pytest.approx(0.08)


def test_cluster_statistics_sum_within_clusters_and_a_null_adds_nothing() -> None:
    frame = pl.DataFrame({"cluster": ["b", "a", "b"], "x": [True, None, True], "y": [1.5, 2.0, None]})
    found = cluster_statistics(frame, {"x": pl.col("x"), "y": pl.col("y")})
    assert found["x"].tolist() == [0.0, 2.0]
    assert found["y"].tolist() == [2.0, 1.5]
