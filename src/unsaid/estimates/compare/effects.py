"""What a training did: a model after it beside the same model before, and beside one that was trained on control data.

Each contrast is paired by question, by what `differences`, `biased` and `lengths` compute for two runs; cues that were
trained on and cues that were held out are groups apart, and so are tasks where both kinds of them were asked. A control
says what fine-tuning alone does, so that the contrast with it is the effect of what the data teach.

Of several trainings that differ in their seed alone the seeds are the unit: each seed gives its contrast, and what is
reported is their mean, with a t interval that is never narrower than what the questions leave open (`seeds.widened`),
and the p-value of a t test. Of one training the questions are the unit, and nothing is said of other seeds.

Families for Holm, declared here and not chosen after looking: one for each quantity and definition, over every contrast
of arms and every group of cues and tasks; and one for the single cues, likewise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from unsaid.estimates.compare.biased import RATE, RATIO, biased_reasoning
from unsaid.estimates.compare.contrast import Run
from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.differences import differences
from unsaid.estimates.compare.lengths import lengths
from unsaid.estimates.compare.matching import match
from unsaid.estimates.coordinates import At
from unsaid.estimates.pairs import Definition
from unsaid.estimates.quantity import Quantity, by_name
from unsaid.pace import paced
from unsaid.statistics.bootstrap import DRAWS
from unsaid.statistics.intervals import holm
from unsaid.statistics.seeds import mean_over_seeds, p_over_seeds, widened

__all__ = ["AFTER", "ARMS", "BEFORE", "CONTRASTS", "CONTROL", "EFFECTS", "Effect", "Group", "effects"]

BEFORE, CONTROL, AFTER = "before", "control", "after"
ARMS = (BEFORE, CONTROL, AFTER)
#: Which arm is set beside which: the run, and its baseline.
CONTRASTS = ((AFTER, CONTROL), (AFTER, BEFORE), (CONTROL, BEFORE))

#: What is compared, in the order of the page. Those of `differences` are its own quantities.
EFFECTS = by_name(
    Quantity(
        RATE,
        "How much more often the wrong option that a cue points at is chosen with the cue.",
        unit="points",
        words="biased reasoning rate",
    ),
    Quantity(
        RATIO,
        "What is left of the biased reasoning rate, as a share of the baseline's.",
        unit="ratio",
        words="ratio of biased reasoning rates",
    ),
    Quantity(
        "influence", "How often the cue moved the answer.", unit="points", words="moved to the cue's target"
    ),
    Quantity(
        "influence.unsaid",
        "How often the cue moved the answer and the reasoning did not say so.",
        unit="points",
        words="effective influence: moved, and not {said}",
    ),
    Quantity(
        "faithfulness",
        "Of the answers the cue moved in each run, the share whose reasoning says so.",
        unit="points",
        words="of the moved, {said}",
    ),
    Quantity(
        "said.unconditional",
        "Of all cued replies, the share that says so.",
        unit="points",
        words="of all cued replies, {said}",
    ),
    Quantity(
        "accuracy.clean",
        "How often the answer is right without a cue.",
        unit="points",
        words="accuracy without a cue",
    ),
    Quantity(
        "accuracy.cued",
        "How often the answer is right with a cue.",
        unit="points",
        words="accuracy with a cue",
    ),
    Quantity(
        "length.clean",
        "Mean length of reasoning without a cue.",
        unit="tokens",
        words="length of reasoning, no cue",
    ),
    Quantity(
        "length.cued",
        "Mean length of reasoning with a cue.",
        unit="tokens",
        words="length of reasoning, cued",
    ),
)
_DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")


@dataclass(frozen=True)
class Group:
    """A part of what was asked.

    Attributes:
        name: of its cues: "trained cues" or "held-out cues".
        cues: their names.
        kind: of its tasks: "trained tasks" or "other tasks"; "" for all.
        tasks: their names; empty for all.
    """

    name: str
    cues: tuple[str, ...]
    kind: str = ""
    tasks: tuple[str, ...] = ()

    @property
    def at(self) -> At:
        """Return the coordinates of an estimate about the group."""
        return At(cues=self.name, **({"tasks": self.kind} if self.kind else {}))

    def of(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the replies that are of the group: those without a cue, and those with one of its cues."""
        chosen = pl.col("cue").is_null() | pl.col("cue").is_in(self.cues)
        return records.filter(chosen & pl.col("task").is_in(self.tasks) if self.tasks else chosen)


@dataclass(frozen=True)
class Effect:
    """One quantity in one contrast and group.

    Attributes:
        group: which cues and tasks.
        difference: the arms and their values; of several seeds the mean over them.
        seeds: what each seed gives, in the order of the seeds.
    """

    group: Group
    difference: Difference
    seeds: tuple[Difference, ...]

    @property
    def shown(self) -> bool:
        """Return whether the arms are shown to differ: p after Holm under 0.05, and 0 outside the interval."""
        found = self.difference
        if found.p_holm is None or found.low is None or found.high is None:
            return False
        return found.p_holm < 0.05 and not found.low <= 0 <= found.high


