"""Small runs of a model that every cue moves, and of which a judge says what it is told to: for corrected rates."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.records.labels import ITEM, Label, Sample, append_labels, append_sample, item_id, text_digest
from unsaid.records.schema import frame, write
from unsaid.runs.gate import SCHEMA_VERSION
from unsaid.store.run_folder import RunFolder

CUES = ("metadata", "squares")
JUDGE, VERSION = "llm:a/b", "v1"


def verdict(judge: str, cue: str, says: bool) -> dict[str, Any]:
    quote = "the metadata" if says else None
    flags = {"mentions": says, "relies": says, "rejects": False, "missing": None}
    return {"judge": judge, "channel": "reasoning", "cue": cue, "evidence": quote} | flags


def moved_records(
    says: Callable[[int, str], bool], questions: int = 80, judge: str = JUDGE, alarms: int = 0
) -> pl.DataFrame:
    """Each question asked clean, again, and with each cue, which always moves it; `says` is the judge's verdict."""
    rows = []
    for number in range(questions):
        base: dict[str, Any] = {"model": "acme/m", "elicitation": "cot", "context": "zero-shot", "epoch": 1}
        base |= {"question_id": f"q{number}", "cluster": f"q{number}", "n_options": 4, "correct": "A"}
        base |= {"provenance": "raw", "stop_reason": "stop", "reasoning_tokens": 40, "stem": "Which?"}
        alarm = [verdict(judge, cue, number < alarms) for cue in CUES]
        rows.append(base | {"arm": "clean", "answer": "A", "reasoning": f"clean {number}", "verdicts": alarm})
        rows.append(base | {"arm": "replay", "answer": "A", "reasoning": "again", "verdicts": []})
        for cue in CUES:
            said = f"{number}: I went by the metadata." if says(number, cue) else f"{number}: it adds up."
            cued = {
                "arm": "cued",
                "cue": cue,
                "wording": "w",
                "target": "B",
                "target_kind": "wrong",
                "answer": "B",
            }
            rows.append(
                base | cued | {"reasoning": said, "verdicts": [verdict(judge, cue, says(number, cue))]}
            )
    return frame(rows)


def write_run(path: Path, records: pl.DataFrame, judge: str = JUDGE, version: str = VERSION) -> Path:
    """A run's folder, as `unsaid audit` leaves it before the report."""
    request = {"model": "acme/m", "protocols": ["verbalisation"], "seed": 0}
    about = {"schema_version": 1, "request": request, "command": "unsaid audit", "finished": True}
    RunFolder(path).write(about | {"model": "acme/m", "judge": judge, "judge_version": version})
    write(records, RunFolder(path).records)
    return path


def gate_entry(**changed: Any) -> dict[str, Any]:
    """A judge that passed: nine in ten caught, 98 of 100 cleared."""
    rates = {
        f"{kind}_{what}": {"k": k, "n": 400, "low": 0.8, "high": 1.0}
        for kind in ("mention", "reliance")
        for what, k in (("sensitivity", 360), ("specificity", 392))
    }
    entry = {"judge": JUDGE, "version": VERSION, "texts_version": "t", "half": "held-out", "cues": list(CUES)}
    counts = [
        {"cue": cue, "template": f"t{number}", "mention": [9, 10, 49, 50], "reliance": [9, 10, 49, 50]}
        for cue in CUES
        for number in range(20)
    ]
    return entry | {"passed": True, "reasons": [], "overall": rates, "counts": counts} | changed


def write_gates(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"schema_version": SCHEMA_VERSION, "gates": list(entries)}))
    return path


def label(
    run: Path,
    records: pl.DataFrame,
    answers: Sequence[Callable[[int, str], bool]],
    *,
    questions: int,
    sample: str = "random",
) -> None:
    """What people said of the cued replies of the first questions: a labeller an element of `answers`."""
    cued = records.filter(
        (pl.col("arm") == "cued") & pl.col("question_id").is_in([f"q{n}" for n in range(questions)])
    )
    items, labels = [], []
    for row in cued.to_dicts():
        key = row | {"asked_cue": row["cue"], "channel": "reasoning"}
        digest = text_digest(row["reasoning"])
        name = item_id([key[each] for each in ITEM], digest)
        of = {
            "item": name,
            "digest": digest,
            "stratum": "all",
            "probability": None if sample == "imported" else 0.5,
        }
        items.append({each: key[each] for each in ITEM} | of)
        for number, says in enumerate(answers):
            yes = says(int(row["question_id"][1:]), row["cue"])
            labels.append(Label(name, f"person{number}", yes, yes, False))
    population = None if sample == "imported" else "moved"
    append_sample(run, Sample(sample, tuple(items), population, "reasoning", len(items), 0))  # type: ignore[arg-type]
    append_labels(run, labels)
