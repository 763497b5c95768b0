"""What an importer is: a function from files to records, and an account of what did not fit."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from unsaid.errors import DataError, UsageError
from unsaid.store.names import EXPECTED, name_fault
from unsaid.store.reading import short

__all__ = ["Imported", "Importer"]


@dataclass(frozen=True)
class Imported:
    """Foreign transcripts as records, with what was lost on the way.

    Attributes:
        records: a table of the schema in `records/schema.py`.
        unmapped: what the files hold and the records do not, or the other way round, in words.
        out_of_reach: what this format cannot tell, and why, beside what protocols find missing in the records.
        source: where the transcripts come from, in words.
        paper: whose data they are ("arXiv:2305.04388"); protocols that cite it are estimated where nobody names any.
            "" where the format is nobody's own.
        understood: what was read as what, in words.
        within_reach: what else they allow.
        judge: whose verdicts the report takes where several read the replies; None where at most one did.
        labels: what is known of the chains of thought, as `records/chain_labels.py` has it; None where nothing is.
    """

    records: pl.DataFrame
    unmapped: list[str]
    source: str
    out_of_reach: list[str] = field(default_factory=list)
    paper: str = ""
    understood: list[str] = field(default_factory=list)
    within_reach: list[str] = field(default_factory=list)
    judge: str | None = None
    labels: pl.DataFrame | None = None


#: What reading fields raises where they are not there, or of another kind.
_MISFITS = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Importer:
    """One foreign format.

    Attributes:
        name: as in `unsaid import <name> PATH`.
        summary: one line for the docs.
        read: the reader; raises `UsageError` where the path holds no such files and `DataError`, naming
            file and row, where a file is malformed. It never leaves a file or a row out.
        mapped: the same with a map of fields (`--map`) and conditions on rows (`--where`), for formats that need
            one.
    """

    name: str
    summary: str
    read: Callable[[Path], Imported]
    mapped: Callable[[Path, str, Sequence[str]], Imported] | None = None

    def load(self, path: Path, mapping: str | None, where: Sequence[str] = ()) -> Imported:
        """Return the transcripts at `path`, read with the map where one is given.

        Args:
            path: a file or folder.
            mapping: the map, or the `.yaml` file that holds it.
            where: conditions on rows, for formats that take a map.

        Raises:
            UsageError: there are no such files; or a map was given and this format has none, or the other way
                round.
            DataError: a file is malformed.
        """
        if mapping is not None and self.mapped is None:
            raise UsageError(f"the format {self.name} takes no --map: what its columns mean is known")
        if where and mapping is None:
            raise UsageError("--where says which rows of a table are read; it goes with --map")
        try:
            with _uncollected():
                found = (
                    self.read(path)
                    if mapping is None or self.mapped is None
                    else self.mapped(path, mapping, where)
                )
            _check_names(found.records)
            return found
        except (
            _MISFITS
        ) as error:  # a foreign file is data: where a reader stumbles, the file is not what it expects
            raise DataError(
                f"{path}: not what the format {self.name} holds ({type(error).__name__}: {short(error)})"
            ) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python look for no circles of objects: rows have none, and looking through all takes a sixth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _check_names(records: pl.DataFrame) -> None:
    """Refuse names that logs, tables and terminals cannot hold, whatever format brought them.

    Raises:
        ValueError: there is one; the message names its column.
    """
    for column in ("model", "elicitation", "question_id", "cluster", "source", "task", "cue", "wording"):
        for name in records[column].drop_nulls().unique().to_list():
            if fault := name_fault(name):
                raise ValueError(f"{column} {name[:60]!a}: expected {EXPECTED}, found {fault}")
