"""`unsaid multiverse`: the same transcripts under every reading."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from unsaid.report.multiverse.page import Multiverse, document, render_multiverse
from unsaid.runs.comparing import labels_of
from unsaid.store.disk import unwritable
from unsaid.store.write import write_text


def names_of(runs: Sequence[Path], labels: str | None, tables: Sequence[pl.DataFrame]) -> list[str | None]:
    """What each run's model is to be called; None leaves it as it is."""
    if labels is None:
        models = [set(frame["model"].unique()) for frame in tables]
        if sum(len(each) for each in models) == len(set().union(*models)):
            return [None] * len(runs)
    return list(labels_of(runs, labels))


def write(reading: Multiverse, target: Path) -> None:
    """Write `multiverse.json` and `multiverse.html`.

    Raises:
        RunError: the folder cannot be written to.
    """
    page = render_multiverse(reading, shlex.join(["unsaid", *sys.argv[1:]]))
    try:
        target.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document(reading), indent=1, allow_nan=False)
        write_text(target / "multiverse.json", text + "\n")
        write_text(target / "multiverse.html", page)
    except OSError as error:
        raise unwritable(target, error) from error
