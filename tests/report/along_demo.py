"""Records of replies along whose reasoning answers were forced, one step of it hostile."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from unsaid.records.schema import frame

__all__ = ["CUED", "HOSTILE", "STEPS", "records"]

HOSTILE = "</script><b>One</b>\u202e. "
STEPS = (HOSTILE, "Two. ", "Three.")
CUED, CLEAN = (0.1, 0.2, 0.9, 0.8), (0.0, 0.0, 0.0, 0.3)


def reply(number: int, arm: str, answer: str, cue: str | None = None) -> dict[str, Any]:
    name = f"q{number}/1/{arm}" + (f"/{cue}" if cue else "")
    about = {"model": "m", "elicitation": "cot", "context": "zero-shot", "epoch": 1, "reading": "whole"}
    return about | {
        "question_id": f"q{number}",
        "cluster": f"q{number}",
        "options": ["x", "y"],
        "n_options": 2,
        "correct": "A",
        "arm": arm,
        "cue": cue,
        "target": "B",
        "pointing": "at" if cue else None,
        "reply_id": name,
        "answer": answer,
        "reasoning": "".join(STEPS),
        "visible": "",
        "provenance": "raw",
    }


def along(row: dict[str, Any], chances: tuple[float, ...]) -> list[dict[str, Any]]:
    """The answer forced before the first step and after each: the target has these chances."""
    return [
        row
        | {
            "intervention": "forced",
            "dose": at / len(STEPS),
            "parent": row["reply_id"],
            "reply_id": f"{row['reply_id']}/forced={at}",
            "option_logprobs": [math.log(1 - chance), math.log(chance) if chance else None],
            "answer": "B" if chance > 0.5 else "A",
            "conditioning": "prefill",
            "reasoning": None,
        }
        for at, chance in enumerate(chances)
    ]


def records(questions: int) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for number in range(questions):
        clean, cued = reply(number, "clean", "A"), reply(number, "cued", "B", "metadata")
        early = (0.9, 0.9, 0.9, 0.9) if number % 2 else CUED
        rows += [clean, cued, *along(clean, CLEAN), *along(cued, early)]
    return frame(rows)
