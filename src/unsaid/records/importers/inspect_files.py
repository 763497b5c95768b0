"""Which samples there are in a file or folder of Inspect logs, each of them once.

A folder is read with the folders within it: every `.eval` archive and every `.json` that is a log, whatever the case of
its ending. What else lies there is named with the reason why it was not read.

A retry (`inspect eval-retry`, or an eval set that was started again) writes a log of its own, with the same task id,
and carries over the samples that had succeeded. So of the same sample and epoch of the same task the one of the later
log is taken. Where a log has no task id, the same task with the same model, arguments and solver is the same task.
Samples that somebody marked as invalid afterwards (`invalidate_samples`) are left out.

Two runs of one task that are no retry of each other (their task ids differ) may be two attempts or two askings. Which
of them, only the user knows: they are refused unless the map says that each asking counts (`epoch=log.asking`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.pace import streamed
from unsaid.questions.reading import missing_file

__all__ = ["Found", "Log", "Logs", "read_logs"]

_EXPECTED = "expected an Inspect log (.eval or .json), or a folder of them"
_TODO = "move it away, or copy it again"
#: What no map can name, and what most of a log is.
_DROPPED = frozenset({"events", "events_data", "timelines"})
#: What makes a task another one, where there are no ids to tell.
_OF_A_TASK = (
    *("task", "task_args", "model", "model_args", "model_generate_config", "model_base_url"),
    *("solver", "solver_args"),
)
_LISTED = 5
#: What the JSON of a log begins with.
_BEGINS = (re.compile(rb'"version"\s*:\s*\d'), re.compile(rb'"eval"\s*:\s*\{'))


@dataclass(frozen=True)
class Log:
    """One log.

    Attributes:
        path: the file.
        spec: what its header says of the run (`eval`).
        finished: whether its run did.
    """

    path: Path
    spec: Mapping[str, Any]
    finished: bool

    @cached_property
    def settings(self) -> str:
        """What two runs of the same task with the same settings share."""
        return json.dumps(
            {name: self.spec.get(name) or None for name in _OF_A_TASK}, sort_keys=True, default=str
        )

    @cached_property
    def task(self) -> str:
        """What a run and its retry share."""
        return str(self.spec.get("task_id") or self.settings)

    @cached_property
    def begun(self) -> tuple[float, str]:
        """When it was begun, for the order of two; a log that does not say so is the earlier one."""
        said = str(self.spec.get("created") or "")
        try:
            when = datetime.fromisoformat(said)
        except ValueError:
            return -math.inf, said
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), said


@dataclass(frozen=True)
class Found:
    """One sample.

    Attributes:
        log: in which it stands.
        sample: as Inspect keeps it.
        asking: which asking of its question this is, over all runs of its task.
    """

    log: Log
    sample: Mapping[str, Any]
    asking: int = 1

    @property
    def where(self) -> str:
        """The log and the sample, for messages."""
        return f"{self.log.path}, sample {self.sample.get('id')!a} (epoch {self.sample.get('epoch')})"

    @property
    def epoch(self) -> int:
        """The epoch; 1 where the log says none."""
        found = self.sample.get("epoch")
        return found if isinstance(found, int) and found > 0 else 1

    @property
    def invalid(self) -> bool:
        """Whether somebody marked it so."""
        return bool(self.sample.get("invalidation"))


@dataclass(frozen=True)
class Logs:
    """The samples to read, and what is to be said of the rest.

    Attributes:
        samples: each once, in the order of the logs.
        notes: what was not read, and why; which logs did not finish.
    """

    samples: list[Found]
    notes: list[str] = field(default_factory=list)


def read_logs(path: Path, *, askings: bool = False) -> Logs:
    """Return every sample of every log at a path, once.

    Args:
        path: a log, or a folder of logs.
        askings: whether two runs of one task are two askings of its questions.

    Raises:
        UsageError: there is no log (the message says what is there instead), or two runs of one task are there.
        DataError: a log is damaged, or none holds a sample that can be used.
    """
    logs, others = _files(path)
    if not logs:
        raise UsageError(f"{path}: {_EXPECTED}, found none{_instead(others)}")
    found = list(streamed((each for log in logs for each in _samples(log)), "samples read"))
    if not found:
        raise DataError(
            f"{path}: expected at least one sample that was finished, found none in {_named(logs)}"
        )
    kept, superseded = _latest(found)
    valid = [each for each in kept if not each.invalid]
    notes = [*_unfinished(found), *_left_out(kept, valid, superseded), *_unread(path, others)]
    if not valid:
        raise DataError(f"{path}: all {len(kept)} samples are marked as invalid; {'; '.join(notes)}")
    numbered = _numbered(valid)
    if not askings:
        _check_runs(numbered)
    return Logs(numbered, notes)


def _samples(path: Path) -> Iterator[Found]:
    from unsaid.records.from_logs import raw_samples  # Inspect takes seconds to import

    log: Log | None = None
    for header, sample in raw_samples(path, _DROPPED, _TODO):
        log = log or Log(path, header["eval"], header.get("status", "started") == "success")
        yield Found(log, sample)


def _numbered(found: Sequence[Found]) -> list[Found]:
    """Return the samples with the number of their asking: the epochs of later runs come after those of earlier ones."""
    runs: dict[str, dict[str, int]] = {}
    for each in sorted(found, key=lambda one: one.log.begun):
        epochs = runs.setdefault(each.log.settings, {})
        epochs[each.log.task] = max(epochs.get(each.log.task, 0), each.epoch)
    if all(len(epochs) == 1 for epochs in runs.values()):
        return [each if each.epoch == 1 else replace(each, asking=each.epoch) for each in found]
    before = {
        (settings, task): sum(list(epochs.values())[:place])
        for settings, epochs in runs.items()
        for place, task in enumerate(epochs)
    }
    return [replace(each, asking=before[each.log.settings, each.log.task] + each.epoch) for each in found]


def _check_runs(found: Sequence[Found]) -> None:
    """Refuse two runs of one task that hold the same sample.

    Raises:
        UsageError: there are such runs; the message names both logs.
    """
    seen: dict[tuple[str, str, int], Found] = {}
    for each in found:
        other = seen.setdefault((each.log.settings, str(each.sample.get("id")), each.epoch), each)
        if other is not each:
            early, late = sorted((other.log, each.log), key=lambda log: log.begun)
            raise UsageError(
                f"{late.path}: another run of the task of {early.path}, and no retry of it (their task ids differ). "
                "Give one of the two; or, where each run is one more asking of the same questions, map epoch=log.asking"
            )


def _files(path: Path) -> tuple[list[Path], dict[str, list[Path]]]:
    """Return the logs, and what else is there by why it is none."""
    if path.is_dir():
        logs: list[Path] = []
        others: dict[str, list[Path]] = {}
        for file in sorted(each for each in path.rglob("*") if not each.is_dir()):
            why = _no_log(file)
            if why:
                others.setdefault(why, []).append(file)
            else:
                logs.append(file)
        return logs, others
    if not path.is_file():
        raise UsageError(f"{missing_file(path)}; {_EXPECTED}")
    if why := _no_log(path):
        raise UsageError(f"{path}: {_EXPECTED}; it is {why}")
    return [path], {}


def _no_log(file: Path) -> str:
    """Return why a file is no Inspect log, in words; "" where it is one, or should be."""
    ending = file.suffix.lower()
    if not file.is_file():
        return "no file (a pipe, or a link that leads nowhere)"
    if ending == ".eval":
        return ""
    if ending != ".json":
        return "named neither .eval nor .json"
    return "" if _is_log(file) else "JSON of another kind"


def _is_log(file: Path) -> bool:
    """Return whether a JSON file is a log, or begins as one and is damaged later.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(4096)
            if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
                return False
            if all(pattern.search(start) for pattern in _BEGINS):
                return True
            value = json.loads(start + opened.read())
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); {_TODO}") from error
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(value, dict)
        and isinstance(value.get("eval"), dict)
        and isinstance(value.get("version"), int)
    )


