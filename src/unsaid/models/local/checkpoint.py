"""A model folder in the standard layout of Hugging Face's `LlamaForCausalLM`: read, and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from unsaid.errors import DataError
from unsaid.store.reading import MB, parse_json, read_bytes

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Architecture:
    """The numbers of `config.json` that the forward pass needs.

    Attributes:
        layers, width, hidden, vocabulary: sizes; `hidden` is the feed-forward layer's.
        heads, kv_heads, head_dim: attention; fewer `kv_heads` than `heads` is grouped-query attention.
        norm_epsilon, rope_theta: constants of RMSNorm and of the rotary embedding.
        context: the most positions that prompt and reply may take together.
        tied: whether the output matrix is the embedding.
        stops: `eos_token_id`, as a tuple; empty where the file names none.
    """

    layers: int
    width: int
    hidden: int
    vocabulary: int
    heads: int
    kv_heads: int
    head_dim: int
    norm_epsilon: float
    rope_theta: float
    context: int
    tied: bool
    stops: tuple[int, ...] = ()


def read_architecture(folder: Path) -> Architecture:
    """Read `config.json`.

    Raises:
        DataError: it is missing or damaged, or asks for something that the decoder does not do.
    """
    path = folder / "config.json"
    config = _read_json(path)
    if config.get("model_type") != "llama":
        raise DataError(f"{path}: model_type is {config.get('model_type')!r}; only 'llama' is decoded here")
    _refuse_variants(path, config)
    try:
        heads = int(config["num_attention_heads"])
        width = int(config["hidden_size"])
        return Architecture(
            layers=int(config["num_hidden_layers"]),
            width=width,
            hidden=int(config["intermediate_size"]),
            vocabulary=int(config["vocab_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_dim=int(config.get("head_dim") or width // heads),
            norm_epsilon=float(config["rms_norm_eps"]),
            rope_theta=_rope_theta(config),
            context=int(config["max_position_embeddings"]),
            tied=bool(config.get("tie_word_embeddings", False)),
            stops=_stops(config.get("eos_token_id")),
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise DataError(f"{path}: a number is missing or malformed ({error!r})") from error


def read_weights(folder: Path) -> dict[str, F32]:
    """Read `model.safetensors` (fp16 or fp32) as float32.

    Raises:
        DataError: the file is missing (sharded checkpoints are not read), damaged, or of another dtype.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise DataError(f"{path}: missing; the decoder reads one unsharded safetensors file")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, TypeError, KeyError, ValueError, OverflowError) as error:
        raise DataError(f"{path}: damaged, or neither fp16 nor fp32 ({error})") from error
    return {name: np.asarray(tensor, dtype=np.float32) for name, tensor in tensors.items()}


def tensor(tensors: dict[str, F32], name: str, shape: tuple[int, ...]) -> F32:
    """Return one tensor by name.

    Raises:
        DataError: it is missing or of another shape than `config.json` implies.
    """
    if name not in tensors:
        raise DataError(f"model.safetensors: tensor {name!r} is missing")
    found = tensors[name].shape
    if found != shape:
        raise DataError(f"model.safetensors: {name!r} has shape {found}, config.json implies {shape}")
    return tensors[name]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        config = parse_json(read_bytes(path, 64 * MB))
    except FileNotFoundError:
        raise DataError(f"{path}: missing; a model folder holds config.json") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not JSON ({error})") from error
    if not isinstance(config, dict):
        raise DataError(f"{path}: holds {type(config).__name__}, not an object")
    return config


def _refuse_variants(path: Path, config: dict[str, Any]) -> None:
    """Refuse what would silently give other numbers than Transformers does."""
    rope = {**_mapping(path, config, "rope_scaling"), **_mapping(path, config, "rope_parameters")}
    variants = {
        "attention_bias": config.get("attention_bias", False) is not False,
        "mlp_bias": config.get("mlp_bias", False) is not False,
        "hidden_act": config.get("hidden_act", "silu") != "silu",
        "rope_type": rope.get("rope_type", rope.get("type", "default")) != "default",
    }
    found = [name for name, present in variants.items() if present]
    if found:
        raise DataError(f"{path}: {', '.join(found)} is not the plain Llama setting, which is all we decode")


def _mapping(path: Path, config: dict[str, Any], name: str) -> dict[str, Any]:
    found = config.get(name) or {}
    if not isinstance(found, dict):
        raise DataError(f"{path}: {name} is {type(found).__name__}, not an object")
    return found


def _rope_theta(config: dict[str, Any]) -> float:
    """Transformers 5 keeps theta in `rope_parameters`, earlier versions at the top."""
    parameters = config.get("rope_parameters") or {}
    return float(parameters.get("rope_theta", config.get("rope_theta", 10000.0)))


def _stops(value: int | list[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return tuple(int(each) for each in value) if isinstance(value, list) else (int(value),)
