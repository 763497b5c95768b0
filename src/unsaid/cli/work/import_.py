"""`unsaid import`: foreign transcripts into records."""

from __future__ import annotations

from pathlib import Path

from unsaid.errors import UnknownName, UsageError
from unsaid.records.importers import Imported
from unsaid.records.importers.auto_map import proposal


def judge_asked(imported: Imported, asked: str | None) -> str | None:
    """Whose verdicts the report takes.

    Raises:
        UnknownName: nobody of that name labelled these replies.
    """
    if asked is None:
        return imported.judge
    verdicts = imported.records.select("verdicts").explode("verdicts").drop_nulls()
    known = sorted(set(verdicts.unnest("verdicts")["judge"])) if verdicts.height else []
    for name in (asked, f"human:{asked}"):
        if name in known:
            return name
    raise UnknownName("labeller", asked, known)


def proposed(format: str, path: Path) -> str:  # noqa: A002 - the command's argument
    """Return the map that a table suggests, as YAML to be read, corrected and given as a file.

    Raises:
        UsageError: the format has no map, or only one whose paths `unsaid import` lists; or there is no such table.
        DataError: the table cannot be read.
    """
    if format != "table":
        raise UsageError(f"--map auto proposes maps of tables, not of the format {format}")
    return proposal(path)
