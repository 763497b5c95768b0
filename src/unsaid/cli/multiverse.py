"""`unsaid multiverse`: the same transcripts under every reading."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli.console import say
from unsaid.errors import UsageError
from unsaid.stopping import importing


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
        typer.Option(help="Judge of the headline; the first run's judge if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write; the first run's folder if not given.")
    ] = None,
) -> None:
    """Read the same transcripts in every way: judge x definition x denominator x cues. Asks no model."""
    with importing():
        from unsaid.store.run_folder import RunFolder

    folders = [RunFolder(path) for path in runs]
    abouts = [
        folder.read() for folder in folders
    ]  # what is not there is said before anything heavy is imported

    with importing():
        import polars as pl

        from unsaid.cli.work.multiverse import names_of, write
        from unsaid.estimates.multiverse.paths import Universe, multiverse
        from unsaid.estimates.multiverse.spread import places, spreads
        from unsaid.records import schema
        from unsaid.report.multiverse import words
        from unsaid.report.multiverse.page import Multiverse

    tables = [schema.first_replies(schema.read(folder.records)) for folder in folders]
    names = names_of(runs, labels, tables)
    records = pl.concat(
        frame if name is None else frame.with_columns(model=pl.lit(name))
        for name, frame in zip(names, tables, strict=True)
    )
    reader = judge or abouts[0].judge
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
    reading = Multiverse(home, tuple(outcomes), tuple(found), tuple(places(outcomes, home)))
    target = out or folders[0].path
    write(reading, target)
    for spread in found:
        for sentence in words.found(spread):
            say(sentence)
    if len(found) > 1:
        for sentence in words.orders(reading.places):
            say(sentence)
    say(f"\n{target / 'multiverse.html'} has the curve, with every way to read it")