def _latest(found: Sequence[Found]) -> tuple[list[Found], list[tuple[Found, Found]]]:
    """Return each sample of each task once, and those of earlier logs with what took their place."""
    later: dict[tuple[str, str, int], Found] = {}
    superseded: list[tuple[Found, Found]] = []
    # Of two copies of one log, the one in which somebody has marked the sample as invalid comes last.
    for each in sorted(found, key=lambda one: (*one.log.begun, one.invalid)):
        key = (each.log.task, str(each.sample.get("id")), each.epoch)
        if key in later:
            superseded.append((later[key], each))
        later[key] = each
    if not superseded:
        return list(found), []
    kept = {id(each) for each in later.values()}
    return [each for each in found if id(each) in kept], superseded


def _left_out(
    kept: Sequence[Found], valid: Sequence[Found], superseded: Sequence[tuple[Found, Found]]
) -> Iterator[str]:
    if superseded:
        pairs = dict.fromkeys((old.log.path, new.log.path) for old, new in superseded)
        named = "; ".join(f"{new} over {old}" for old, new in list(pairs)[:_LISTED])
        yield (
            f"{len(superseded):,} samples stand in the logs of a task and of its retry: of each the later is read "
            f"({named})"
        )
    if invalid := len(kept) - len(valid):
        first = next(each for each in kept if each.invalid)
        said = first.sample["invalidation"]
        reason = said.get("reason") if isinstance(said, dict) else None
        why = f", because of {ascii(str(reason))[:80]}" if reason else ""
        yield f"{invalid:,} samples that were marked as invalid are left out (first: {first.where}{why})"


def _unfinished(found: Sequence[Found]) -> Iterator[str]:
    for log in dict.fromkeys(each.log.path for each in found if not each.log.finished):
        yield f"{log} is of a run that did not finish: it holds what it had asked"


def _unread(path: Path, others: Mapping[str, Sequence[Path]]) -> Iterator[str]:
    for why, files in others.items():
        yield f"not read, {why}: {_named([file.relative_to(path) for file in files])}"


def _instead(others: Mapping[str, Sequence[Path]]) -> str:
    return "".join(f"; there is {_named(files)} ({why})" for why, files in others.items())


def _named(files: Sequence[Path]) -> str:
    # As ASCII: names are somebody's text.
    shown = ", ".join(ascii(str(file))[1:-1] for file in files[:_LISTED])
    return shown + (f" and {len(files) - _LISTED:,} more" if len(files) > _LISTED else "")
