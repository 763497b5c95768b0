"""`unsaid compare`: two runs or more on the questions they share."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli.console import OUT, say
from unsaid.stopping import importing


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs; the first is the baseline.")],
    baseline: Annotated[int, typer.Option(help="Which run is the baseline, counted from 1.")] = 1,
    labels: Annotated[
        str | None,
        typer.Option(help="What to call the runs, comma-separated; their folders' names if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write; comparisons/<labels> if not given.")
    ] = None,
    allow_different_judges: Annotated[
        bool,
        typer.Option("--allow-different-judges", help="Compare verdicts of different judges all the same."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
) -> None:
    """Compare runs on the questions they share: models, checkpoints, elicitations, wordings. Asks no model."""
    with importing():
        from unsaid.store.run_folder import RunFolder

    for run in runs:
        RunFolder(run).read()  # what is not there is said before anything is imported to read it

    with importing():
        from unsaid.report.compare.terminal import summary
        from unsaid.runs.comparing import compare_folders

    compared = compare_folders(
        runs,
        baseline=baseline,
        labels=labels,
        out=out,
        allow_different_judges=allow_different_judges,
        seed=seed,
        command=shlex.join(["unsaid", *sys.argv[1:]]),
    )
    OUT.print(summary(compared.comparison))
    say(f"\n{compared.page} has who moved where, with links to the transcripts")
