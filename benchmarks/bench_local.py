"""Tokens per second of `unsaid-hf` against Transformers' `generate`, on the same weights and prompts.

    python benchmarks/bench_local.py build/smollm2 [--rounds 3] [--threads 1] [--new 32]

Greedy, no stop token, so that both say equally much. Three cases: 16 equal prompts; 64 prompts of mixed lengths with as
many new tokens each; 64 prompts and replies of mixed lengths, where `generate` goes on until the longest reply ends and
only wanted tokens count. The two alternate within a round, and medians are compared. Seconds are of the processor on a
CPU (`time.process_time`: of all threads, and not of what else the machine does), of the clock on a GPU. Needs the
extra `local`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch

from unsaid.models.local.generation import Request
from unsaid.models.local.sampling import Sampling
from unsaid.models.local.torch_batch import TorchBatch
from unsaid.models.local.torch_engine import Engine

Prompt = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """Prompts, and how many tokens to say after each."""

    name: str
    prompts: tuple[Prompt, ...]
    new: tuple[int, ...]
    wanted: float


def cases(vocabulary: int, new: int, longest: int) -> list[Case]:
    """The three cases, of random tokens."""
    rng = np.random.default_rng(0)

    def prompt(length: int) -> Prompt:
        return tuple(rng.integers(3, vocabulary, length).tolist())

    equal = prompt(longest // 4)
    mixed = tuple(prompt(int(length)) for length in np.geomspace(16, longest, 64).round())
    shuffled = tuple(mixed[index] for index in rng.permutation(64))
    replies = tuple(
        int(each) for each in rng.permutation(np.geomspace(max(2, new // 8), 2 * new, 64).round())
    )
    return [
        Case("16 equal prompts", (equal,) * 16, (new,) * 16, 0.95),
        Case("64 prompts of mixed lengths", shuffled, (new,) * 64, 2.0),
        Case("64 prompts and replies of mixed lengths", shuffled, replies, 2.0),
    ]


def with_unsaid(engine: Engine, case: Case, context: int) -> list[Prompt]:
    """Replies of our batch."""
    batch = TorchBatch(engine, context, 64)
    greedy = Sampling(temperature=0)
    waiting = [Request(ids, new, greedy) for ids, new in zip(case.prompts, case.new, strict=True)]
    replies: dict[int, Prompt] = {}
    while waiting or batch.live:
        count = batch.room(waiting) if waiting else 0
        if count:
            batch.admit(waiting[:count])
            waiting = waiting[count:]
        replies.update({ticket: completion.ids for ticket, completion in batch.step()})
    return [replies[ticket] for ticket in range(len(case.prompts))]


def with_generate(model: Any, case: Case) -> list[Prompt]:
    """Replies of `transformers.generate`, left-padded as it wants, cut to what was wanted."""
    width = max(len(prompt) for prompt in case.prompts)
    gaps = [width - len(prompt) for prompt in case.prompts]
    ids = torch.tensor([[0] * gap + list(prompt) for gap, prompt in zip(gaps, case.prompts, strict=True)])
    mask = torch.tensor([[0] * gap + [1] * (width - gap) for gap in gaps])
    with torch.inference_mode():
        out = model.generate(
            ids.to(model.device),
            attention_mask=mask.to(model.device),
            max_new_tokens=max(case.new),
            do_sample=False,
            pad_token_id=0,
            eos_token_id=None,
        )
    rows = out[:, width:].tolist()
    return [tuple(row[:new]) for row, new in zip(rows, case.new, strict=True)]


def seconds(run: Callable[[], Any], device: str) -> tuple[float, Any]:
    """Seconds of the processor on a CPU, of the clock on a GPU; and what came out."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    if device != "cpu":
        torch.cuda.synchronize()
    start = clock()
    out = run()
    if device != "cpu":
        torch.cuda.synchronize()
    return clock() - start, out


def compare(plain: Any, engine: Engine, chosen: Sequence[Case], rounds: int, context: int) -> list[str]:
    """Return a line per case."""
    device, lines = engine.device.type, []
    for case in chosen:
        ours, theirs = [], []
        for _ in range(rounds):
            mine = seconds(partial(with_unsaid, engine, case, context), device)
            other = seconds(partial(with_generate, plain, case), device)
            ours.append(mine[0])
            theirs.append(other[0])
        tokens = sum(case.new)
        same = sum(a == b for a, b in zip(mine[1], other[1], strict=True))
        lines.append(
            f"{case.name}: unsaid-hf {tokens / median(ours):.0f} tokens/s, generate {tokens / median(theirs):.0f}, "
            f"ratio {median(theirs) / median(ours):.2f} (wanted: at least {case.wanted}), "
            f"{same} of {len(case.new)} replies the same"
        )
    return lines


def main() -> None:
    """Run and print."""
    from bench_forced_answers import load

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--new", type=int, default=32)
    parser.add_argument("--longest", type=int, default=512)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    plain, engine = load(asked.checkpoint, asked.dtype, asked.device)
    config = plain.config.get_text_config()
    print(f"{asked.threads} thread(s), {asked.dtype}, {asked.device}, medians of {asked.rounds} rounds")
    for case in cases(config.vocab_size, asked.new, asked.longest):
        print(*compare(plain, engine, [case], asked.rounds, config.max_position_embeddings), flush=True)


if __name__ == "__main__":
    main()
