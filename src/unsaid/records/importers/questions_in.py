"""The columns of the question, the cue and the setting, read from somebody's rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from unsaid.errors import DataError
from unsaid.questions.question import LETTERS
from unsaid.records.importers.cells import (
    nothing,
    read_answer,
    read_label,
    read_number,
    read_options,
    read_text,
    shown,
    steps,
)
from unsaid.records.importers.column_map import FIELDS, Entry
from unsaid.records.importers.columns import Fields, each, each_pair
from unsaid.records.importers.messages import is_message, said_in
from unsaid.records.importers.reading import Odd, Reading
from unsaid.store.names import EXPECTED, name_fault

__all__ = ["UNNAMED_MODEL", "form_of", "question_columns"]

#: What stands where the map does not say who was asked.
UNNAMED_MODEL = "unknown model"

_WHOLE = {"difficulty", "seed", "epoch", "n_options"}
_FLAGS = {"labelled", "misaligned"}
_CHOICES = {
    "pointing": ("at", "away"),
    "context": ("zero-shot", "few-shot"),
    "provenance": ("raw", "summarised", "absent", "truncated", "split"),
    "target_kind": ("wrong", "right", "random"),
}
#: Fields that name something.
_NAMES = frozenset(
    ("model", "elicitation", "question_id", "cluster", "source", "task", "cue", "wording", "placement")
)
#: Fields whose cells are kept as they are, where they are plain names.
_PLAIN = _NAMES | {"stem", "cue_text"}


def question_columns(
    fields: Fields, entries: dict[str, Entry], number: Callable[[int], str], reading: Reading
) -> dict[str, list[Any]]:
    """Return the columns of `FIELDS`, each with a value in every row; what is not mapped is None.

    Args:
        fields: the rows.
        entries: the map of their fields; of one cue, where a row has several.
        number: what a row is called where no question is named.
        reading: what could not be read is counted there.

    Raises:
        DataError: a cell is not what its field needs; the message names the line.
    """
    found: dict[str, list[Any]] = {name: [None] * len(fields) for name in FIELDS}
    for name in FIELDS:
        if name in entries and name not in ("options", "correct", "target"):
            found[name] = fields.read(entries[name], partial(_value, fields, name))
    options = _options(fields, entries)
    found["options"] = options
    free = "free" in (form_of(fields, "answers"), fields.columns.settings["correct_as"])
    for index, texts in enumerate(options):
        if texts is not None or (free and found["n_options"][index] is None):
            found["n_options"][index] = len(texts or ())
    for name in ("correct", "target"):
        if name in entries:
            found[name] = _keys(fields, name, entries[name], found, reading)
    found["target_kind"] = [
        kind or _target_kind(target, correct)
        for kind, target, correct in zip(found["target_kind"], found["target"], found["correct"], strict=True)
    ]
    found["question_id"] = [name or number(index) for index, name in enumerate(found["question_id"])]
    found["cluster"] = [
        name or question for name, question in zip(found["cluster"], found["question_id"], strict=True)
    ]
    found["model"] = [name or UNNAMED_MODEL for name in found["model"]]
    found["epoch"] = [1 if number is None else number for number in found["epoch"]]
    found["cue_text"] = [None if text is None else [text] for text in found["cue_text"]]
    return found


def form_of(fields: Fields, name: str) -> str:
    """Return the form of "answers", "correct" or "target": letters where our parser reads whole replies."""
    settings = fields.columns.settings
    form = settings["answers"] if name == "answers" else settings[f"{name}_as"] or settings["answers"]
    return "letter" if form == "reply" else form


def _value(fields: Fields, name: str, cell: Any, index: int) -> Any:
    if nothing(cell, (), fields.words):
        return None
    if cell.__class__ is str and cell.isascii() and name in _PLAIN and not name_fault(cell):
        return cell  # nearly all, and of a million quickly
    where = f"{fields.part.where(index)}, {name}"
    if name in _WHOLE or name == "temperature":
        return read_number(cell, where, whole=name in _WHOLE)
    if name in _FLAGS:
        return read_label(cell, where)
    if name == "stem" and is_message(cell):
        return said_in([{**part, "role": "assistant"} for part in cell][-1:], "", where).thoughts.visible
    # An id that a reader of tables took for a number is the same id: 7, not 7.0.
    whole = isinstance(cell, float) and cell.is_integer()
    text = steps(str(int(cell)) if whole else cell, where)
    if name in _CHOICES and text is not None and text.strip() not in _CHOICES[name]:
        raise DataError(f"{where}: expected {', '.join(_CHOICES[name])}, found {shown(cell)}")
    if text is not None and name in _NAMES and (fault := name_fault(text)):
        raise DataError(f"{where}: expected {EXPECTED}, found a text with {fault}")
    return text.strip() if name in _CHOICES and text is not None else text


def _options(fields: Fields, entries: dict[str, Entry]) -> list[tuple[str, ...] | None]:
    letters = [letter for letter in LETTERS if f"option.{letter}" in entries]
    if not letters:
        return fields.read(entries.get("options"), partial(_listed, fields))
    if letters != list(LETTERS[: len(letters)]):
        raise DataError(f"{fields.part.where(0)}: options are A, B, C, ... with no gap between them")
    columns = [fields.of(entries[f"option.{letter}"]) for letter in letters]
    return each(list(zip(*columns, strict=True)), partial(_lettered, fields))


def _listed(fields: Fields, cell: Any, index: int) -> tuple[str, ...] | None:
    texts = read_options(cell, f"{fields.part.where(index)}, options")
    return None if texts is None else tuple(texts)


def _lettered(fields: Fields, cells: Sequence[Any], index: int) -> tuple[str, ...] | None:
    where = fields.part.where(index)
    texts = [read_text(cell) for cell in cells]
    while texts and texts[-1] is None:
        texts.pop()
    if None in texts:
        raise DataError(f"{where}: options are A, B, C, ... with no gap between them")
    return tuple(read_options(texts, f"{where}, options") or ()) if texts else None


def _keys(
    fields: Fields, name: str, entry: Entry, found: dict[str, list[Any]], reading: Reading
) -> list[str | None]:
    """Return right answers or targets; one that cannot be read is missing, and counted."""
    form = form_of(fields, name)
    odd = reading.keys.setdefault(name, Odd(entry.column or name))
    cells = fields.of(entry)

    def read(
        cell: Any, other: tuple[tuple[str, ...] | None, int | None], index: int
    ) -> tuple[str | None, bool]:
        options, count = other
        if nothing(cell, options or (), fields.words):
            return None, False
        answer = read_answer(cell, form, options or ())
        if answer is not None and (form == "free" or not count or answer in LETTERS[:count]):
            return answer, False
        if not odd.first:
            expected = _expected(form, options, count)
            odd.first = f"{fields.part.where(index)}, {name}: expected {expected}, found {shown(cell)}"
        return None, True

    beside = list(zip(found["options"], found["n_options"], strict=True))
    if len(set(beside)) > 1:
        read_keys = each_pair(cells, beside, read)
    else:
        read_keys = each(cells, lambda cell, index: read(cell, beside[0], index))
    keys = [key for key, _ in read_keys]
    failed = sum(failed for _, failed in read_keys)
    odd.read += len(keys) - keys.count(None) + failed
    odd.failed += failed
    return keys


def _target_kind(target: str | None, correct: str | None) -> str | None:
    """Return whether the target is the correct option; None where one of them is not known."""
    if target is None or correct is None:
        return None
    return "right" if target == correct else "wrong"


def _expected(form: str, options: Sequence[str] | None, count: int | None) -> str:
    last = LETTERS[min(max(count or len(LETTERS), 1), len(LETTERS)) - 1]
    return {
        "letter": f"a letter A to {last}",
        "index0": f"a number from 0 to {(count or len(LETTERS)) - 1}",
        "index1": f"a number from 1 to {count or len(LETTERS)}",
        "text": "the text of one of the options" + ("" if options else " (and no options are mapped)"),
        "free": "a text",
    }[form]
