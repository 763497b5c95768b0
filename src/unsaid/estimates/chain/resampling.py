"""How much does each step of a reasoning matter? Continuations from before the step and after it (Bogdan et al. 2025).

For replies to the clean prompt, and for cued replies that the cue moved:

    .target, .answer, .correct          P(a continuation answers with the target, the reply's own answer, the right
                                        one), along the share of the steps that is kept
    .importance                         P(own answer) after a step less P before it ("resampling importance")
    .importance-target, -correct        the same of the target and of the right answer
    .divergence                         KL(answers after || answers before), in nats
    .counterfactual, .counterfactual-divergence
                                        the same against the continuations from before whose first new step differs in
                                        meaning from the removed one ("counterfactual importance")
    .significant                        share of the steps whose two sets of answers differ: exact permutation test,
                                        Benjamini and Hochberg over the steps of all replies, at a false discovery
                                        rate of 5%
    .peak                               share of the replies whose most important step stands in this quarter

Those of steps are told of all steps, and by the quarter of the text in which the middle of the step lies (`position`).
The denominator of shares of answers are continuations that were seen to their end; no answer is a bin of its own. A
step with fewer than `least` of them on either side counts as missing; so does a counterfactual with fewer than
`different` that differ. The importances of a reply's steps add up to P after its last step less P before its first.

Intervals are clustered by question. Chances: `mean_chance`. Differences of chances: `bounded_mean` of what lies above 0
and of what lies below, by MOVER. Divergences: Wilson's at the effective size, over the largest that their counts allow.
Which steps are significant is decided at the threshold that the correction finds; the interval of their share takes
that threshold as given. The divergence of finite sets of continuations is above 0 where nothing differs; that bias is
the same for all steps of one design, and is no part of the interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cells import MIN_MOVED, too_few
from unsaid.estimates.chain.answer_chances import mean_chance
from unsaid.estimates.chain.curve_points import RE_PRESENTED
from unsaid.estimates.chain.resampling_quantities import ALONG, PROTOCOL, STEPS
from unsaid.estimates.chain.rollouts import Design, Step, Walk, divergence, share, walks
from unsaid.estimates.chain.step_intervals import BY_UNIT, OfMean, most_apart, of_divergences, of_shares
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import present
from unsaid.statistics.permutation import benjamini_hochberg, permutation_test

__all__ = ["DISCOVERY", "PLACES", "QUARTERS", "concluded", "corrected", "families", "peak", "resampling"]

#: Where along the reasoning the chances are told, and the middles of the quarters in which steps lie.
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
QUARTERS = (0.125, 0.375, 0.625, 0.875)
#: Where cued replies are continued under the clean prompt.
UNCUED = "under the clean prompt"
#: The false discovery rate at which a step is called significant.
DISCOVERY = 0.05

#: The column that holds the letter whose chance is meant.
_LETTER = {"target": "target", "answer": "answer", "correct": "correct"}


@dataclass(frozen=True)
class _Group:
    """The replies of one model, elicitation, way of asking and arm, and of one cue or of all.

    Attributes:
        walks: the replies.
        about: what their estimates are about.
        at: the coordinates that all of these have.
        design: the settings.
        adjusted: the corrected p-value of each step of the family that has one.
    """

    walks: Sequence[Walk]
    about: dict[str, Any]
    at: At
    design: Design
    adjusted: Mapping[Step, float]

    @property
    def steps(self) -> list[Step]:
        """The steps of all replies."""
        return [step for walk in self.walks for step in walk.steps]


def resampling(records: pl.DataFrame, design: Design) -> list[Estimate]:
    """Return every quantity of this module.

    Args:
        records: the tidy table.
        design: the settings.
    """
    return concluded(walks(records, design), design)


def concluded(known: Sequence[Walk], design: Design) -> list[Estimate]:
    """Return the same of replies whose continuations are counted already.

    Args:
        known: the replies.
        design: the settings.
    """
    found: list[Estimate] = []
    for group in _groups(known, design):
        found += _chances(group)
        for name in STEPS:
            found += _of_steps(group, name)
        found += _peaks(group)
    return found


def corrected(known: Sequence[Walk], least: int) -> dict[Step, float]:
    """Return the p-value of each step that was seen, corrected over all of these replies.

    Args:
        known: the replies: those of one model, elicitation and way of asking are one family.
        least: how many continuations must have been seen on either side.
    """
    steps = [step for walk in known for step in walk.steps if step.seen(least)]
    values = [permutation_test(step.before.counts, step.after.counts) for step in steps]
    return dict(zip(steps, benjamini_hochberg(values), strict=True))


def peak(walk: Walk, least: int) -> Step | None:
    """Return the step that raises the chance of the reply's answer most, the first of those alike; None if none does.

    Args:
        walk: the reply.
        least: how many continuations must have been seen on either side of a step.
    """
    rises = [(step.importance(walk.row["answer"]), step) for step in walk.steps if step.seen(least)]
    most = max((rise for rise, _ in rises), default=0.0)
    return next((step for rise, step in rises if rise == most), None) if most > 0 else None


def families(known: Sequence[Walk]) -> list[list[Walk]]:
    """Return the replies of each model, elicitation and way of asking, whose steps are corrected together."""
    names = sorted({_names(walk)[:3] for walk in known})
    return [[walk for walk in known if _names(walk)[:3] == name] for name in names]


def _groups(known: Sequence[Walk], design: Design) -> Iterator[_Group]:
    for family in families(known):
        model, style, conditioning, _ = _names(family[0])
        common = (design, corrected(family, design.least))
        about = {"protocol": PROTOCOL, "model": model, "elicitation": style}
        for arm in ("clean", "cued"):
            own = [walk for walk in family if walk.row["arm"] == arm]
            at = At(conditioning=RE_PRESENTED) if conditioning == "template" else At()
            at |= At(arm=arm) if arm == "clean" else At()
            at |= At(prompt=UNCUED) if any(walk.uncued for walk in own) else At()
            cues = sorted({walk.row["cue"] for walk in own}) if arm == "cued" else []
            if own:
                yield _Group(own, about, at, *common)
            for cue in cues if len(cues) > 1 else ():
                some = [walk for walk in own if walk.row["cue"] == cue]
                yield _Group(some, about | {"cue": cue}, at, *common)


def _names(walk: Walk) -> tuple[str, str, str, str]:
    return walk.row["model"], walk.row["elicitation"], walk.conditioning, walk.row["arm"]


def _about(group: _Group, name: str, unit: str = "proportion", **more: float) -> dict[str, Any]:
    """Return what an estimate is about."""
    return group.about | {
        "quantity": f"{PROTOCOL}.{name}",
        "unit": unit,
        "at": group.at.also(**more),
    }


def _chances(group: _Group) -> Iterator[Estimate]:
    least = group.design.least
    for place in PLACES:
        for name in ALONG:
            asked = [(walk, walk.at(place).counts, walk.row[_LETTER[name]]) for walk in group.walks]
            seen = [
                (walk.row, share(counts, letter))
                for walk, counts, letter in asked
                if letter is not None and sum(counts) >= least
            ]
            about = _about(group, name, kept=place)
            yield _told(seen, len(asked), about, mean_chance)


def _of_steps(group: _Group, name: str) -> Iterator[Estimate]:
    """Yield one quantity of the steps: of all of them, and of those of each quarter."""
    steps = group.steps
    if name.startswith("counterfactual") and all(step.before.differing is None for step in steps):
        return
    unit = STEPS[name][2]
    values = [(step, _value(group, step, name)) for step in steps]
    places = [quarter for quarter in (None, *QUARTERS) if quarter is None or _in(steps, quarter)]
    for quarter in places:
        own = [(step.row, value) for step, value in values if quarter in (None, _quarter(step.middle))]
        seen = [(row, value) for row, value in own if value is not None]
        about = _about(group, name, unit, **({} if quarter is None else {"position": quarter}))
        interval = BY_UNIT.get(unit)
        yield _told(
            seen,
            len(own),
            about,
            interval
            or partial(
                of_divergences,
                most=most_apart(
                    [place.counts for step in steps for place in (step.before, step.after)],
                    group.design.alpha,
                ),
            ),
        )


def _in(steps: Sequence[Step], quarter: float) -> bool:
    return any(_quarter(step.middle) == quarter for step in steps)


def _value(group: _Group, step: Step, name: str) -> float | None:
    """Return one value of a step; None where it was not seen."""
    design, row = group.design, step.row
    if not step.seen(design.least):
        return None
    if name == "significant":
        return float(group.adjusted[step] <= DISCOVERY)
    if name == "divergence":
        return divergence(step.after.counts, step.before.counts, design.alpha)
    if name == "counterfactual":
        return step.counterfactual(row["answer"], design.different)
    if name == "counterfactual-divergence":
        others = step.before.differing
        few = others is None or sum(others) < design.different
        return None if others is None or few else divergence(step.after.counts, others, design.alpha)
    letter = row[_LETTER[name.removeprefix("importance").lstrip("-") or "answer"]]
    return None if letter is None else step.importance(letter)


def _peaks(group: _Group) -> Iterator[Estimate]:
    """Yield in which quarter the most important step of each reply stands; where none raises the answer, in none."""
    least = group.design.least
    whole = [walk for walk in group.walks if all(step.seen(least) for step in walk.steps)]
    found = [(walk.row, peak(walk, least)) for walk in whole]
    for quarter in QUARTERS:
        seen = [(row, float(step is not None and _quarter(step.middle) == quarter)) for row, step in found]
        yield _told(seen, len(group.walks), _about(group, "peak", position=quarter), of_shares)


def _quarter(middle: float) -> float:
    return QUARTERS[min(int(middle * len(QUARTERS) + 1e-9), len(QUARTERS) - 1)]


def _told(
    seen: Sequence[tuple[Mapping[str, Any], float]],
    asked: int,
    about: dict[str, Any],
    interval: OfMean,
) -> Estimate:
    """Return the mean of the values that were seen, of so many that were asked."""
    own = about | {
        "n": len(seen),
        "missing": asked - len(seen),
        "questions": len({row["question_id"] for row, _ in seen}),
    }
    clusters = [row["cluster"] for row, _ in seen]
    if len(seen) < MIN_MOVED or len(set(clusters)) < 2:
        reason = too_few(len(seen)) or "one question alone gives no interval"
        return Estimate(value=None, reason=reason, flags=("withheld",), **own)
    values = [value for _, value in seen]
    if own["unit"] == "proportion" and set(values) <= {0.0, 1.0} and interval is not mean_chance:
        own["k"] = int(sum(values))
    return present(float(np.mean(values)), interval(values, clusters), own)
