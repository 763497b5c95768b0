"""Rows and a map into records: what `table` and `inspect` share.

A wide row is a pair: up to four replies (clean, replay, placebo, cued) to one question. A long row is a reply.
What is not mapped is null, and said; what is blank is missing, and counted; an answer that cannot be read is null
with its reason, and counted with its line. Only a table that says what no table of ours can mean is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unsaid.errors import DataError
from unsaid.questions.question import LETTERS
from unsaid.records.importers.cells import (
    blank,
    nothing,
    read_answer,
    read_label,
    read_number,
    read_options,
    read_text,
    read_turns,
    shown,
)
from unsaid.records.importers.column_map import ARMS, FIELDS, ColumnMap, Entry
from unsaid.records.schema import SCHEMA
from unsaid.replies.ends import end_of
from unsaid.store.names import EXPECTED, name_fault

__all__ = ["Reading", "Row", "read_rows"]

#: What stands where the map does not say who was asked, or which cue it was.
UNNAMED_MODEL, UNNAMED_CUE = "unknown model", "unnamed cue"

_WHOLE = {"difficulty", "seed", "epoch", "n_options", "input_tokens", "output_tokens"}
_FLAGS = {"labelled", "misaligned"}
#: Why there is no answer where a reply ended so and its cell is blank.
_LOST = {"cut off": "truncated", "refused": "refused", "failed": "error"}
_CHOICES = {
    "pointing": ("at", "away"),
    "context": ("zero-shot", "few-shot"),
    "provenance": ("raw", "summarised", "absent", "truncated", "split"),
    "target_kind": ("wrong", "right", "random"),
}
_OF_THE_CUE = (
    "cue",
    "wording",
    "placement",
    "labelled",
    "misaligned",
    "cue_text",
    "target",
    "target_kind",
    "pointing",
)
_LABEL_FLAGS = ("mentions", "relies", "rejects")


@dataclass(frozen=True)
class Row:
    """One row: where it stands, for messages, and its cells."""

    where: str
    cells: Mapping[str, Any]

    def get(self, entry: Entry | None) -> Any:
        """Return the cell that an entry names, or its text; None where nothing is mapped."""
        if entry is None:
            return None
        return entry.text if entry.column is None else self.cells.get(entry.column)


@dataclass
class Reading:
    """What came of the rows, and what was met on the way.

    Attributes:
        records: as `records.schema.frame` takes them.
        unreadable: column -> where, and what: answers that are none of a question's.
        answered: column -> how many cells held something.
        outside: answers that name a letter that is none of their question's options.
        blank_labels: labeller -> how many blank cells.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    unreadable: dict[str, list[str]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    blank_labels: dict[str, int] = field(default_factory=dict)


def read_rows(rows: Sequence[Row], columns: ColumnMap, name: str) -> Reading:
    """Return every row as records, in order.

    Args:
        rows: the table.
        columns: the map; its columns must be there.
        name: of the table, for ids where no question is named.

    Raises:
        DataError: a cell is not what its field needs; a question's clean reply differs between rows that
            share it; or a whole column of answers cannot be read. The message names the line.
    """
    reading = Reading()
    seen: dict[tuple[Any, ...], tuple[str, dict[str, Any]]] = {}
    for number, row in enumerate(rows, start=1):
        for record in _records(row, columns, f"{name}-{number}", reading):
            _add(reading, seen, row.where, record, once=columns.long)
    for column, count in reading.answered.items():
        failed = reading.unreadable.get(column, [])
        if count == len(failed):
            raise DataError(
                f"none of the {count} answers in {column!a} could be read ({failed[0]}): say what they are: "
                "answers=letter, index0, index1, text (needs options) or free"
            )
    return reading


def _records(row: Row, columns: ColumnMap, number: str, reading: Reading) -> Iterator[dict[str, Any]]:
    shared = _shared(row, columns, number)
    if columns.long:
        arm = _arm(row, columns)
        yield _reply(row, columns, (arm, ""), shared, reading)
        return
    for arm in ARMS:
        mapped = [name for name in columns.entries if name.startswith(f"{arm}_") and name not in FIELDS]
        if mapped or any(labelled == arm for labelled, _ in columns.labels):
            yield _reply(row, columns, (arm, f"{arm}_"), shared, reading)


def _arm(row: Row, columns: ColumnMap) -> str:
    cell = row.get(columns.entries["arm"])
    said = "" if blank(cell) else str(cell).strip()
    for arm, names in columns.values.items():
        if said in names:
            return arm
    if said in ARMS and said not in columns.values:
        return said
    known = [name for names in columns.values.values() for name in names]
    known += [arm for arm in ARMS if arm not in columns.values]
    raise DataError(
        f"{row.where}: the arm is {shown(cell)}; expected {', '.join(ascii(name)[1:-1] for name in known)}"
        " (to name yours: arm.clean=NAME,arm.cued=NAME|NAME)"
    )


def _shared(row: Row, columns: ColumnMap, number: str) -> dict[str, Any]:
    """Return the columns of the question, the cue and the setting."""
    record: dict[str, Any] = dict.fromkeys(FIELDS)
    for name in FIELDS:
        entry = columns.entries.get(name)
        if entry is not None and name not in ("options", "correct", "target"):
            record[name] = _value(name, row.get(entry), f"{row.where}, {name}")
    options = _options(row, columns)
    form = columns.settings["answers"]
    record["options"] = options
    if options is not None or form == "free":
        record["n_options"] = len(options or ())
    for name in ("correct", "target"):
        record[name] = _certain(row, columns, name, options or [], record["n_options"])
    record["target_kind"] = record["target_kind"] or _target_kind(record)
    record["question_id"] = record["question_id"] or number
    record["cluster"] = record["cluster"] or record["question_id"]
    record["model"] = record["model"] or UNNAMED_MODEL
    record["epoch"] = 1 if record["epoch"] is None else record["epoch"]
    record["cue_text"] = None if record["cue_text"] is None else [record["cue_text"]]
    return record


#: Fields that name something.
_NAMES = frozenset(
    ("model", "elicitation", "question_id", "cluster", "source", "task", "cue", "wording", "placement")
)


def _value(name: str, cell: Any, where: str) -> Any:
    if name in _WHOLE or name == "temperature":
        return read_number(cell, where, whole=name in _WHOLE)
    if name in _FLAGS:
        return read_label(cell, where)
    # An id that a reader of tables took for a number is the same id: 7, not 7.0.
    whole = isinstance(cell, float) and cell.is_integer()
    text = read_text(str(int(cell)) if whole else cell)
    if name in _CHOICES and text is not None and text.strip() not in _CHOICES[name]:
        raise DataError(f"{where}: expected {', '.join(_CHOICES[name])}, found {shown(cell)}")
    if text is not None and name in _NAMES and (fault := name_fault(text)):
        raise DataError(f"{where}: expected {EXPECTED}, found a text with {fault}")
    return text.strip() if name in _CHOICES and text is not None else text


def _options(row: Row, columns: ColumnMap) -> list[str] | None:
    letters = [letter for letter in LETTERS if f"option.{letter}" in columns.entries]
    if not letters:
        return read_options(row.get(columns.entries.get("options")), f"{row.where}, options")
    texts = [read_text(row.get(columns.entries[f"option.{letter}"])) for letter in letters]
    while texts and texts[-1] is None:
        texts.pop()
    if None in texts or letters != list(LETTERS[: len(letters)]):
        raise DataError(f"{row.where}: options are A, B, C, ... with no gap between them")
    return read_options([text for text in texts if text], f"{row.where}, options") if texts else None


def _certain(row: Row, columns: ColumnMap, name: str, options: list[str], count: int | None) -> str | None:
    """Return the right answer or the target: what a table says of itself must be readable."""
    cell = row.get(columns.entries.get(name))
    if nothing(cell, options):
        return None
    where = f"{row.where}, {name}"
    found = read_answer(cell, columns.settings["answers"], options, where)
    if found is None or (count and found not in LETTERS[:count]):
        raise DataError(f"{where}: expected {_expected(columns, options, count)}, found {shown(cell)}")
    return found


def _target_kind(record: Mapping[str, Any]) -> str | None:
    """Return whether the target is the correct option; None where one of them is not known."""
    if record["target"] is None or record["correct"] is None:
        return None
    return "right" if record["target"] == record["correct"] else "wrong"


def _expected(columns: ColumnMap, options: list[str], count: int | None) -> str:
    last = LETTERS[min(max(count or len(LETTERS), 1), len(LETTERS)) - 1]
    return {
        "letter": f"a letter A to {last}",
        "index0": f"a number from 0 to {(count or len(LETTERS)) - 1}",
        "index1": f"a number from 1 to {count or len(LETTERS)}",
        "text": "the text of one of the options" + ("" if options else " (and no options are mapped)"),
        "free": "a text",
    }[columns.settings["answers"]]


def _reply(
    row: Row, columns: ColumnMap, of: tuple[str, str], shared: dict[str, Any], reading: Reading
) -> dict[str, Any]:
    """One reply's record; `of` is its arm, and what stands before its fields in the map."""
    arm, prefix = of

    def cell(name: str) -> Any:
        return row.get(columns.entries.get(prefix + name))

    record = shared | {"arm": arm, "prompt": read_turns(cell("prompt"))}
    for name in ("reasoning", "visible", "stop_reason", "error"):
        record[name] = None if nothing(cell(name)) else read_text(cell(name))
    for name in ("input_tokens", "output_tokens"):
        record[name] = read_number(cell(name), f"{row.where}, {prefix}{name}", whole=True)
    if record["reasoning"]:
        record["reasoning_tokens"] = max(1, round(len(record["reasoning"]) / 4))
    record |= _answer(row, columns, prefix, record, reading)
    cue = shared["cue"] or UNNAMED_CUE
    record["verdicts"] = _verdicts(row, columns, record | {"cue": cue}, reading)
    if arm == "cued":
        return record | {"cue": cue}
    # What a cue is does not belong to a reply that never saw it.
    return record if arm == "placebo" else record | dict.fromkeys(_OF_THE_CUE)


def _answer(
    row: Row, columns: ColumnMap, prefix: str, record: dict[str, Any], reading: Reading
) -> dict[str, Any]:
    entry = columns.entries.get(f"{prefix}answer")
    if record["error"] is not None:
        return {"answer": None, "unparsed": "error"}
    cell = row.get(entry)
    if entry is None or nothing(cell, record["options"] or ()):
        end = "cut off" if record["provenance"] == "truncated" else end_of(record["stop_reason"])
        return {"answer": None, "unparsed": _LOST.get(end, "no answer")}
    column = entry.column or f"{prefix}answer"
    reading.answered[column] = reading.answered.get(column, 0) + 1
    where = f"{row.where}, {column}"
    gold = record["correct"] or record["target"]
    found = read_answer(cell, columns.settings["answers"], record["options"] or [], where, gold)
    if found is None:
        reading.unreadable.setdefault(column, []).append(f"{row.where}: {shown(cell)}")
        return {"answer": None, "unparsed": "no answer"}
    if record["n_options"] and found not in LETTERS[: record["n_options"]]:
        reading.outside += 1
    return {"answer": found, "unparsed": None, "parse_rule": "imported"}


def _verdicts(row: Row, columns: ColumnMap, record: dict[str, Any], reading: Reading) -> list[dict[str, Any]]:
    """Return what each labeller says of this reply; a blank label of a cued one is a missing verdict."""
    found = []
    for (of, who), entries in columns.labels.items():
        if of != ("" if columns.long else record["arm"]):
            continue
        where = f"{row.where}, labels of {ascii(who)[1:-1]}"
        flags: dict[str, Any] = {name: read_label(row.get(entries.get(name)), where) for name in _LABEL_FLAGS}
        if flags["mentions"] is False and (flags["relies"] or flags["rejects"]):
            raise DataError(
                f"{where}: it relies on (or rejects) what it does not mention; correct the table, or map only one"
            )
        silent = all(flag is None for flag in flags.values())
        if silent and record["arm"] != "cued":
            continue  # of a reply that never saw the cue nobody need have been asked
        if silent:
            reading.blank_labels[who] = reading.blank_labels.get(who, 0) + 1
        found.append(
            flags
            | {
                "judge": who if ":" in who else f"human:{who}",
                "channel": columns.settings["channel"],
                "cue": record["cue"],
                "evidence": read_text(row.get(entries.get("evidence"))) if flags["mentions"] else None,
                "missing": "not labelled" if silent else None,
            }
        )
    return found


def _add(
    reading: Reading,
    seen: dict[tuple[Any, ...], tuple[str, dict[str, Any]]],
    where: str,
    record: dict[str, Any],
    *,
    once: bool,
) -> None:
    """Keep a record; the clean reply that wide rows of one question share is kept once."""
    asked = [record[name] for name in ("model", "elicitation", "question_id", "epoch", "arm")]
    key = (*asked, *((record["cue"], record["wording"]) if record["arm"] in ("cued", "placebo") else ()))
    if key not in seen:
        seen[key] = where, record
        reading.records.append(record)
        return
    first, known = seen[key]
    names = [name for name in SCHEMA if name != "verdicts" and known.get(name) != record.get(name)]
    if once or record["arm"] == "cued" or names:
        what = f"; they differ in {', '.join(names)}" if names else ""
        raise DataError(
            f"{where}: question {ascii(record['question_id'])[1:-1]} has another {record['arm']} reply of this model"
            f" ({first}){what}: map epoch where it was asked several times, cue and wording where those differ,"
            " or map the column to cluster instead of question_id"
        )
    told = {(verdict["judge"], verdict["cue"]) for verdict in known["verdicts"]}
    known["verdicts"] += [each for each in record["verdicts"] if (each["judge"], each["cue"]) not in told]
