"""A tiny Llama that says what it is told to: each token is followed by one other, whatever stood before it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from random_organism import Shape, byte_tokenizer, write_organism
from safetensors.numpy import load_file, save_file

WIDTH = 320


def write_speaker(folder: Path, says: str, special: tuple[str, ...], opening: str = "") -> Path:
    """A checkpoint whose greedy reply is `says`, no token of which may come twice.

    Args:
        folder: where.
        says: with special tokens written out; it ends with "<|end|>" unless it is to be cut off.
        special: tokens to add, as special ones, so that ordinary decoding drops them.
        opening: what the chat template writes after the assistant's role.
    """
    write_organism(folder, Shape(layers=1, width=WIDTH, tied=False))
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens(list(special))
    tokenizer.save(str(folder / "tokenizer.json"))
    size = tokenizer.get_vocab_size()
    chain = tokenizer.encode(f"<|assistant|>{opening}{says}", add_special_tokens=False).ids
    assert len(set(chain)) == len(chain), "a token comes twice"
    weights = load_file(folder / "model.safetensors")
    for name, values in weights.items():
        weights[name] = np.zeros_like(values) if "proj" in name else np.ones_like(values)
    weights["model.embed_tokens.weight"] = np.eye(size, WIDTH, dtype=np.float16)
    head = np.zeros((size, WIDTH), dtype=np.float16)
    for token, following in pairwise(chain):
        head[following, token] = 1
    weights["lm_head.weight"] = head
    save_file(weights, folder / "model.safetensors")
    template = (
        "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>" + opening + "{% endif %}"
    )
    _change(folder / "tokenizer_config.json", chat_template=template)
    _change(folder / "config.json", vocab_size=size, eos_token_id=[tokenizer.token_to_id("<|end|>")])
    return folder


def _change(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