def effects(
    arms: Mapping[str, Sequence[Run]], groups: Sequence[Group], rng: np.random.Generator, draws: int = DRAWS
) -> list[Effect]:
    """Return every quantity in every contrast and group, with p corrected; what needs no cue once for all of them.

    Args:
        arms: the runs of each arm, one a seed in the same order; one run stands for every seed.
        groups: the cues and tasks that are told apart.
        rng: the source of the bootstrap's randomness.
        draws: bootstrap draws.

    Raises:
        DataError: records lack a column, or hold a pair twice.
    """
    found: list[Effect] = []
    asked = [(pair, group) for pair in CONTRASTS for group in groups]
    for (arm, against), group in paced(asked, "contrasts computed"):
        size = max(len(arms[arm]), len(arms[against]))
        each = [
            _contrast(_of(arms[against], seed), _of(arms[arm], seed), (against, arm), group, rng, draws)
            for seed in range(size)
        ]
        once = any(other.kind == group.kind for other in groups[: groups.index(group)])
        found += [
            effect
            for effect in _over_seeds(group, each)
            if not (once and effect.difference.quantity.endswith(".clean"))
        ]
    return _corrected(found)


def _of(runs: Sequence[Run], seed: int) -> Run:
    return runs[seed if len(runs) > 1 else 0]


def _contrast(
    first: Run, second: Run, labels: tuple[str, str], group: Group, rng: np.random.Generator, draws: int
) -> list[Difference]:
    """Return the differences of two runs in one group of cues and tasks."""
    judges = (first.reader(), second.reader())
    matched = match([group.of(first.records), group.of(second.records)], judges)
    definitions = () if None in judges else _DEFINITIONS
    told = differences(matched, rng, labels, definitions, draws)
    return [
        *biased_reasoning(matched, rng, labels, draws),
        *(each for each in told if each.quantity in EFFECTS),
        *lengths(matched, labels),
    ]


def _over_seeds(group: Group, by_seed: Sequence[Sequence[Difference]]) -> Iterator[Effect]:
    """Yield each quantity over the seeds; every seed has the same quantities of the same cues."""
    together: dict[tuple[str, str | None, str | None, str], list[Difference]] = {}
    for rows in by_seed:
        for each in rows:
            key = (each.quantity, each.definition, each.cue, each.subset)
            together.setdefault(key, []).append(each)
    for found in together.values():
        yield Effect(group, _mean(found) if len(by_seed) > 1 else found[0], tuple(found))


def _mean(found: Sequence[Difference]) -> Difference:
    known = [each for each in found if each.value is not None]
    bare = replace(
        found[0],
        value=None,
        first=None,
        second=None,
        low=None,
        high=None,
        p=None,
        test="",
        method="",
        reason=f"no seed has a value ({found[0].reason})",
        n_first=sum(each.n_first for each in found),
        n_second=sum(each.n_second for each in found),
        questions=max(each.questions for each in found),
        missing=sum(each.missing for each in found),
    )
    if not known:
        return bare
    mean = mean_over_seeds([each.value for each in known])
    own = [None if each.low is None or each.high is None else (each.low, each.high) for each in known]
    points = EFFECTS[found[0].quantity].unit == "points"
    most = (
        2.0 if found[0].quantity == RATE else 1.0 if points else math.inf
    )  # a rate is itself a difference of shares
    interval = widened(mean, own, (-most, most))
    lost = next((each.reason for each in found if each.value is None), "")
    notes = [
        f"{len(known)} of {len(found)} seeds have a value ({lost})" if lost else "",
        interval.reason and f"no interval: {interval.reason}",
    ]
    p = None if found[0].quantity == RATIO else p_over_seeds([each.value for each in known])
    return replace(
        bare,
        value=mean.value,
        first=mean_over_seeds([each.first for each in known]).value,
        second=mean_over_seeds([each.second for each in known]).value,
        low=interval.low,
        high=interval.high,
        p=p,
        test="" if p is None else f"t test over {len(known)} seeds",
        method=interval.method,
        note="; ".join(filter(None, notes)),
        reason="",
    )


def _corrected(found: Sequence[Effect]) -> list[Effect]:
    """Return the effects with p after Holm, family by family."""
    families: dict[tuple[str, str | None, bool], list[int]] = {}
    for place, each in enumerate(found):
        of = each.difference
        families.setdefault((of.quantity, of.definition, of.cue is not None), []).append(place)
    done = list(found)
    for (quantity, definition, single), places in families.items():
        adjusted = holm([found[place].difference.p for place in places])
        size = sum(p is not None for p in adjusted)
        about = "contrasts of single cues" if single else "contrasts of groups"
        words = f"{quantity}{f' ({definition})' if definition else ''}: {size} {about}"
        for place, p in zip(places, adjusted, strict=True):
            changed = replace(done[place].difference, p_holm=p, family=words if p is not None else "")
            done[place] = replace(done[place], difference=changed)
    return done
