"""Tokens per second of the NumPy decoder against `transformers.generate`, on the same weights and batch.

    python benchmarks/bench_decoder.py [--rounds 3]

A random model of an organism's size (6 layers, width 128, 1,536 tokens); prompts of 40 to 250 tokens, 40
new tokens each, greedy, no stop token; one BLAS and one PyTorch thread. The two alternate within a round,
and the medians over rounds are compared, so that a busy machine slows both. "decode" leaves out the
reading of prompts. Needs the extra `local`.
"""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from unsaid.models.local.decoder import Decoder
from unsaid.models.local.generation import Request, generate
from unsaid.models.local.sampling import Sampling

NEW_TOKENS = 40


def random_checkpoint(folder: Path) -> Any:
    """A random fp16 model in `folder`; returns it as Transformers' own, in fp32."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=1536,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        initializer_range=0.08,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    fresh: Any = LlamaForCausalLM(config)
    fresh.half().save_pretrained(folder)
    model: Any = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model.eval()


def with_transformers(model: Any, prompts: list[tuple[int, ...]], new_tokens: int) -> list[tuple[int, ...]]:
    """Greedy replies of `transformers.generate`, left-padded as it wants."""
    import torch

    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[0] * (width - len(prompt)) + list(prompt) for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.inference_mode():
        out = model.generate(
            ids, attention_mask=mask, max_new_tokens=new_tokens, do_sample=False, pad_token_id=0
        )
    return [tuple(row) for row in out[:, width:].tolist()]


def with_numpy(decoder: Decoder, prompts: list[tuple[int, ...]], new_tokens: int) -> list[tuple[int, ...]]:
    """Greedy replies of the decoder."""
    greedy = Sampling(temperature=0)
    return [reply.ids for reply in generate(decoder, [Request(ids, new_tokens, greedy) for ids in prompts])]


def seconds(generate_all: Callable[[int], object], new_tokens: int) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    generate_all(new_tokens)
    return time.perf_counter() - start


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        model = random_checkpoint(Path(folder))
        decoder = Decoder.load(Path(folder))
    print("batch  what       unsaid tok/s  transformers tok/s  ratio  same replies")
    for batch in (32, 64):
        prompts = [tuple(rng.integers(1, 1536, rng.integers(40, 251)).tolist()) for _ in range(batch)]
        numpy_all = partial(with_numpy, decoder, prompts)
        torch_all = partial(with_transformers, model, prompts)
        times: dict[str, list[float]] = {"ours": [], "theirs": [], "ours 1": [], "theirs 1": []}
        for _ in range(rounds):
            times["ours"].append(seconds(numpy_all, NEW_TOKENS))
            times["theirs"].append(seconds(torch_all, NEW_TOKENS))
            times["ours 1"].append(seconds(numpy_all, 1))
            times["theirs 1"].append(seconds(torch_all, 1))
        ours, theirs = numpy_all(NEW_TOKENS), torch_all(NEW_TOKENS)
        same = sum(a == b for a, b in zip(ours, theirs, strict=True))
        middle = {name: median(values) for name, values in times.items()}
        whole = (middle["ours"], middle["theirs"], NEW_TOKENS)
        steps = (middle["ours"] - middle["ours 1"], middle["theirs"] - middle["theirs 1"], NEW_TOKENS - 1)
        for what, (a, b, tokens) in (("all", whole), ("decode", steps)):
            print(
                f"{batch:5}  {what:9}  {batch * tokens / a:12,.0f}  {batch * tokens / b:18,.0f}  "
                f"{b / a:5.2f}  {same}/{batch}"
            )


if __name__ == "__main__":
    main()
