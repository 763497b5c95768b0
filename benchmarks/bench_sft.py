"""Tokens per second and peak memory of `unsaid train lora` against plain TRL, on the same rows, model and settings.

    python benchmarks/bench_sft.py [--checkpoint FOLDER] [--rounds 3] [--steps 20] [--rows 64] [--batch 4]

Each arm is a process of its own, so that its peak memory is its own; the two alternate within a round, and the medians
over rounds are compared. Plain TRL is `SFTTrainer` given the conversations, with completion-only loss. Its tokens are
those of the same rows. Time is that of `train()` alone: loading, and reading rows, are left out of both. Without a
checkpoint it is a random model of an organism's size, which says nothing of a real one. Needs the extra `trl`.
"""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from unsaid.questions.procedural import task
from unsaid.questions.prompt import Turn
from unsaid.training.data.rows import Row
from unsaid.training.sft.tuning import Tuning

WANTED = 0.9


def rows(n: int) -> list[Row]:
    """Return worked questions as rows."""
    return [
        Row(
            (Turn("user", question.render()),),
            "\n".join([*(step.text for step in question.steps), question.conclusion]),
        )
        for question in task("navigate").questions(n)
    ]


def random_checkpoint(folder: Path) -> None:
    """Write a random model with a byte tokenizer, as the tests have it."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "models"))
    from random_organism import Shape, write_organism

    write_organism(folder, Shape(layers=6, width=128, hidden=384, context=1024))


def ours(checkpoint: Path, tuning: Tuning, n: int, out: Path) -> dict[str, float]:
    """Train as `unsaid train lora` does; return tokens and seconds."""
    from unsaid.training.sft.checkpoint import Place, tune
    from unsaid.training.sft.curve import read_log

    tune(checkpoint, rows(n), tuning, Place(out, "cpu", anyway=True), say=lambda line: None)
    points = read_log(out / "log.jsonl")
    return {"tokens": sum(point.tokens for point in points), "seconds": points[-1].seconds}


def plain(checkpoint: Path, tuning: Tuning, n: int, out: Path) -> dict[str, float]:
    """Train with TRL as its documentation does; return tokens and seconds."""
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer  # type: ignore[attr-defined,unused-ignore]

    settings = SFTConfig(
        output_dir=str(out),
        max_steps=tuning.steps or 1,
        per_device_train_batch_size=tuning.batch,
        learning_rate=tuning.rate,
        max_length=None,
        bf16=False,
        gradient_checkpointing=False,
        save_strategy="no",
        logging_steps=1,
        disable_tqdm=True,
        report_to=[],
        use_cpu=True,
        seed=tuning.seed,
        dataloader_pin_memory=False,
    )
    adapter = LoraConfig(
        r=tuning.lora, lora_alpha=2 * tuning.lora, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    data = Dataset.from_list([row.plain() for row in rows(n)])
    trainer: Any = SFTTrainer(model=str(checkpoint), args=settings, train_dataset=data, peft_config=adapter)
    began = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - began
    seen = [line["num_tokens"] for line in trainer.state.log_history if "num_tokens" in line]
    return {"tokens": seen[-1], "seconds": seconds}


def measured(arm: str, typed: argparse.Namespace, checkpoint: Path) -> dict[str, float]:
    """Run one arm in a process of its own."""
    words = [
        sys.executable,
        __file__,
        "--arm",
        arm,
        "--checkpoint",
        str(checkpoint),
        "--steps",
        str(typed.steps),
    ]
    words += ["--rows", str(typed.rows), "--batch", str(typed.batch)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{arm} failed:\n{ended.stderr[-2000:]}")
    found: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def child(typed: argparse.Namespace) -> None:
    """Run an arm here, and print what was measured as JSON."""
    tuning = Tuning(steps=typed.steps, batch=typed.batch, lora=16, save_every=10**6)
    with tempfile.TemporaryDirectory() as name:
        arm = {"ours": ours, "plain": plain}[typed.arm]
        found = arm(Path(typed.checkpoint), tuning, typed.rows, Path(name) / "out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({**found, "peak": peak}))


def main() -> None:
    """Measure both, and print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--arm", choices=("ours", "plain"), help=argparse.SUPPRESS)
    typed = parser.parse_args()
    if typed.arm:
        child(typed)
        return
    with tempfile.TemporaryDirectory() as name:
        checkpoint = Path(typed.checkpoint or name)
        if not typed.checkpoint:
            random_checkpoint(checkpoint)
        found: dict[str, list[dict[str, float]]] = {"ours": [], "plain": []}
        for number in range(typed.rounds):
            for arm in sorted(found, reverse=bool(number % 2)):
                found[arm].append(measured(arm, typed, checkpoint))
    speed = {arm: median(each["tokens"] / each["seconds"] for each in runs) for arm, runs in found.items()}
    peak = {arm: median(each["peak"] for each in runs) for arm, runs in found.items()}
    for arm in found:
        print(f"{arm:<6} {speed[arm]:8,.0f} tokens/s  {peak[arm]:6.2f} GB at most")
    ratio = speed["ours"] / speed["plain"]
    said = "reached" if ratio >= WANTED else "missed"
    print(f"{ratio:.2f} x plain TRL in tokens per second ({WANTED} wanted: {said})")
    print(f"{peak['ours'] / peak['plain']:.2f} x plain TRL in peak memory")


if __name__ == "__main__":
    main()
