"""Bounds hold the truth where losses depend on what was said, and the tipping point is where it says it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import Row, asked, reply, table
from simulating_losses import Losses, lossy_pairs

from examples import examples
from unsaid.estimates.cued.bounds import ROBUST, faithfulness_bounds, influence_bounds
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.cued.placebo_corrected import placebo_corrected, with_placebo
from unsaid.estimates.cued.targets import RIGHT, WRONG
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs


def everything(frame: pl.DataFrame, draws: int = 50) -> dict[str, Estimate]:
    """The figures over cues, and what stands beside them."""
    rng = np.random.default_rng(0)
    moved = influence(frame, rng, draws=draws)
    said = faithfulness(frame, rng, draws=draws)
    found = [*moved, *said, *influence_bounds(frame, moved, rng, draws)]
    found += faithfulness_bounds(frame, said, rng, draws=draws)
    return {each.quantity: each for each in found if each.cue is None}


def lossy(said: int, silent: int, stayed: int, gone: int, unread: int = 0, **columns: Any) -> list[Row]:
    """Questions by what became of their cued reply; the lost ones were clean A, so that they could have moved."""
    kinds: list[tuple[str | None, bool | None]] = [("B", True)] * said
    kinds += [("B", False)] * silent + [("A", False)] * stayed
    kinds += [(None, None)] * gone + [("B", None)] * unread
    return [
        row
        for n, (answer, says) in enumerate(kinds)
        for row in asked(f"q{n}", "A", {"c": (answer, says)}, **columns)
    ]


def test_the_extremes_by_hand() -> None:
    found = everything(pairs(table(lossy(said=10, silent=20, stayed=60, gone=8, unread=2))))
    low, high = found["faithfulness.bound-low"], found["faithfulness.bound-high"]
    assert (low.value, low.k, low.n, low.missing) == (10 / 40, 10, 40, 10)
    assert (high.value, high.k, high.n) == (20 / 40, 20, 40)
    least, most = found["influence.bound-low"], found["influence.bound-high"]
    assert (least.value, least.k, least.n, least.missing) == (0.32, 32, 100, 8)
    assert (most.value, most.k) == (0.4, 40)
    over = [found[f"influence.replay-corrected.bound-{end}"].value for end in ("low", "high")]
    assert over == pytest.approx([0.32, 0.4])


def test_a_lost_pair_that_could_not_have_moved_changes_nothing() -> None:
    rows = lossy(said=10, silent=20, stayed=10, gone=0)
    for n in range(30):  # clean at the target already, or clean lost
        rows += asked(f"t{n}", "B" if n % 2 else None, {"c": (None, None)})
    found = everything(pairs(table(rows)))
    assert not any("bound" in quantity or "tipping" in quantity for quantity in found)


def test_a_cue_that_points_away_is_lost_from_the_other_side() -> None:
    """Clean at the target is where such a cue can move an answer from."""
    rows = [
        row
        for n in range(40)
        for row in asked(f"q{n}", "B", {"c": ("A" if n < 30 else None, n < 15)}, target="B", pointing="away")
    ]
    low, high = (everything(pairs(table(rows)))[f"influence.bound-{end}"] for end in ("low", "high"))
    assert (low.value, high.value, low.n) == (0.75, 1.0, 40)


def test_the_placebo_has_bounds_of_its_own() -> None:
    rows = lossy(said=20, silent=20, stayed=20, gone=20)
    rows += [reply("placebo", f"q{n}", "B" if n % 10 == 0 else "A", cue="c", wording="w1") for n in range(80)]
    records = table(rows)
    frame, rng = pairs(records), np.random.default_rng(0)
    figures = placebo_corrected(frame, records, rng, draws=50)
    found = influence_bounds(with_placebo(frame, records), figures, rng, 50)
    values = {each.quantity: each.value for each in found}
    assert values["influence.placebo-corrected.bound-low"] == pytest.approx(40 / 80 - 0.1)
    assert values["influence.placebo-corrected.bound-high"] == pytest.approx(60 / 80 - 0.1)


def test_the_tipping_point_is_where_the_figure_leaves_its_interval() -> None:
    found = everything(pairs(table(lossy(said=30, silent=30, stayed=0, gone=60))))
    figure, tip = found["faithfulness"], found["faithfulness.tipping"]
    assert tip.value is not None
    assert figure.high is not None
    more = tip.value * tip.n
    assert (30 + more) / (60 + more) == pytest.approx(figure.high, abs=1e-6)
    assert "that share of the lost pairs had moved" in tip.note


def test_a_corrected_influence_tips_across_zero() -> None:
    weak = lossy(said=3, silent=3, stayed=54, gone=40)
    found = everything(pairs(table(weak)))
    figure, tip = found["influence.replay-corrected"], found["influence.replay-corrected.tipping"]
    assert tip.value is not None
    assert figure.low is not None
    if figure.low > 0:
        assert "had stayed" in tip.note
    strong = everything(pairs(table(lossy(said=60, silent=20, stayed=10, gone=2))))
    robust = strong["influence.replay-corrected.tipping"]
    assert (robust.value, robust.flags) == (None, (ROBUST,))
    assert "not even all 2 lost" in robust.reason


def test_kinds_of_target_have_bounds_apart() -> None:
    rows = lossy(said=15, silent=15, stayed=5, gone=5, correct="A")
    for n in range(40):
        rows += asked(f"r{n}", "A", {"c": ("B" if n < 35 else None, True)}, correct="B")
    frame, rng = pairs(table(rows)), np.random.default_rng(0)
    found = influence_bounds(frame, influence(frame, rng, draws=50), rng, 50)
    assert {each.subset for each in found} == {WRONG, RIGHT}


counts = st.integers(0, 40)


@examples(5, nightly=200)
@given(said=st.integers(10, 40), silent=st.integers(10, 40), stayed=counts, gone=counts, unread=counts)
def test_the_figure_lies_between_its_bounds(
    said: int, silent: int, stayed: int, gone: int, unread: int
) -> None:
    found = everything(pairs(table(lossy(said, silent, stayed, gone, unread))), draws=20)
    for figure in ("faithfulness", "influence"):
        if f"{figure}.bound-low" not in found:
            assert not gone
            assert figure == "influence" or not unread
            continue
        low, value, high = (
            found[name].value for name in (f"{figure}.bound-low", figure, f"{figure}.bound-high")
        )
        assert low is not None
        assert value is not None
        assert high is not None
        assert low - 1e-9 <= value <= high + 1e-9
        tip = found[f"{figure}.tipping"]
        assert tip.value is None or 0 <= tip.value <= 1


@pytest.mark.parametrize("repetitions", [40, 120])
def test_bounds_hold_the_truth_where_the_figure_does_not(repetitions: int) -> None:
    """Two in five of the replies that say so are lost. The long form is benchmarks/coverage_bounds.py."""
    rng, world = np.random.default_rng(7), Losses(questions=300)
    bounded = plain = 0
    for _ in range(repetitions):
        frame = lossy_pairs(world, rng)
        said = faithfulness(frame, rng, draws=20)
        figure = next(each for each in said if each.quantity == "faithfulness" and each.cue is None)
        low, high, *_ = (each for each in faithfulness_bounds(frame, said, rng, draws=20))
        assert None not in (figure.low, figure.high, low.low, high.high)
        plain += (figure.low or 0) <= world.faithfulness <= (figure.high or 0)
        bounded += (low.low or 0) <= world.faithfulness <= (high.high or 0)
    assert plain < 0.5 * repetitions, "the loss is one that matters"
    assert bounded >= 0.95 * repetitions
