"""Any table: CSV, TSV, JSON lines or Parquet, one row per pair or one row per reply, with a map of its columns.

What a column means stands in the map and nowhere else. Column names only make suggestions, which are shown where no
map is given, and never applied: a column called `answer` may hold the model's answer or the right one, and the
two make opposite numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from unsaid.errors import UsageError
from unsaid.records.importers.column_map import ColumnMap, parse_map
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.table_files import read_table
from unsaid.records.importers.tabular import UNNAMED_CUE, UNNAMED_MODEL, Reading, read_rows
from unsaid.records.schema import frame

__all__ = ["TABLE", "account", "mapped", "read", "suggestion"]

#: Words in a column's name -> the field that it may be; the first that fits.
_HINTS = (
    (r"arm|condition|variant", "arm"),
    (r"question_?id|item_?id|qid|id", "question_id"),
    (
        r"(un)?(hinted|biased|cued)_?(by|option|target)|target|tgt|hint_?(answer|option|target)|biased_option",
        "target",
    ),
    (r"correct(_?(answer|option))?|gold|ground_?truth|truth|answer_?key", "correct"),
    (
        r"(clean|base(line)?|un(hint|bias|cu)ed|control|original)_?(answer|pred(iction)?|response|choice)?",
        "clean_answer",
    ),
    (r"(cued|hint(ed)?|bias(ed)?)_?(answer|pred(iction)?|response|choice)?", "cued_answer"),
    (r"(replay|resample)_?(answer)?", "replay_answer"),
    (r"(clean|baseline|un(hint|bias)ed)_?(cot|reasoning|thinking|rationale)", "clean_reasoning"),
    (r"(cued|hinted|biased)?_?(cot|reasoning|thinking|rationale)", "cued_reasoning"),
    (r"model(_?(id|name))?", "model"),
    (r"cue|hint_?type|bias(_?(name|type))?", "cue"),
    (r"options|choices", "options"),
    (r"question|stem|prompt", "stem"),
    (r"(mentions?|verbali[sz]ed?|acknowledged?|hint_present)", "mentions.NAME"),
    (r"relie[sd](_on.*)?", "relies.NAME"),
    (r"epoch|sample(_?(idx|id))?", "epoch"),
)


def read(path: Path) -> Imported:
    """Refuse a table without a map, and say which columns there are and what they may be.

    Raises:
        UsageError: always; the message holds a map to correct and to use.
        DataError: the file is not what its name says.
    """
    columns, rows = read_table(path)
    listed = ", ".join(ascii(name)[1:-1] for name in columns)
    raise UsageError(
        f"{path}: {len(rows)} rows with the columns {listed}\n"
        "expected --map, which says what they are (docs/importing.md); names are only suggestions, check them:\n"
        f"    --map {suggestion(columns) or 'clean_answer=COLUMN,cued_answer=COLUMN,target=COLUMN'}"
    )


def mapped(path: Path, mapping: str) -> Imported:
    """Return the table as records.

    Args:
        path: the file.
        mapping: fields and columns (`clean_answer=COLUMN,...`), or a `.yaml` file that holds them.

    Raises:
        UsageError: there is no such file, or the map is wrong; the message names the line.
        DataError: the file, or a cell of it, is not what the map says; the message names the line.
    """
    columns = parse_map(mapping)
    names, rows = read_table(path)
    columns.check(names)
    reading = read_rows(rows, columns, path.stem)
    return account(reading, columns, names, f"{path.name}, {len(rows)} rows")


def account(reading: Reading, columns: ColumnMap, names: Sequence[str], source: str) -> Imported:
    """Return records with what was understood and what was not."""
    records = frame(reading.records)
    understood = ["a row is a reply" if columns.long else "a row is a pair"]
    understood += [
        f"{name} = {ascii(entry.column)[1:-1] if entry.column is not None else repr(entry.text) + ' in every row'}"
        for name, entry in columns.every()
    ]
    understood.append(f"answers are read as: {columns.settings['answers']}")
    judges = [who if ":" in who else f"human:{who}" for who in columns.labellers]
    if judges:
        understood.append(f"labels are about the {columns.settings['channel']} text")
    return Imported(
        records=records,
        unmapped=_unmapped(reading, columns, names),
        source=source,
        understood=understood,
        judge=judges[0] if judges else None,
    )


def _unmapped(reading: Reading, columns: ColumnMap, names: Sequence[str]) -> list[str]:
    notes = []
    used = {entry.column for _, entry in columns.every()}
    if left := [ascii(name)[1:-1] for name in names if name not in used]:
        notes.append(f"columns that are not mapped: {', '.join(left)}")
    if "question_id" not in columns.entries:
        shared = "" if "cluster" in columns.entries else ", or cluster,"
        notes.append(
            f"no question_id: each row is a question of its own; map it{shared} if rows share questions"
        )
    for field, unnamed in (("model", UNNAMED_MODEL), ("cue", UNNAMED_CUE)):
        if field not in columns.entries:
            notes.append(f"no {field}: it is called {unnamed!r} ({field}==NAME gives it a name)")
    if any("reasoning" in name for name in columns.entries) and "provenance" not in columns.entries:
        notes.append("no provenance: whether the reasoning is raw or a summary is not known")
    for column, cases in reading.unreadable.items():
        notes.append(
            f"{len(cases)} of {reading.answered[column]} answers in {ascii(column)[1:-1]} could not be read and are "
            f"missing, first: {cases[0]}"
        )
    if reading.outside:
        notes.append(
            f"{reading.outside} answers name a letter that is none of their options; kept as answered"
        )
    for who, count in reading.blank_labels.items():
        notes.append(f"{count} blank labels of {ascii(who)[1:-1]} are missing verdicts, never a no")
    return notes


def suggestion(columns: Sequence[str]) -> str:
    """Return the map that column names suggest, for a person to correct; "" where they suggest nothing."""
    found: dict[str, str] = {}
    for name in columns:
        folded = re.sub(r"[\s\-.]+", "_", name.strip().lower())
        for pattern, field in _HINTS:
            if re.fullmatch(pattern, folded) and field not in found:
                found[field] = name
                break
    if "arm" in found:
        found = {_LONG.get(field, field): name for field, name in found.items()}
    return ",".join(f"{field}={ascii(name)[1:-1]}" for field, name in found.items())


_LONG = {"cued_answer": "answer", "cued_reasoning": "reasoning"}

TABLE = Importer(
    name="table",
    summary="any CSV, TSV, JSON lines or Parquet, one row per pair or one row per reply; needs --map",
    read=read,
    mapped=mapped,
)
