"""Does a checkpoint fit, before it is loaded? An estimate in plain sight, because a machine that swaps says nothing.

weights         parameters x bytes of their type (4; 2 in bfloat16)
what is trained weights again for gradients, and 8 bytes for the two moments of AdamW, per trained parameter
activations     per token of a batch: what backward needs of every layer (about 34 bytes per unit of width in half
precision, twice that in single; Korthikanti et al. 2022, equation 1, without its attention term,
which is not kept here), or one layer's and the layers' borders where activations are computed again
logits          per token: the vocabulary, in single precision, three times (logits, their softmax, its gradient)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import UsageError
from unsaid.pace import thousands
from unsaid.store.reading import MB, read_json
from unsaid.training.sft.tuning import Tuning

__all__ = ["Need", "available", "check_fits", "need"]

_GB = 2**30


@dataclass(frozen=True)
class Need:
    """What a training takes, in bytes."""

    weights: float
    trained: float
    activations: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.weights + self.trained + self.activations


def need(config: dict[str, Any], parameters: int, tuning: Tuning, longest: int) -> Need:
    """Return what a training takes.

    Args:
        config: of the checkpoint (`config.json`).
        parameters: how many weights it has.
        tuning: how it is trained.
        longest: tokens of the longest row.
    """
    bytes_each = 2 if tuning.bf16 else 4
    layers, width = int(config.get("num_hidden_layers", 0)), int(config.get("hidden_size", 0))
    inner = int(config.get("intermediate_size", 4 * width))
    adapter = tuning.lora * layers * (8 * width + 3 * (width + inner))
    trained = adapter if tuning.lora else parameters
    tokens = tuning.batch * longest
    per_layer = 17 * bytes_each * width
    kept = (layers * bytes_each * width + per_layer) if tuning.checkpointing else layers * per_layer
    logits = 12 * int(config.get("vocab_size", 0))
    return Need(parameters * bytes_each, trained * (bytes_each + 8), tokens * (kept + logits))


def check_fits(folder: Path, tuning: Tuning, longest: int, device: str) -> str:
    """Return a line that says what a training takes and what there is.

    Raises:
        UsageError: it takes more than there is; the message says what makes it less.
    """
    config = read_json(folder / "config.json", "choose another checkpoint", 64 * MB)
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    stored = 2 if str(config.get("dtype") or config.get("torch_dtype")) in ("float16", "bfloat16") else 4
    wanted, there = need(config, size // stored, tuning, longest), available(device)
    line = (
        f"memory: about {wanted.total / _GB:.1f} GB wanted ({wanted.weights / _GB:.1f} weights, "
        f"{wanted.trained / _GB:.1f} gradients and optimiser, {wanted.activations / _GB:.1f} activations "
        f"at {thousands(tuning.batch * longest)} tokens a batch)"
    )
    if there is None:
        return f"{line}; what there is, is not known"
    if wanted.total > there:
        raise UsageError(
            f"{folder}: {line}, and {there / _GB:.1f} GB are free. Make it less with a smaller --batch (and "
            "--accumulate), --gradient-checkpointing, --bf16 or `unsaid train lora`; load it nevertheless with --anyway"
        )
    return f"{line}, {there / _GB:.1f} GB are free"


def available(device: str) -> float | None:
    """Return the free memory of a device in bytes; None where it is not known."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda"):
        return float(torch.cuda.mem_get_info(torch.device(device))[0])
    found = [value for value in (_free(), _container()) if value is not None]
    return min(found) if found else None


def _free() -> float | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {line.split(":")[0]: line.split()[1] for line in lines if len(line.split()) > 1}
    return float(sizes["MemAvailable"]) * 1024 if "MemAvailable" in sizes else None


def _container() -> float | None:
    """What a container may still take, where it has a limit (cgroups, version 2)."""
    try:
        most, now = (
            Path(f"/sys/fs/cgroup/memory.{name}").read_text(encoding="ascii").strip()
            for name in ("max", "current")
        )
    except OSError:
        return None
    return None if most == "max" else max(0.0, float(most) - float(now))
