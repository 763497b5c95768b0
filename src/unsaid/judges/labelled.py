"""Replies that people labelled, read by a judge: the same texts, about the same cues, blind to the labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from unsaid.cues import Cue, Target, cue
from unsaid.errors import QuestionError, UnknownName, UsageError
from unsaid.judges.judge import Judge, Reading, read_all
from unsaid.judges.verdict import Missing, to_row
from unsaid.pace import counting
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import LETTERS, Question
from unsaid.records import schema
from unsaid.records.schema import Channel
from unsaid.records.texts import text as text_of

__all__ = ["Read", "Recorded", "pick_labeller", "read_labelled", "reading_of", "recorded"]


@dataclass(frozen=True)
class Read:
    """Labelled records with a judge's verdicts beside the labels.

    Attributes:
        records: the records that have a label, in their order.
        readings: how many texts were read now.
        left_out: why some labelled texts could not be read, with how many.
        there: how many had a verdict of this judge already, which counts.
    """

    records: pl.DataFrame
    readings: int
    left_out: dict[str, int]
    there: int = 0


@dataclass(frozen=True)
class Recorded:
    """Somebody who gave verdicts and cannot be asked for more: a person, or a judge whose verdicts were imported.

    Attributes:
        name: as it stands in the records.
    """

    name: str

    async def read(self, reading: Reading) -> Missing:
        """Return that there is no verdict."""
        return Missing(f"not read: {self.name} gave no verdict on it")


def recorded(records: pl.DataFrame, spec: str) -> str | None:
    """Return the name under which a judge's verdicts stand in the records; None where it gave none.

    Args:
        records: a table of `records.schema`.
        spec: as it was typed: "anna" for "human:anna", "openai/m" for "llm:openai/m", or the whole name.
    """
    known = set(_names(records))
    return next((name for name in (spec, f"llm:{spec}", f"human:{spec}") if name in known), None)


def _names(records: pl.DataFrame) -> list[str]:
    """Return everybody who gave a verdict."""
    names = records.select(pl.col("verdicts").list.eval(pl.element().struct.field("judge")))
    return sorted(set(names["verdicts"].explode().drop_nulls()))


def pick_labeller(records: pl.DataFrame, labeller: str | None) -> str:
    """Return the labeller asked for, or the only one.

    People's names in the records are "human", or begin with "human:".

    Raises:
        UsageError: nobody labelled these records, or several did and none was named.
        UnknownName: nobody of that name did.
    """
    known = _names(records)
    people = [name for name in known if name == "human" or name.startswith("human:")]
    if labeller is not None:
        for name in (labeller, f"human:{labeller}"):
            if name in known:
                return name
        raise UnknownName("labeller", labeller, people or known)
    if len(people) != 1:
        who = (
            f"several people labelled these: {', '.join(people)}"
            if people
            else "no person labelled these replies"
        )
        raise UsageError(
            f"{who}; {'say whose labels count: --labeller NAME' if people else 'import labels with them'}"
        )
    return str(people[0])


async def read_labelled(judge: Judge, records: pl.DataFrame, labeller: str, limit: int | None = None) -> Read:
    """Return every text that the labeller labelled, read by the judge about the same cue.

    A verdict that the judge has given already counts, and its text is not read again.

    Args:
        judge: who reads; it sees what it would see in a run, and never the labels.
        records: a table of `records.schema`.
        labeller: whose labels say what is read.
        limit: at most so many records, the first ones.

    Raises:
        UnsaidError: the judge cannot be used at all.
    """
    rows = [
        row for row in records.to_dicts() if any(each["judge"] == labeller for each in row["verdicts"] or ())
    ]
    left_out: Counter[str] = Counter()
    wanted: list[tuple[dict[str, Any], str, Reading]] = []
    there = 0
    for row in rows[:limit]:
        labels = [each for each in row["verdicts"] if each["judge"] == labeller]
        row["verdicts"] = [
            each for each in row["verdicts"] if each["judge"] != judge.name or each["missing"] is None
        ]
        given = {(each["channel"], each["cue"]) for each in row["verdicts"] if each["judge"] == judge.name}
        for label in labels:
            if (label["channel"], label["cue"]) in given:
                there += 1
                continue
            reading = _reading(row, label)
            if isinstance(reading, Reading):
                wanted.append((row, label["cue"], reading))
            else:
                left_out[reading] += 1
    with counting("readings made", len(wanted)) as tick:
        outcomes = await read_all(judge, [reading for _, _, reading in wanted], tick)
    for (row, asked, reading), outcome in zip(wanted, outcomes, strict=True):
        row["verdicts"].append(to_row(judge.name, reading.channel, asked, outcome))
    return Read(schema.frame(rows[:limit]), len(wanted), dict(left_out), there)


def _reading(row: dict[str, Any], label: dict[str, Any]) -> Reading | str:
    """Return what the judge reads, or why it cannot."""
    found = _cue(label["cue"])
    if found is None:
        return f"there is no cue named {label['cue']!r} here"
    text = text_of(row, label["channel"])
    if not text or not text.strip():
        return f"there is no {label['channel']} text"
    return reading_of(row, cast("Channel", label["channel"]), text, found)


def reading_of(row: Mapping[str, Any], channel: Channel, text: str, asked: Cue) -> Reading:
    """Return what a judge reads of a record, as far as it can be told from the record alone.

    Args:
        row: of `records.schema`.
        channel: which of its texts.
        text: that text.
        asked: the cue that is asked about.
    """
    question = _question(row)
    letters = LETTERS[: len(question.options)]
    target: Target | None = row["target"] if row["n_options"] == 0 else None
    if row["target"] and row["target"] in letters:
        target = letters.index(row["target"])
    return Reading(text, channel, asked, question, target, _prompt(row))


def _cue(name: str | None) -> Cue | None:
    try:
        return cue(name) if name else None
    except UnknownName:
        return None


def _question(row: Mapping[str, Any]) -> Question:
    """Return the question as far as it was released; options that a question cannot have stay out."""
    stem = (row["stem"] or "").strip() or "(the question is not known)"
    try:
        return Question(row["question_id"], stem, tuple(row["options"] or ()))
    except QuestionError:
        return Question(row["question_id"], "\n".join([stem, *(row["options"] or ())]))


def _prompt(row: Mapping[str, Any]) -> Prompt | None:
    """Return what was shown; the beginning of the reply, which some releases put last, is no part of it."""
    turns = [Turn(turn["role"], turn["text"]) for turn in json.loads(row["prompt"] or "[]")]
    while turns and turns[-1].role != "user":
        turns.pop()
    return Prompt(tuple(turns), tuple(row["cue_text"] or ())) if turns else None
