"""`compare.json`: a comparison for programs, with the pairs behind every change of outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unsaid.estimates.compare.contrast import Comparison, Run
from unsaid.report.compare.together import Together
from unsaid.report.compare.together import document as over_runs
from unsaid.store.write import write_text

__all__ = ["SCHEMA_VERSION", "document", "write_comparison"]

SCHEMA_VERSION = 1


def document(comparison: Comparison, over: Sequence[Together] = ()) -> dict[str, Any]:
    """Return the comparison as plain data, with what is concluded over all runs."""
    return {
        "schema_version": SCHEMA_VERSION,
        "baseline": comparison.baseline,
        "runs": [_run(run) for run in comparison.runs],
        "contrasts": [asdict(contrast) for contrast in comparison.contrasts],
        "over_runs": over_runs(over),
    }


def write_comparison(comparison: Comparison, path: Path, over: Sequence[Together] = ()) -> None:
    """Write `compare.json`, replacing the file at once.

    Raises:
        OSError: the file cannot be written; an earlier one is as it was.
        ValueError: a difference holds NaN or an infinity.
    """
    text = json.dumps(
        document(comparison, over), indent=1, allow_nan=False
    )  # ASCII: survives unpaired surrogates
    write_text(path, text + "\n")


def _run(run: Run) -> dict[str, Any]:
    return {
        "label": run.label,
        "models": run.records["model"].unique().sort().to_list(),
        "elicitations": run.records["elicitation"].unique().sort().to_list(),
        "questions": run.records["question_id"].n_unique(),
        "records": run.records.height,
        "judge": run.judge,
        "finished": run.finished,
        "holds": run.holds,
        "request": dict(run.request),
    }
