"""Labels of whole chains of thought and of their steps, beside the records: `RUN/chain-labels.parquet`.

What `records/labels.py` holds are people's answers about one cue in one text, of the same kind as a judge's verdict. A
chain's label is another thing: it says of a whole reasoning text, or of a stretch of it, whether it is faithful,
whatever made it so, and no cue need be there. So these stand in a table of their own. Each row names its reply by the
key of `records.parquet` (model, elicitation, question, epoch), so that both files can be copied and joined.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from unsaid.errors import DataError
from unsaid.store.tables import Unreadable, read_parquet, write_parquet

__all__ = ["CHAIN_LABELS", "KEY", "chain_labels_path", "read_chain_labels", "write_chain_labels"]

VERSION = 1

#: What names a reply, as in the records.
KEY = ("model", "elicitation", "question_id", "epoch")

CHAIN_LABELS: dict[str, pl.DataType | type[pl.DataType]] = {
    "label_id": pl.String,  # as the source numbers it
    "model": pl.String,
    "elicitation": pl.String,
    "question_id": pl.String,
    "epoch": pl.Int64,
    "setting": pl.String,  # the part of the source it belongs to ("hinting", "graph", ...)
    "unit": pl.String,  # "chain" or "step"
    "faithful": pl.Boolean,
    "start": pl.Int64,  # of a step: its characters in `reasoning`, the end exclusive; null of a chain
    "end": pl.Int64,
    "fits": pl.Boolean,  # of a step: whether these characters are the words that were labelled; null of a chain
    "sentence": pl.String,  # the words that were labelled
    "extract": pl.String,  # the part of them that decided, where the source says
    "reason": pl.String,  # why, in the source's words
}


def chain_labels_path(run: Path) -> Path:
    """Return where a run keeps them."""
    return run / "chain-labels.parquet"


def write_chain_labels(labels: pl.DataFrame, run: Path) -> None:
    """Write them, with their version in the file's metadata; replaces the file at once."""
    write_parquet(labels, chain_labels_path(run), {"chain_labels_version": VERSION})


def read_chain_labels(run: Path) -> pl.DataFrame | None:
    """Return the labels of a run; None where it has none.

    Raises:
        DataError: the file is damaged, or of another version.
    """
    path = chain_labels_path(run)
    if not path.is_file():
        return None
    try:
        labels, about = read_parquet(path)
    except (OSError, Unreadable) as error:
        raise DataError(f"{path}: damaged or not Parquet ({error}); import the labels again") from error
    if (version := about.get("chain_labels_version")) != VERSION:
        raise DataError(f"{path}: version {version} of chain labels, this unsaid reads {VERSION}")
    if dict(labels.schema) != dict(pl.Schema(CHAIN_LABELS)):
        raise DataError(f"{path}: columns differ from version {VERSION}; import the labels again")
    return labels
