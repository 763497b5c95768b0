"""`unsaid train`: data, check, sft, lora; compare (`train_compare.py`); and rl, curves, study (`train_rl.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from unsaid import defaults
from unsaid.cli import options
from unsaid.cli.console import say
from unsaid.cli.train_compare import compare
from unsaid.cli.train_rl import curves, rl, study
from unsaid.errors import UsageError
from unsaid.models.inspect.calling import Calling
from unsaid.stopping import importing

app = typer.Typer(
    help="Fine-tune a model on data of its own replies, or by reinforcement.", no_args_is_help=True
)
app.command()(compare)
app.command()(rl)
app.command()(curves)
app.command()(study)


Kind: TypeAlias = Annotated[
    str, typer.Argument(help="consistency, explanation, verbalisation or structure.", show_default=False)
]
DataSet: TypeAlias = Annotated[
    Path, typer.Option(help="The data set's folder; the same command goes on there.")
]
Run: TypeAlias = Annotated[
    Path | None, typer.Option(help="A run whose replies are used. If not given, the model is asked.")
]
Cues: TypeAlias = Annotated[
    str, typer.Option(help="Cues to train on: names, sets or .yaml files, with commas.")
]
HeldOutCues: TypeAlias = Annotated[
    str, typer.Option(help="Cues that no row may have; audit with them what was learned beyond the others.")
]
HeldOutShare: TypeAlias = Annotated[
    float, typer.Option(help="Share of the questions that is held out, by their content.")
]
DirectShare: TypeAlias = Annotated[
    float | None,
    typer.Option(help="Share of rows without reasoning; the paper's half for consistency if not given."),
]
MostRows: TypeAlias = Annotated[int | None, typer.Option(help="The most rows of each set; all if not given.")]
Form: TypeAlias = Annotated[str, typer.Option(help="completion (prompt and completion) or messages.")]


@app.command()
def data(  # noqa: PLR0913 - a command's options
    kind: Kind,
    out: DataSet,
    run: Run = None,
    model: options.Model = defaults.MODEL,
    questions: options.Questions = None,
    limit: options.Limit = defaults.LIMIT,
    cues: Cues = "suggested-answer",
    held_out_cues: HeldOutCues = "",
    held_out_share: HeldOutShare = 0.2,
    direct_share: DirectShare = None,
    rows: MostRows = None,
    form: Form = "completion",
    wordings: options.Wordings = "one",
    target: options.Target = "wrong",
    map: options.Map = "",  # noqa: A002 - the option's name
    judge: options.Judges = None,
    writer: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="A model that writes entailed questions, where they are not made by rule."
        ),
    ] = "",
    epochs: options.Epochs = 1,
    seed: options.Seed = 0,
    temperature: options.Temperature = None,
    max_tokens: options.MaxTokens = defaults.AUTO,
    max_connections: options.Connections = None,
    max_retries: options.MaxRetries = Calling.max_retries,
    timeout: options.Timeout = Calling.timeout,
    budget: options.Limits = None,
    prices: options.Prices = None,
    dry_run: options.DryRun = False,
) -> None:
    """Make fine-tuning data of a model's own replies: ask the model, or use a run that is there."""
    typed = dict(locals())
    with importing():
        from unsaid.cli.work.train_data import made

    for line in made(typed):
        say(line)


@app.command()
def check(
    data: Annotated[
        list[Path],
        typer.Argument(help="Files of rows, or folders of `unsaid train data`.", show_default=False),
    ],
    held_out: Annotated[
        str, typer.Option(help="Held-out questions: sources with commas, as in `unsaid questions`.")
    ] = "",
    held_out_cues: Annotated[str, typer.Option(help="Held-out cues: names, sets or .yaml files.")] = "",
) -> None:
    """Look for held-out questions and cues in data that are trained on; exit status 1 where there are some."""
    with importing():
        from unsaid.cli.work.train_data import checked

    for line in checked(data, held_out, held_out_cues):
        say(line)


