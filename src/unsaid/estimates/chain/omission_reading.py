"""What a reply says of the values that its question needs: the rows that `omission` counts.

The needed values are worked out from the question's own text, so that a report can be made again, and foreign records
read, with nothing beside the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cued.leaks import forbids_reasoning
from unsaid.estimates.pairs import loss
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.bottlenecks import Needed, unsaid
from unsaid.records.contexts import bare

__all__ = ["OTHERS", "SCHEMA", "needed_of", "replies"]

#: With so many other questions' values a reply is compared.
OTHERS = 20

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(["model", "elicitation", "question_id", "cluster", "task"], pl.String),
    "epoch": pl.Int64,
    "difficulty": pl.Int64,
    "stratum": pl.String,  # a task at a difficulty
    "seen": pl.Boolean,  # its answer was
    "right": pl.Boolean,  # seen, and correct
    "read": pl.Boolean,  # seen, and its reasoning can be read
    "correct": pl.Boolean,  # read, and correct
    "omitted": pl.Boolean,  # correct, and a needed value is unsaid
    "missed": pl.Boolean,  # read and wrong, and a needed value is unsaid
    "needed": pl.List(pl.String),
    "unsaid": pl.List(pl.String),  # null where it cannot be read
    "length": pl.Int64,  # of what was read, in characters
    "others": pl.Float64,  # how often another question's values are found in it; null where there is no other
}


@lru_cache(maxsize=4096)
def needed_of(task: str | None, stem: str | None) -> Needed | None:
    """Return what a question needs; None where it needs nothing, or nothing is known."""
    found = TASKS.get(task or "")
    if found is None or isinstance(found.bottlenecks, str) or not stem:
        return None
    return found.bottlenecks(stem)


@dataclass(frozen=True)
class _Read:
    """A row, what its question needs, and what its text mentions (None where it cannot be read)."""

    row: dict[str, Any]
    needed: Needed
    mentioned: tuple[str, ...] | None


def replies(records: pl.DataFrame) -> pl.DataFrame:
    """Return one row of `SCHEMA` a clean reply to a question with needed values, in one context a style.

    Deterministic: the other questions that a reply is compared with are the next ones in the order of their ids.

    Args:
        records: a table of `records.schema`.
    """
    names = sorted(name for name, task in TASKS.items() if not isinstance(task.bottlenecks, str))
    rows = records.filter((pl.col("arm") == "clean") & pl.col("task").is_in(names))
    # Behind demonstrations a question is asked clean too, as the partner of cues made of these; it counts once.
    rows = bare(rows).with_columns(lost=loss())
    read = list(_read(rows))
    sets = _sets(read)
    table = [_row(each, sets[_kind(each.needed, each.row)]) for each in read]
    return pl.DataFrame(table, schema=SCHEMA, orient="row")


def _read(rows: pl.DataFrame) -> Iterator[_Read]:
    for row in rows.iter_rows(named=True):
        needed = needed_of(row["task"], row["stem"])
        if needed is None or row["correct"] is None:
            continue
        text = None if row["lost"] is not None or forbids_reasoning(row["elicitation"]) else _text(row)
        yield _Read(row | {"text": text}, needed, None if text is None else needed.mentions(text))


def _text(row: dict[str, Any]) -> str | None:
    """Return all that the reply says; None where its reasoning is not there to be read, or a summary only."""
    if row["provenance"] not in (None, "raw", "split") or not (row["reasoning"] or "").strip():
        return None
    return f"{row['reasoning']}\n{row['visible'] or ''}"


_Values = tuple[tuple[str, ...], str]


def _kind(needed: Needed, row: dict[str, Any]) -> tuple[str, int]:
    return row["task"], len(needed.values)


def _sets(read: list[_Read]) -> dict[tuple[str, int], list[_Values]]:
    """Return the different values that questions of a task need, in the questions' order, as many of each."""
    found: dict[tuple[str, int], dict[_Values, None]] = {}
    for each in sorted(read, key=lambda one: str(one.row["question_id"])):
        key = _kind(each.needed, each.row)
        found.setdefault(key, {})[each.needed.values, each.needed.answer] = None
    return {key: list(values) for key, values in found.items()}


def _row(each: _Read, sets: list[_Values]) -> dict[str, Any]:
    row, needed = each.row, each.needed
    seen = row["lost"] is None
    right = seen and row["answer"] == row["correct"]
    left_out = None if each.mentioned is None else unsaid(needed.values, needed.answer, each.mentioned)
    known = left_out is not None
    shared = ("model", "elicitation", "question_id", "cluster", "task", "epoch", "difficulty")
    level = "" if row["difficulty"] is None else f" at {row['difficulty']}"
    return {name: row[name] for name in shared} | {
        "stratum": f"{row['task']}{level}",
        "seen": seen,
        "right": right,
        "read": known,
        "correct": known and right,
        "omitted": known and right and bool(left_out),
        "missed": known and not right and bool(left_out),
        "needed": list(needed.values),
        "unsaid": None if left_out is None else list(left_out),
        "length": None if row["text"] is None else len(row["text"].strip()),
        "others": None if each.mentioned is None else _others(needed, each.mentioned, sets),
    }


def _others(needed: Needed, mentioned: tuple[str, ...], sets: list[_Values]) -> float | None:
    """In what share of other questions all of their needed values are mentioned."""
    own = sets.index((needed.values, needed.answer))
    turned = [*sets[own + 1 :], *sets[:own]]
    others = [(values, answer) for values, answer in turned if values != needed.values][:OTHERS]
    return float(np.mean([not unsaid(*other, mentioned) for other in others])) if others else None
