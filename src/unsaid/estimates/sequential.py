"""When has a cue been asked often enough? Stopping at a wished width, and what that costs the interval.

The rule, in words: questions are asked in the order of the list, and looked at after the first
`MIN_QUESTIONS` and then after every `Rule.every` of them, in whole questions and in that order, whatever the
order in which replies came back: the same records give the same decisions. A cue is stopped at a look where

    the interval of its influence has at most the wished half-width, and
    so has the interval of its faithfulness (raw, under `mention`), if at least 20 moved pairs have a verdict;
    with fewer, only if at this pace the whole list would not give 20 either (the rate will be withheld anyway).

Why not stop at the plain 95% interval: an interval looks narrow above all where the proportion looks extreme,
so one that is stopped for being narrow is wrong more often. With Wilson's interval and no look before 40
questions that costs little and does not grow with the number of looks (stopping at a fixed width is
asymptotically harmless: Chow and Robbins 1965; Frey 2010 adjusts the level for small samples in the same
spirit). The widening is ours: both ends are moved away from the estimate by `WIDENING`, at every look and in what is
reported. It is the least of the factors tried (1, 1.03, 1.05) with which the exact coverage of stopping on one
proportion stays at or above 93% for all proportions of .03 to .97 and half-widths of 5 to 15 points, with looks
after every 20 or every 40 questions; without it, 92.3%. A confidence sequence, which would allow looking at any
time, is 1.55 times as wide even at the time it is tuned to (normal mixture, Howard et al. 2021): 2.4 times the
calls. `benchmarks/coverage_until.py` has the figures, also for two
proportions, questions that lean and epochs.

Every estimate of a cue that was looked at carries the wider interval, whether it was stopped or not: not having
been stopped is a result of looking too.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from unsaid.estimates.cells import MIN_MOVED
from unsaid.estimates.estimate import Estimate
from unsaid.statistics.bootstrap import cluster_statistics
from unsaid.statistics.intervals import FloatArray, clustered_wilson

__all__ = ["MIN_QUESTIONS", "WIDENING", "Rule", "Stop", "Tally", "corrected", "narrow_enough", "tallies"]

#: No look before so many questions: below, Wilson's interval covers unevenly and design effects are guesses.
MIN_QUESTIONS = 40

#: Both ends of an interval stand so many times further from the estimate than without looking.
WIDENING = 1.03

_BETWEEN, _MOST_LOOKS = 20, 20

#: What does not rest on cued replies, and so not on when a cue was stopped.
_UNTOUCHED = ("judge.", "accuracy.clean", "accuracy.replay", "noise.placebo")
_BOUNDS = {"proportion": (0.0, 1.0), "points": (-1.0, 1.0)}


@dataclass(frozen=True)
class Rule:
    """When to look, and what is narrow enough.

    Attributes:
        half_width: the wished half-width, as a proportion (0.1 is 10 points either way).
        questions: how many questions there are at most.
    """

    half_width: float
    questions: int

    def __post_init__(self) -> None:
        if not 0 < self.half_width < 0.5:
            raise ValueError(f"a half-width of {self.half_width} is not between 0 and 0.5")

    @property
    def every(self) -> int:
        """Questions between looks: 20, and more where that would make over 20 looks."""
        return max(_BETWEEN, math.ceil((self.questions - MIN_QUESTIONS) / _MOST_LOOKS))

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many questions; none at the end, where nothing is left to save."""
        return tuple(range(MIN_QUESTIONS, self.questions, self.every))


@dataclass(frozen=True)
class Tally:
    """What was seen of one cue, cluster by cluster: arrays of equal length."""

    eligible: FloatArray
    moved: FloatArray
    read: FloatArray
    said: FloatArray


@dataclass(frozen=True)
class Stop:
    """A cue that was stopped: when, and how narrow its intervals were.

    Attributes:
        questions: of how many it was asked.
        looks: how often it was looked at.
        influence: half-width of its influence then, as a proportion.
        faithfulness: of its faithfulness; None where too few moved pairs have a verdict.
    """

    questions: int
    looks: int
    influence: float
    faithfulness: float | None


