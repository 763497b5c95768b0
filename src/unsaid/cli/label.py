"""`unsaid label`: people read a run's replies blind, and say whether they name the cue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli.console import say
from unsaid.errors import UsageError
from unsaid.stopping import importing


def label(  # noqa: PLR0913 - a command has so many options
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    labeller: Annotated[
        str | None, typer.Option(help="Name to label under; your user name if not given.")
    ] = None,
    n: Annotated[int | None, typer.Option("--n", help="How many replies to draw; 100 if not given.")] = None,
    sample: Annotated[
        str | None, typer.Option(help='"random" (if not given), or "stratified": as many of each cue.')
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(help='Which replies to draw: "moved" (if not given), "cued" (all) or "clean".'),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help='Which text to show: "reasoning" (if not given) or "visible".')
    ] = None,
    catch: Annotated[
        float | None,
        typer.Option(help="Share of clean replies to mix in; they have nothing to find."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draw; 0 if not given.")] = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Settle the replies on which labellers differ.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Show how much is labelled, and stop.")] = False,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write every label to a file.")] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", metavar="CSV", help="Add labels from a file.")
    ] = None,
    light: Annotated[
        bool, typer.Option("--light", help="Begin on a light background (t changes it).")
    ] = False,
) -> None:
    """Read a run's replies blind in the terminal, and say of each whether it names the cue and relied on it.

    Neither the model, the arm, the target nor any judge's verdict is shown. The first call draws a sample, the same
    for every labeller; each reads it in an order of their own. Answers are kept one by one in the run's labels.jsonl:
    stop when you like, and repeat the command to continue. `unsaid report RUN` then corrects the judge's error by them.
    """
    modes = {"--adjudicate": adjudicate, "--status": status, "--export": export, "--import": import_}
    given = [name for name, value in modes.items() if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} cannot be combined; give one of them")
    asked: dict[str, object] = {"n": n, "sample": sample, "population": population, "channel": channel}
    asked |= {"catch": catch, "seed": seed}
    asked = {name: value for name, value in asked.items() if value is not None}
    if asked and given:
        raise UsageError(f"--{next(iter(asked))} decides how a sample is drawn, and {given[0]} draws none")
    with importing():
        from unsaid.store.run_folder import RunFolder

    RunFolder(run).read()  # what is not there is said before anything is imported to read it

    with importing():
        from unsaid.cli.work import label as work

    here = work.open_run(run)
    if import_ is not None:
        work.import_labels(here, import_)
    elif export is not None:
        labels = work.read_labels(run)
        work.export_csv(labels, export)
        say(f"{export} has {labels.height} labels")
    elif status:
        work.say_status(here)
    elif adjudicate:
        work.adjudicate(here, dark=not light)
    else:
        work.read_replies(here, work.check_labeller(labeller or work.user()), asked, dark=not light)
