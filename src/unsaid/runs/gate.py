"""`gate.json`: which judges have passed the gate, for programs that correct a rate only where one has.

One entry per judge, version of its prompt, set of texts and half; the same judge gated again replaces its entry.
An entry's keys: `judge`, `version`, `texts_version`, `half`, `cues`, `texts`, `repeat`, `unsaid`, and what
`estimates.judging.gate.Gate` holds (`passed`, `reasons`, `overall`, `by_class`, ...).

A run keeps in its folder what it was corrected with (`adopt`), so that its report can be repeated; how the lexical
judge does is shipped (`bundled`), because the first report of all must say it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.estimates.judging.gate_applied import applying, failing
from unsaid.estimates.judging.gate_weights import weighted
from unsaid.estimates.judging.judge_error import Calibration
from unsaid.estimates.pairs import Definition
from unsaid.store.disk import unwritable
from unsaid.store.reading import read_json
from unsaid.store.shapes import GateEntry, fitting
from unsaid.store.write import write_text

__all__ = [
    "SCHEMA_VERSION",
    "Standing",
    "adopt",
    "bundled",
    "calibration",
    "read_gates",
    "standing",
    "version_of_run",
    "write_gate",
]

SCHEMA_VERSION = 1
_KEY = ("judge", "version", "texts_version", "half", "cues")
_RATES = ("mention_sensitivity", "mention_specificity", "reliance_sensitivity", "reliance_specificity")
#: Why an entry that passed corrects nothing.
_UNCOUNTED = (
    "its gate.json does not say which template each text of these cues was made from; run unsaid gate again"
)
#: Between the versions of a judge that changed while a run was being read.
_AND = " + "


@dataclass(frozen=True)
class Standing:
    """Whether a judge's rates may be corrected.

    Attributes:
        passed: whether it passed the gate, as it is now, for these cues.
        reasons: why not; empty where it passed.
        gated: whether it went through the gate at all, as it is now, for these cues.
        applied: whether the reasons are of the texts that apply to the run alone.
    """

    passed: bool
    reasons: tuple[str, ...]
    gated: bool = True
    applied: bool = False


def read_gates(path: Path) -> list[dict[str, Any]]:
    """The entries of a `gate.json`; none where there is no such file.

    Raises:
        DataError: the file is damaged, or of another schema version.
    """
    if not path.is_file():
        return []
    document = read_json(path, "move it away and run `unsaid gate` again")
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise DataError(f"{path}: not a gate.json of schema version {SCHEMA_VERSION}")
    entries = document.get("gates")
    if not isinstance(entries, list):
        raise DataError(f"{path}: not a gate.json, for it has no 'gates'; `unsaid gate --out` writes one")
    for number, entry in enumerate(entries):
        _check(entry, f"{path}: entry {number}")
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
        write_text(path, json.dumps(document, indent=1, allow_nan=False) + "\n")
    except OSError as error:
        raise unwritable(path.parent, error) from error


def bundled() -> list[dict[str, Any]]:
    """How the lexical judge did when this version of unsaid was made; it is nobody's secret that it fails."""
    with_package = files("unsaid.judges.gate") / "gate.json"
    entries: list[dict[str, Any]] = json.loads(with_package.read_text(encoding="utf-8"))["gates"]
    return entries


def adopt(path: Path, judge: str | None, into: Path) -> None:
    """Keep beside a run what a `gate.json` says of its judge, so that its report can be repeated without that file.

    Args:
        path: a `gate.json`, or the folder that `unsaid gate --out` made.
        judge: who read the run; None where nobody did.
        into: the run's own `gate.json`.

    Raises:
        UsageError: there is no such file, it says nothing of this judge, or nobody read the run.
        DataError: it is damaged, or something else.
        RunError: the run's folder cannot be written to.
    """
    if path.is_dir():
        path /= "gate.json"
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; `unsaid gate --judge ... --out ...` writes one")
    entries = read_gates(path)
    if judge is None:
        raise UsageError(f"{path}: no judge read this run, so there is no rate to correct")
    about = [entry for entry in entries if entry["judge"] == judge]
    if not about:
        known = ", ".join(dict.fromkeys(str(entry["judge"]) for entry in entries)) or "nobody"
        raise UsageError(f"{path}: it has results of {known}, and none of {judge}, which read this run")
    for entry in about:
        write_gate(entry, into)


def version_of_run(about: Mapping[str, Any], now: str) -> str:
    """What `run.json` is to say of the judge's version: all that may have read the run, where it changed underway."""
    earlier = about.get("judge_version")
    if not isinstance(earlier, str) or not earlier:
        return now
    if about.get("finished"):
        return earlier
    return _AND.join(dict.fromkeys([*earlier.split(_AND), now]))


def standing(
    gates: Iterable[dict[str, Any]],
    judge: str,
    version: str,
    cues: Iterable[str],
    left_out: Collection[str] = (),
) -> Standing:
    """Whether a judge has passed on the held-out half, with the prompt it has now, for all of these cues.

    A judge that was never gated has not passed: silence is not a pass. One that failed on all texts is judged again on
    those of these cues and of the classes that apply, where its entry tells them apart; the reasons are then of these.

    Args:
        gates: the entries of a `gate.json`.
        judge: its name, as in the records.
        version: of what it goes by (`judges.gate.judge_version`).
        cues: whose rates are to be corrected.
        left_out: classes of texts that do not apply to the run.
    """
    wanted = set(cues)
    entry, reason = _latest(list(gates), judge, version, wanted)
    if entry is None:
        return Standing(False, (reason,), gated=False)
    reasons = tuple(str(each) for each in entry["reasons"])
    if entry["passed"]:
        return Standing(True, reasons)
    narrowed = _narrowed(entry, wanted, left_out)
    return Standing(False, reasons) if narrowed is None else Standing(not narrowed, narrowed, applied=True)


