"""Which reader a file of rows has, and folders of such files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unsaid.errors import DataError, UsageError
from unsaid.store.reading import short
from unsaid.store.rows.delimited import Quotes, delimited
from unsaid.store.rows.frames import excel_table, frame_table
from unsaid.store.rows.json_rows import json_table
from unsaid.store.rows.opened import lines_of, opened, unpacked_name
from unsaid.store.rows.part import Part, Table

__all__ = ["ENDINGS", "Quotes", "open_table", "table_ending"]

_TEXT = (".csv", ".tsv", ".tab", ".txt")
_JSON = (".jsonl", ".ndjson", ".json")
_COLUMNS = {".parquet": "Parquet", ".pq": "Parquet", ".arrow": "Arrow", ".feather": "Arrow", ".ipc": "Arrow"}
_EXCEL = (".xlsx", ".xlsm")
#: How the names of files of rows end, where they are not packed.
ENDINGS = (*_TEXT, *_JSON, *_COLUMNS, *_EXCEL)


def table_ending(path: Path) -> str | None:
    """Return how the name of a file of rows ends, packed or not; None where it is no such file."""
    ending = Path(unpacked_name(path)).suffix.lower()
    return ending if ending in ENDINGS else None


def open_table(path: Path, quotes: Quotes = "auto") -> Table:
    """Open a file of rows, or a folder of them.

    Args:
        path: the file or folder; there is one.
        quotes: whether quotes hold the cells of CSV and TSV together: "csv", "none", or as the ending and header say.

    Raises:
        UsageError: its name ends in none of `ENDINGS`, or nothing that reads it is installed.
        DataError: it is not what its name says; the message names the line.
    """
    if path.is_dir():
        return _folder(path, quotes)
    ending = table_ending(path) or _by_contents(path)
    if ending is None:
        raise UsageError(
            f"{path}: expected a file that ends in {', '.join(ENDINGS)}, packed (.gz, .zst) or not"
        )
    stem = Path(unpacked_name(path)).stem
    if ending in _COLUMNS or ending in _EXCEL:
        if unpacked_name(path) != path.name:
            raise UsageError(f"{path}: packed; unpack it by hand, for {ending} files are packed within")
        return excel_table(path, stem) if ending in _EXCEL else frame_table(path, stem, _COLUMNS[ending])
    if ending in _JSON or (ending == ".txt" and _looks_like_json(path)):
        return json_table(path, stem)
    return delimited(path, stem, ending, quotes)


#: How files of columns begin.
_BEGIN = {b"PAR1": ".parquet", b"ARROW1": ".arrow"}


def _by_contents(path: Path) -> str | None:
    """Return the ending of a file whose name says nothing, by how it begins: JSON, Parquet or Arrow; else None."""
    with opened(path) as file:
        head = file.read(4096)
    for begins, ending in _BEGIN.items():
        if head.startswith(begins):
            return ending
    return ".json" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else None


def _looks_like_json(path: Path) -> bool:
    with opened(path) as file:
        first = next((line for line in lines_of(path, file) if line.strip()), "")
    return first.lstrip().startswith(("{", "["))


def _folder(path: Path, quotes: Quotes) -> Table:
    every = _entries(path)
    names = [entry for entry in every if entry.is_file() and not entry.name.startswith(".")]
    files = [entry for entry in names if table_ending(entry)]
    if not files:
        found = ", ".join(ascii(entry.name)[1:-1] for entry in names[:5]) or "no file"
        raise UsageError(f"{path}: expected files that end in {', '.join(ENDINGS)}, found {found}")
    notes = []
    if left := [ascii(entry.name)[1:-1] for entry in names if entry not in files]:
        notes.append(f"files that are not read: {', '.join(left[:20])}{_more(left)}")
    if folders := [entry.name for entry in every if entry.is_dir()]:
        notes.append(f"folders that are not read: {', '.join(map(ascii, folders[:20]))}{_more(folders)}")
    if odd := [entry.name for entry in every if not entry.is_file() and not entry.is_dir()]:
        notes.append(
            f"no files (pipes, or links that lead nowhere), not read: {', '.join(map(ascii, odd[:20]))}{_more(odd)}"
        )
    tables = [open_table(file, quotes) for file in files]
    known = {
        file: table.columns for file, table in zip(files, tables, strict=True) if table.columns is not None
    }
    _check_same(known)
    columns = next(iter(known.values()), None) if len(known) == len(files) else None

    def parts() -> Iterator[Part]:
        for file, table in zip(files, tables, strict=True):
            yield from table.parts()
            notes.extend(f"{file.name}: {note}" for note in table.notes)

    return Table(path.name, columns, parts, notes)


def _entries(path: Path) -> list[Path]:
    """Return everything in a folder, in order.

    Raises:
        DataError: the folder cannot be read.
    """
    try:
        return sorted(path.iterdir())
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or short(error)})") from error


def _more(names: list[str]) -> str:
    return f" and {len(names) - 20} more" if len(names) > 20 else ""


def _check_same(known: dict[Path, tuple[str, ...]]) -> None:
    """Refuse files of one folder whose columns differ.

    Raises:
        DataError: they do; the message names a file and its columns.
    """
    first = next(iter(known), None)
    for file, columns in known.items():
        if first is None or set(columns) == set(known[first]):
            continue
        lacks = [ascii(name)[1:-1] for name in known[first] if name not in columns]
        more = [ascii(name)[1:-1] for name in columns if name not in known[first]]
        told = "; ".join(
            f"{word} {', '.join(names[:10])}"
            for word, names in (("it lacks", lacks), ("it has", more))
            if names
        )
        raise DataError(
            f"{file}: other columns than {first.name} has: {told}; files of one folder hold the same columns"
        )
