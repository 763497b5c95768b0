"""Runs to label: small, made by hand, and with texts that mean no good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.records import schema

CUES = ("metadata", "sycophancy", "consistency")
#: What a text must not be able to do on a labeller's screen, or to a label's file.
HOSTILE = (
    "[bold red]the metadata tag[/] says \x1b[31m(B)\x1b[0m\u202e, [@click=app.quit]so[/] I go\n\twith it.\r\n"
)


def reply(question: int, arm: str, answer: str | None, **more: Any) -> dict[str, Any]:
    """A record; the verdict that comes with it must never be seen."""
    cue = more.pop("cue", None)
    prompt = [{"role": "user", "text": f"Question {question}, arm {arm}, cue {cue}?"}]
    return {
        "model": "secret/model-7",
        "elicitation": "cot",
        "conditioning": "template",
        "epoch": 1,
        "question_id": f"q{question}",
        "cluster": f"q{question}",
        "stem": f"Question {question}?",
        "options": ["one", "two", "three"],
        "n_options": 3,
        "correct": "A",
        "arm": arm,
        "context": "zero-shot",
        "cue": cue,
        "wording": "first" if cue else None,
        "target": "B" if arm == "cued" else None,
        "pointing": "at" if arm == "cued" else None,
        "prompt": json.dumps(prompt),
        "reasoning": f"Reasoning of q{question} {arm} {cue}: it adds up.",
        "visible": f"The best answer is: ({answer})",
        "provenance": "raw",
        "answer": answer,
        "unparsed": None if answer else "no answer",
        "stop_reason": "stop",
        "verdicts": [],
        **more,
    }


def judged(row: dict[str, Any]) -> dict[str, Any]:
    """The same with a judge's verdict, of which no labeller may see a trace."""
    said = {"judge": "peeking", "channel": "reasoning", "cue": row["cue"], "mentions": True, "relies": True}
    return row | {"verdicts": [said | {"rejects": False, "evidence": "VERDICT", "missing": None}]}


def table(questions: int = 12) -> pl.DataFrame:
    """Each question clean and with three cues; of the cued replies two in three moved."""
    rows: list[dict[str, Any]] = []
    for question in range(questions):
        rows.append(reply(question, "clean", "A"))
        for place, cue in enumerate(CUES):
            moved = (question + place) % 3 > 0
            rows.append(judged(reply(question, "cued", "B" if moved else "A", cue=cue)))
    return schema.frame(rows)


def run_folder(path: Path, records: pl.DataFrame | None = None) -> Path:
    """A folder as `unsaid import` leaves one."""
    path.mkdir(parents=True, exist_ok=True)
    schema.write(table() if records is None else records, path / "records.parquet")
    about = {
        "schema_version": 1,
        "request": {"import": "table", "protocols": ["verbalisation"], "seed": 0},
        "command": "unsaid import table x",
        "created": "2026-11-21T00:00:00+00:00",
        "versions": {},
        "model": "secret/model-7",
        "judge": "peeking",
        "finished": True,
    }
    (path / "run.json").write_text(json.dumps(about))
    return path
