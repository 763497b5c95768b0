"""`unsaid train compare`: audit what is not audited yet, check that all were asked alike, compare, and write.

OUT/
  runs/               the audits of models that were named in place of runs
  train-compare.html  for a person
  train-compare.json  for a program
  effects.csv         a row for each contrast, group of cues and quantity, and for each seed
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from unsaid.errors import UsageError
from unsaid.estimates.compare.contrast import Run
from unsaid.estimates.compare.effects import AFTER, ARMS, BEFORE, CONTROL, Group, effects
from unsaid.estimates.compare.levels import levels, mean_level
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import SECTIONS
from unsaid.records import schema
from unsaid.report.section import declared
from unsaid.report.training.compared import TrainingCompared, csv_of, document, page
from unsaid.statistics.bootstrap import DRAWS
from unsaid.store.disk import unwritable
from unsaid.store.run_folder import RunFolder
from unsaid.store.write import make_folder, write_text
from unsaid.training.compare.alike import check_alike, check_cues, check_untrained
from unsaid.training.compare.arms import Asking, Place, audited, place_of, read_run, series_of
from unsaid.training.data.make import RUN
from unsaid.training.data.split import Split

__all__ = ["CSV", "JSON", "PAGE", "Request", "compared", "groups_of", "tasks_of"]

PAGE, JSON, CSV = "train-compare.html", "train-compare.json", "effects.csv"
_NO_SPLIT = (
    "Which questions were trained on is not known here: nothing shows that these were held out (--data)."
)
_NO_TASKS = "Which tasks were trained on is not known here, so that tasks are not told apart."


@dataclass(frozen=True)
class Request:
    """What is compared.

    Attributes:
        arms: what was typed for each arm (`effects.ARMS`): runs, models' folders or models' names, one a seed.
        trained: names of the cues that were trained on.
        held_out: names of the cues that were not.
        out: the folder that is written.
        options: of the audits, by the names of `unsaid audit`; the model is not among them.
        split: of the data that were trained on; None where it is not known.
        tasks: the tasks that were trained on; empty where they are not known.
        series: whether the models that a training kept on its way are audited too.
        seed: of the bootstrap.
        draws: bootstrap draws.
    """

    arms: Mapping[str, Sequence[str]]
    trained: tuple[str, ...]
    held_out: tuple[str, ...]
    out: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    split: Split | None = None
    tasks: tuple[str, ...] = ()
    series: bool = False
    seed: int = 0
    draws: int = DRAWS

    def places(self) -> dict[str, list[Place]]:
        """Return the runs of each arm, those that are still to be made among them.

        Raises:
            UsageError: an arm is missing, arms have different numbers of seeds, or a name is no run and no model.
        """
        for arm, why in _MISSING.items():
            if not self.arms.get(arm):
                raise UsageError(f"no model is named as --{arm}: {why}")
        sizes = {arm: len(self.arms[arm]) for arm in ARMS}
        if sizes[CONTROL] != sizes[AFTER] or sizes[BEFORE] not in (1, sizes[AFTER]):
            told = ", ".join(f"{n} {arm}" for arm, n in sizes.items())
            raise UsageError(
                f"{told}: give one --control for each --after, in the order of their seeds, and one --before for all "
                "or for each"
            )
        return {
            arm: [
                place_of(typed, _label(arm, number, sizes[arm]), self.out / "runs")
                for number, typed in enumerate(self.arms[arm], 1)
            ]
            for arm in ARMS
        }

    def kept(self) -> dict[str, list[dict[int, Place]]]:
        """Return the models on the way of each training of the control and of the model after it, by step."""
        if not self.series:
            return {}
        found = {
            arm: [
                series_of(typed, _label(arm, number, len(self.arms[arm])), self.out / "runs")
                for number, typed in enumerate(self.arms[arm], 1)
            ]
            for arm in (CONTROL, AFTER)
        }
        if not any(steps for each in found.values() for steps in each):
            raise UsageError(
                f"--series: {self.arms[AFTER][0]} holds no models of the way; train with --keep 5, and name the "
                "model's folder here"
            )
        return found


_MISSING = {
    BEFORE: "give the model that the training began with, or its run",
    CONTROL: "without one, what the data teach cannot be told from what any fine-tuning does; train it on the control "
    "rows with `unsaid train sft --set control`",
    AFTER: "give the model that was trained, or its run",
}


def compared(request: Request, asking: Asking, command: str) -> TrainingCompared:
    """Audit, check, compare, and write the page and the files.

    Args:
        request: what is compared.
        asking: makes an audit.
        command: the command line, as the page says it.

    Raises:
        UsageError: an arm is missing or of another kind, or the runs were not asked alike.
        UnsaidError: an audit could not finish; the same command goes on with it.
        RunError: the folder cannot be written to.
    """
    places, kept = request.places(), request.kept()
    on_the_way = [place for arm in kept.values() for steps in arm for place in steps.values()]
    every = [place for arm in places.values() for place in arm]
    audited([*every, *on_the_way], request.options, asking)
    arms = {arm: [read_run(place) for place in of] for arm, of in places.items()}
    runs = [run for of in arms.values() for run in of]
    way = {
        arm: [{step: read_run(each) for step, each in of.items()} for of in seeds]
        for arm, seeds in kept.items()
    }
    check_alike([*runs, *(run for seeds in way.values() for of in seeds for run in of.values())])
    check_cues(runs[0], request.trained, request.held_out)
    if request.split is not None:
        check_untrained(runs[0], request.split)
    groups, rng = groups_of(request, runs[0]), np.random.default_rng(request.seed)
    found = TrainingCompared(
        tuple(
            (
                arm,
                run.label,
                str(run.records["model"][0]),
                str(place.folder.path),
                run.records["question_id"].n_unique(),
            )
            for arm in ARMS
            for place, run in zip(places[arm], arms[arm], strict=True)
        ),
        tuple(effects(arms, groups, rng, request.draws)),
        tuple(_levels(arms, groups, rng, request.draws)),
        tuple(_curve(arms, way, groups, rng, request.draws)),
        len(arms[AFTER]),
        (*([] if request.split else [_NO_SPLIT]), *([] if request.tasks else [_NO_TASKS])),
        command,
    )
    _write(found, request.out)
    return found


def _label(arm: str, number: int, size: int) -> str:
    return arm if size == 1 else f"{arm} {number}"


def groups_of(request: Request, run: Run) -> list[Group]:
    """Return the groups of cues, and of cues and tasks where tasks of both kinds were asked.

    Args:
        request: which cues and tasks were trained on.
        run: one of the runs.
    """
    sides = [("trained cues", request.trained), ("held-out cues", request.held_out)]
    asked = sorted(run.records["task"].drop_nulls().unique().to_list())
    kinds = {
        "trained tasks": tuple(task for task in asked if task in request.tasks),
        "other tasks": tuple(task for task in asked if task not in request.tasks),
    }
    found = [Group(name, cues) for name, cues in sides if cues]
    if request.tasks and all(kinds.values()):
        found += [
            Group(name, cues, kind, tasks) for name, cues in sides if cues for kind, tasks in kinds.items()
        ]
    return found


def _levels(
    arms: Mapping[str, Sequence[Run]], groups: Sequence[Group], rng: np.random.Generator, draws: int
) -> Iterator[Estimate]:
    for group in groups:
        for arm, runs in arms.items():
            by_seed = [levels(run, group, rng, draws) for run in runs]
            for each in zip(*by_seed, strict=True):
                yield mean_level(each, arm, group.at)


def _curve(
    arms: Mapping[str, Sequence[Run]],
    way: Mapping[str, Sequence[Mapping[int, Run]]],
    groups: Sequence[Group],
    rng: np.random.Generator,
    draws: int,
) -> Iterator[Estimate]:
    """Yield each arm's rates at the steps that all of its seeds kept; at step 0 those of the model before."""
    for arm, seeds in way.items():
        steps = sorted(set.intersection(*(set(each) for each in seeds)))
        points = {0: list(arms[BEFORE])} | {step: [each[step] for each in seeds] for step in steps}
        for group in (each for each in groups if not each.kind):
            for step, runs in points.items():
                by_seed = [levels(run, group, rng, draws) for run in runs]
                for each in zip(*by_seed, strict=True):
                    yield mean_level(each, arm, group.at.also(step=float(step)))


def _write(found: TrainingCompared, out: Path) -> None:
    try:
        make_folder(out)
        write_text(out / JSON, document(found))
        write_text(out / CSV, csv_of(found.effects))
        write_text(out / PAGE, page(found, declared(SECTIONS)))
    except OSError as error:
        raise unwritable(out, error) from error


def tasks_of(data: Path) -> tuple[str, ...]:
    """Return the tasks that a data set was made of, from the run in its folder; empty where there is none.

    Args:
        data: a folder of `unsaid train data`.
    """
    folder = RunFolder(data / RUN)
    if not folder.records.is_file():
        return ()
    return tuple(sorted(schema.read(folder.records)["task"].drop_nulls().unique().to_list()))
