"""Running Inspect tasks in a folder, so that the same call continues what an earlier one left."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from inspect_ai import Task, eval_set
from inspect_ai.log import EvalLog, read_eval_log_sample_summaries
from inspect_ai.model import Model

from unsaid.errors import UsageError
from unsaid.models.inspect.caching import cached_in
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import called_off, resume
from unsaid.store.secrets import scrub

#: Samples in flight beyond what connections can serve keep every connection busy while others are scored.
_SLACK = 8
#: Nothing of a run is shown or served by Inspect: it is looked at in its folder.
_QUIET: dict[str, Any] = {
    "display": "none",
    "log_level": "error",
    "log_realtime": False,
    "score_display": False,
    "ctl_server": False,
}


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        problems: what the logs say went wrong, one line each. None does not mean that every question was asked:
            what the logs hold is to be held beside the plan (`unsaid.store.accounts`).
        called_off: a signal, or a disk that is full, ended it before its end.
    """

    problems: tuple[str, ...]
    called_off: bool = False


def evaluate(  # noqa: PLR0913 - a run has so many parts
    tasks: Sequence[Task],
    model: Model,
    logs: Path,
    *,
    cache: Path,
    calling: Calling = Calling(),  # noqa: B008 - frozen
    roles: dict[str, Any] | None = None,
    limit: int | None = None,
) -> Outcome:
    """Run tasks on a model; questions whose sample stands in the logs are not asked again.

    A question that raises is left out, and the others go on; the run is then not finished, and the same call
    asks that question again.

    Args:
        tasks: Inspect tasks of our protocols.
        model: the model under audit.
        logs: the folder of the logs, used by nothing else.
        cache: where replies are kept until their question is whole.
        calling: how many calls at once, and how long to insist.
        roles: models by role ("judge").
        limit: ask only the first so many questions; a later call with a higher one goes on.

    Raises:
        UsageError: Inspect refuses the request.

    A cancelled `eval_set` returns success and no logs, or raises a KeyboardInterrupt, depending on when the
    cancellation came; so neither is gone by.
    """
    connections = calling.max_connections or model.api.max_connections()
    with cached_in(cache), _rare_collections():
        try:
            # In a context of its own: Inspect leaves the settings of its calls to whoever calls a model next.
            _, found = copy_context().run(
                eval_set,
                list(tasks),
                log_dir=str(logs),
                limit=limit,
                # One protocol after another: the later takes from the cache what they share.
                max_tasks=1,
                model=model,
                model_roles=roles or {},
                max_connections=calling.max_connections,
                max_retries=calling.max_retries,
                attempt_timeout=calling.attempt(model.api),
                max_samples=connections + _SLACK,
                retry_attempts=0,
                retry_immediate=False,
                fail_on_error=True,
                continue_on_fail=True,
                **_QUIET,
                log_dir_allow_dirty=True,
            )
        except (KeyboardInterrupt, asyncio.CancelledError):
            if not called_off():
                raise
            found = []
        except Exception as error:
            if called_off():
                return Outcome((), called_off=True)
            # Inspect's own error for a request it cannot serve; its class is not part of the public API.
            if type(error).__name__ == "PrerequisiteError":
                raise UsageError(f"Inspect refuses the run: {error}") from error
            raise
        finally:
            off = called_off()
            resume()
    if any(log.status == "cancelled" for log in found) and not off:
        raise KeyboardInterrupt
    return Outcome(tuple(_problems(found)), called_off=off)


def root() -> asyncio.Task[Any]:
    """Return the task on which the event loop that runs here waits: cancelled, it ends the evaluation in order.

    Inspect offers nothing public that ends an evaluation; its own handler of Ctrl-C cancels this task, and it then
    writes the samples that are whole. `anyio` knows which task began which.
    """
    tasks = {each.id: each for each in anyio.get_running_tasks()}
    here = anyio.get_current_task()
    while here.parent_id in tasks:
        here = tasks[here.parent_id]
    return next(task for task in asyncio.all_tasks() if id(task) == here.id)


def _problems(logs: Sequence[EvalLog]) -> Iterator[str]:
    """Yield what went wrong, each thing once: of the run, then of its questions."""
    for log in logs:
        if log.error is not None:
            yield _first_line(log.error.message)
        elif log.status != "success":
            failed = [each.error for each in read_eval_log_sample_summaries(log.location) if each.error]
            for message, times in Counter(_first_line(error) for error in failed).most_common(3):
                yield f"{message} ({times} question{'s' if times > 1 else ''})"


def _first_line(text: str) -> str:
    return scrub((text.strip().splitlines() or [""])[0])[:300]


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cyclic garbage more rarely.

    Inspect keeps a hundred thousand objects alive while samples run, which Python's default walks through again
    and again: a fifth of the CPU time of a run against a provider, in which one thread serves every connection.
    """
    before = gc.get_threshold()
    gc.set_threshold(20_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
