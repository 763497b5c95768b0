"""The columns of replies, read from somebody's rows: texts, ends, tokens, and answers, theirs or our parser's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from unsaid.questions.question import LETTERS, MAX_OPTIONS, Question
from unsaid.records.importers.cells import (
    blank,
    nothing,
    read_answer,
    read_number,
    read_text,
    read_turns,
    shown,
    steps,
)
from unsaid.records.importers.column_map import Entry
from unsaid.records.importers.columns import Fields, each, each_pair
from unsaid.records.importers.messages import is_message, said_in
from unsaid.records.importers.questions_in import form_of
from unsaid.records.importers.reading import Odd, Reading
from unsaid.replies.answers import Answer, parse_answer, split_reasoning
from unsaid.replies.ends import end_of
from unsaid.replies.fields import Said

__all__ = ["reply_columns"]

#: Why there is no answer where a reply ended so and its cell is blank.
_LOST = {"cut off": "truncated", "refused": "refused", "failed": "error"}
_TOKENS = ("input_tokens", "output_tokens", "reasoning_tokens")
Columns = dict[str, list[Any]]


def reply_columns(
    fields: Fields, entries: Mapping[str, Entry], prefix: str, asked: Columns, reading: Reading
) -> Columns:
    """Return the columns of one reply a row: texts, answer, why there is none, and how it was read.

    Args:
        fields: the rows.
        entries: the map.
        prefix: what stands before a reply's fields in the map: "" or its arm ("cued_").
        asked: the columns of the questions.
        reading: what could not be read is counted there.

    Raises:
        DataError: a cell is not what its field needs; the message names the line.
    """
    found: Columns = {}
    whole = _whole(fields, entries, prefix)
    for name in ("reasoning", "visible"):
        entry = entries.get(prefix + name)
        if entry is not None and whole is not entry:
            found[name] = _texts(fields, entry, name, asked["model"])
    for name in ("stop_reason", "error"):
        found[name] = fields.read(entries.get(prefix + name), partial(_word, fields))
    for name in _TOKENS:
        found[name] = fields.read(entries.get(prefix + name), partial(_tokens, fields, prefix + name))
    if prefix + "prompt" in entries:
        found["prompt"] = [read_turns(cell) for cell in fields.of(entries[prefix + "prompt"])]
    parsed = None if whole is None else _split(fields, fields.of(whole), asked, found)
    if parsed is not None:
        found |= parsed
    own = prefix + "answer" in entries and fields.columns.settings["answers"] != "reply"
    if parsed is not None and not own:
        return found
    found |= {name: [None] * len(fields) for name in ("answer_start", "answer_end")}
    return found | _read_answers(fields, entries.get(prefix + "answer"), prefix, asked | found, reading)


def _whole(fields: Fields, entries: Mapping[str, Entry], prefix: str) -> Entry | None:
    """Return the column that holds whole replies, whose thoughts are to be split; None where none does."""
    if entry := entries.get(f"{prefix}reply"):
        return entry
    if fields.columns.settings["answers"] == "reply" and (entry := entries.get(f"{prefix}answer")):
        return entry
    split = fields.columns.split or fields.columns.settings["answers"] == "reply"
    return entries.get(f"{prefix}visible") if split else None


def _texts(fields: Fields, entry: Entry, name: str, models: list[str]) -> list[str | None]:
    """Return reasoning or visible texts; of a message, or of blocks of one, the part of that kind."""
    cells = fields.of(entry)
    found: list[str | None] = []
    for index, cell in enumerate(cells):
        if nothing(cell, (), fields.words):
            found.append(None)
        elif isinstance(cell, str):
            found.append(read_text(cell))
        elif is_message(cell):
            thoughts = said_in(cell, models[index], f"{fields.part.where(index)}, {name}").thoughts
            found.append((thoughts.reasoning if name == "reasoning" else thoughts.visible) or None)
        else:
            found.append(steps(cell, f"{fields.part.where(index)}, {name}"))
    return found


def _word(fields: Fields, cell: Any, index: int) -> str | None:
    return None if nothing(cell, (), fields.words) else read_text(cell)


def _tokens(fields: Fields, name: str, cell: Any, index: int) -> Any:
    if nothing(cell, (), fields.words):
        return None
    return read_number(cell, f"{fields.part.where(index)}, {name}", whole=True)


def _split(fields: Fields, cells: list[Any], asked: Columns, found: Columns) -> Columns:
    """Return the columns of whole replies: thoughts and visible text, and the answer that our parser reads in it."""
    names = (*("reasoning", "visible", "provenance", "reading", "answer"), *("unparsed", "parse_rule"))
    columns: Columns = {name: [None] * len(cells) for name in (*names, "answer_start", "answer_end")}
    asking = _Asking(fields, asked)
    for index, cell in enumerate(cells):
        error, stop = found["error"][index], found["stop_reason"][index]
        lost = "error" if error is not None else _LOST.get(end_of(stop), "empty")
        row: dict[str, Any] = {"unparsed": lost}
        if not nothing(cell, (), fields.words):
            said = said_in(cell, asked["model"][index], f"{fields.part.where(index)}, reply")
            row = _reply(said, asking.question(index), stop if error is None else "error")
        for name, value in row.items():
            columns[name][index] = value
    columns["provenance"] = [
        told or split for told, split in zip(asked["provenance"], columns["provenance"], strict=True)
    ]
    for name in ("reasoning", "visible"):
        if name in found:  # what a column says of it is kept
            columns[name] = found[name]
    return columns


class _Asking:
    """What the parser must know of the questions: their options, or the form of a free answer.

    Where the options are not known, letters are expected: as many as the table says, or as its right answers and
    targets show, and four at least.
    """

    def __init__(self, fields: Fields, asked: Columns) -> None:
        self._asked, self._known = asked, dict[Any, Question]()
        self._free = "free" in (
            form_of(fields, "answers"),
            form_of(fields, "correct"),
            form_of(fields, "target"),
        )
        letters = {key for name in ("correct", "target") for key in asked[name] if key and key in LETTERS}
        self._most = max(4, *(LETTERS.index(letter) + 1 for letter in letters)) if letters else 4

    def question(self, index: int) -> Question:
        """Return the question of a row."""
        options: tuple[str, ...] = self._asked["options"][index] or ()
        gold = self._asked["correct"][index] or self._asked["target"][index] if self._free else None
        count = self._asked["n_options"][index] or self._most
        key = (options, gold, count)
        if key not in self._known:
            self._known[key] = self._made(options, gold, count)
        return self._known[key]

    def _made(self, options: tuple[str, ...], gold: str | None, count: int) -> Question:
        if not options and self._free:
            return Question("imported", "imported", answer=gold)
        whole = 2 <= len(options) <= MAX_OPTIONS and all(each.strip() for each in options)
        if whole and len(set(options)) == len(options):
            return Question("imported", "imported", options)
        letters = LETTERS[: max(2, len(options) or count)]
        return Question("imported", "imported", tuple(f"\ue000{letter}\ue000" for letter in letters))


def _reply(said: Said, question: Question, stop: str | None) -> dict[str, Any]:
    reasoning, visible, provenance = said.thoughts.reasoning, said.thoughts.visible, str(said.provenance)
    row: dict[str, Any] = {"reading": "channel" if reasoning is not None else "whole"}
    ended = end_of(stop)
    lost = _LOST.get(ended) or ("truncated" if provenance == "truncated" else None)
    answer = None if lost else parse_answer(visible, question)
    if reasoning is None and visible and not lost:
        reasoning, visible = split_reasoning(visible, question)
        provenance = "raw" if reasoning else "absent"
    if ended == "cut off":
        provenance = "truncated"
    row |= {"reasoning": reasoning or None, "visible": visible or None, "provenance": provenance}
    if isinstance(answer, Answer):
        place = {"answer_start": answer.start, "answer_end": answer.end}
        return row | place | {"answer": answer.value, "unparsed": None, "parse_rule": answer.rule}
    return row | {"answer": None, "unparsed": lost or (answer.reason if answer else "no answer")}


def _read_answers(
    fields: Fields, entry: Entry | None, prefix: str, row: Columns, reading: Reading
) -> Columns:
    """Return the answers of a column; what cannot be read is missing, and counted."""
    cells = fields.of(entry)
    column = (entry.column if entry else None) or f"{prefix}answer"
    odd = reading.answers.setdefault(column, Odd(column)) if entry else Odd(column)
    answers = _values(fields, cells, row)
    why: list[str | None] = [None if answer is not None else "no answer" for answer in answers]
    for index, answer in enumerate(answers):
        if row["error"][index] is not None:
            answers[index], why[index] = None, "error"
        elif answer is not None:
            count = row["n_options"][index]
            reading.outside += bool(count) and answer not in LETTERS[:count]
            odd.read += 1
        elif nothing(cells[index], row["options"][index] or (), fields.words):
            cut = row["provenance"][index] == "truncated"
            why[index] = _LOST.get("cut off" if cut else end_of(row["stop_reason"][index]), "no answer")
            if entry is not None and not blank(cells[index]):
                reading.words[str(cells[index]).strip()] += 1
        else:
            odd.read += 1
            odd.failed += 1
            odd.numbers += str(cells[index]).strip().replace(".", "").isdigit()
            odd.first = odd.first or f"{fields.part.where(index)}: {shown(cells[index])}"
    return {
        "answer": answers,
        "unparsed": why,
        "parse_rule": [None if answer is None else "imported" for answer in answers],
    }


def _values(fields: Fields, cells: list[Any], row: Columns) -> list[str | None]:
    """Return the answer in each cell; None where it holds none."""
    form = form_of(fields, "answers")
    if form == "free":
        golds = [correct or target for correct, target in zip(row["correct"], row["target"], strict=True)]
        return each_pair(cells, golds, partial(_free, fields))
    if form == "text" or any(row["options"]):
        return each_pair(cells, row["options"], partial(_value, fields, form))
    return each(cells, lambda cell, index: _value(fields, form, cell, None, index))


def _value(fields: Fields, form: str, cell: Any, options: Any, index: int) -> str | None:
    return None if nothing(cell, options or (), fields.words) else read_answer(cell, form, options or ())


def _free(fields: Fields, cell: Any, gold: str | None, index: int) -> str | None:
    return None if nothing(cell, (), fields.words) else read_answer(cell, "free", (), gold)
