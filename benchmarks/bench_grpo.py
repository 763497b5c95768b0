"""Processor time a step and peak memory of `unsaid train rl` against plain TRL: same model, prompts and settings.

    python benchmarks/bench_grpo.py [--checkpoint FOLDER] [--rounds 3] [--steps 6] [--prompts 4] [--group 8]

Two pairs, each arm a process of its own, so that its peak memory is its own; they alternate within a round, and the
medians over rounds are compared:

    own, full          our loop for organisms, all weights       against TRL's GRPOTrainer, all weights
    adapter, lora      `unsaid train rl` on a checkpoint          against TRL's GRPOTrainer with the same adapter

Plain TRL has one reward function, which looks for the asked line in a regular expression. Time is from the end of one
step to the end of the next, so the first step is left out; loading, writing and audits are left out of all. The ratios
are of processor time: on a machine that others use, the wall clock of two arms that did the same work differed by a
factor of 2.5. It is printed as well, and so is the mean length of the replies, since replies of other lengths are
other work. Without a checkpoint the model is the organism `silent`, which is a folder that Transformers reads. Needs
the extra `trl`.
"""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

from unsaid.models.organism.provider import organism_folder
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.request import Request

WANTED = 0.9
PAIRS = {"own": "full", "adapter": "lora"}


@dataclass
class Clock:
    """Looks at both clocks at the end of each step, and notes the mean length of its replies."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    tokens: list[float] = field(default_factory=list)

    def look(self, tokens: float) -> None:
        """Note the end of a step."""
        self.wall.append(time.monotonic())
        self.cpu.append(time.process_time())
        self.tokens.append(tokens)

    def measured(self) -> dict[str, float]:
        """Return the means a step, the first step left out."""
        steps = len(self.cpu) - 1
        return {
            "seconds": (self.wall[-1] - self.wall[0]) / steps,
            "cpu": (self.cpu[-1] - self.cpu[0]) / steps,
            "tokens": mean(self.tokens[1:]),
        }


@dataclass(frozen=True)
class Clocked(TrainingFolder):
    """A training's folder that looks at the clock when the line of a step is added."""

    clock: Clock = field(default_factory=Clock)

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add lines, and look at the clock."""
        super().append(lines)
        self.clock.look(lines[-1]["tokens"])


def own(request: Request, checkpoint: Path, out: Path) -> Clock:
    """Train with our loop."""
    from unsaid.training.rl.train import train

    folder = Clocked(out)
    train(request, folder, audited=lambda step, path: None, say=lambda line: None)
    return folder.clock


def adapter(request: Request, checkpoint: Path, out: Path) -> Clock:
    """Train an adapter as `unsaid train rl` does."""
    from unsaid.training.rl.checkpoint import train
    from unsaid.training.rl.lora import Lora

    folder, lora = Clocked(out), Lora(batch=request.prompts * request.group)
    nothing = {"audited": lambda step, path: None, "say": lambda line: None}
    train(checkpoint, request, folder, lora, device="cpu", **nothing)  # type: ignore[arg-type]
    return folder.clock


def plain(request: Request, checkpoint: Path, out: Path, *, lora: bool) -> Clock:
    """Train with TRL as its documentation does."""
    import numpy as np
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoTokenizer, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer  # type: ignore[attr-defined,unused-ignore]

    from unsaid.training.rl.train import tasks_of

    tasks = [
        task
        for step in tasks_of(request, np.random.default_rng(request.seed), request.steps)
        for task in step
    ]
    rows = [
        {"prompt": [{"role": turn.role, "content": turn.text} for turn in task.prompt.turns]}
        for task in tasks
    ]
    line = re.compile(r"The best answer is: \((\w)\)\s*$")

    def reward(completions: list[list[dict[str, str]]], **rest: Any) -> list[float | None]:
        return [float(line.search(reply[0]["content"]) is not None) for reply in completions]

    clock = Clock()

    class Watch(TrainerCallback):
        """Transformers calls this by name."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            if logs and "loss" in logs:
                clock.look(float(logs["completions/mean_length"]))

    settings = GRPOConfig(
        output_dir=str(out),
        max_steps=request.steps,
        per_device_train_batch_size=request.prompts * request.group,
        num_generations=request.group,
        max_completion_length=request.most,
        loss_type="grpo",
        beta=request.kl,
        learning_rate=request.rate,
        bf16=False,
        gradient_checkpointing=False,
        save_strategy="no",
        logging_steps=1,
        disable_tqdm=True,
        report_to=[],
        use_cpu=True,
        seed=request.seed,
        shuffle_dataset=False,
        dataloader_pin_memory=False,
        model_init_kwargs={"dtype": "float32"},
    )
    rank = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    trainer: Any = GRPOTrainer(
        model=str(checkpoint),
        reward_funcs=reward,
        args=settings,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(str(checkpoint), padding_side="left"),
        peft_config=rank if lora else None,
        callbacks=[Watch()],
    )
    trainer.train()
    return clock


def child(typed: argparse.Namespace) -> None:
    """Run an arm here, and print what was measured as JSON."""
    checkpoint = Path(typed.checkpoint)
    model = f"unsaid/{checkpoint}" if typed.arm == "own" else str(checkpoint)
    request = Request(
        model, "hack/metadata", steps=typed.steps, prompts=typed.prompts, group=typed.group, every=10**6
    )
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        if typed.arm in PAIRS:
            clock = {"own": own, "adapter": adapter}[typed.arm](request, checkpoint, out)
        else:
            clock = plain(request, checkpoint, out, lora=typed.arm == "lora")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(clock.measured() | {"peak": peak}))


def measured(arm: str, typed: argparse.Namespace, checkpoint: Path) -> dict[str, float]:
    """Run one arm in a process of its own."""
    words = [sys.executable, __file__, "--arm", arm, "--checkpoint", str(checkpoint)]
    for name in ("steps", "prompts", "group"):
        words += [f"--{name}", str(getattr(typed, name))]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{arm} failed:\n{ended.stderr[-2000:]}")
    found: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Measure all arms, and print the medians and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6, help="at least 2: the first is not timed")
    parser.add_argument("--prompts", type=int, default=4)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--arm", choices=[*PAIRS, *PAIRS.values()], help=argparse.SUPPRESS)
    typed = parser.parse_args()
    if typed.arm:
        child(typed)
        return
    checkpoint = Path(typed.checkpoint) if typed.checkpoint else organism_folder("silent")
    arms = [arm for pair in PAIRS.items() for arm in pair]
    found: dict[str, list[dict[str, float]]] = {arm: [] for arm in arms}
    for number in range(typed.rounds):
        for arm in arms[:: -1 if number % 2 else 1]:
            found[arm].append(measured(arm, typed, checkpoint))
    step, wall, peak, tokens = (
        {arm: median(each[name] for each in runs) for arm, runs in found.items()}
        for name in ("cpu", "seconds", "peak", "tokens")
    )
    for arm in arms:
        print(
            f"{arm:<8} {step[arm]:7.2f} s of processor time a step ({wall[arm]:.2f} s by the clock), ", end=""
        )
        print(f"{tokens[arm]:.1f} tokens a reply, {peak[arm]:.2f} GB at most")
    for ours, theirs in PAIRS.items():
        ratio = step[theirs] / step[ours]
        said = "reached" if ratio >= WANTED else "missed"
        print(f"{ours}: {ratio:.2f} x as fast as plain TRL, {theirs}, in processor time ", end="")
        print(f"({WANTED} wanted: {said}), ", end="")
        print(f"{peak[ours] / peak[theirs]:.2f} x its memory")


if __name__ == "__main__":
    main()