def tallies(pairs: pl.DataFrame, questions: Collection[str]) -> dict[str, Tally]:
    """Return the tally of each cue over some questions.

    Args:
        pairs: from `pairs.pairs`.
        questions: their ids.
    """
    said = pl.when(pl.col("moved")).then(pl.col("mention"))
    sums = {
        "eligible": pl.col("eligible"),
        "moved": pl.col("moved"),
        "read": said.is_not_null(),
        "said": said,
    }
    rows = pairs.filter(pl.col("question_id").is_in(list(questions)))
    parts = rows.partition_by("cue", as_dict=True)
    return {str(key[0]): Tally(**cluster_statistics(part, sums)) for key, part in sorted(parts.items())}


def narrow_enough(tally: Tally, rule: Rule, look: int) -> Stop | None:
    """Return whether to stop asking a cue at the `look`-th look (from 1); None where it goes on."""
    asked = rule.looks[look - 1]
    influence = _half_width(tally.moved, tally.eligible)
    if influence is None or influence > rule.half_width:
        return None
    read = float(tally.read.sum())
    if read < MIN_MOVED:
        in_reach = read * rule.questions / asked >= MIN_MOVED
        return None if in_reach else Stop(asked, look, influence, None)
    faithfulness = _half_width(tally.said, tally.read)
    if faithfulness is None or faithfulness > rule.half_width:
        return None
    return Stop(asked, look, influence, faithfulness)


def _half_width(hits: FloatArray, sizes: FloatArray) -> float | None:
    total = float(sizes.sum())
    if not total:
        return None
    ends = clustered_wilson(hits, sizes)
    if ends.low is None or ends.high is None:
        return None
    low, high = _widened(float(hits.sum()) / total, ends.low, ends.high, _BOUNDS["proportion"])
    return (high - low) / 2


def _widened(value: float, low: float, high: float, bounds: tuple[float, float]) -> tuple[float, float]:
    return (
        max(value - WIDENING * (value - low), min(bounds[0], low)),
        min(value + WIDENING * (high - value), max(bounds[1], high)),
    )


def corrected(found: Sequence[Estimate], until: Mapping[str, Any] | None) -> list[Estimate]:
    """Return estimates of a run that was looked at, with the interval that looking costs, and a note that says so.

    Args:
        found: the estimates as if the number of questions had been fixed.
        until: what `run.json` says of the looks (`questions`, `looked`, `stopped`); None where there were none.
    """
    if not until or not until["looked"]:
        return list(found)
    return [each if _untouched(each) else _corrected(each, until) for each in found]


def _untouched(estimate: Estimate) -> bool:
    return estimate.value is None or estimate.quantity.startswith(_UNTOUCHED)


def _corrected(estimate: Estimate, until: Mapping[str, Any]) -> Estimate:
    note = "; ".join(filter(None, [estimate.note, _note(estimate.cue, until)]))
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return replace(estimate, note=note)
    bounds = _BOUNDS.get(estimate.unit, (-math.inf, math.inf))
    low, high = _widened(estimate.value, estimate.low, estimate.high, bounds)
    method = f"{estimate.method}, ends moved out by {WIDENING - 1:.0%} for looking"
    return replace(estimate, low=low, high=high, method=method, note=note)


def _note(cue: str | None, until: Mapping[str, Any]) -> str:
    stopped, total = until["stopped"], until["questions"]
    if cue is None:
        asked = f"{len(stopped)} cue(s) stopped early" if stopped else "no cue stopped early"
        return f"{asked}; interval corrected for looking"
    if cue not in stopped:
        return f"asked of all {total} questions; interval corrected for looking {_times(until['looked'])}"
    stop = stopped[cue]
    widths = [half for half in (stop["influence"], stop["faithfulness"]) if half is not None]
    return (
        f"asked of {stop['questions']} of {total} questions; stopped at half-width "
        f"{' and '.join(f'{100 * half:.1f}' for half in widths)} points "
        f"({'influence and faithfulness' if len(widths) == 2 else 'influence'}); "
        f"interval corrected for looking {_times(stop['looks'])}"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
