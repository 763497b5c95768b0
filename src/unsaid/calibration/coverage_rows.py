"""What a study of coverage counts: the intervals of many audits, held against the truth. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unsaid.estimates.calibrating.cells import expected_width

__all__ = ["CoverageRow", "Key", "Run", "Truth", "as_key", "pooled", "rows_of", "within"]

#: Which estimate: protocol, quantity, cue, elicitation, subset, definition.
Key = tuple[str, str, str | None, str | None, str, str | None]
#: The intervals of one audit (`repetition`).
Run = list[list[Any]]


@dataclass(frozen=True)
class Truth:
    """A value to be held, and how exactly it is known.

    Attributes:
        value: the value.
        error: its standard error; 0 where it was computed.
    """

    value: float
    error: float


@dataclass(frozen=True)
class CoverageRow:
    """How one interval did.

    Attributes:
        key: which estimate.
        truth: what it should hold.
        repetitions: in how many it was looked at.
        intervals: in how many there was an interval; in the others it was withheld or undefined.
        held: how many of these held the truth.
        above: how many lay above the truth as a whole.
        below: how many lay below it.
        width: the mean width.
        breadth: the mean width over that of Wilson's interval at the truth and the same n; NaN where the quantity is no
            plain proportion, or its truth is 0 or 1.
    """

    key: Key
    truth: Truth
    repetitions: int
    intervals: int
    held: int
    above: int
    below: int
    width: float
    breadth: float = math.nan

    @property
    def coverage(self) -> float:
        """The share of intervals that held the truth; NaN where there was none."""
        return self.held / self.intervals if self.intervals else math.nan

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of the coverage, were it the nominal 95%."""
        return math.sqrt(0.95 * 0.05 / self.intervals) if self.intervals else math.nan


def within(row: CoverageRow, low: float = 0.93, high: float = 0.97) -> bool:
    """Return whether the coverage lies in the band, give or take two Monte-Carlo standard errors.

    Where the truth is exactly 0 or 1 an interval that may end there cannot miss: holding it always is then right.
    """
    if not row.intervals or (row.truth.value in (0.0, 1.0) and row.held == row.intervals):
        return True
    return low - 2 * row.error <= row.coverage <= high + 2 * row.error


def rows_of(runs: Sequence[Run], truths: Mapping[Key, Truth]) -> list[CoverageRow]:
    """Return the intervals of every repetition beside the truth, in order of coverage.

    An estimate that has no truth, for it is withheld even in the giant run, has no row.
    """
    seen: dict[Key, list[tuple[float, float, float] | None]] = {key: [] for key in truths}
    broad: dict[Key, list[float]] = {key: [] for key in truths}
    for run in runs:
        values = {as_key(line): line for line in run}
        for key in truths:
            line = values.get(key)
            if line is None or line[7] is None:
                seen[key].append(None)
            else:
                seen[key].append((_truth_of(line, values, truths), line[7], line[8]))
                broad[key] += _breadth(line, truths[key].value)
    rows = [
        replace(_row(key, truths[key], ends), breadth=float(np.mean(broad[key])) if broad[key] else math.nan)
        for key, ends in seen.items()
    ]
    return sorted(rows, key=lambda row: (math.isnan(row.coverage), row.coverage))


def _breadth(line: list[Any], truth: float) -> list[float]:
    """Return the width over that of Wilson's interval at the truth, where a line is of a plain proportion."""
    plain = len(line) > 11 and line[11] and line[10] and 0 < truth < 1
    return [(line[8] - line[7]) / expected_width(truth, line[10])] if plain else []


def _row(key: Key, truth: Truth, ends: list[tuple[float, float, float] | None]) -> CoverageRow:
    present = [each for each in ends if each is not None]
    # Rounding alone must not decide where an end and the truth are the same number.
    above = sum(low > true + 1e-9 for true, low, _ in present)
    below = sum(high < true - 1e-9 for true, _, high in present)
    width = sum(high - low for _, low, high in present) / len(present) if present else math.nan
    return CoverageRow(key, truth, len(ends), len(present), len(present) - above - below, above, below, width)


def _truth_of(line: list[Any], values: Mapping[Key, list[Any]], truths: Mapping[Key, Truth]) -> float:
    """Return what an interval should hold: for a mean over some cues only, the mean of their truths."""
    key = as_key(line)
    if not line[9]:
        return truths[key].value
    used = [
        truths[other].value
        for other, each in values.items()
        if other[2] is not None and other[:2] + other[3:] == key[:2] + key[3:]
        if each[6] is not None and other in truths
    ]
    return sum(used) / len(used) if used else truths[key].value


def pooled(runs: Sequence[Run], truths: Mapping[Key, Truth]) -> tuple[float, float]:
    """Return the share of all intervals that hold their truth, with its Monte-Carlo standard error.

    Truths of 0 and 1 are left out: an interval that may end there cannot miss. So are means over cues some of which
    were left out. Intervals of one audit share its replies, so that the error is taken from the spread over audits.
    """
    shares = []
    for run in runs:
        lines = [(truths[as_key(line)].value, line) for line in run if as_key(line) in truths]
        held = [
            line[7] - 1e-9 <= true <= line[8] + 1e-9
            for true, line in lines
            if line[7] is not None and not line[9] and 0 < true < 1
        ]
        shares += [sum(held) / len(held)] if held else []
    if len(shares) < 2:
        return math.nan, math.nan
    return float(np.mean(shares)), float(np.std(shares, ddof=1) / math.sqrt(len(shares)))


def as_key(line: Sequence[Any]) -> Key:
    """Return the key that a kept line begins with."""
    protocol_, quantity, cue, elicitation, subset, definition = line[:6]
    return protocol_, quantity, cue, elicitation, subset, definition
