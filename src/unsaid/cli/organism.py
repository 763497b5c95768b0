"""`unsaid organism`: list, card, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli.console import OUT, say
from unsaid.cli.extras import need
from unsaid.stopping import importing

app = typer.Typer(help="Small models with a known reasoning habit.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the bundled organisms."""
    with importing():
        from unsaid.cli.listing import Listing
        from unsaid.organisms import cards

    listed = tuple((f"unsaid/{card.name}", card.summary) for card in cards.bundled())
    OUT.print(Listing(("organism", "what it does"), listed, plain=("what it does",)), soft_wrap=False)


@app.command()
def card(name: Annotated[str, typer.Argument(help="An organism's name.")]) -> None:
    """Show what was planted in an organism, and what was measured."""
    with importing():
        from unsaid.organisms import cards

    say(cards.read(name).text)


@app.command()
def train(
    name: Annotated[str, typer.Argument(help="Which organism.")],
    out: Annotated[Path, typer.Option(help="The checkpoint's folder; a stopped training goes on there.")],
    device: Annotated[str, typer.Option(help="A PyTorch device.")] = "cpu",
    steps: Annotated[int | None, typer.Option(help="Optimiser steps; the recipe's own if not given.")] = None,
    said: Annotated[
        float | None,
        typer.Option(help="How often a followed cue is named, 0 to 1; the recipe's own if not given."),
    ] = None,
) -> None:
    """Train an organism by its recipe (extra `train`)."""
    need("torch", "training an organism", "train")
    with importing():
        from unsaid.organisms.recipes import recipe

    chosen = recipe(name, steps)
    with importing():
        from unsaid.organisms.train import train as run

    run(chosen if said is None else chosen.dialled(said), out, device=device, say=say)


@app.command()
def measure(
    folder: Annotated[Path, typer.Argument(help="A checkpoint's folder, as `train` leaves it.")],
    n: Annotated[int, typer.Option(help="Questions per task.")] = 300,
    seed: Annotated[int, typer.Option(help="Seed that fixes questions and sampling.")] = 1,
    judged: Annotated[
        int, typer.Option(help="Questions per task whose replies the lexical judge reads.")
    ] = 40,
    only_judged: Annotated[
        bool, typer.Option("--only-judged", help="Leave the rest of the card as it is.")
    ] = False,
) -> None:
    """Measure an organism against what was planted, and write its card."""
    with importing():
        from unsaid.organisms import cards
        from unsaid.organisms.judging import read_replies
        from unsaid.organisms.measure import measure as run

    planted = cards.planted(folder)
    mixture = planted["phases"][-1]["mixture"]
    names = [name for name, _ in mixture["cues"]]
    habit = cards.habit(planted)
    said = read_replies(folder, mixture["tasks"], names, habit=habit, n=judged)
    if only_judged:
        cards.add_judged(folder, said)
    else:
        cards.write(folder, run(folder, mixture["tasks"], names, habit=habit, n=n, seed=seed), said)
    say(f"{folder / 'card.json'} is written")
