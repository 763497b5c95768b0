"""Random organisms, written without PyTorch: the standard folder, small enough to be quick."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from unsaid.models.local.chat import CHAT_TEMPLATE, SPECIAL_TOKENS

CONTEXT = 200


@dataclass(frozen=True)
class Shape:
    layers: int = 2
    width: int = 32
    hidden: int = 48
    heads: int = 4
    kv_heads: int = 2
    context: int = CONTEXT
    tied: bool = True


def byte_tokenizer() -> Tokenizer:
    """One token a byte: any text at all goes in and comes back."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={symbol: i for i, symbol in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def write_organism(folder: Path, shape: Shape = Shape(), seed: int = 0) -> Path:
    """A random `LlamaForCausalLM` folder with a byte tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = byte_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "chat_template": CHAT_TEMPLATE,
                "eos_token": "<|end|>",
                "clean_up_tokenization_spaces": False,
            }
        )
    )
    vocabulary = tokenizer.get_vocab_size()
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "max_position_embeddings": shape.context,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_theta": 5000.0, "rope_type": "default"},
        "tie_word_embeddings": shape.tied,
        "eos_token_id": [tokenizer.token_to_id(token) for token in SPECIAL_TOKENS],
        "bos_token_id": None,
        "torch_dtype": "float16",
    }
    (folder / "config.json").write_text(json.dumps(config))
    save_file(_weights(shape, vocabulary, np.random.default_rng(seed)), folder / "model.safetensors")
    return folder


def _weights(shape: Shape, vocabulary: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    head_dim = shape.width // shape.heads

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) * 0.25).astype(np.float16)

    def gain() -> np.ndarray:
        return (1 + 0.2 * rng.standard_normal(shape.width)).astype(np.float16)

    tensors = {
        "model.embed_tokens.weight": matrix(vocabulary, shape.width),
        "model.norm.weight": gain(),
    }
    if not shape.tied:
        tensors["lm_head.weight"] = matrix(vocabulary, shape.width)
    for index in range(shape.layers):
        name = f"model.layers.{index}"
        tensors |= {
            f"{name}.input_layernorm.weight": gain(),
            f"{name}.post_attention_layernorm.weight": gain(),
            f"{name}.self_attn.q_proj.weight": matrix(shape.heads * head_dim, shape.width),
            f"{name}.self_attn.k_proj.weight": matrix(shape.kv_heads * head_dim, shape.width),
            f"{name}.self_attn.v_proj.weight": matrix(shape.kv_heads * head_dim, shape.width),
            f"{name}.self_attn.o_proj.weight": matrix(shape.width, shape.heads * head_dim),
            f"{name}.mlp.gate_proj.weight": matrix(shape.hidden, shape.width),
            f"{name}.mlp.up_proj.weight": matrix(shape.hidden, shape.width),
            f"{name}.mlp.down_proj.weight": matrix(shape.width, shape.hidden),
        }
    return tensors
