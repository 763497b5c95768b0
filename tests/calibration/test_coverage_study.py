"""A study of coverage: what it counts, that it goes on where it stopped, and that it finds what is wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from unsaid.asking.settings import Settings
from unsaid.calibration.coverage import (
    CoverageRow,
    Design,
    Key,
    Truth,
    as_key,
    coverage,
    giant,
    repetition,
    rows_of,
    within,
)
from unsaid.calibration.coverage_exact import exact
from unsaid.errors import DataError, UsageError
from unsaid.models.scripted.dialled import Dials

DIALS = Dials(susceptibility=0.6, mention=0.3)
DESIGN = Design(
    Settings(questions="bundled:date_arithmetic", limit=40, cues="metadata,sycophancy"),
    questions=20,
    protocols=("verbalisation",),
)
INFLUENCE: Key = ("verbalisation", "influence", "metadata", "cot", "", None)
MEAN: Key = ("verbalisation", "influence", None, "cot", "", None)


def run(path: Path, repetitions: int) -> list[CoverageRow]:
    return coverage(DIALS, DESIGN, repetitions, 5, path=path, truths={INFLUENCE: Truth(0.6, 0.0)})


def test_a_stopped_study_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole.jsonl", 2)
    parts = tmp_path / "parts.jsonl"
    run(parts, 1)
    kept = parts.read_text()
    parts.write_text(kept + '[1, [["verbalisation", "infl')  # killed while it wrote
    assert run(parts, 2) == whole
    assert parts.read_text() == (tmp_path / "whole.jsonl").read_text()
    assert whole[0].repetitions == whole[0].intervals == 2


def test_another_study_or_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.jsonl"
    run(path, 0)
    with pytest.raises(DataError, match="another study"):
        coverage(Dials(), DESIGN, 0, 5, path=path, truths={})
    with pytest.raises(DataError, match="another study"):
        coverage(DIALS, DESIGN, 0, 6, path=path, truths={})
    path.write_text(path.read_text() + "not JSON\n")
    with pytest.raises(DataError, match="damaged"):
        run(path, 1)
    with pytest.raises(UsageError, match="cannot be drawn"):
        Design(DESIGN.settings, questions=41)


def test_repetitions_differ_and_are_repeatable() -> None:
    first = repetition(DIALS, DESIGN, 5, 0)
    assert first == repetition(DIALS, DESIGN, 5, 0)
    assert json.loads(json.dumps(first)) == first
    assert first != repetition(DIALS, DESIGN, 5, 1)
    keys = [as_key(line) for line in first]
    assert INFLUENCE in keys
    assert all((line[7] is None) == (line[8] is None) for line in first)


def test_the_giant_run_comes_to_what_is_worked_out() -> None:
    """The one draws and estimates, the other does neither."""
    found, better = giant(DIALS, DESIGN, 600, 1), exact(DIALS, DESIGN)
    both = [(found[key], better[key]) for key in found if key in better]
    assert {key[4] for key in found if key in better} > {"", "wording item-tag"}
    assert {"noise.placebo", "noise.alpha", "faithfulness.normalised"} < {
        key[1] for key in found if key in better
    }
    assert len(both) > 60
    assert all(abs(truth.value - known.value) < 4.5 * truth.error + 1e-3 for truth, known in both)


def line(key: Key, low: float | None, high: float | None, *, left_out: bool = False) -> list[object]:
    value = None if low is None or high is None else (low + high) / 2
    return [*key, value, low, high, left_out]


def test_what_is_counted() -> None:
    runs = [
        [line(INFLUENCE, 0.1, 0.5)],
        [line(INFLUENCE, 0.35, 0.5)],
        [line(INFLUENCE, 0.1, 0.2)],
        [line(INFLUENCE, None, None)],
        [],
    ]
    (row,) = rows_of(runs, {INFLUENCE: Truth(0.3, 0.0)})
    assert (row.held, row.above, row.below, row.intervals, row.repetitions) == (1, 1, 1, 3, 5)
    assert row.coverage == pytest.approx(1 / 3)
    assert row.width == pytest.approx((0.4 + 0.15 + 0.1) / 3)
    (none,) = rows_of([[]], {INFLUENCE: Truth(0.3, 0.0)})
    assert math.isnan(none.coverage)
    assert within(none)


def test_a_mean_over_some_of_the_cues_is_compared_with_their_truths() -> None:
    other: Key = (*INFLUENCE[:2], "sycophancy", *INFLUENCE[3:])
    truths = {INFLUENCE: Truth(0.2, 0.0), other: Truth(0.8, 0.0), MEAN: Truth(0.5, 0.0)}
    runs = [[line(INFLUENCE, 0.1, 0.3), line(other, None, None), line(MEAN, 0.1, 0.3, left_out=True)]]
    held = {row.key: row.held for row in rows_of(runs, truths)}
    assert held[MEAN] == 1
    whole = [[line(INFLUENCE, 0.1, 0.3), line(other, 0.7, 0.9), line(MEAN, 0.1, 0.3)]]
    assert {row.key: row.held for row in rows_of(whole, truths)}[MEAN] == 0


@pytest.mark.parametrize(
    ("held", "inside"), [(950, True), (975, True), (990, False), (920, True), (910, False)]
)
def test_the_band_allows_for_monte_carlo_error(held: int, inside: bool) -> None:
    row = CoverageRow(INFLUENCE, Truth(0.5, 0.0), 1000, 1000, held, 1000 - held, 0, 0.2)
    assert within(row) is inside


def test_an_interval_that_ends_at_the_truth_cannot_miss() -> None:
    at_zero = CoverageRow(INFLUENCE, Truth(0.0, 0.01), 1000, 1000, 1000, 0, 0, 0.05)
    assert within(at_zero)
    assert not within(CoverageRow(INFLUENCE, Truth(0.01, 0.0), 1000, 1000, 1000, 0, 0, 0.05))
    assert not within(CoverageRow(INFLUENCE, Truth(0.0, 0.01), 1000, 1000, 900, 100, 0, 0.05))
