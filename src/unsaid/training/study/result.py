"""What came of a study, from its folder: `study.json` for programs and for the docs, `study.html` for a reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from unsaid.errors import DataError
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import COLUMNS, Estimate
from unsaid.statistics.seeds import Plateau
from unsaid.store.reading import MB, read_json
from unsaid.store.write import write_text
from unsaid.training.rl.curves import Curve, Key, curves
from unsaid.training.study.findings import Curves, Finding, findings
from unsaid.training.study.folder import StudyFolder
from unsaid.training.study.plan import Plan, of_plain
from unsaid.training.study.told import page

__all__ = ["collected", "read_results", "write"]

VERSION = 1


def collected(plan: Plan, folder: StudyFolder) -> Curves:
    """Return the curves of every arm, over the seeds that have audits."""
    found: dict[str, Mapping[Key, Curve]] = {}
    for arm in plan.arms:
        trainings = [folder.training(arm.name, seed) for seed in plan.seeds]
        # The first seeds that have begun, so that the same place is the same seed in every arm.
        begun = list(takewhile(lambda training: training.steps(), trainings))
        if begun:
            try:
                of = curves(begun, plan.audit.last, besides=("model",))
            except DataError:  # no step is audited in all of them yet
                of = curves(begun[:1], plan.audit.last)
            found[arm.name] = {curve.key: curve for curve in of}
    return found


def write(plan: Plan, folder: StudyFolder, command: str, *, live: bool) -> tuple[Finding, ...]:
    """Write both files, and return the findings.

    Args:
        plan: of the study.
        folder: of the study.
        command: that runs it.
        live: whether the study goes on, so that the page loads itself anew.
    """
    of = collected(plan, folder)
    found = findings(plan, of)
    seconds = folder.cpu_seconds()
    about = {
        "Command": command,
        "Plan": plan.digest,
        "Processor time": f"{seconds:,.0f} s" if seconds else "none yet",
        "Finished": "no" if live else "yes",
    }
    document = {
        "schema_version": VERSION,
        "plan": asdict(plan),
        "digest": plan.digest,
        "made": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": command,
        "cpu_seconds": round(seconds),
        "finished": not live,
        "findings": [_plain(each) for each in found],
        "curves": {arm: [_curve(each) for each in each_arm.values()] for arm, each_arm in of.items()},
    }
    write_text(folder.results, json.dumps(document, indent=1, allow_nan=False) + "\n")
    write_text(folder.page, page(plan, found, of, about, live=live))
    return found


def _plain(finding: Finding) -> dict[str, Any]:
    return asdict(finding)


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        **asdict(curve.key),
        "best": curve.best,
        "level": asdict(curve.level),
        "points": [point.to_dict() for point in curve.points],
        "seeds": [{str(step): value for step, value in seed.items()} for seed in curve.seeds],
    }


def read_results(path: Path) -> tuple[Plan, tuple[Finding, ...], Curves, dict[str, Any]]:
    """Return what a `study.json` holds: its plan, findings, curves, and the document itself.

    Raises:
        DataError: it cannot be read, or its digest is not that of its plan.
    """
    try:
        found = read_json(path, "name the study.json of `unsaid train study`", 64 * MB)
        plan = of_plain(found["plan"], str(path))
        of = {arm: {each.key: each for each in map(_read, some)} for arm, some in found["curves"].items()}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not the results of a study ({error!r})") from error
    if found["digest"] != plan.digest:
        raise DataError(
            f"{path}: the plan in it was changed after the run (its digest is {plan.digest}, and {found['digest']} "
            "stands there)"
        )
    return plan, findings(plan, of), of, found


def _read(told: Mapping[str, Any]) -> Curve:
    points = tuple(
        Estimate(
            **{name: each[name] for name in COLUMNS if name not in {"subset", "flags"}}, at=At(each["at"])
        )
        for each in told["points"]
    )
    seeds = tuple({int(step): value for step, value in seed.items()} for seed in told["seeds"])
    key = Key(told["quantity"], told["cue"], told["definition"])
    return Curve(key, points, Plateau(**told["level"]), told["best"], seeds)
