"""`unsaid gate`: does this judge pass?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli import options
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing


def gate(  # noqa: PLR0913 - a command has so many options
    judge: Annotated[
        str,
        typer.Option(
            help='Which judge: "lexical", any model Inspect reaches, or several that vote: panel:A+B+C. With --labels, '
            "anyone whose verdicts are in the labels."
        ),
    ],
    half: Annotated[
        str, typer.Option(help='"held-out", which alone counts; or "open", which prompts may be tuned on.')
    ] = "held-out",
    cues: Annotated[
        str, typer.Option(help="Cues or sets of them, with commas; the bundled ones if not given.")
    ] = "",
    limit: Annotated[
        int | None, typer.Option(help="The most texts to read, drawn evenly from the classes.")
    ] = None,
    repeat: Annotated[
        int, typer.Option(help="How often each text is read; one reading says nothing of stability.")
    ] = 2,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for gate.json and every reading; nothing is written without it."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Instead of the gate's texts: a run, or a file to import, that people have labelled."
        ),
    ] = None,
    format: Annotated[  # noqa: A002
        str | None, typer.Option(help="For --labels with a file: its format, as in `unsaid import`.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option("--map", help="For that format, as in `unsaid import`.")
    ] = None,
    labeller: Annotated[
        str | None, typer.Option(help="For --labels: whose labels, where several labelled.")
    ] = None,
    connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
) -> None:
    """Read texts of known class with a judge, or texts that people labelled; say whether it can be believed.

    Exit status 0 where it passes, 1 where it does not. A judge that is a model is asked once a reading: about 1,250
    readings a round in either half, fewer with --limit or --cues.
    """
    with importing():
        from unsaid.cli.work.gate import asked_of, gate_judge
        from unsaid.cli.work.gate_labels import score_labels
        from unsaid.judges import models_of
        from unsaid.models.inspect.judging import judge_of

    calling = Calling(max_connections=connections, max_retries=max_retries, timeout=timeout)
    if labels is not None:
        passed = score_labels(
            (judge, lambda: judge_of(judge, calling)), (labels, format, mapping), labeller, limit, out
        )
    else:
        asked = asked_of(half, cues, limit, repeat)
        passed = gate_judge(judge_of(judge, calling), asked, out, models=len(models_of(judge)))
    if not passed:
        raise typer.Exit(1)
