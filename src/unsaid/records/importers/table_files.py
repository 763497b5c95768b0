"""Somebody's tables by path: files, folders of files, and data sets of the Hugging Face hub."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from unsaid.errors import DataError, UsageError
from unsaid.pace import streamed
from unsaid.questions.reading import missing_file
from unsaid.records.importers.tabular import Row
from unsaid.store.rows import ENDINGS, Quotes, Table, hub_table, is_hub, open_table

__all__ = ["opened_table", "read_table"]


def opened_table(path: Path, quotes: str = "auto") -> Table:
    """Return the table at a path.

    Raises:
        UsageError: there is no such file, or it is of no kind that is read.
        DataError: it is not what its name says; the message names the line.
    """
    if is_hub(str(path)):
        return hub_table(str(path))
    if not _exists(path):
        raise UsageError(
            f"{missing_file(path)}; expected a file that ends in {', '.join(ENDINGS)}, or a folder of them"
        )
    return open_table(path, cast(Quotes, quotes))


def _exists(path: Path) -> bool:
    """Return whether something is there.

    Raises:
        DataError: nobody can tell, for a folder above it cannot be read.
    """
    try:
        return path.exists()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """Return the columns of a table and all its rows, for formats whose tables are small.

    Raises:
        UsageError: there is no such file, or it is of no kind that is read.
        DataError: it is not what its name says, or holds no row; the message names the line.
    """
    if path.is_dir():
        raise UsageError(missing_file(path))
    table = opened_table(path)
    columns: dict[str, None] = dict.fromkeys(table.columns or ())
    rows = []
    for part in streamed(table.parts(), "rows read", len):
        columns |= dict.fromkeys(part.cells.names())
        rows += [Row(part.where(index), part.row(index)) for index in range(len(part))]
    if not rows:
        raise DataError(f"{path}: expected at least one row, found none")
    return list(columns), rows
