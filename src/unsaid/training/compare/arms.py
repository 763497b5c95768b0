"""The arms of a comparison, from what was typed: runs that are there, or models that are audited here.

Every model is audited with the same questions, cues and settings, into a run of its own below the comparison's folder.
An audit that was stopped goes on with the same command, and one that is done is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import UsageError
from unsaid.estimates.compare.contrast import Run
from unsaid.pace import paced
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs.requested import audit_of, command_of
from unsaid.store.accounts import accounts_of, is_whole
from unsaid.store.run_folder import RunFolder

__all__ = ["Place", "audited", "model_of", "place_of", "read_run", "series_of"]

#: Asks what an audit asks, in a folder; the last is the command that its `run.json` keeps.
Asking = Callable[[Audit, RunFolder, str], object]


@dataclass(frozen=True)
class Place:
    """One model of an arm.

    Attributes:
        label: the arm, with the number of its seed where there are several, and the step where it is one of a series.
        folder: where its run is, or will be.
        model: who is audited there; "" for a run that is there.
    """

    label: str
    folder: RunFolder
    model: str = ""


def place_of(typed: str, label: str, runs: Path) -> Place:
    """Return the run that was named, or the model with the folder of its run.

    Args:
        typed: a run's folder, a model's folder, or a model's name.
        label: what it is called.
        runs: where runs of models are kept.

    Raises:
        UsageError: it is none of these.
    """
    if (Path(typed) / "run.json").is_file():
        return Place(label, RunFolder(Path(typed)))
    return Place(label, RunFolder(runs / label.replace(" ", "-")), model_of(typed))


def model_of(typed: str) -> str:
    """Return a model by the name that `unsaid audit` takes.

    Raises:
        UsageError: it is no model's folder, and no model's name.
    """
    folder = Path(typed).expanduser()
    if (folder / "training.json").is_file():
        return f"unsaid/{folder.resolve()}"
    if any((folder / name).is_file() for name in ("config.json", "adapter_config.json")):
        return f"unsaid-hf/{folder.resolve()}"
    provider, slash, name = typed.partition("/")
    if folder.exists() or typed.startswith((".", "~", "/")) or not (provider and slash and name):
        raise UsageError(
            f"{typed}: expected a run (a folder with run.json), a model's folder (with config.json or "
            "adapter_config.json), or a model's name, such as unsaid/silent"
        )
    return typed


def series_of(typed: str, label: str, runs: Path) -> dict[int, Place]:
    """Return the models that a training kept on its way (`--keep`), by their step; empty where it kept none.

    Args:
        typed: as for `place_of`; a run has no series.
        label: the arm, with its seed.
        runs: where runs of models are kept.
    """
    folder = Path(typed.removeprefix("unsaid-hf/").removeprefix("unsaid/")).expanduser()
    steps = {
        int(each.name.rpartition("-")[2]): each
        for pattern in ("steps/*", "checkpoints/checkpoint-*")
        for each in folder.glob(pattern)
        if each.name.rpartition("-")[2].isdigit() and each.is_dir()
    }
    return {step: place_of(str(each), f"{label} step {step}", runs) for step, each in sorted(steps.items())}


def audited(places: Sequence[Place], options: Mapping[str, Any], asking: Asking) -> None:
    """Audit every model that has no finished run yet, all with the same options.

    Raises:
        UnsaidError: an audit is refused or could not finish; the same command goes on with it.
    """
    waiting = [place for place in places if place.model and not _finished(place.folder)]
    for place in paced(waiting, "models audited"):
        asked = {**options, "model": place.model}
        asking(audit_of(asked), place.folder, command_of(asked, place.folder.path))
    for place in places:
        if place.model and place not in waiting:  # a run of an earlier command must have been asked the same
            place.folder.claim(audit_of({**options, "model": place.model}).request(), "")


def _finished(folder: RunFolder) -> bool:
    return folder.about.is_file() and folder.results.is_file() and is_whole(folder.read())


def read_run(place: Place) -> Run:
    """Return a run as one side of a comparison: its replies under the elicitation that was asked for.

    A protocol may ask under another one beside it (`biasing` asks without reasoning too), which is no part of this.

    Raises:
        DataError: the folder holds no run, or its records are damaged.
    """
    about = place.folder.read()
    accounts = accounts_of(about)
    records = schema.first_replies(schema.read(place.folder.records))
    styles = [name.strip() for name in str(about.request.get("elicitation") or "").split(",") if name.strip()]
    asked = records.filter(pl.col("elicitation").is_in(styles))
    return Run(
        place.label,
        asked if asked.height else records,
        about.request,
        about.judge,
        is_whole(about),
        accounts.questions if accounts is not None else "",
    )
