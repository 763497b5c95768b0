"""Which samples there are in a file or folder of Inspect logs, each of them once.

A folder is read with the folders within it: every `.eval` archive and every `.json` that is a log, whatever the case of
its ending. What else lies there is named with the reason why it was not read.

A retry (`inspect eval-retry`, or an eval set that was started again) writes a log of its own, with the same task id,
and carries over the samples that had succeeded. So of the same sample and epoch of the same task the one of the later
log is taken. Where a log has no task id, the same task with the same model, arguments and settings is the same task.
Samples that somebody marked as invalid afterwards (`invalidate_samples`) are left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.questions.reading import missing_file

__all__ = ["Found", "Logs", "read_logs"]

_EXPECTED = "expected an Inspect log (.eval or .json), or a folder of them"
_TODO = "move it away, or copy it again"
#: What no map can name, and what most of a log is.
_DROPPED = frozenset({"events", "events_data", "timelines"})
#: What makes a task another one, where there are no ids to tell.
_OF_A_TASK = (
    *("task", "task_version", "task_file", "task_args", "model", "model_args", "model_generate_config"),
    *("model_base_url", "solver", "solver_args", "config"),
)
_LISTED = 5


@dataclass(frozen=True)
class Found:
    """One sample: where it stands, for messages, its log's header, and the sample itself."""

    where: str
    header: Mapping[str, Any]
    sample: Mapping[str, Any]


@dataclass(frozen=True)
class Logs:
    """The samples to read, and what is to be said of the rest.

    Attributes:
        samples: each once, in the order of the logs.
        notes: what was not read, and why; which logs did not finish.
    """

    samples: list[Found]
    notes: list[str] = field(default_factory=list)


def read_logs(path: Path) -> Logs:
    """Return every sample of every log at a path, once.

    Raises:
        UsageError: there is no log; the message says what is there instead.
        DataError: a log is damaged, or none holds a sample that can be used.
    """
    logs, others = _files(path)
    if not logs:
        raise UsageError(f"{path}: {_EXPECTED}, found none{_instead(others)}")
    from unsaid.records.from_logs import raw_samples  # Inspect takes seconds to import

    found = [
        Found(f"{log}, sample {sample.get('id')!a} (epoch {sample.get('epoch')})", header, sample)
        for log in logs
        for header, sample in raw_samples(log, _DROPPED, _TODO)
    ]
    if not found:
        raise DataError(
            f"{path}: expected at least one sample that was finished, found none in {_named(logs)}"
        )
    kept, superseded = _latest(found)
    valid = [each for each in kept if not each.sample.get("invalidation")]
    notes = [*_unfinished(found), *_left_out(kept, valid, superseded), *_unread(path, others)]
    if not valid:
        raise DataError(f"{path}: all {len(kept)} samples are marked as invalid; {'; '.join(notes)}")
    return Logs(valid, notes)


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
            if b'"eval"' in start and b'"version"' in start:
                return True
            value = json.loads(start + opened.read())
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); {_TODO}") from error
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("eval"), dict) and "version" in value


def _latest(found: Sequence[Found]) -> tuple[list[Found], list[tuple[Found, Found]]]:
    """Return each sample of each task once, and those of earlier logs with what took their place."""
    later: dict[tuple[str, str, Any], Found] = {}
    superseded: list[tuple[Found, Found]] = []
    for each in sorted(found, key=_created):
        key = (_task(each.header), str(each.sample.get("id")), each.sample.get("epoch"))
        if key in later:
            superseded.append((later[key], each))
        later[key] = each
    kept = {id(each) for each in later.values()}
    return [each for each in found if id(each) in kept], superseded


def _task(header: Mapping[str, Any]) -> str:
    """Return what two logs of one task share."""
    spec = header["eval"]
    if task := spec.get("task_id"):
        return str(task)
    return json.dumps({name: spec.get(name) for name in _OF_A_TASK}, sort_keys=True, default=str)


def _created(found: Found) -> tuple[float, str]:
    """Return when a log was begun, for the order of two; a log that does not say so is the earlier one."""
    spec = found.header["eval"]
    said = str(spec.get("created") or "")
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        return -math.inf, said
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), said


def _left_out(
    kept: Sequence[Found], valid: Sequence[Found], superseded: Sequence[tuple[Found, Found]]
) -> Iterator[str]:
    if superseded:
        pairs = dict.fromkeys((_log(old), _log(new)) for old, new in superseded)
        named = "; ".join(f"{new} over {old}" for old, new in list(pairs)[:_LISTED])
        yield (
            f"{len(superseded):,} samples stand in the logs of a task and of its retry: of each the later is read "
            f"({named})"
        )
    if invalid := len(kept) - len(valid):
        first = next(each for each in kept if each.sample.get("invalidation"))
        said = first.sample["invalidation"]
        reason = said.get("reason") if isinstance(said, dict) else None
        why = f", because of {ascii(str(reason))[:80]}" if reason else ""
        yield f"{invalid:,} samples that were marked as invalid are left out (first: {first.where}{why})"


def _unfinished(found: Sequence[Found]) -> Iterator[str]:
    logs = dict.fromkeys(_log(each) for each in found if each.header.get("status", "started") != "success")
    for log in logs:
        yield f"{log} is of a run that did not finish: it holds what it had asked"


def _log(found: Found) -> str:
    return found.where.rpartition(", sample")[0]


def _unread(path: Path, others: Mapping[str, Sequence[Path]]) -> Iterator[str]:
    for why, files in others.items():
        yield f"not read, {why}: {_named([file.relative_to(path) for file in files])}"


def _instead(others: Mapping[str, Sequence[Path]]) -> str:
    return "".join(f"; there is {_named(files)} ({why})" for why, files in others.items())


def _named(files: Sequence[Path]) -> str:
    # As ASCII: names are somebody's text.
    shown = ", ".join(ascii(str(file))[1:-1] for file in files[:_LISTED])
    return shown + (f" and {len(files) - _LISTED:,} more" if len(files) > _LISTED else "")
