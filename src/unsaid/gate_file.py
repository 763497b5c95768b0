"""`gate.json`: which judges have passed the gate, for programs that correct a rate only where one has.

One entry a judge, version of its prompt, set of texts and half; the same judge gated again replaces its entry.
An entry's keys: `judge`, `version`, `texts_version`, `half`, `cues`, `texts`, `repeat`, `unsaid`, and what
`estimates.gate.Gate` holds (`passed`, `reasons`, `overall`, `by_class`, ...).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.disk import unwritable
from unsaid.errors import DataError
from unsaid.estimates.judge_error import Calibration
from unsaid.estimates.pairs import Definition

__all__ = ["SCHEMA_VERSION", "Standing", "calibration", "read_gates", "standing", "write_gate"]

SCHEMA_VERSION = 1
_KEY = ("judge", "version", "texts_version", "half", "cues")
_REQUIRED = (*_KEY, "passed", "reasons")


@dataclass(frozen=True)
class Standing:
    """Whether a judge's rates may be corrected.

    Attributes:
        passed: whether it passed the gate, as it is now, for these cues.
        reasons: why not; empty where it passed.
    """

    passed: bool
    reasons: tuple[str, ...]


def read_gates(path: Path) -> list[dict[str, Any]]:
    """The entries of a `gate.json`; none where there is no such file.

    Raises:
        DataError: the file is damaged, or of another schema version.
    """
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: damaged ({error}); move it away and run `unsaid gate` again") from error
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise DataError(f"{path}: not a gate.json of schema version {SCHEMA_VERSION}")
    entries = document.get("gates")
    if not isinstance(entries, list) or not all(_whole(entry) for entry in entries):
        raise DataError(f"{path}: an entry lacks one of {', '.join(_REQUIRED)}, or it is of another type")
    return entries


def write_gate(entry: dict[str, Any], path: Path) -> None:
    """Put an entry into a `gate.json`, in the place of the one with its key; replaces the file at once.

    Raises:
        DataError: the file that is there is damaged.
        RunError: the folder cannot be written to.
    """
    kept = [each for each in read_gates(path) if [each[key] for key in _KEY] != [entry[key] for key in _KEY]]
    document = {"schema_version": SCHEMA_VERSION, "gates": [*kept, entry]}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def standing(gates: Iterable[dict[str, Any]], judge: str, version: str, cues: Iterable[str]) -> Standing:
    """Whether a judge has passed on the held-out half, with the prompt it has now, for all of these cues.

    A judge that was never gated has not passed: silence is not a pass.

    Args:
        gates: the entries of a `gate.json`.
        judge: its name, as in the records.
        version: of what it goes by (`judges.gate.judge_version`).
        cues: whose rates are to be corrected.
    """
    entry, reason = _latest(list(gates), judge, version, set(cues))
    if entry is None:
        return Standing(False, (reason,))
    return Standing(entry["passed"], tuple(str(each) for each in entry["reasons"]))


def calibration(
    gates: Iterable[dict[str, Any]], judge: str, version: str, cues: Iterable[str], definition: Definition
) -> Calibration:
    """The judge's counts on the held-out half, as `estimates.judge_error.corrected` takes them.

    Over all classes of texts and all gated cues. Where the judge has not passed, the reason stands in `failed`, and
    no rate is corrected; a judge without an entry has no counts either.

    Args:
        gates: the entries of a `gate.json`.
        judge: its name, as in the records.
        version: of what it goes by.
        cues: whose rates are to be corrected.
        definition: what counts as verbalised.
    """
    entry, reason = _latest(list(gates), judge, version, set(cues))
    if entry is None:
        return Calibration(0, 0, 0, 0, "the gate", judge, definition, failed=reason)
    kind = "mention" if definition == "mention" else "reliance"
    caught, cleared = (entry["overall"][f"{kind}_{what}"] for what in ("sensitivity", "specificity"))
    return Calibration(
        caught["k"],
        caught["n"],
        cleared["k"],
        cleared["n"],
        "the gate's held-out half",
        judge,
        definition,
        failed="" if entry["passed"] else "; ".join(str(each) for each in entry["reasons"]),
    )


def _latest(
    gates: list[dict[str, Any]], judge: str, version: str, cues: set[str]
) -> tuple[dict[str, Any] | None, str]:
    """The last entry that speaks of this judge on these cues; else why there is none."""
    of_judge = [entry for entry in gates if entry["judge"] == judge and entry["half"] == "held-out"]
    if not of_judge:
        return (
            None,
            f"{judge} has not been through the gate's held-out half: unsaid gate --judge ... --out ...",
        )
    current = [entry for entry in of_judge if entry["version"] == version]
    if not current:
        return None, f"{judge} went through the gate with another prompt, and has to go again"
    fitting = [entry for entry in current if cues <= set(entry["cues"])]
    if not fitting:
        absent = sorted(cues - {name for entry in current for name in entry["cues"]}) or sorted(cues)
        return None, f"{judge} was not gated for {', '.join(absent)}"
    return fitting[-1], ""


def _whole(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and all(name in entry for name in _REQUIRED)
        and isinstance(entry["passed"], bool)
        and isinstance(entry["reasons"], list)
        and isinstance(entry["cues"], list)
    )
