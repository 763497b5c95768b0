"""The difference of two shares of the same pairs holds the truth near 0 and 1, where few pairs tell them apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from unsaid.estimates.cells import Cell, Cells
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.paired import Paired, paired
from unsaid.statistics.adjusted import paired_difference

_SPEC = Paired("difference", ("first", "second"), "size", ("missing",), "nothing")


def coverage(n: int, p: float, r: float) -> float:
    """The exact share of samples of n pairs whose interval holds p - r; the two are independent."""
    up, down = p * (1 - r), (1 - p) * r
    held = 0.0
    for more in range(n + 1):
        for less in range(min(n - more, 12) + 1):
            differences = np.array([1.0] * more + [-1.0] * less + [0.0] * (n - more - less))
            found = paired_difference(differences, np.ones(n))
            assert found.low is not None
            assert found.high is not None
            if max(found.low, -1.0) <= p - r <= min(found.high, 1.0):
                held += stats.multinomial.pmf([more, less, n - more - less], n, [up, down, 1 - up - down])
    return held


@pytest.mark.parametrize("n", [20, 30])
@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.9, 0.98])
def test_the_interval_covers_at_every_rate(n: int, p: float) -> None:
    """Never under 93%. It covers more than 97% where a handful of pairs decide, as every interval of so few must."""
    assert coverage(n, p, 0.02) >= 0.93


def table(first: list[float], second: list[float]) -> Cells:
    columns = {"first": first, "second": second, "size": [1.0] * len(first), "missing": [0.0] * len(first)}
    rows = pl.DataFrame({"_question": list(range(len(first)))} | columns)
    sums = np.column_stack(list(columns.values()))[:, None, :]
    return Cells("m", "cot", (Cell("c", At(), rows),), sums, tuple(columns), ("first", "second", "size"))


def test_all_moved_and_none_by_chance_has_a_width_within_one() -> None:
    cells = table([1.0] * 30, [0.0] * 30)
    drawn = cells.draw(np.random.default_rng(0), 50, joint=True)
    one, mean = paired(cells, _SPEC, drawn, True, {"protocol": "test"})
    assert (one.value, one.high) == (1.0, 1.0)
    assert one.low is not None
    assert 0.8 < one.low < 0.95
    assert (mean.low, mean.high) == (one.low, one.high)
    assert one.method == "adjusted wald, paired"


def test_a_conditional_difference_of_few_pairs_is_withheld() -> None:
    spec = Paired("difference", ("first", "second"), "size", ("missing",), "nothing", conditional=True)
    cells = table([1.0] * 19, [0.0] * 19)
    drawn = cells.draw(np.random.default_rng(0), 50, joint=True)
    (one,) = paired(cells, spec, drawn, False, {"protocol": "test"})
    assert (one.value, one.reason, one.flags) == (None, "too few (n=19)", ("withheld",))
