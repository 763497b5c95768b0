"""What the audits between the steps say, step by step: a band over seeds, whether it has levelled off, its best.

Chen et al. 2025 plot faithfulness against steps of outcome-based RL: it rises at first, and then levels off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from unsaid.errors import DataError, UsageError
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report.files.results import read_results
from unsaid.statistics.seeds import Plateau, mean_over_seeds, plateau
from unsaid.store.run_folder import RunFolder
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.measured import QUANTITIES

__all__ = ["LAST", "TRACED", "Curve", "Key", "curves"]

#: What is traced, by the names of the audit's quantities.
TRACED = (
    "influence",
    "influence.replay-corrected",
    "faithfulness",
    "faithfulness.normalised",
    "effective.mention",
    "effective.reliance",
    "said.on-target",
    "accuracy.clean",
    "accuracy.cued",
    "early-answering.area",
    *QUANTITIES,
)
#: step -> number of the training -> its estimate.
_Seen = dict[int, dict[int, Estimate]]
#: How many points at the end a plateau is looked for in.
LAST = 4


@dataclass(frozen=True, order=True)
class Key:
    """What a curve is of; "" where a quantity is about no cue, or about no definition."""

    quantity: str
    cue: str
    definition: str


@dataclass(frozen=True)
class Curve:
    """A quantity along the steps of trainings that differ in their seed alone.

    Attributes:
        key: what it is of.
        points: at each step the mean over seeds, with its t interval; of a single seed the audit's own estimate.
        level: whether it has levelled off (`statistics.seeds.plateau`).
        best: the step at which the mean is highest; None where no step has one.
        seeds: for each training its values by step; None where it has none there.
    """

    key: Key
    points: tuple[Estimate, ...]
    level: Plateau
    best: int | None
    seeds: tuple[Mapping[int, float | None], ...] = ()


def curves(folders: Sequence[TrainingFolder], last: int = LAST, besides: Sequence[str] = ()) -> list[Curve]:
    """Return the curves of trainings, for the steps at which all of them were audited.

    Args:
        folders: trainings with the same request but the seed.
        last: how many points at the end a plateau is looked for in.
        besides: what else of their requests may differ: the model, where each begins with one that was made with its
            seed.

    Raises:
        UsageError: there is none, or they differ in more than the seed.
        DataError: a training has no audit yet, or one cannot be read.
    """
    _alike(folders, {"seed", *besides})
    steps = sorted(set.intersection(*(set(folder.steps()) for folder in folders)))
    if not steps:
        raise DataError(f"{folders[0].path}: no step is audited in every training yet")
    found: dict[Key, _Seen] = {}
    for seed, folder in enumerate(folders):
        for step in steps:
            for key, estimate in _traced(folder, step):
                found.setdefault(key, {}).setdefault(step, {})[seed] = estimate
    return [_curve(key, of, len(folders), last) for key, of in found.items()]


def _alike(folders: Sequence[TrainingFolder], besides: Collection[str]) -> None:
    if not folders:
        raise UsageError("no training was named")
    first, *others = [(folder, vars(folder.asked())) for folder in folders]
    for folder, asked in others:
        differ = [name for name in asked if name not in besides and asked[name] != first[1][name]]
        if differ:
            raise UsageError(
                f"{folder.path} and {first[0].path} differ in {', '.join(differ)}: a band is over seeds alone"
            )
    seeds = [asked["seed"] for _, asked in (first, *others)]
    if len(set(seeds)) < len(seeds):
        raise UsageError("two of the trainings have the same seed, and are no two samples")


def _traced(folder: TrainingFolder, step: int) -> Iterator[tuple[Key, Estimate]]:
    model = folder.asked().model
    estimates = read_results(RunFolder(folder.audit(step)).results)
    if folder.measured(step).exists():  # a training of an earlier version has none
        estimates += read_results(folder.measured(step))
    for each in estimates:
        if each.quantity in TRACED and not each.at:
            yield Key(each.quantity, each.cue or "", each.definition or ""), replace(each, model=model)


def _curve(key: Key, of: _Seen, seeds: int, last: int) -> Curve:
    steps = sorted(of)
    points = tuple(_point(step, tuple(of[step].values()), seeds) for step in steps)
    by_seed = [
        [
            (float(step), value)
            for step in steps
            if (each := of[step].get(seed)) is not None and (value := each.value) is not None
        ]
        for seed in range(seeds)
    ]
    known = [(each.value, -step) for step, each in zip(steps, points, strict=True) if each.value is not None]
    values = tuple(
        {step: each.value if (each := of[step].get(seed)) is not None else None for step in steps}
        for seed in range(seeds)
    )
    return Curve(key, points, plateau(by_seed, last), -max(known)[1] if known else None, values)


def _point(step: int, estimates: Sequence[Estimate], seeds: int) -> Estimate:
    """Return one point: of several seeds the mean of their values, else the audit's own estimate."""
    first = estimates[0]
    place = At({"step": float(step)})
    if seeds == 1:
        return replace(first, at=place)
    mean = mean_over_seeds([each.value for each in estimates])
    low, high = _within(mean.low, mean.high, first.unit)
    reason = "" if mean.value is not None else next(each.reason for each in estimates if each.value is None)
    return Estimate(
        protocol=first.protocol,
        quantity=first.quantity,
        model=first.model,
        cue=first.cue,
        elicitation=first.elicitation,
        definition=first.definition,
        value=mean.value,
        low=low,
        high=high,
        n=mean.seeds,
        missing=seeds - mean.seeds,
        at=place,
        unit=first.unit,
        method="" if mean.low is None else "t interval over seeds",
        reason=reason,
    )


def _within(low: float | None, high: float | None, unit: str) -> tuple[float | None, float | None]:
    """Return an interval; of a proportion no further than from 0 to 1, where all its values are."""
    if low is None or high is None or unit != "proportion":
        return low, high
    return max(0.0, low), min(1.0, high)
