"""Tokens per second of `unsaid-hf` against Transformers' `generate`, on the same weights and prompts.

    python benchmarks/bench_local.py build/smollm2 [--rounds 3] [--threads 1] [--new 32] [--longest 512] [--group 16]

Greedy, no stop token, so that both say equally much. Three cases: 16 equal prompts; 64 prompts of mixed lengths with
replies of mixed lengths, as an audit has them; the same prompts with equally long replies. Lengths are spread evenly
on a logarithmic scale, from 16 tokens to `--longest` for prompts and from an eighth of `--new` to twice `--new` for
replies, and both are shuffled.

`generate` gets the prompts in batches of `--group`, in the order in which they come, padded on the left to the longest
of the batch, and goes on until the longest reply of the batch ends; only wanted tokens count. `--sorted` makes its
batches of prompts of like length, which a caller can do who has all prompts beforehand. `unsaid-hf` gets all prompts at
once. The two alternate within a round, and the best round of each is compared, as other processes only ever add to a
time. Seconds are of the processor on a CPU (`time.process_time`: of all threads, and not of what else the machine
does), of the clock on a GPU. Peak memory is that of the process, which holds the weights twice.
Needs the extra `local`.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
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
        Case("64 prompts and replies of mixed lengths", shuffled, replies, 2.0),
        Case("64 prompts of mixed lengths", shuffled, (new,) * 64, 2.0),
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


def with_generate(model: Any, case: Case, group: int, *, by_length: bool = False) -> list[Prompt]:
    """Replies of `transformers.generate`, a batch of so many prompts after another."""
    order = list(range(len(case.prompts)))
    if by_length:
        order.sort(key=lambda index: len(case.prompts[index]))
    replies: dict[int, Prompt] = {}
    for start in range(0, len(order), group):
        chosen = order[start : start + group]
        said = _generated(
            model, [case.prompts[index] for index in chosen], max(case.new[index] for index in chosen)
        )
        replies.update({index: reply[: case.new[index]] for index, reply in zip(chosen, said, strict=True)})
    return [replies[index] for index in range(len(order))]


def _generated(model: Any, prompts: Sequence[Prompt], new: int) -> list[Prompt]:
    """Replies of one batch, left-padded as `generate` wants."""
    width = max(len(prompt) for prompt in prompts)
    gaps = [width - len(prompt) for prompt in prompts]
    ids = torch.tensor([[0] * gap + list(prompt) for gap, prompt in zip(gaps, prompts, strict=True)])
    mask = torch.tensor([[0] * gap + [1] * (width - gap) for gap in gaps])
    with torch.inference_mode():
        out = model.generate(
            ids.to(model.device),
            attention_mask=mask.to(model.device),
            max_new_tokens=new,
            do_sample=False,
            pad_token_id=0,
            eos_token_id=None,
        )
    return [tuple(row) for row in out[:, width:].tolist()]


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


def compare(
    generate: Callable[[Case], list[Prompt]], engine: Engine, case: Case, rounds: int, context: int
) -> str:
    """Return what was seen of one case, in a line."""
    device, ours, theirs = engine.device.type, [], []
    for _ in range(rounds):
        mine = seconds(partial(with_unsaid, engine, case, context), device)
        other = seconds(partial(generate, case), device)
        ours.append(mine[0])
        theirs.append(other[0])
    tokens = sum(case.new)
    same = sum(a == b for a, b in zip(mine[1], other[1], strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{case.name} ({sum(map(len, case.prompts))} tokens, {tokens} new): "
        f"unsaid-hf {tokens / min(ours):.1f} tokens/s, generate {tokens / min(theirs):.1f}, "
        f"ratio {min(theirs) / min(ours):.2f} (wanted: at least {case.wanted}), "
        f"{same} of {len(case.new)} replies the same, peak {peak:.0f} MiB; "
        f"seconds {_listed(ours)} and {_listed(theirs)}"
    )


def _listed(times: Sequence[float]) -> str:
    return " ".join(f"{each:.2f}" for each in times)


def main() -> None:
    """Run and print."""
    from bench_forced_answers import load

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--new", type=int, default=32)
    parser.add_argument("--longest", type=int, default=512)
    parser.add_argument("--group", type=int, default=16)
    parser.add_argument("--sorted", action="store_true")
    parser.add_argument("--cases", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    plain, engine = load(asked.checkpoint, asked.dtype, asked.device)
    config = plain.config.get_text_config()
    generate = partial(with_generate, plain, group=asked.group, by_length=asked.sorted)
    listed = cases(config.vocab_size, asked.new, asked.longest)
    print(f"{asked.threads} thread(s), {asked.dtype}, {asked.device}, best of {asked.rounds} rounds")
    for case in (listed[index] for index in asked.cases):
        print(compare(generate, engine, case, asked.rounds, config.max_position_embeddings), flush=True)


if __name__ == "__main__":
    main()
