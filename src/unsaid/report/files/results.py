"""`results.json`: the estimates for programs, stable between versions."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from unsaid.errors import DataError
from unsaid.estimates.coordinates import At, read
from unsaid.estimates.estimate import Estimate
from unsaid.store.reading import read_json
from unsaid.store.shapes import LARGEST
from unsaid.store.write import write_text

SCHEMA_VERSION = 1

#: What stands first in every estimate, in this order; the other attributes follow.
LEADING = (
    "protocol",
    "quantity",
    "model",
    "cue",
    "elicitation",
    "definition",
    "judge",
    "value",
    "low",
    "high",
    "level",
    "n",
    "questions",
    "missing",
    "note",
)

_FIELDS = {item.name: item for item in fields(Estimate)}
_REQUIRED = {name for name, item in _FIELDS.items() if item.default is item.default_factory is MISSING}
_NUMBERS = {"value", "low", "high", "level"}
_COUNTS = {"n", "k", "questions", "missing"}
_NULLABLE = {"value", "low", "high", "k", "cue", "elicitation", "definition", "judge"}


def write_results(estimates: Sequence[Estimate], path: Path, protocols: Sequence[str] = ()) -> None:
    """Write the estimates as `results.json`, replacing the file at once.

    `protocols` says under which protocols they were estimated, which may be others than the run asked.

    A value that is not finite is refused: JSON has no word for it, and an estimator that has no number
    must say None and why.

    Raises:
        OSError: the file cannot be written; an earlier one is as it was.
        ValueError: an estimate holds NaN or an infinity.
    """
    rows = [_ordered(estimate.to_dict()) for estimate in estimates]
    document = {"schema_version": SCHEMA_VERSION, "protocols": list(protocols), "estimates": rows}
    text = json.dumps(document, indent=1, allow_nan=False)  # ASCII: survives unpaired surrogates in a note
    write_text(path, text + "\n")


def read_results(path: Path) -> list[Estimate]:
    """Read what `write_results` wrote.

    Raises:
        DataError: the file is missing, damaged, of another schema version, or holds an estimate whose
            fields are unknown, absent or of another type (the message names which).
    """
    try:
        document = read_json(path, f"`unsaid report {path.parent}` makes it anew")
    except FileNotFoundError:
        raise DataError(
            f"{path}: there are no results here; `unsaid report {path.parent}` makes them"
        ) from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        raise DataError(f"{path}: schema version {version}, this unsaid reads {SCHEMA_VERSION}")
    rows = document.get("estimates")
    if not isinstance(rows, list):
        raise DataError(f"{path}: 'estimates' is not a list")
    return [_estimate(row, f"{path}: estimate {number}") for number, row in enumerate(rows)]


def _ordered(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in LEADING} | row


def _estimate(row: object, where: str) -> Estimate:
    if not isinstance(row, dict):
        raise DataError(f"{where} is not an object")
    if unknown := row.keys() - _FIELDS.keys() - {"subset"}:
        raise DataError(f"{where} has unknown field(s) {', '.join(sorted(unknown))}")
    if absent := _REQUIRED - row.keys():
        raise DataError(f"{where} lacks {', '.join(sorted(absent))}")
    for name, value in row.items():
        if not _fits(name, value):
            raise DataError(f"{where}: {name} cannot be {value!r}")
    try:
        return Estimate(**_typed(row))
    except ValueError as error:
        raise DataError(f"{where}: {error}") from error


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of an estimate. Files from before coordinates were kept have only what they are said as.

    Raises:
        ValueError: `subset` is not what the coordinates are said as.
    """
    said = row.get("subset")
    at = At(row["at"]) if "at" in row else read(said or "")
    if said is not None and said != str(at):
        raise ValueError(f"subset is {said!r}, and at is {str(at)!r}")
    given = {name: value for name, value in row.items() if name != "subset"}
    return given | {"at": at, "flags": tuple(row.get("flags", ()))}


def _fits(name: str, value: object) -> bool:
    if value is None:
        return name in _NULLABLE
    if name == "flags":
        return isinstance(value, list) and all(isinstance(flag, str) for flag in value)
    if name == "at":
        return isinstance(value, dict) and all(
            isinstance(each, str) or _is_number(each) for each in value.values()
        )
    if name in _NUMBERS:
        return _is_number(value)
    if name in _COUNTS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
