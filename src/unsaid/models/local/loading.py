"""A Transformers checkpoint from disk, and the batch that suits it and the machine."""

from __future__ import annotations

from typing import Any

from unsaid.errors import DataError, MissingExtra

__all__ = ["batch_of", "capacity_of", "load"]

#: Replies decoded together at most: beyond it a step takes about as much longer as it gives more tokens.
MOST = 64
#: Positions of a reply under way for which memory is set aside on a GPU, prompt included.
_TYPICAL = 4096


def load(path: str, device: str, dtype: str) -> tuple[Any, Any]:
    """Return model and tokenizer; PyTorch and Transformers are imported here.

    Raises:
        MissingExtra: PyTorch or Transformers is not installed.
        DataError: Transformers cannot load the checkpoint.
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
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model: Any = AutoModelForCausalLM.from_pretrained(path, dtype=dtype)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{path}: Transformers cannot load this checkpoint: {error}") from error
    return model.to(device).eval(), tokenizer


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
