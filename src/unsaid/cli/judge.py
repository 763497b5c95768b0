"""`unsaid judge`: one more judge reads the replies of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from unsaid import defaults
from unsaid.asking.ranges import check
from unsaid.cli import options
from unsaid.cli.console import say
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
    cues: Annotated[
        str,
        typer.Option(
            help="Cues that the package does not know: YAML files, or THEIRS=OURS, comma-separated."
        ),
    ] = "",
    judge_sample: options.JudgeSample = defaults.JUDGE_SAMPLE,
    budget: options.Limits = None,
    prices: options.Prices = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would read and take, and read nothing.")
    ] = False,
    connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
) -> None:
    """Read the replies of a run with one more judge; its verdicts stand beside those there are.

    A judge that asks no model reads every cued reply about its cue, and the clean replies about the cues of their
    question. One that does reads what moved, a sample of the rest, and 20 clean replies per cue. Repeat it to continue
    where it was interrupted, or where its budget ended. `unsaid report RUN` then estimates by every judge.
    """
    with importing():
        from unsaid.store.run_folder import RunFolder

    check("judge_sample", judge_sample)
    folder = RunFolder(run)
    about = folder.read()  # what is not there is said before anything is imported to read it

    with importing():
        from unsaid.cli.work.judge import What, read_run
        from unsaid.judges import listed, models_of
        from unsaid.models.inspect.judging import Meter, judge_of
        from unsaid.planning.budget import parse_budget
        from unsaid.planning.prices import load_prices
        from unsaid.runs.judging import Reader, price_of_judge, unasked
        from unsaid.store.disk import alone

    limits = parse_budget(budget) if budget is not None else None
    known = load_prices(prices)
    calling = Calling(max_connections=connections, max_retries=max_retries, timeout=timeout)
    with alone(folder.path):
        for name in listed(judge):
            models = tuple(models_of(name))
            price = price_of_judge(models, known, limits)
            what = What(only or [], judge_sample if models else None, cues)
            meter = Meter()
            asked = unasked(name) if dry_run else judge_of(name, calling, meter)
            reader = Reader(asked, models, limits, price, meter)
            read_run(reader, folder, about, what, dry=dry_run)
    if dry_run:
        return
    say(f"now: unsaid report {shlex.quote(str(run))}")
