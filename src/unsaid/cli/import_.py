"""`unsaid import`: foreign transcripts into records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from unsaid.cli.console import say
from unsaid.errors import UnknownName, UsageError
from unsaid.stopping import importing

#: The formats that there are (`records.importers.IMPORTERS`); a test holds the two equal.
FORMATS = ("bct", "bonafide", "chainscope", "inspect", "table", "turpin")

_Path: TypeAlias = Annotated[
    Path | None,
    typer.Argument(help="Path of the transcripts; none after hf:OWNER/NAME, which names a data set."),
]
_Where: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="Which rows are read: COLUMN=WORD or COLUMN!=WORD; may be given several times."),
]
_Protocols: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What to estimate, comma-separated (`unsaid protocols` lists them); without it, what the transcripts "
        "were made for."
    ),
]
_Selection: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Where the set holds some pairs alone, by which rule they were chosen: clean-not-target, changed or "
        "moved. Rates that the choice would have made are withheld."
    ),
]


def import_(  # noqa: PLR0913 - a command has so many options
    format: Annotated[  # noqa: A002
        str, typer.Argument(help=f"The transcripts' format: {', '.join(FORMATS)}.")
    ],
    path: _Path = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run's folder; without it nothing is written, and what was understood is shown."
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--map",
            help="For table and inspect: FIELD=COLUMN,..., or a .yaml file that holds them; auto proposes one.",
        ),
    ] = None,
    where: _Where = None,
    protocols: _Protocols = None,
    selection: _Selection = None,
    judge: Annotated[
        str | None,
        typer.Option(help="Where several people or judges labelled: whose labels the report takes."),
    ] = None,
) -> None:
    """Read someone's transcripts into a run; `unsaid report RUN` does the rest."""
    if format.startswith("hf:") and path is None:
        format, path = "table", Path(format)  # noqa: A001 - a data set is a table
    if format not in FORMATS:
        raise UnknownName("importer", format, FORMATS)
    if path is None:
        raise UsageError(f"expected a path: unsaid import {format} PATH")
    with importing():
        from unsaid.asking.protocol import check_readable
        from unsaid.cli.work.import_ import (
            Chosen,
            chosen_by,
            judge_asked,
            proposed,
            protocols_asked,
            write_run,
        )
        from unsaid.cli.work.import_preview import preview
        from unsaid.records.importers import importer

    if mapping == "auto":
        say(proposed(format, path))
        return
    imported = chosen_by(importer(format).load(path, mapping, where or ()), selection)
    judge = judge_asked(imported, judge)
    chosen = Chosen(protocols_asked(imported, protocols), judge)
    named = chosen.protocols if protocols is not None else []
    if out is None:
        for line in preview(imported, chosen):
            say(line)
        check_readable(named, imported.records)
        say("nothing was written; to write it, add --out RUN")
        return
    check_readable(named, imported.records)
    request: dict[str, Any] = {"import": format, "path": str(path)}
    request |= {"map": mapping} if mapping is not None else {}
    request |= {"where": where} if where else {}
    request |= {"selection": selection} if selection is not None else {}
    for line in write_run(imported, out, request, chosen):
        say(line)
