"""`unsaid multiverse`: the same transcripts under every reading."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from unsaid.cli.console import say
from unsaid.errors import RunError, UsageError
from unsaid.estimates.multiverse.paths import Universe, multiverse
from unsaid.estimates.multiverse.spread import places, spreads
from unsaid.records import schema
from unsaid.report.multiverse import words
from unsaid.report.multiverse.page import Reading, document, render_multiverse
from unsaid.runs.comparing import labels_of
from unsaid.store.run_folder import RunFolder
from unsaid.store.write import write_text


def multiverse_(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs: one, or several models to be ranked.")],
    labels: Annotated[
        str | None,
        typer.Option(
            help="What to call the runs, comma-separated; the models' names if not given and all different."
        ),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(help="Whose verdicts the headline rests on; the first run's judge if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write; the first run's folder if not given.")
    ] = None,
) -> None:
    """Read the same transcripts in every way: judge x definition x denominator x cues. Asks no model."""
    folders = [RunFolder(path) for path in runs]
    abouts = [folder.read() for folder in folders]
    tables = [schema.read(folder.records) for folder in folders]
    names = _names(runs, labels, tables)
    records = pl.concat(
        frame if name is None else frame.with_columns(model=pl.lit(name))
        for name, frame in zip(names, tables, strict=True)
    )
    reader = judge or abouts[0].get("judge")
    if reader is None:
        raise UsageError(f"{runs[0]}: nobody has judged this run; judge it, or name a judge with --judge")
    outcomes = multiverse(records)
    home = Universe(reader, "mention", "moved", "all cues")
    found = spreads(outcomes, home)
    if not found:
        known = ", ".join(sorted({each.universe.judge for each in outcomes})) or "nobody"
        raise UsageError(
            f"{reader} gave no verdict in these records; verdicts are by {known}: choose with --judge"
        )
    reading = Reading(home, tuple(outcomes), tuple(found), tuple(places(outcomes, home)))
    target = out or folders[0].path
    _write(reading, target)
    for spread in found:
        for sentence in words.found(spread):
            say(sentence)
    if len(found) > 1:
        for sentence in words.orders(reading.places):
            say(sentence)
    say(f"\n{target / 'multiverse.html'} has the curve, with every way to read it")


def _names(runs: Sequence[Path], labels: str | None, tables: Sequence[pl.DataFrame]) -> list[str | None]:
    """What each run's model is to be called; None leaves it as it is."""
    if labels is None:
        models = [set(frame["model"].unique()) for frame in tables]
        if sum(len(each) for each in models) == len(set().union(*models)):
            return [None] * len(runs)
    return list(labels_of(runs, labels))


def _write(reading: Reading, target: Path) -> None:
    page = render_multiverse(reading, shlex.join(["unsaid", *sys.argv[1:]]))
    try:
        target.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document(reading), indent=1, allow_nan=False)
        write_text(target / "multiverse.json", text + "\n")
        write_text(target / "multiverse.html", page)
    except OSError as error:
        raise RunError(
            f"{target}: cannot write here ({error.strerror}); choose another folder with --out"
        ) from error
