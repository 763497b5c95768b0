"""`unsaid judge`: one more judge reads the replies of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from unsaid import defaults
from unsaid.cli import options
from unsaid.cli.console import say
from unsaid.errors import UsageError
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing


def judge_(  # noqa: PLR0913 - a command's options
    run: Annotated[Path, typer.Argument(help="A run's folder, made by `unsaid audit` or `unsaid import`.")],
    judge: Annotated[
        str,
        typer.Option(
            help='Who reads: "lexical", "learned", any model Inspect reaches, or several that vote: panel:A+B+C.'
        ),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option("--where", help="Read only records with COLUMN=VALUE; several must all hold."),
    ] = None,
    judge_sample: options.JudgeSample = defaults.JUDGE_SAMPLE,
    connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
) -> None:
    """Read the replies of a run with one more judge; its verdicts stand beside those there are.

    A judge that asks no model reads every cued reply about its cue, and the clean replies about the cues of their
    question. One that does reads what moved, a sample of the rest, and 20 clean replies per cue. Repeat it to continue
    where it was interrupted. `unsaid report RUN` then estimates by every judge.
    """
    with importing():
        from unsaid.store.run_folder import RunFolder

    if not 0 <= judge_sample <= 1:
        raise UsageError(f"--judge-sample is {judge_sample}; it is a share between 0 and 1")
    folder = RunFolder(run)
    about = folder.read()  # what is not there is said before anything is imported to read it

    with importing():
        from unsaid.cli.work.judge import read
        from unsaid.judges import listed, models_of
        from unsaid.models.inspect.judging import judge_of
        from unsaid.store.disk import alone

    calling = Calling(max_connections=connections, max_retries=max_retries, timeout=timeout)
    with alone(folder.path):
        for name in listed(judge):
            share = judge_sample if models_of(name) else None
            read(judge_of(name, calling), folder, about, only or [], (share, len(models_of(name))))
    say(f"now: unsaid report {shlex.quote(str(run))}")
