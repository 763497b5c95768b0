"""`unsaid import`: foreign transcripts into records."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from unsaid.cli.console import say
from unsaid.errors import UnknownName, UsageError
from unsaid.stopping import importing

if TYPE_CHECKING:
    from unsaid.records.importers import Imported
    from unsaid.store.run_folder import RunFolder

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


def import_(
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
        from unsaid.cli.work.import_ import judge_asked, proposed
        from unsaid.cli.work.import_preview import preview
        from unsaid.records import schema
        from unsaid.records.chain_labels import write_chain_labels
        from unsaid.records.importers import importer
        from unsaid.store.disk import of_disk, unwritable
        from unsaid.store.run_folder import RunFolder

    if mapping == "auto":
        say(proposed(format, path))
        return
    imported = importer(format).load(path, mapping, where or ())
    judge = judge_asked(imported, judge)
    if out is None:
        for line in preview(imported, judge):
            say(line)
        say("nothing was written; to write it, add --out RUN")
        return
    folder = RunFolder(out)
    request = {"import": format, "path": str(path), "protocols": [imported.protocol], "seed": 0}
    request |= {"map": mapping} if mapping is not None else {}
    request |= {"where": where} if where else {}
    request |= {"judge": judge} if judge is not None else {}
    about = folder.claim(request, shlex.join(["unsaid", *sys.argv[1:]]))
    models = imported.records["model"].unique().sort().to_list()
    about |= {"model": ", ".join(models), "source": imported.source, "judge": judge, "finished": True}
    about |= {"unmapped": imported.unmapped, "out_of_reach": imported.out_of_reach}
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        schema.write(imported.records, folder.records)
        if imported.labels is not None:
            write_chain_labels(imported.labels, folder.path)
    except Exception as error:
        if isinstance(error, OSError) or of_disk(error):
            raise unwritable(folder.path, error) from error
        raise
    folder.write(about)  # last: a folder whose records could not be written must not say that it is finished
    _told(imported, folder, len(models), out)


def _told(imported: Imported, folder: RunFolder, models: int, out: Path) -> None:
    """Say what was written, what was lost on the way, and how to go on."""
    say(f"{imported.records.height} records of {models} model(s) in {folder.records}")
    for line in imported.unmapped:
        say(f"not mapped: {line}")
    for line in imported.out_of_reach:
        say(f"out of reach: {line}")
    if imported.labels is not None:
        say(
            f"{imported.labels.height} labels of chains and steps: unsaid calibrate --labels {shlex.quote(str(out))}"
        )
    say(f"now: unsaid report {shlex.quote(str(out))}")
