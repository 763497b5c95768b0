"""Any table: CSV, TSV, JSON lines or Parquet, one row per pair or one row per reply, with a map of its columns.

What a column means stands in the map and nowhere else. Column names only make suggestions, which are shown where no
map is given, and never applied: a column called `answer` may hold the model's answer or the right one, and the
two make opposite numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unsaid.errors import DataError, UsageError
from unsaid.records.importers.auto_map import suggested
from unsaid.records.importers.column_map import ColumnMap
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.labels_in import judge_name
from unsaid.records.importers.map_text import parse_map
from unsaid.records.importers.reading import Reading
from unsaid.records.importers.table_files import opened_table
from unsaid.records.importers.tabular import UNNAMED_CUE, UNNAMED_MODEL, read_parts

__all__ = ["TABLE", "account", "mapped", "read", "suggestion"]


def read(path: Path) -> Imported:
    """Refuse a table without a map, and say which columns there are and what they may be.

    Raises:
        UsageError: always; the message holds a map to correct and to use.
        DataError: the file is not what its name says.
    """
    table = opened_table(path)
    columns: dict[str, None] = dict.fromkeys(table.columns or ())
    rows = 0
    for part in table.parts():
        columns |= dict.fromkeys(part.cells.names())
        rows += len(part)
    if not rows:
        raise DataError(f"{path}: expected at least one row, found none")
    listed = ", ".join(ascii(name)[1:-1] for name in columns)
    raise UsageError(
        f"{path}: {rows} rows with the columns {listed}\n"
        "expected --map, which says what they are (docs/importing.md); names are only suggestions, check them:\n"
        f"    --map {suggestion(list(columns)) or 'clean_answer=COLUMN,cued_answer=COLUMN,target=COLUMN'}\n"
        "--map auto proposes a map from names and contents, to be put into a file"
    )


def mapped(path: Path, mapping: str, where: Sequence[str] = ()) -> Imported:
    """Return the table as records.

    Args:
        path: the file, a folder of files, or a data set (`hf:OWNER/NAME`).
        mapping: fields and columns (`clean_answer=COLUMN,...`), or a `.yaml` file that holds them.
        where: conditions on columns: which rows are read.

    Raises:
        UsageError: there is no such file, or the map is wrong; the message names the line.
        DataError: the file, or a cell of it, is not what the map says; the message names the line.
    """
    columns = parse_map(mapping, where)
    table = opened_table(path, columns.settings["quotes"])
    if table.columns is not None:
        columns.check(table.columns)
    columns = columns.resolved(table.columns)
    reading = read_parts(table.parts(), columns, table.name)
    if not reading.rows:
        raise DataError(f"{path}: expected at least one row, found none")
    reading.notes[:0] = table.notes
    names = list(table.columns or reading.names)
    return account(reading, columns, names, f"{path.name}, {reading.rows} rows")


def account(reading: Reading, columns: ColumnMap, names: Sequence[str], source: str) -> Imported:
    """Return records with what was understood and what was not."""
    records = reading.records
    kind = "a label of a reply" if columns.labeller else "a reply" if columns.long else "a pair"
    understood = [f"a row is {kind}"]
    understood += [
        f"{name} = {ascii(entry.column)[1:-1] if entry.column is not None else repr(entry.text) + ' in every row'}"
        for name, entry in columns.every()
        if name != "where"
    ]
    understood.append(f"answers are read as: {columns.settings['answers']}")
    understood += [
        f"{name.removesuffix('_as')} is read as: {columns.settings[name]}"
        for name in ("correct_as", "target_as")
        if columns.settings[name]
    ]
    if columns.where:
        kept = "; ".join(condition.text for condition in columns.where)
        understood.append(f"{reading.rows - reading.left} of {reading.rows} rows are read: those with {kept}")
    judges = [judge_name(who) for who in columns.labellers] or list(reading.judges)
    if judges:
        understood.append(f"labels are about the {columns.settings['channel']} text")
    return Imported(
        records=records,
        unmapped=[*reading.notes, *_unmapped(reading, columns, names)],
        source=source,
        understood=understood,
        judge=judges[0] if judges else None,
    )


def _unmapped(reading: Reading, columns: ColumnMap, names: Sequence[str]) -> list[str]:
    notes = []
    if left := [ascii(name)[1:-1] for name in names if not _is_used(name, columns)]:
        more = f" and {len(left) - 40} more" if len(left) > 40 else ""
        notes.append(f"columns that are not mapped: {', '.join(left[:40])}{more}")
    if "question_id" not in columns.entries:
        shared = "" if "cluster" in columns.entries else ", or cluster,"
        notes.append(
            f"no question_id: each row is a question of its own; map it{shared} if rows share questions"
        )
    if "model" not in columns.entries:
        notes.append(f"no model: it is called {UNNAMED_MODEL!r} (model==NAME gives it a name)")
    if "cue" not in columns.entries and not columns.by_cue:
        notes.append(f"no cue: it is called {UNNAMED_CUE!r} (cue==NAME gives it a name)")
    if any("reasoning" in name for name in columns.entries) and "provenance" not in columns.entries:
        notes.append("no provenance: whether the reasoning is raw or a summary is not known")
    return [*notes, *_odd(reading)]


def _is_used(name: str, columns: ColumnMap) -> bool:
    taken = [column for _, entry in columns.every() for column in (*entry.parts, entry.column) if column]
    return any(column == name or column.startswith(f"{name}.") for column in taken)


def _odd(reading: Reading) -> list[str]:
    """Return what could not be read, counted, each with its first place."""
    notes = []
    for column, odd in reading.answers.items():
        if odd.failed:
            notes.append(
                f"{odd.failed} of {odd.read} answers in {ascii(column)[1:-1]} could not be read and are "
                f"missing, first: {odd.first}"
            )
    for name, odd in reading.keys.items():
        if odd.failed:
            what = "right answers" if name == "correct" else "targets"
            notes.append(
                f"{odd.failed} of {odd.read} {what} could not be read and are missing, first: {odd.first}"
            )
    if reading.words:
        listed = ", ".join(ascii(word)[1:-1] for word, _ in reading.words.most_common(8))
        notes.append(f"{reading.words.total()} answers say that there is none ({listed}) and are missing")
    if reading.outside:
        notes.append(
            f"{reading.outside} answers name a letter that is none of their options; kept as answered"
        )
    for who, count in reading.blank_labels.items():
        name = ascii(who.removeprefix("human:"))[1:-1]
        notes.append(f"{count} blank labels of {name} are missing verdicts, never a no")
    return notes


def suggestion(columns: Sequence[str]) -> str:
    """Return the map that column names suggest, for a person to correct; "" where they suggest nothing."""
    found: dict[str, str] = {}
    for name in columns:
        field = suggested(name)
        if field is not None:
            found.setdefault(field, name)
    if "arm" in found:
        found = {_LONG.get(field, field): name for field, name in found.items()}
    return ",".join(f"{field}={ascii(name)[1:-1]}" for field, name in found.items())


_LONG = {"cued_answer": "answer", "cued_reasoning": "reasoning", "cued_reply": "reply"}

TABLE = Importer(
    name="table",
    summary="any CSV, TSV, JSON, Parquet, Arrow or Excel, a row per pair, reply or label; needs --map",
    read=read,
    mapped=mapped,
)
