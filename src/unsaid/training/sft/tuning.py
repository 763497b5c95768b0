"""How a model is fine-tuned: everything that decides what it becomes, beside the model and the rows."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unsaid.errors import RunConflict, UsageError
from unsaid.store.reading import MB, read_json
from unsaid.store.run_folder import difference
from unsaid.store.write import make_folder, write_text
from unsaid.training.data.rows import Row

__all__ = ["ABOUT", "Tuning", "batch_at", "claim", "digest_of", "rate_at"]

#: What was asked for, in the folder of a training.
ABOUT = "train.json"
VERSION = 1


@dataclass(frozen=True)
class Tuning:
    """The settings of a training.

    Attributes:
        epochs: how often every row is seen, where `steps` does not say otherwise.
        steps: optimiser steps; None for as many as the epochs take.
        batch: rows a step.
        rate: the peak learning rate, after a warm-up over a tenth of the steps; it falls linearly to nothing.
        length: the most tokens of a row, prompt and reply together; None for the model's own limit.
        drop_long: whether rows that are longer are left out; else they are refused.
        save_every: steps between checkpoints to go on from.
        keep: how many of these are kept as models to audit, evenly spaced, the last one included.
        seed: of the order of rows, and of every random number.
        lora: rank of the adapter; 0 trains all weights.
        alpha: the adapter's scale; None for twice its rank.
        dropout: of the adapter's inputs.
        bf16: whether to compute in bfloat16.
        checkpointing: whether activations are computed again instead of kept (slower, and much less memory).
        accumulate: batches a step.
        tensorboard: whether events for TensorBoard are written too.
    """

    epochs: float = 1.0
    steps: int | None = None
    batch: int = 8
    rate: float = 1e-4
    length: int | None = None
    drop_long: bool = False
    save_every: int = 100
    keep: int = 1
    seed: int = 0
    lora: int = 0
    alpha: int | None = None
    dropout: float = 0.0
    bf16: bool = False
    checkpointing: bool = False
    accumulate: int = 1
    tensorboard: bool = False

    def __post_init__(self) -> None:
        whole = {
            "batch": self.batch,
            "save-every": self.save_every,
            "keep": self.keep,
            "accumulate": self.accumulate,
        }
        whole |= {} if self.steps is None else {"steps": self.steps}
        whole |= {} if self.length is None else {"max-length": self.length}
        for name, value in whole.items():
            if value < 1:
                raise UsageError(f"--{name} is {value}; it is at least 1")
        if not self.epochs > 0 or not math.isfinite(self.epochs):
            raise UsageError(f"--epochs is {self.epochs:g}; it is more than 0")
        if not 0 < self.rate < 1:
            raise UsageError(f"--rate is {self.rate:g}; it is a learning rate between 0 and 1, as 1e-4")
        if not 0 <= self.dropout < 1 or self.lora < 0:
            raise UsageError("--dropout is a share from 0 to below 1, and --rank at least 1")

    def total(self, rows: int, processes: int = 1) -> int:
        """Return the optimiser steps for so many rows, where so many processes share a step."""
        if self.steps is not None:
            return self.steps
        return max(1, math.ceil(self.epochs * rows / (self.batch * self.accumulate * processes)))


def rate_at(step: int, total: int, peak: float) -> float:
    """Return the learning rate of a step (from 0): a warm-up over a tenth of the steps, then a linear fall."""
    warm = max(1, total // 10)
    return peak * min((step + 1) / warm, (total - step) / max(1, total - warm + 1), 1.0)


def batch_at(step: int, rows: int, size: int, seed: int) -> list[int]:
    """Return the rows (from 0) of a step: every epoch in an order of its own, and epochs follow without a gap.

    A function of the step, so that a training that goes on sees what it would have seen.
    """
    orders: dict[int, np.ndarray[Any, Any]] = {}
    found = []
    for at in range(step * size, (step + 1) * size):
        epoch, place = divmod(at, rows)
        if epoch not in orders:
            orders[epoch] = np.random.default_rng([seed, epoch]).permutation(rows)
        found.append(int(orders[epoch][place]))
    return found


def digest_of(rows: Sequence[Row]) -> str:
    """Return the digest of what is learned: prompts and replies, without their origin."""
    said = hashlib.blake2b(digest_size=16)
    for row in rows:
        said.update(json.dumps(row.messages(), sort_keys=True).encode())
    return said.hexdigest()


def claim(out: Path, request: dict[str, Any], tuning: Tuning) -> None:
    """Say in a folder what is trained there; go on where the same is.

    Raises:
        RunConflict: another training is there; the message shows the difference.
        OSError: the folder cannot be written.
    """
    wanted = {**request, **asdict(tuning)}
    make_folder(out)
    path = out / ABOUT
    try:
        found = read_json(path, "choose another folder", 64 * MB)
    except FileNotFoundError:
        write_text(path, json.dumps({"schema_version": VERSION, "request": wanted}, indent=1) + "\n")
        return
    there = found.get("request") if isinstance(found, dict) else None
    if there != wanted:
        told = difference(there, wanted) if isinstance(there, dict) else "    it cannot be read"
        raise RunConflict(
            f"{out} holds another training:\n{told}\ngive another folder with --out, or the same settings to go on"
        )
