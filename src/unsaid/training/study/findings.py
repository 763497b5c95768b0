"""What came of each expectation: seeds are the unit, and an expectation that nothing shows is not called wrong.

as expected    the interval over seeds lies on the expected side
the other way  it lies on the other side
not shown      it includes what would be no effect, or there are fewer than two seeds; and of a curve that should level
               off: its change from the first audit to the last was not shown, so that there is nothing to level off
not run yet    an arm that it needs has no audit, or the quantity has no value there
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from unsaid.statistics.seeds import MeanOverSeeds, mean_over_seeds
from unsaid.training.rl.curves import Curve, Key
from unsaid.training.study.plan import Expected, Plan

__all__ = ["VERDICTS", "Curves", "Finding", "counted", "findings"]

Verdict = Literal["as expected", "the other way", "not shown", "not run yet"]
VERDICTS: tuple[Verdict, ...] = ("as expected", "the other way", "not shown", "not run yet")
#: The curves of every arm that has an audit, by what they are of.
Curves = Mapping[str, Mapping[Key, Curve]]


@dataclass(frozen=True)
class Finding:
    """What was expected, and what came.

    Attributes:
        expected: what was expected before the run.
        value: the mean over seeds of what decides it: a change, a difference, a value or a slope; None where unknown.
        low: lower end of its t interval; None with fewer than two seeds.
        high: upper end.
        seeds: how many seeds it rests on.
        verdict: what that shows.
        note: why the verdict is not what the interval alone would give; "" where it is.
    """

    expected: Expected
    value: float | None
    low: float | None
    high: float | None
    seeds: int
    verdict: Verdict
    note: str = ""


#: Why a curve whose last slope includes 0 is not said to level off.
_NEVER_MOVED = "it was not shown to rise or fall before, so that there is nothing to level off"


def findings(plan: Plan, curves: Curves) -> tuple[Finding, ...]:
    """Return a finding for each expectation of a plan, in its order."""
    return tuple(_finding(expected, curves) for expected in plan.expected)


def _finding(expected: Expected, curves: Curves) -> Finding:
    key = Key(expected.quantity, expected.cue, expected.definition)
    curve = curves.get(expected.arm, {}).get(key)
    other = curves.get(expected.than, {}).get(key) if expected.than else None
    if curve is None or (expected.than and other is None):
        return Finding(expected, None, None, None, 0, "not run yet")
    if expected.kind == "level":
        return _levelled(expected, curve)
    found = _possible(expected, curve, mean_over_seeds(_decisive(expected, curve, other)))
    return _judged(expected, found, _shown(expected, found))


def _levelled(expected: Expected, curve: Curve) -> Finding:
    """Judge whether a curve levels off: its last slope includes 0, and its change up to there does not."""
    level = curve.level
    slope = MeanOverSeeds(level.slope, level.low, level.high, level.seeds)
    finding = _judged(expected, slope, level.level)
    change = mean_over_seeds(_changes(curve))
    moved = change.low is not None and change.high is not None and not change.low <= 0 <= change.high
    if finding.verdict == "as expected" and not moved:
        return replace(finding, verdict="not shown", note=_NEVER_MOVED)
    return finding


def _possible(expected: Expected, curve: Curve, found: MeanOverSeeds) -> MeanOverSeeds:
    """Return a mean whose interval of proportions holds none that cannot be: from 0 to 1, of differences from -1."""
    if found.low is None or found.high is None or curve.points[-1].unit != "proportion":
        return found
    least = 0.0 if expected.kind in {"under", "over"} else -1.0
    return replace(found, low=max(least, found.low), high=min(1.0, found.high))


def _changes(curve: Curve) -> list[float | None]:
    """Return, for each seed, its last value less its first."""
    return [_less(_at(values, -1), _at(values, 0)) for values in curve.seeds]


def _decisive(expected: Expected, curve: Curve, other: Curve | None) -> list[float | None]:
    """Return, for each seed, the number that decides an expectation."""
    if expected.kind in {"rises", "falls"}:
        return _changes(curve)
    last = [_at(values, -1) for values in curve.seeds]
    if other is not None:
        pairs = zip(last, (_at(values, -1) for values in other.seeds), strict=False)
        return [_less(ours, theirs) for ours, theirs in pairs]
    return last


def _at(values: Mapping[int, float | None], place: int) -> float | None:
    return values[sorted(values)[place]] if values else None


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _shown(expected: Expected, found: MeanOverSeeds) -> bool | None:
    """Return whether the interval lies on the expected side (True), on the other (False), or on neither (None)."""
    if found.low is None or found.high is None:
        return None
    border = expected.value or 0.0
    upwards = expected.kind in {"rises", "above", "over"}
    if found.low > border or found.high < border:
        return (found.low > border) == upwards
    return None


def _judged(expected: Expected, found: MeanOverSeeds, shown: bool | None) -> Finding:
    verdict: Verdict = "not shown" if shown is None else "as expected" if shown else "the other way"
    if found.value is None:
        verdict = "not run yet"
    return Finding(expected, found.value, found.low, found.high, found.seeds, verdict)


def counted(found: Sequence[Finding]) -> str:
    """Return how many findings there are of each verdict, in words."""
    counts = {verdict: sum(each.verdict == verdict for each in found) for verdict in VERDICTS}
    return ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n)
