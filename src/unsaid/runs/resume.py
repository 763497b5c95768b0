"""Before a run goes on: what Inspect would take for done and is not, or would stumble over.

- A log that cannot be opened (a machine that lost power while it was written, a bad disk) would stop every
  further command. It is renamed, never deleted; its questions are asked again, from the cache of replies
  where there is one.
- A sample with a call that failed for good is whole to Inspect. It is marked as invalid, which is Inspect's own
  way of saying "ask again": replies that did come are in the cache, so only the missing are asked.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.log import ProvenanceData, invalidate_samples, read_eval_log, write_eval_log

from unsaid.errors import RunConflict
from unsaid.records.from_logs import header_of, raw_samples, read_samples, said_of
from unsaid.store.archive import check_archive
from unsaid.store.run_folder import difference

DAMAGED = ".damaged"

Key = tuple[str, int]


@dataclass(frozen=True)
class Mended:
    """What was found in a folder of logs.

    Attributes:
        set_aside: damaged logs, under their new names.
        asked_again: samples with a call that had failed.
        whole: calls that were answered and need not be made again.
    """

    set_aside: tuple[Path, ...]
    asked_again: int
    whole: int

    def told(self) -> Iterator[str]:
        """Yield what the user should know, a line each."""
        for log in self.set_aside:
            yield f"a log is damaged and was set aside as {log}; questions that no other log has are asked again"
        if self.asked_again:
            yield f"asking again what failed in {self.asked_again} question{'s' if self.asked_again > 1 else ''}"


def mend(folder: Path, model: str | None = None, settings: dict[str, Any] | None = None) -> Mended:
    """Make a folder of logs ready for the run to go on.

    Args:
        folder: the run's logs.
        model: whom the run asks; None where any will do.
        settings: the run's; None where any will do. A folder that lost its `run.json`, or was copied together,
            may hold logs of another command, which would be read as this one's.

    Raises:
        DataError: a log is whole and not one of ours.
        RunConflict: a log is of another command.
    """
    set_aside: list[Path] = []
    samples: dict[Key, tuple[Path, list[dict[str, Any]]]] = {}
    for log in sorted(folder.glob("*.eval")):
        # Every member, not only those that are read: a flipped bit in a name hides a sample, and Inspect, which
        # counts what the header says, would never ask its question again.
        if not _opens(log):
            set_aside.append(log.rename(log.with_name(log.name + DAMAGED)))
            continue
        samples |= {(name, epoch): (log, rows) for name, epoch, rows in read_samples(log)}
        _compare(log, model, settings)
    failed: dict[Path, set[Key]] = {}
    for key, (log, rows) in samples.items():
        if any(_failed(row) for row in rows):
            failed.setdefault(log, set()).add(key)
    for log, keys in failed.items():
        _invalidate(log, keys)
    whole = sum(not _failed(row) for _, rows in samples.values() for row in rows)
    return Mended(tuple(set_aside), sum(map(len, failed.values())), whole)


def errors_of(folder: Path) -> dict[Key, str]:
    """Return why questions have no sample that can be read, by question and epoch: the first line of each error.

    Where logs overlap, the later one counts.

    Raises:
        DataError: a log is damaged.
    """
    errors: dict[Key, str] = {}
    for log in sorted(folder.glob("*.eval")):
        for _, sample in raw_samples(log):
            key, error = (str(sample["id"]), int(sample["epoch"])), sample.get("error")
            errors.pop(key, None)
            if error:
                errors[key] = (str(error.get("message") or "").strip().splitlines() or [""])[0]
    return errors


def _compare(log: Path, model: str | None, settings: dict[str, Any] | None) -> None:
    """Refuse a log that another command made.

    Raises:
        RunConflict: it was asked of another model or with other settings; the message shows the difference.
    """
    header = header_of(log)
    there: dict[str, Any] = {}
    if model is not None:
        there["model"] = header["eval"]["model"]
    if settings is not None:
        there |= (header["eval"].get("metadata") or {}).get("unsaid", {}).get("settings", {})
    now = {name: value for name, value in ({"model": model} | (settings or {})).items() if name in there}
    now = json.loads(json.dumps(now))
    if there != now:
        raise RunConflict(
            f"{log}: this log was made by another command:\n{difference(there, now)}\n"
            "move it away, or repeat the command that made it, or give another folder with --out"
        )


def _opens(log: Path) -> bool:
    """Return whether every member of the archive can be read; what else is wrong is not damage."""
    try:
        with zipfile.ZipFile(log) as archive:
            check_archive(archive)
            whole = archive.testzip() is None and any(name.endswith(".json") for name in archive.namelist())
        if whole and log.suffix == ".eval":
            read_eval_log(
                str(log), header_only=True
            )  # Inspect reads it before anything else, and stops at it
        return whole
    except Exception:  # noqa: BLE001 - whatever a decompressor makes of flipped bits: it does not open
        return False


def _failed(row: dict[str, Any]) -> bool:
    """Return whether the call failed, or a judge's call about it."""
    return row["error"] is not None or any(
        (verdict["missing"] or "").startswith("failed") for verdict in row["verdicts"]
    )


def _invalidate(log: Path, keys: set[Key]) -> None:
    with said_of(str(log)):
        full = read_eval_log(str(log))
    uuids = [
        sample.uuid for sample in full.samples or [] if sample.uuid and (str(sample.id), sample.epoch) in keys
    ]
    why = ProvenanceData(author="unsaid", reason="a call failed; it is asked again")
    write_eval_log(invalidate_samples(full, uuids, why), str(log))
