"""`unsaid train rl` and `unsaid train curves`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from unsaid.cli.console import say
from unsaid.cli.extras import need
from unsaid.errors import UsageError
from unsaid.stopping import importing

__all__ = ["curves", "rl", "study"]

Begin: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What to begin with: an organism (unsaid/NAME), or a checkpoint's folder, which gets an adapter."
    ),
]
Environment: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What it learns from: hack/CUE, hack/CUE+right (its control), consistent/CUE or outcome."
    ),
]
Pays: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What is paid for, as target=1,length=0.5; the environment's own if not given. There are outcome, "
        "target, format, length, discount, process, verbalisation, monitor and consistency."
    ),
]
AuditProtocols: TypeAlias = Annotated[
    str,
    typer.Option(help="What the audits ask; with early-answering, the curves have its area too."),
]
Checkpointing: TypeAlias = Annotated[
    bool, typer.Option(help="Of a checkpoint: compute activations again instead of keeping them.")
]
Vllm: TypeAlias = Annotated[
    str, typer.Option(help="Of a checkpoint: the address of a vLLM server that draws the replies.")
]


def rl(  # noqa: PLR0913 - a command's options
    out: Annotated[
        Path, typer.Option(help="The training's folder; the same command goes on there.", show_default=False)
    ],
    model: Begin = None,
    environment: Environment = None,
    reward: Pays = None,
    algorithm: Annotated[str | None, typer.Option(help="grpo or reinforce.")] = None,
    questions: Annotated[
        str | None, typer.Option(help="Questions to learn from, as `unsaid audit` takes them.")
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps.")] = None,
    prompts: Annotated[int | None, typer.Option(help="Prompts per step.")] = None,
    group: Annotated[int | None, typer.Option(help="Attempts at each prompt.")] = None,
    rate: Annotated[float | None, typer.Option(help="The learning rate.")] = None,
    kl: Annotated[
        float | None, typer.Option(help="Weight of the divergence from the model it begins with.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Temperature at which attempts are drawn.")
    ] = None,
    most: Annotated[int | None, typer.Option(help="The most tokens of an attempt.")] = None,
    elicitation: Annotated[
        str | None,
        typer.Option(
            help="How reasoning is asked for, of attempts and in audits: cot or native, each also with an instruction."
        ),
    ] = None,
    pool: Annotated[int | None, typer.Option(help="Questions to draw the prompts from.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed that fixes every draw.")] = None,
    every: Annotated[int | None, typer.Option(help="Steps between two audited checkpoints.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="A YAML file of these settings; what is named here goes before it.")
    ] = None,
    audit_questions: Annotated[
        str, typer.Option(help="Held-out questions of the audits.")
    ] = "bundled:tracking_shuffled_objects,bundled:navigate,bundled:coin_flips",
    audit_cues: Annotated[
        str | None, typer.Option(help="Cues of the audits; the environment's and two others if not given.")
    ] = None,
    audit_limit: Annotated[int, typer.Option(help="Questions per audit.")] = 60,
    audit_protocols: AuditProtocols = "verbalisation",
    rank: Annotated[int, typer.Option(help="Of a checkpoint: the adapter's rank.")] = 16,
    batch: Annotated[int, typer.Option(help="Of a checkpoint: replies in one forward pass.")] = 8,
    bf16: Annotated[bool, typer.Option(help="Of a checkpoint: compute in bfloat16.")] = False,
    gradient_checkpointing: Checkpointing = False,
    vllm: Vllm = "",
    device: Annotated[str, typer.Option(help="A PyTorch device; auto is the CPU for an organism.")] = "auto",
) -> None:
    """Train by reinforcement, with audits between the steps: an organism (extra `train`) or a checkpoint (`trl`)."""
    typed = dict(locals())
    need("torch", "training by reinforcement", "train")
    if environment is not None:
        with importing():
            from unsaid.training.rl.environments import environment as known

        known(environment)
    with importing():
        from unsaid.cli.work.train_rl import trained

    for line in trained(typed, shlex.join(["unsaid", *sys.argv[1:]]), say):
        say(line)


def curves(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of `unsaid train rl`; several differ in their seeds alone.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("curves.html"),
    last: Annotated[int, typer.Option(help="Audits at the end in which a plateau is looked for.")] = 4,
) -> None:
    """Put the audits of trainings together: a band over seeds, and whether each curve has levelled off."""
    if last < 2:
        raise UsageError(f"--last is {last}; a slope needs two points")
    with importing():
        from unsaid.cli.work.train_rl import put_together

    for line in put_together(folders, out, last, shlex.join(["unsaid", *sys.argv[1:]])):
        say(line)


def study(
    out: Annotated[
        Path, typer.Option(help="The study's folder; the same command goes on there.", show_default=False)
    ],
    plan: Annotated[
        Path | None,
        typer.Option(
            help="A YAML file of arms and of what is expected of them; the bundled one if not given."
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="So many of the plan's seeds.")] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps of each training; the plan's if not given.")
    ] = None,
    arms: Annotated[str, typer.Option(help="Names of arms, with commas; all if not given.")] = "",
    workers: Annotated[int, typer.Option(help="Trainings at a time, each a process with one thread.")] = 2,
) -> None:
    """Train organisms by reinforcement, arm by arm and seed by seed, and hold what comes against what was expected."""
    need("torch", "a study by reinforcement", "train")
    with importing():
        from unsaid.cli.work.train_study import studied

    names = [name.strip() for name in arms.split(",") if name.strip()]
    for line in studied(
        out, plan, (seeds, steps, names), workers, shlex.join(["unsaid", *sys.argv[1:]]), say
    ):
        say(line)
