"""Whose miss a cell is, and what fails the build."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from unsaid.estimates.calibration import (
    ALL,
    MUST,
    Calibration,
    Cell,
    Contrast,
    Covered,
    Reader,
)
from unsaid.estimates.estimate import Estimate


def number(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    reason = "" if value is not None else "too few (n=7)"
    return Estimate(
        "verbalisation", "faithfulness", "m", value, low, high, n=80, cue="metadata", reason=reason
    )


HELD = Cell("silent", 0.1, number(0.12, 0.06, 0.2), 0.12)
EMPTY = Calibration("lexical", {"silent": "follows"}, 100)


def contrast(value: float | None, low: float | None, must: MUST = "separate") -> Contrast:
    high = None if low is None else 1.0
    return Contrast(
        "silent", "candid", "habit", "mention", must, number(value, low, high), 10, number(0.88, 0.8, 0.9)
    )


@pytest.mark.parametrize(
    ("planted", "exact", "measured", "status"),
    [
        (0.1, 0.12, number(0.12, 0.06, 0.2), "holds"),
        (0.1, None, number(0.12, 0.06, 0.2), "holds"),
        (0.9, 0.7, number(0.7, 0.6, 0.8), "model"),
        (0.9, 0.7, number(0.1, 0.0, 0.2), "instrument"),
        (0.1, 0.7, number(0.1, 0.0, 0.2), "instrument"),  # right by luck is not right
        (0.9, None, number(0.1, 0.0, 0.2), "instrument"),
        (0.1, 0.1, number(None), "withheld"),
    ],
)
def test_a_miss_is_told_whose_it_is(
    planted: float, exact: float | None, measured: Estimate, status: str
) -> None:
    assert Cell("silent", planted, measured, exact).status == status


@pytest.mark.parametrize(
    ("held", "of", "holds"),
    [(180, 200, True), (179, 200, False), (150, 150, True), (149, 149, None), (0, 149, None)],
)
def test_nine_cells_in_ten_must_hold(held: int, of: int, holds: bool | None) -> None:
    missed = Cell("silent", 0.9, number(0.12, 0.06, 0.2), 0.12)
    withheld = Cell("silent", 0.9, number(None))
    found = replace(EMPTY, cells=(HELD,) * held + (missed,) * (of - held) + (withheld,) * 30)
    assert found.checks[0].holds is holds
    assert found.holds is (holds is True)
    assert f"{of} cells" in found.checks[0].sentence


@pytest.mark.parametrize(
    ("value", "low", "must", "holds"),
    [
        (0.97, 0.8, "separate", True),
        (0.94, 0.8, "separate", False),
        (None, None, "separate", None),
        (0.2, 0.05, "not exceed", True),
        (0.6, 0.45, "not exceed", True),  # above one half, and not beyond chance
        (0.9, 0.8, "not exceed", False),
    ],
)
def test_contrasts_must_separate_or_must_not(
    value: float | None, low: float | None, must: MUST, holds: bool | None
) -> None:
    found = replace(EMPTY, cells=(HELD,) * 150, contrasts=(contrast(value, low, must),))
    assert found.checks[1].holds is holds
    assert found.holds is (holds is not False)


@pytest.mark.parametrize(
    ("coverage", "repetitions", "holds"),
    [(0.95, 1000, True), (0.90, 1000, False), (0.999, 1000, False), (0.92, 1000, True), (0.90, 20, None)],
)
def test_coverage_must_lie_in_the_band_as_far_as_repetitions_tell(
    coverage: float, repetitions: int, holds: bool | None
) -> None:
    row = Covered("verbalisation", "influence", "metadata", "", None, 0.5, coverage, repetitions)
    assert replace(EMPTY, covered=(row,)).checks[1].holds is holds


def test_a_judge_that_reads_chains_like_a_coin_fails() -> None:
    half = number(0.5, 0.45, 0.55)
    reader = Reader(ALL, "mention", half, half, half, half, half)
    found = replace(
        EMPTY, cells=(HELD,) * 150, readers=(reader, replace(reader, part="1 to 9"), replace(reader, who="x"))
    )
    assert [check.holds for check in found.checks] == [True, False]


def test_what_could_not_be_seen_is_no_pass() -> None:
    assert not EMPTY.holds
    assert [check.holds for check in EMPTY.checks] == [None]


def test_plain_data_holds_what_is_derived() -> None:
    row = Covered("verbalisation", "influence", None, "", None, 0.5, 0.95, 1000)
    found = replace(EMPTY, cells=(HELD,) * 150, contrasts=(contrast(0.97, 0.8),), covered=(row,))
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["schema_version"] == 1
    assert plain["holds"] is True
    assert plain["cells"][0]["status"] == "holds"
    assert plain["cells"][0]["planted"] == 0.1
    assert plain["contrasts"][0]["holds"] is plain["covered"][0]["holds"] is True