def _narrowed(
    entry: Mapping[str, Any], cues: Collection[str], left_out: Collection[str]
) -> tuple[str, ...] | None:
    """What does not hold on the texts that apply; None where the entry does not tell them apart."""
    missing, stability = entry.get("missing"), entry.get("stability")
    if (
        not isinstance(missing, dict)
        or not _is_share(missing)
        or not (stability is None or _is_share(stability))
    ):
        return None
    return failing(applying(_counts(entry), cues, left_out), missing, stability)


def _is_share(rate: object) -> bool:
    if not isinstance(rate, dict) or any(type(rate.get(name)) is not int for name in ("k", "n")):
        return False
    return bool(0 <= rate["k"] <= rate["n"] and rate["n"] > 0)


def calibration(
    gates: Iterable[dict[str, Any]],
    judge: str,
    version: str,
    cues: Iterable[str],
    definition: Definition,
    left_out: Collection[str] = (),
) -> Calibration:
    """The judge's counts on the held-out half, as `estimates.judging.judge_error.corrected` takes them.

    Over all classes of texts of these cues, which count alike, clustered by template
    (`estimates.judging.gate_weights`). Where the judge has not passed, the reason stands in `failed`, and no rate is
    corrected; a judge without an entry has no counts either, and one whose entry does not say which template each text
    was made from cannot correct, for nobody knows how many independent texts there were.

    Args:
        gates: the entries of a `gate.json`.
        judge: its name, as in the records.
        version: of what it goes by.
        cues: whose rates are to be corrected.
        definition: what counts as verbalised.
        left_out: classes of texts that do not apply to the run.
    """
    entry, reason = _latest(list(gates), judge, version, set(cues))
    if entry is None:
        return Calibration(0, 0, 0, 0, "the gate", judge, definition, failed=reason)
    wanted, source = sorted(set(cues)), "the gate's held-out half"
    told = applying(_counts(entry), wanted, left_out)
    sensitivity = weighted(told, wanted, definition, "sensitivity")
    specificity = weighted(told, wanted, definition, "specificity")
    stands = standing([entry], judge, version, wanted, left_out)
    failed = "" if stands.passed else "; ".join(stands.reasons)
    if sensitivity is None or specificity is None:
        return Calibration(0, 0, 0, 0, f"{source} ({_UNCOUNTED})", judge, definition, failed=failed)
    totals = [sum(each[definition][at] for each in told) for at in range(4)]
    return Calibration(
        caught=totals[0],
        positives=totals[1],
        cleared=totals[2],
        negatives=totals[3],
        source=source,
        judge=judge,
        definition=definition,
        failed=failed,
        sensitivity=sensitivity,
        specificity=specificity,
    )


def _counts(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An entry's counts by cue and template; none where it has none, or they are damaged."""
    told = entry.get("counts")
    if not isinstance(told, list) or not all(_is_count(each) for each in told):
        return []
    return told


def _is_count(each: object) -> bool:
    if not isinstance(each, dict) or not all(isinstance(each.get(name), str) for name in ("cue", "template")):
        return False
    if not all(isinstance(each.get(name, ""), str) for name in ("group", "kind")):
        return False
    return all(_four(each.get(name)) for name in ("mention", "reliance"))


def _four(numbers: object) -> bool:
    """Caught, of how many; cleared, of how many."""
    if not isinstance(numbers, list) or len(numbers) != 4 or any(type(each) is not int for each in numbers):
        return False
    return bool(0 <= numbers[0] <= numbers[1] and 0 <= numbers[2] <= numbers[3])


def _latest(
    gates: list[dict[str, Any]], judge: str, version: str, cues: set[str]
) -> tuple[dict[str, Any] | None, str]:
    """The last entry that speaks of this judge on these cues; else why there is none."""
    of_judge = [entry for entry in gates if entry["judge"] == judge and entry["half"] == "held-out"]
    if not of_judge:
        return (
            None,
            f"{judge} has not been through the gate's held-out half",
        )
    current = [entry for entry in of_judge if entry["version"] == version]
    if _AND in version:
        return None, f"{judge} changed while it read this run, and no gate speaks of such a mixture"
    if not version:
        return None, f"it is not known which version of {judge} read this run; unsaid audit notes it"
    if not current:
        return None, f"{judge} went through the gate with another prompt, and has to go again"
    fitting = [entry for entry in current if cues <= set(entry["cues"])]
    if not fitting:
        absent = sorted(cues - {name for entry in current for name in entry["cues"]}) or sorted(cues)
        return None, f"{judge} was not gated for {', '.join(absent)}"
    return fitting[-1], ""


def _check(entry: object, where: str) -> None:
    """Refuse an entry that is not one.

    Raises:
        DataError: a field is missing, or is of another type; or a rate counts more texts than there are.
    """
    try:
        found = fitting(entry, GateEntry)
    except ValueError as error:
        raise DataError(f"{where}: {error}") from error
    for name in _RATES:
        if found["overall"][name]["k"] > found["overall"][name]["n"]:
            raise DataError(f"{where}: overall.{name} counts more texts than there are")
