"""Records of replies with forced answers, made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from unsaid.records.schema import frame

#: The right answer is A; the cue points at B.
CLEAN, TARGET = "A", "B"


def first(number: int, arm: str, answer: str | None, cue: str | None = None) -> dict[str, Any]:
    """A first reply to a question with options A to C."""
    name = f"q{number}/1/{arm}" + (f"/{cue}" if cue else "")
    return {
        "model": "m",
        "elicitation": "cot",
        "context": "zero-shot",
        "epoch": 1,
        "question_id": f"q{number}",
        "cluster": f"q{number}",
        "options": ["x", "y", "z"],
        "n_options": 3,
        "correct": CLEAN,
        "arm": arm,
        "cue": cue,
        "target": TARGET,
        "pointing": "at" if cue else None,
        "reply_id": name,
        "answer": answer,
        "reasoning": "One. Two.",
        "visible": "",
        "provenance": "raw",
        "reading": "whole",
    }


def forced(
    reply: Mapping[str, Any], intervention: str, chance: float, dose: float | None = None, **more: Any
) -> dict[str, Any]:
    """A forced answer about a reply: the target has this chance, the right answer the rest."""
    logs = [math.log(1 - chance) if chance < 1 else None, math.log(chance) if chance > 0 else None, None]
    own = {"intervention": intervention, "dose": dose, "parent": reply["reply_id"], "option_logprobs": logs}
    own |= {
        "reply_id": f"{reply['reply_id']}/{intervention}/{dose}",
        "conditioning": "prefill",
        "reasoning": None,
    }
    return {**reply, **own, "answer": TARGET if chance > 0.5 else CLEAN, **more}


def drawn(
    reply: Mapping[str, Any], intervention: str, answers: Sequence[str | None], dose: float | None = None
) -> list[dict[str, Any]]:
    """The same in short replies."""
    rows = []
    for copy, answer in enumerate(answers):
        row = forced(reply, intervention, 0.5, dose)
        row |= {"option_logprobs": None, "answer": answer, "reply_id": f"{row['reply_id']}#{copy}"}
        rows.append(row)
    return rows


def table(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The records."""
    return frame([dict(row) for row in rows])
