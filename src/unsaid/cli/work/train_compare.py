"""`unsaid train compare`: what was typed, and what is printed of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from unsaid.asking.settings import Settings
from unsaid.cli.progress import progress_shown
from unsaid.errors import UsageError
from unsaid.estimates.compare.effects import ARMS
from unsaid.planning.request import Audit
from unsaid.protocols import SECTIONS
from unsaid.report.section import declared
from unsaid.report.terminal.table import plain
from unsaid.report.training.compared import summary
from unsaid.runs.audit import run_audit
from unsaid.runs.requested import picked
from unsaid.store.run_folder import RunFolder
from unsaid.training.compare.run import PAGE, Request, compared, tasks_of
from unsaid.training.data.make import HELD_OUT
from unsaid.training.data.split import Split, read_split

__all__ = ["request_of", "shown"]

_PROTOCOLS = "verbalisation"
_SEED = "{seed}"


def shown(typed: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Compare what was typed, and yield what is printed.

    Raises:
        UnsaidError: the request is wrong, runs were not asked alike, or an audit could not finish.
    """
    command = shlex.join(["unsaid", *sys.argv[1:]])
    request = request_of(typed)
    with progress_shown() as progress:

        def asking(audit: Audit, folder: RunFolder, asked: str) -> None:
            progress.stage(f"auditing {audit.model} in {folder.path}")
            run_audit(audit, folder, command=asked, progress=progress)

        found = compared(request, asking, command)
    yield from summary(found, declared(SECTIONS))
    yield plain(f"\n{request.out / PAGE} has every contrast, and each cue")


def request_of(typed: Mapping[str, Any]) -> Request:
    """Return what was typed as a request.

    Raises:
        UsageError: the folder of data is none, seeds do not fit the names, or nothing says which cues were trained on.
    """
    data: Path | None = typed["data"]
    split = _split(data)
    trained = _names(typed["cues"]) or (split.train_cues if split else ())
    held_out = _names(typed["held_out_cues"]) or (split.held_out_cues if split else ())
    tasks = _listed(typed["trained_tasks"]) or (tasks_of(data) if data else ())
    cues = _cues(typed, split)
    questions = typed["questions"] or (str(data / HELD_OUT) if data and split and split.held_out else None)
    options = picked({**typed, "questions": questions, "cues": cues, "protocols": _PROTOCOLS})
    seeds = _listed(typed["seeds"])
    arms = {arm: _over_seeds(arm, typed[arm] or (), seeds) for arm in ARMS}
    return Request(
        arms,
        tuple(trained),
        tuple(held_out),
        typed["out"],
        options,
        split,
        tuple(tasks),
        typed["series"],
        typed["seed"],
    )


def _split(data: Path | None) -> Split | None:
    if data is None:
        return None
    if (split := read_split(data)) is None:
        raise UsageError(f"--data {data}: no split.json there; expected a folder of `unsaid train data`")
    return split


def _names(typed: str) -> tuple[str, ...]:
    """Return the names of the cues that were typed, sets and files resolved."""
    return tuple(each.name for each in Settings(cues=typed).choice().cues) if typed.strip() else ()


def _cues(typed: Mapping[str, Any], split: Split | None) -> str:
    """Return the cues as an audit takes them: as they were typed, since a file is no name, or else those of the data.

    Raises:
        UsageError: none is named.
    """
    known = {"cues": split.train_cues, "held_out_cues": split.held_out_cues} if split else {}
    if not (typed["cues"] or known.get("cues")):
        raise UsageError("say which cues were trained on: --cues, or --data with the folder of the data set")
    sides = (typed[name] or ",".join(known.get(name, ())) for name in ("cues", "held_out_cues"))
    return ",".join(filter(None, sides))


def _listed(typed: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in typed.split(",") if part.strip())


def _over_seeds(arm: str, typed: Sequence[str], seeds: Sequence[str]) -> list[str]:
    """Return the names of an arm, one a seed where they hold the place of one."""
    if not seeds:
        return list(typed)
    found = []
    for name in typed:
        found += [name.replace(_SEED, seed) for seed in seeds] if _SEED in name else [name]
    if len(found) not in (1, len(seeds)) and typed:
        raise UsageError(
            f"--{arm} gives {len(found)} names for {len(seeds)} seeds; write {_SEED} where the seed stands"
        )
    return found
