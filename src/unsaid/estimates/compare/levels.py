"""Where each arm of a training stands: its own rates, by the estimators of an audit, for one group of cues and tasks.

Of several trainings that differ in their seed alone: the mean over seeds, with the interval of `seeds.widened`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unsaid.estimates.compare.contrast import Run
from unsaid.estimates.compare.effects import Group
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.effective import biased_reasoning, effective
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs
from unsaid.statistics.bootstrap import DRAWS
from unsaid.statistics.seeds import mean_over_seeds, widened

__all__ = ["LEVELS", "levels", "mean_level"]

#: What is told of an arm, by the names of an audit's quantities; those about reasoning under "mention".
LEVELS = (
    "biased-reasoning.rate",
    "effective.mention",
    "faithfulness",
    "accuracy.clean",
    "accuracy.cued",
)


def levels(run: Run, group: Group, rng: np.random.Generator, draws: int = DRAWS) -> list[Estimate]:
    """Return a run's rates in a group, over its cues.

    Args:
        run: the run.
        group: which of its cues and tasks.
        rng: the source of the bootstrap's randomness.
        draws: bootstrap draws.
    """
    records, judge = group.of(run.records), run.reader()
    paired = pairs(records, judge)
    found = [*biased_reasoning(paired, rng, draws=draws), *accuracy(records, paired, rng, draws=draws)]
    if judge is not None:
        found += [*effective(paired, rng, draws=draws), *faithfulness(paired, rng, draws=draws)]
    chosen = [each for each in found if each.quantity in LEVELS and each.cue is None and not each.at]
    order = {name: place for place, name in enumerate(LEVELS)}
    return [
        replace(each, protocol="train-compare", at=group.at)
        for each in sorted(chosen, key=lambda each: order[each.quantity])
    ]


def mean_level(found: Sequence[Estimate], model: str, at: At) -> Estimate:
    """Return one rate over seeds, or of a single seed its own estimate.

    Args:
        found: the rate of each seed.
        model: what the arm is called.
        at: where it stands.
    """
    first = replace(found[0], model=model, at=at)
    if len(found) == 1:
        return first
    known = [each for each in found if each.value is not None]
    lost = next((each.reason for each in found if each.value is None), "")
    bare = replace(
        first,
        value=None,
        low=None,
        high=None,
        k=None,
        n=sum(each.n for each in found),
        missing=sum(each.missing for each in found),
        method="",
        note="",
        flags=(),
        reason=f"no seed has a value ({lost})",
    )
    if not known:
        return bare
    mean = mean_over_seeds([each.value for each in known])
    own = [None if each.low is None or each.high is None else (each.low, each.high) for each in known]
    least = 0.0 if first.unit == "proportion" else -1.0
    interval = widened(mean, own, (least, 1.0))
    note = f"{len(known)} of {len(found)} seeds have a value ({lost})" if len(known) < len(found) else ""
    ends: dict[str, Any] = {"low": interval.low, "high": interval.high, "method": interval.method}
    return replace(bare, value=mean.value, reason="", note=note, flags=interval.flags, **ends)