Rows: TypeAlias = Annotated[
    Path,
    typer.Option("--data", help="A folder of `unsaid train data`, or a file of rows.", show_default=False),
]
Part: TypeAlias = Annotated[str, typer.Option("--set", help="Of a folder: train, or control.")]
Base: TypeAlias = Annotated[
    str, typer.Option(help="unsaid/NAME or unsaid/FOLDER (an organism), unsaid-hf/FOLDER (a checkpoint).")
]
Folder: TypeAlias = Annotated[
    Path, typer.Option(help="The model's folder; a stopped training goes on there.")
]
Epochs: TypeAlias = Annotated[float, typer.Option(help="How often every row is seen.")]
Steps: TypeAlias = Annotated[int | None, typer.Option(help="Optimiser steps, in place of --epochs.")]
Batch: TypeAlias = Annotated[int, typer.Option(help="Rows per step.")]
Rate: TypeAlias = Annotated[float, typer.Option(help="The peak learning rate.")]
Length: TypeAlias = Annotated[
    int | None,
    typer.Option("--max-length", help="The most tokens of a row; the model's own limit if not given."),
]
DropLong: TypeAlias = Annotated[
    bool, typer.Option("--drop-long", help="Leave longer rows out, which are refused otherwise.")
]
SaveEvery: TypeAlias = Annotated[int, typer.Option(help="Steps between checkpoints to go on from.")]
Keep: TypeAlias = Annotated[
    int, typer.Option(help="How many models on the way are kept, to audit as a series.")
]
Device: TypeAlias = Annotated[
    str, typer.Option(help="A PyTorch device; auto takes a GPU where there is one.")
]
BF16: TypeAlias = Annotated[bool, typer.Option("--bf16", help="Compute in bfloat16.")]
Checkpointing: TypeAlias = Annotated[
    bool, typer.Option("--gradient-checkpointing", help="Compute activations again: slower, less memory.")
]
Accumulate: TypeAlias = Annotated[int, typer.Option(help="Batches per optimiser step.")]
TensorBoard: TypeAlias = Annotated[
    bool, typer.Option("--tensorboard", help="Write events for TensorBoard too, which must be installed.")
]
Anyway: TypeAlias = Annotated[
    bool, typer.Option("--anyway", help="Load the model though it seems not to fit into memory.")
]


@app.command()
def sft(  # noqa: PLR0913 - a command's options
    data: Rows,
    out: Folder,
    model: Base = defaults.MODEL,
    part: Part = "train",
    epochs: Epochs = 1.0,
    steps: Steps = None,
    batch: Batch = 8,
    rate: Rate = 1e-4,
    max_length: Length = None,
    drop_long: DropLong = False,
    save_every: SaveEvery = 100,
    keep: Keep = 1,
    seed: options.Seed = 0,
    device: Device = "auto",
    bf16: BF16 = False,
    gradient_checkpointing: Checkpointing = False,
    accumulate: Accumulate = 1,
    tensorboard: TensorBoard = False,
    anyway: Anyway = False,
) -> None:
    """Fine-tune all weights of an organism (extra `train`) or a checkpoint (extra `trl`) on rows of a chat."""
    _tuned(dict(locals()))


@app.command()
def lora(  # noqa: PLR0913 - a command's options
    data: Rows,
    out: Folder,
    model: Base,
    part: Part = "train",
    rank: Annotated[int, typer.Option(help="Rank of the adapter.")] = 16,
    alpha: Annotated[
        int | None, typer.Option(help="Scale of the adapter; twice its rank if not given.")
    ] = None,
    dropout: Annotated[float, typer.Option(help="Dropout before the adapter.")] = 0.0,
    epochs: Epochs = 1.0,
    steps: Steps = None,
    batch: Batch = 8,
    rate: Rate = 2e-4,
    max_length: Length = None,
    drop_long: DropLong = False,
    save_every: SaveEvery = 100,
    keep: Keep = 1,
    seed: options.Seed = 0,
    device: Device = "auto",
    bf16: BF16 = False,
    gradient_checkpointing: Checkpointing = False,
    accumulate: Accumulate = 1,
    tensorboard: TensorBoard = False,
    anyway: Anyway = False,
) -> None:
    """Train an adapter of a checkpoint on rows of a chat, and leave its weights as they are (extra `trl`)."""
    if rank < 1:
        raise UsageError(f"--rank is {rank}; it is at least 1")
    _tuned(dict(locals()))


def _tuned(typed: dict[str, Any]) -> None:
    with importing():
        from unsaid.cli.work.train_sft import tuned

    for line in tuned(typed):
        say(line)
