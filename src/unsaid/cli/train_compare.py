"""`unsaid train compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from unsaid import defaults
from unsaid.cli import options
from unsaid.cli.console import OUT
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing

__all__ = ["compare"]

_WHAT = "a run's folder, a model's folder, or a model's name; again for each seed"
Before: TypeAlias = Annotated[
    list[str] | None, typer.Option(help=f"The model before the training: {_WHAT}, or once for all.")
]
Control: TypeAlias = Annotated[
    list[str] | None, typer.Option(help=f"The model that was trained on control data: {_WHAT}.")
]
After: TypeAlias = Annotated[list[str] | None, typer.Option(help=f"The model after the training: {_WHAT}.")]
Data: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="The folder of `unsaid train data`: it says which questions, cues and tasks were trained on and held out."
    ),
]


def compare(  # noqa: PLR0913 - a command's options
    out: Annotated[
        Path, typer.Option(help="Where to write; the same command goes on there.", show_default=False)
    ],
    before: Before = None,
    control: Control = None,
    after: After = None,
    data: Data = None,
    cues: Annotated[str, typer.Option(help="Cues that were trained on; those of --data if not given.")] = "",
    held_out_cues: Annotated[
        str, typer.Option(help="Cues that were held out; those of --data if not given.")
    ] = "",
    trained_tasks: Annotated[
        str, typer.Option(help="Tasks that were trained on, with commas; those of --data if not given.")
    ] = "",
    seeds: Annotated[
        str, typer.Option(help="Seeds with commas: each stands for {seed} in the names of models and runs.")
    ] = "",
    series: Annotated[
        bool,
        typer.Option(
            "--series", help="Audit what `--keep` kept on the way too, and draw the rates over steps."
        ),
    ] = False,
    questions: Annotated[
        str | None,
        typer.Option(help="Held-out questions of the audits, with commas; those of --data if not given."),
    ] = None,
    limit: options.Limit = defaults.LIMIT,
    wordings: options.Wordings = "one",
    target: options.Target = "wrong",
    elicitation: options.Elicitation = "cot",
    judge: options.Judges = None,
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = defaults.AUTO,
    max_connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
    budget: options.Limits = None,
    prices: options.Prices = None,
) -> None:
    """Compare models before and after a training, and after a control: biased reasoning, what is said, accuracy.

    Models that are named in place of runs are audited here, all with the same questions and cues.
    """
    typed = dict(locals())
    with importing():
        from unsaid.cli.work.train_compare import shown

    for part in shown(typed):
        OUT.print(part)
