"""`unsaid train data` and `unsaid train check`: what was typed, and what is said of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from unsaid.asking.settings import Settings
from unsaid.cli.console import tell
from unsaid.cli.progress import progress_shown
from unsaid.cli.work.audit import show
from unsaid.errors import RunError, UnknownName, UsageError
from unsaid.planning.request import Audit
from unsaid.questions.sources import load
from unsaid.runs.audit import run_audit
from unsaid.runs.requested import picked
from unsaid.training.data.kinds import kind
from unsaid.training.data.make import CONTROL, HELD_OUT, TRAIN, Design, Done, audit_for, from_run, make
from unsaid.training.data.overlap import overlaps
from unsaid.training.data.rows import FORMS, Form, read_rows
from unsaid.training.data.split import read_split

_SHOWN = 5


def made(typed: Mapping[str, Any]) -> Iterator[str]:
    """Make the data set that was typed, or show what would be asked; yield what is said at the end.

    Raises:
        UnsaidError: the request is wrong, or could not be finished.
    """
    design = design_of(typed)
    if typed["run"] is not None:
        if design.writer:
            raise UsageError(
                "--writer: no model is asked where --run gives the replies; audit with --protocols "
                f"{design.kind.helped} --writer {design.writer}, and use that run"
            )
        done = from_run(design, typed["run"], typed["out"])
    else:
        audit = audit_for(design, picked({**typed, "cues": design.cues}))
        if typed["dry_run"]:
            show(audit)
        if design.writer:
            tell(planned(audit))
        if typed["dry_run"]:
            return
        command = shlex.join(["unsaid", *sys.argv[1:]])
        with progress_shown() as progress:
            asking = partial(run_audit, command=command, progress=progress)
            done = make(design, audit, typed["out"], asking)
    yield from told(done, typed["out"])
    for line in done.notes:
        tell(f"note: {line}")


def planned(audit: Audit) -> str:
    """Return how many calls there are at most, of the model and of the helper."""
    plan = audit.plan()
    written = sum(each.written for each in plan.following.values())
    calls, most = (audit.epochs * n for n in (plan.calls, written))
    spent = "--budget ends it earlier; what it costs says `unsaid plan`"
    return f"{calls} calls of {audit.model}, and at most {most} of {audit.settings.writer}, which writes; {spent}"


def design_of(typed: Mapping[str, Any]) -> Design:
    """Return what is to be made.

    Raises:
        UsageError: a name or a number is wrong.
    """
    chosen = kind(typed["kind"])
    if typed["form"] not in FORMS:
        raise UnknownName("form", typed["form"], FORMS)
    share = typed["direct_share"]
    return Design(
        chosen,
        typed["cues"] if chosen.cued else "",
        typed["held_out_cues"],
        typed["held_out_share"],
        chosen.direct if share is None else share,
        typed["rows"],
        cast("Form", typed["form"]),
        typed["writer"],
    )


def told(done: Done, out: Path) -> Iterator[str]:
    """Yield what was made, a line each."""
    made, split = done.made, done.split
    changed = sum(bool(row.origin and row.origin.made) for row in made.train)
    yield f"{out / TRAIN}: {len(made.train)} rows about {len(split.train)} questions, {changed} not as the model wrote"
    if made.control:
        yield f"{out / CONTROL}: {len(made.control)} rows, the same replies without what is taught"
    if split.held_out:
        yield f"{out / HELD_OUT}: {len(split.held_out)} questions that no row shows; audit before and after with them"
    if split.held_out_cues:
        yield f"held-out cues, which no row has: {', '.join(split.held_out_cues)}"
    yield from done.helped.lines() if done.helped else ()
    for (arm, style, reason), n in sorted(done.lost.why.items()):
        yield f"left out: {n} of {done.lost.asked[arm, style]} {arm} replies under {style}: {reason}"


def checked(paths: Sequence[Path], held_out: str, held_out_cues: str) -> Iterator[str]:
    """Yield a line for each set of rows that holds nothing that is held out.

    Raises:
        UsageError: there is nothing to compare with, or a file is of another form.
        RunError: something that is held out stands in the rows.
    """
    asked = load(held_out) if held_out else []
    cues = Settings(cues=held_out_cues).choice().cues if held_out_cues else ()
    for path in paths:
        folder = path if path.is_dir() else path.parent
        split = read_split(folder)
        own = load(str(folder / HELD_OUT)) if split and split.held_out else []
        if split is None and not asked and not cues:
            raise UsageError(
                f"{path}: there is no split.json beside it; say what is held out with --held-out and --held-out-cues"
            )
        kept = (
            Settings(cues=",".join(split.held_out_cues)).choice().cues
            if split and split.held_out_cues
            else ()
        )
        for file in _files(path):
            rows = read_rows(file)
            faults = overlaps(rows, split, [*asked, *own], [*cues, *kept])
            if faults:
                shown = "".join(f"\n    {line}" for line in faults[:_SHOWN])
                more = f"\n    and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
                raise RunError(f"{file}: what is held out is trained on:{shown}{more}")
            yield (
                f"{file}: {len(rows)} rows; none of {len(asked) + len(own)} held-out questions and "
                f"{len({*cues, *kept})} held-out cues stands in them"
            )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [each for each in (path / TRAIN, path / CONTROL) if each.is_file() and each.stat().st_size] or [
        path / TRAIN
    ]
