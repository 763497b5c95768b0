"""`unsaid report`: the report again, from the records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli import options
from unsaid.cli.console import OUT, say
from unsaid.stopping import importing


def report(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    figures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Also write charts (SVG, PDF) and tables (CSV, Markdown) to this folder."
        ),
    ] = None,
    gate: options.Gate = None,
    protocols: Annotated[
        str | None,
        typer.Option(
            help="Estimate by these protocols, comma-separated, in place of those that the run asked; the run keeps "
            "what was asked."
        ),
    ] = None,
) -> None:
    """Estimate and report again from a run's records; no model is asked.

    The report is one file, `report.html`. Beyond 16 MB of compressed transcripts (some 20,000 records) that file
    keeps every number, and the transcripts go into pages in `report_files` beside it, to be sent with it.
    """
    with importing():
        from unsaid.store.run_folder import RunFolder

    folder = RunFolder(run)
    about = folder.read()  # what is not there is said before anything is imported to read it

    with importing():
        from unsaid.protocols import SECTIONS, protocols_named
        from unsaid.records import schema
        from unsaid.report.files.folder import whereabouts
        from unsaid.report.terminal.summary import summary
        from unsaid.runs.conclude import conclude
        from unsaid.runs.corrections import GATE
        from unsaid.runs.gate import adopt
        from unsaid.store.accounts import banner

    if gate is not None:
        adopt(gate, about.judge, folder.path / GATE)
    chosen = protocols_named(protocols) if protocols is not None else []
    records = schema.read(folder.records)
    found = conclude(folder, records, about, chosen)
    unfinished = banner(about)
    if unfinished:
        say(unfinished + "\n")
    OUT.print(summary(found, SECTIONS, records))
    say(f"\n{whereabouts(folder.report)}")
    if figures is not None:
        _write(run, figures)


def _write(run: Path, folder: Path) -> None:
    with importing():
        from unsaid.protocols import SECTIONS
        from unsaid.report.files.figures import write_figures
        from unsaid.report.run.reading_table import rules
        from unsaid.runs.load import load

    loaded = load(run)
    written = write_figures(
        loaded.numbers, loaded.flow, folder, rules(loaded.records), SECTIONS, loaded.records
    )
    say(f"{folder} has {len(written)} files: charts as SVG and PDF, tables as CSV and Markdown")
