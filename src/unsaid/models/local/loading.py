"""A Transformers checkpoint from disk, and the batch that suits it and the machine."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, MissingExtra
from unsaid.store.reading import MB, read_json, short

__all__ = ["BASE", "batch_of", "capacity_of", "digest_of", "load"]

#: The file in an adapter's folder that says which weights it was trained on.
BASE = "base.json"

#: Replies decoded together at most: beyond it a step takes about as much longer as it gives more tokens.
MOST = 64
#: Positions of a reply under way for which memory is set aside on a GPU, prompt included.
_TYPICAL = 4096


def load(path: str, device: str, dtype: str) -> tuple[Any, Any]:
    """Return model and tokenizer; PyTorch and Transformers are imported here.

    A folder of an adapter (PEFT) is loaded with its base, and merged into it.

    Raises:
        MissingExtra: PyTorch or Transformers is not installed, or PEFT for an adapter.
        DataError: Transformers cannot load the checkpoint, or an adapter does not belong to its base.
    """
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("a local checkpoint", "local") from error
    if device == "auto" and torch.cuda.is_available():
        device = "cuda"
    elif device == "auto":
        device = "mps" if torch.backends.mps.is_available() else "cpu"
    if dtype == "auto" and device == "cpu":
        dtype = "float32"
    adapter = Path(path) / "adapter_config.json"
    weights = _base_of(adapter) if adapter.is_file() else path
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model: Any = AutoModelForCausalLM.from_pretrained(weights, dtype=dtype)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{path}: Transformers cannot load this checkpoint: {error}") from error
    if adapter.is_file():
        model = _adapted(model, path, weights)
    return model.to(device).eval(), tokenizer


def _base_of(adapter: Path) -> str:
    """Return where the base of an adapter is.

    Raises:
        DataError: the adapter does not say, or it is not there.
    """
    told = read_json(adapter, "train the adapter again", 64 * MB)
    base = told.get("base_model_name_or_path") if isinstance(told, dict) else None
    if not isinstance(base, str) or not base:
        raise DataError(
            f"{adapter}: it does not say which base model it belongs to (base_model_name_or_path)"
        )
    if not (Path(base) / "config.json").is_file():
        raise DataError(
            f"{adapter}: its base model is not there ({base!a}); put its folder there, or correct the path"
        )
    signed = adapter.with_name(BASE)
    if signed.is_file() and read_json(signed, "train the adapter again", MB) != {
        "digest": digest_of(Path(base))
    }:
        raise DataError(
            f"{adapter.parent}: an adapter of another base model than {base} (their digests differ)"
        )
    return base


def digest_of(folder: Path) -> str:
    """Return a digest of a checkpoint: of its configuration, and of the size and the ends of each file of weights."""
    found = hashlib.blake2b((folder / "config.json").read_bytes(), digest_size=16)
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        found.update(f"{path.name} {size}".encode())
        with path.open("rb") as file:
            found.update(file.read(MB))
            file.seek(max(0, size - MB))
            found.update(file.read(MB))
    return found.hexdigest()


def _adapted(model: Any, path: str, base: str) -> Any:
    """Return the model with an adapter merged into its weights.

    Raises:
        MissingExtra: PEFT is not installed.
        DataError: the adapter is of another base model.
    """
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingExtra("an adapter", "trl") from error
    try:
        return PeftModel.from_pretrained(model, path).merge_and_unload()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{path}: an adapter of another base model than {base} ({short(error)})") from error


def batch_of(model: Any, context: int, capacity: int) -> tuple[Any, str]:
    """Return the batch for a model; for a padded one also the reason why it is padded, else an empty text."""
    from unsaid.models.local.torch_batch import TorchBatch
    from unsaid.models.local.torch_engine import engine_of
    from unsaid.models.local.torch_padded import PaddedBatch

    engine, why = engine_of(model)
    if engine is None:
        return PaddedBatch(model, context, capacity), why
    return TorchBatch(engine, context, capacity), ""


def capacity_of(model: Any, context: int) -> int:
    """Return how many replies to decode together: `MOST`, or fewer where a GPU's memory would not hold their cache."""
    import torch

    if model.device.type != "cuda":
        return MOST
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    position = 2 * config.num_hidden_layers * heads * dim * model.dtype.itemsize
    free, _ = torch.cuda.mem_get_info(model.device)
    return int(max(4, min(MOST, 0.7 * free // (position * min(context, _TYPICAL)))))
