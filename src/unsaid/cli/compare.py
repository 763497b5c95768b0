"""`unsaid compare`: two runs or more on the questions they share."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unsaid.cli.console import OUT, say
from unsaid.stopping import importing

if TYPE_CHECKING:
    from unsaid.report.compare.together import Together


def compare(  # noqa: PLR0913 - a command's options
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
    figures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write what is drawn over all runs at once to this folder: charts (SVG, PDF) and tables "
            "(CSV, Markdown).",
        ),
    ] = None,
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
    OUT.print(summary(compared.comparison, compared.over))
    say(f"\n{compared.page} has who moved where, with links to the transcripts")
    if figures is not None:
        say(_written(compared.over, figures))


def _written(over: Sequence[Together], folder: Path) -> str:
    """Write what is drawn over all runs, and say where it is; what was found stands on the page and above by then."""
    with importing():
        from unsaid.report.compare.together import figures, sheets
        from unsaid.report.files.figures import write_files

    write_files(figures(over), sheets(over), folder)
    if any(not each.why_not for each in over):
        return f"{folder} has what is drawn over all runs: charts as SVG and PDF, tables as CSV and Markdown"
    return f"{folder} has no figure: no protocol of these runs is drawn over several of them"
