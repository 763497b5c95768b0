"""The engine's figures on a GPU, in one short run that needs no network: exactness, forced answers, tokens per second.

    PYTHONPATH=src python3 benchmarks/on_gpu.py            # about two minutes; --device cpu --tiny tries the script

Exactness is tried on the bundled organism `silent` (trained, and small): our engine there against a pass per cut by
Transformers, and against the NumPy decoder on the CPU. Speed is measured on random weights in the shape of
SmolLM2-135M (30 layers, width 576, 49,152 tokens). It imports nothing that a machine with PyTorch and Transformers
lacks.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from bench_forced_answers import Plain, lengths, load, trajectory
from bench_local import cases, compare, with_generate
from transformers import AutoModelForCausalLM, LlamaConfig

from unsaid.models.local.branches import TOLERANCE, sequence_scores
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.torch_engine import Engine, engine_of

ROOT = Path(__file__).parents[1]
SHAPE = {
    "vocab_size": 49152,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
    "rms_norm_eps": 1e-5,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": 0,
}
TINY = {"vocab_size": 512, "hidden_size": 72, "intermediate_size": 96, "num_hidden_layers": 2}
OPTIONS = [(33,), (34,), (35,), (36,)]


def text(steps: int, seed: int, vocabulary: int = 512) -> list[list[int]]:
    """Random tokens: a prompt of 80, steps of 25, and an ending of 7 after each."""
    rng = np.random.default_rng(seed)
    whole, ending = (
        rng.integers(3, vocabulary, 80 + 25 * steps).tolist(),
        rng.integers(3, vocabulary, 7).tolist(),
    )
    return [whole[: 80 + 25 * step] + ending for step in range(steps + 1)]


def exactness(device: str) -> list[str]:
    """Return how far a trained organism's forced answers are from those of separate passes."""
    folder = ROOT / "src" / "unsaid" / "organisms" / "weights" / "silent"
    decoder = Decoder.load(folder)
    vocabulary = decoder.architecture.vocabulary
    texts = [text(12, seed, vocabulary) for seed in range(4)]
    sequences = [each for one in texts for each in one]
    truth = sequence_scores(decoder, sequences, OPTIONS)
    lines = []
    for dtype in ("float32", "bfloat16"):
        plain, engine = load(str(folder), dtype, device)
        ours, theirs = (sequence_scores(model, sequences, OPTIONS) for model in (engine, Plain(plain)))
        difference = float(np.abs(ours - theirs).max())
        lines.append(
            f"organism, {dtype}: largest difference to separate passes {difference:.1e} "
            f"(tolerance {TOLERANCE[dtype]}), to the decoder on the CPU {np.abs(ours - truth).max():.1e}"
        )
    return lines


def random_models(dtype: str, device: str, shape: dict[str, Any]) -> tuple[Any, Engine]:
    """Equal random weights twice: as Transformers runs them, and under our engine."""
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        auto: Any = AutoModelForCausalLM
        model: Any = auto.from_config(LlamaConfig(**shape), dtype=getattr(torch, dtype))
        models.append(model.to(device).eval())
    engine, why = engine_of(models[1])
    assert engine is not None, why
    return models[0], engine


def memory(engine: Engine, texts: int) -> str:
    """Return the peak memory of scoring so many texts of 20 steps at once."""
    sequences = [each for seed in range(texts) for each in text(20, seed)]
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    sequence_scores(engine, sequences, OPTIONS)
    took, peak = time.perf_counter() - start, torch.cuda.max_memory_allocated()
    return (
        f"{texts} texts, {len(sequences)} cuts at once: {took:.2f} s, peak {peak / 2**20:.0f} MB, "
        f"of which weights {before / 2**20:.0f} MB"
    )


def measured(dtype: str, device: str, shape: dict[str, Any], rounds: int, new: int) -> Sequence[str]:
    """Return all figures of one precision."""
    plain, engine = random_models(dtype, device, shape)
    sequence_scores(engine, text(20, 0), OPTIONS)  # first calls load kernels
    Plain(plain).last_logits(text(2, 0))
    lines = [f"-- {dtype} --", *trajectory(plain, engine, OPTIONS, rounds, text, afresh=rounds)]
    lines += lengths(engine, OPTIONS, rounds, text)
    if device == "cuda":
        lines.append(memory(engine, 64))
    generate = partial(with_generate, plain, group=16)
    listed = cases(shape["vocab_size"], new, 512)
    return lines + [compare(generate, engine, case, min(rounds, 3), 8192) for case in listed]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="a model of two layers, to try the script")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--new", type=int, default=64)
    asked = parser.parse_args()
    start = time.perf_counter()
    name = torch.cuda.get_device_name() if asked.device == "cuda" else "CPU"
    print(f"{name}, PyTorch {torch.__version__}, Transformers {transformers.__version__}", flush=True)
    print("\n".join(exactness(asked.device)), flush=True)
    shape = SHAPE | (TINY if asked.tiny else {})
    for dtype in ("float32", "bfloat16"):
        print("\n".join(measured(dtype, asked.device, shape, asked.rounds, asked.new)), flush=True)
    print(f"whole script {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
