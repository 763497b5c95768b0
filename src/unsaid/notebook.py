"""Audits, plans and comparisons from Python: in a script, in a notebook, and where an event loop runs already.

    import unsaid

    unsaid.plan("openai/gpt-5-mini", limit=200)                    # what it takes, before a call is made
    run = unsaid.audit("unsaid-scripted/guess", limit=20, cues="metadata")
    run = await unsaid.audit_async("unsaid-scripted/guess", limit=20, cues="metadata")
    unsaid.compare(run, other)

`audit` blocks its caller until the run has ended; `audit_async` lets the event loop go on. Both run the audit in a
process of its own (`unsaid.runs.own_process` says why), with the options of the command line under the same names,
with the same defaults and the same errors.

An interrupt (Ctrl-C, the stop button of a notebook, the cancellation of the task) stops the run in order: what has come
is written, and the same call goes on with what is missing.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, Unpack

from unsaid.errors import Interrupted, UnsaidError
from unsaid.planning.budget import parse_budget
from unsaid.planning.displayed import ComparedRuns, Planned
from unsaid.planning.earlier import earlier
from unsaid.planning.forecast import Expecting, forecast
from unsaid.planning.labels import JudgeAssumed
from unsaid.planning.prices import load_prices
from unsaid.planning.request import DEFAULT_MODEL
from unsaid.runs.cell import Teller, teller
from unsaid.runs.comparing import compare_folders
from unsaid.runs.load import LoadedRun, load
from unsaid.runs.own_process import OwnProcess
from unsaid.runs.requested import DEFAULTS, Names, Options, audit_of, command_of, going_on, unpriced, whole
from unsaid.store.run_folder import default_folder

__all__ = ["audit", "audit_async", "compare", "plan"]

FilePath = str | os.PathLike[str]

#: Seconds between two looks at a run.
_OFTEN = 0.1


F = TypeVar("F", bound=Callable[..., Any])


def _documented(function: F) -> F:
    """Give a function the signature that a notebook shows: every option by name, with its default."""
    own = inspect.signature(function)
    kept = [each for each in own.parameters.values() if each.kind is not each.VAR_KEYWORD]
    options = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=DEFAULTS[name],
            annotation=getattr(kind, "__forward_arg__", kind),
        )
        for name, kind in Options.__annotations__.items()
    ]
    vars(function)["__signature__"] = own.replace(parameters=[*kept, *options])
    return function


@_documented
def audit(
    model: str = DEFAULT_MODEL,
    *,
    out: FilePath | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> LoadedRun:
    """Audit a model, and wait for the end: ask, read, estimate, report. The same call in the same folder continues.

    Args:
        model: any model Inspect reaches, or a bundled organism.
        out: the run's folder; `runs/<model>-<digest>` if not given.
        progress: show progress; in a notebook alone if not given.
        options: those of `unsaid audit`, with underscores; a list of names where the command line has commas.

    Returns:
        The run, as `unsaid.load` reads it.

    Raises:
        UsageError: the request is wrong, or the folder belongs to another one.
        RunError: not everything could be asked; what is kept is said in the message, and the same call continues.
        Interrupted: it was interrupted (a KeyboardInterrupt); what is kept is said, and the same call continues.
    """
    running, folder = _begin(model, out, options)
    try:
        _attend(running, teller(progress))
    finally:
        running.stop()  # where it has ended, this does nothing
    running.check()
    return load(folder)


@_documented
async def audit_async(
    model: str = DEFAULT_MODEL,
    *,
    out: FilePath | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> LoadedRun:
    """Audit a model as `audit` does, while the event loop goes on; several can be awaited at once.

    Cancelled, it stops the run in order and waits until what has come is written; a second cancellation waits no
    longer. The same call continues.

    Raises:
        UsageError: the request is wrong, or the folder belongs to another one.
        RunError: not everything could be asked; what is kept is said in the message, and the same call continues.
        asyncio.CancelledError: the task was cancelled; what is kept is said in the message.
    """
    running, folder = _begin(model, out, options)
    tell = teller(progress)
    try:
        await _attended(running, tell)
    except asyncio.CancelledError:
        running.stop()
        await _attended(running, tell)
        try:
            running.check()
        except (UnsaidError, Interrupted) as stopped:
            raise asyncio.CancelledError(str(stopped)) from None
        raise
    finally:
        running.stop()
    running.check()
    return load(folder)


def _begin(model: str, out: FilePath | None, options: Options) -> tuple[OwnProcess, Path]:
    """Start the run; a request that is wrong in itself is refused before a process is."""
    given = going_on({"model": model, **options}, out)
    folder = Path(out) if out is not None else default_folder(audit_of(given).request())
    return OwnProcess(given, folder, command_of(given, out)), folder


def _attend(running: OwnProcess, tell: Teller) -> None:
    """Wait for the end; the first interrupt asks for it in order, the second ends the run at once."""
    stopped = False
    while not running.ended:
        try:
            tell(running)
            running.wait(_OFTEN)
        except KeyboardInterrupt:
            if stopped:
                running.kill()
                raise
            stopped = True
            running.stop()
    tell(running)


async def _attended(running: OwnProcess, tell: Teller) -> None:
    """Wait for the end, and let the event loop go on. It looks, because not every loop can wait for a process."""
    while not running.ended:
        tell(running)
        await asyncio.sleep(_OFTEN)
    tell(running)


@_documented
def plan(  # noqa: PLR0913 - a command's options
    model: str = DEFAULT_MODEL,
    *,
    assume_influence: float = Expecting.influence,
    assume_faithfulness: float = Expecting.faithfulness,
    assume_eligible: float | None = None,
    output_tokens: int | None = None,
    assume_sensitivity: float = JudgeAssumed.sensitivity,
    assume_specificity: float = JudgeAssumed.specificity,
    half_width: float = Expecting.half_width,
    like: FilePath | None = None,
    out: FilePath | None = None,
    **options: Unpack[Options],
) -> Planned:
    """Say what `audit` with these options takes (calls, tokens, cost, time, intervals), without asking anything.

    Args:
        model: who would be asked.
        assume_influence: P(moved) to plan for.
        assume_faithfulness: P(verbalised given moved) to plan for.
        assume_eligible: share of questions whose clean answer is not the target.
        output_tokens: tokens of a reply.
        assume_sensitivity: P(the judge says yes, given that a person does).
        assume_specificity: P(the judge says no, given that a person does).
        half_width: the half-width to say the needed `limit` for.
        like: an earlier run, whose replies and calls tell length and time.
        out: changes nothing; it is taken so that the options of `audit` can be given as they are.
        options: those of `unsaid audit`.

    Raises:
        UsageError: something in the request does not exist, or a rate is not one.
    """
    given = whole({"model": model, **options})
    limits = None if given["budget"] is None else parse_budget(given["budget"])
    learnt = None if like is None else earlier(Path(like))
    expecting = Expecting(
        assume_influence, assume_faithfulness, assume_eligible, output_tokens, half_width, learnt
    )
    reader = JudgeAssumed(assume_sensitivity, assume_specificity)
    prices = load_prices(None if given["prices"] is None else Path(given["prices"]))
    found = forecast(audit_of(unpriced(given)), expecting, prices)
    return Planned(model, found, reader, half_width, limits)


def compare(
    *runs: LoadedRun | FilePath,
    baseline: int = 1,
    labels: Names | None = None,
    out: FilePath | None = None,
    allow_different_judges: bool = False,
    seed: int = 0,
) -> ComparedRuns:
    """Compare runs on the questions they share, as `unsaid compare` does; no model is asked.

    Args:
        runs: runs, or their folders.
        baseline: which run is the baseline, counted from 1.
        labels: what to call the runs; the names of their folders if not given.
        out: where to write; `comparisons/<labels>` if not given.
        allow_different_judges: compare verdicts of different judges all the same.
        seed: of the bootstrap.

    Raises:
        UsageError: the runs cannot be compared.
        DataError: a folder holds no run, or a file of it is damaged.
    """
    paths = [run.path if isinstance(run, LoadedRun) else Path(run) for run in runs]
    names = labels if labels is None or isinstance(labels, str) else ",".join(labels)
    options = {"--baseline": baseline, "--labels": names, "--out": out, "--seed": seed}
    defaults = {"--baseline": 1, "--labels": None, "--out": None, "--seed": 0}
    words = [
        word for name, value in options.items() if value != defaults[name] for word in (name, str(value))
    ]
    words += ["--allow-different-judges"] * allow_different_judges
    compared = compare_folders(
        paths,
        baseline=baseline,
        labels=names,
        out=None if out is None else Path(out),
        allow_different_judges=allow_different_judges,
        seed=seed,
        command=shlex.join(["unsaid", "compare", *map(str, paths), *words]),
    )
    return ComparedRuns(compared.comparison, compared.page)
