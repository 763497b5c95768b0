"""What a whole forced-answer trajectory costs: against one pass over the text, and against reading each cut afresh.

    python benchmarks/bench_forced_answers.py build/smollm2 [--rounds 5] [--threads 1] [--dtype float32] [--device cpu]

A prompt, a text of 20 steps, and after each step (and before the first) "The best answer is: (" with the letters A to D
read off. Three ways alternate within a round: one plain pass of Transformers over prompt and text (the last token's
logits alone, which is the cheapest pass there is), all cuts in one pass of ours, and each cut by a plain pass of its
own. Medians over rounds are compared, so that a busy machine slows all three. Then the same at 10, 20 and 40 steps
(cost per token), and the peak memory of 64 texts at once, in a process of its own. Needs the extra `local`.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from bench_local import seconds
from transformers import AutoModelForCausalLM, AutoTokenizer

from unsaid.models.local.branches import sequence_scores
from unsaid.models.local.letters import letters_of
from unsaid.models.local.prefixes import laid_out
from unsaid.models.local.torch_engine import Engine, engine_of

#: Gives the sequences of a text of so many steps, by a seed.
Case = Callable[[int, int], list[list[int]]]

STEP = (
    "The {n}th number is {a}, so I add {b} to the sum so far, which makes {c}, and go on with the next one. "
)
QUESTION = (
    "A shop sells boxes of {n} pens. How many pens are in the boxes that were sold this week, if the numbers of boxes "
    "per day are those in the list below?\n(A) 812\n(B) 904\n(C) 988\n(D) 1044\nThink step by step."
)
ENDING = "\nThe best answer is: ("


def conversations(tokenizer: Any, steps: int, seed: int) -> list[list[int]]:
    """Tokens of the prompt with the text cut before and after each step, each with its forced ending."""
    rng = np.random.default_rng(seed)
    text, cuts = "", [""]
    for n in range(steps):
        a, b, c = rng.integers(2, 999, 3)
        text += STEP.format(n=n + 1, a=a, b=b, c=c)
        cuts.append(text)
    found = []
    for cut in cuts:
        turns = [
            {"role": "user", "content": QUESTION.format(n=int(rng.integers(1)) + seed + 2)},
            {"role": "assistant", "content": cut.rstrip() + ENDING},
        ]
        whole = tokenizer.apply_chat_template(turns, tokenize=False, continue_final_message=True)
        found.append(tokenizer(whole, add_special_tokens=False)["input_ids"])
    return found


def load(path: str, dtype: str, device: str) -> tuple[Any, Engine]:
    """The model as Transformers runs it, and the same weights under our engine."""
    auto: Any = AutoModelForCausalLM
    plain = auto.from_pretrained(path, dtype=dtype).to(device).eval()
    ours = auto.from_pretrained(path, dtype=dtype).to(device).eval()
    engine, why = engine_of(ours)
    assert engine is not None, why
    return plain, engine


def last_logits(model: Any, ids: Sequence[int]) -> np.ndarray:
    """One plain pass: logits after the last token."""
    with torch.inference_mode():
        out = model(
            input_ids=torch.tensor([list(ids)], device=model.device), use_cache=False, logits_to_keep=1
        )
        found: np.ndarray = out.logits[0, -1].float().cpu().numpy()
        return found


class Plain:
    """Reads each sequence by a pass of its own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits after each sequence."""
        return np.stack([last_logits(self.model, sequence) for sequence in sequences])


def trajectory(
    plain: Any, engine: Engine, options: Sequence[Sequence[int]], rounds: int, case: Case, afresh: int = 1
) -> list[str]:
    """Return costs of one trajectory of 20 steps, and how far its numbers are from those of separate passes.

    The slow way is timed in `afresh` of the rounds.
    """
    device = engine.device.type
    times: dict[str, list[float]] = {"pass": [], "ours": [], "afresh": []}
    furthest = 0.0
    for seed in range(rounds):
        sequences = case(20, seed)
        times["pass"].append(seconds(partial(last_logits, plain, sequences[-1]), device)[0])
        took, mine = seconds(partial(sequence_scores, engine, sequences, options), device)
        times["ours"].append(took)
        if seed < afresh:
            took, theirs = seconds(partial(sequence_scores, Plain(plain), sequences, options), device)
            times["afresh"].append(took)
            furthest = max(furthest, float(np.abs(mine - theirs).max()))
    one, ours, slow = (median(times[name]) for name in ("pass", "ours", "afresh"))
    tokens = len(laid_out([tuple(each) for each in sequences]).tokens)
    return [
        f"20 steps, {len(sequences[-1])} tokens, {len(sequences)} cuts, {tokens} tokens read",
        f"  one pass {one:.3f} s, trajectory {ours:.3f} s, afresh {slow:.3f} s",
        f"  trajectory / one pass  {ours / one:.2f} (wanted: at most 2)",
        f"  afresh / trajectory    {slow / ours:.1f} (wanted: at least 6)",
        f"  largest difference of a log-probability {furthest:.1e}",
    ]


def lengths(engine: Engine, options: Sequence[Sequence[int]], rounds: int, case: Case) -> list[str]:
    """Return cost per token by number of steps."""
    cases = {steps: case(steps, 7) for steps in (10, 20, 40)}
    times: dict[int, list[float]] = {steps: [] for steps in cases}
    for _ in range(rounds):
        for steps, sequences in cases.items():
            run = partial(sequence_scores, engine, sequences, options)
            times[steps].append(seconds(run, engine.device.type)[0])
    lines = ["steps  tokens  seconds  ms per token"]
    for steps, sequences in cases.items():
        took, size = median(times[steps]), len(sequences[-1])
        lines.append(f"{steps:5}  {size:6}  {took:7.3f}  {took / size * 1000:.3f}")
    return lines


def memory(path: str, texts: int) -> None:
    """Score so many texts of 20 steps at once, and print the peak memory of this process, in MB."""
    tokenizer: Any = AutoTokenizer.from_pretrained(path)
    auto: Any = AutoModelForCausalLM
    model = auto.from_pretrained(path, dtype="float32").eval()
    engine, _ = engine_of(model)
    assert engine is not None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sequences = [each for seed in range(texts) for each in conversations(tokenizer, 20, seed)]
    options = list(letters_of(tokenizer.get_vocab()).values())[:4]
    took, _ = seconds(lambda: sequence_scores(engine, sequences, options), "cpu")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{texts} texts, {len(sequences)} cuts: {took:.0f} s, peak memory {after / 1024:.0f} MB, "
        f"of which {before / 1024:.0f} MB before (weights, PyTorch)"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--memory-only", action="store_true")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.memory_only:
        memory(asked.checkpoint, asked.texts)
        return
    tokenizer: Any = AutoTokenizer.from_pretrained(asked.checkpoint)
    plain, engine = load(asked.checkpoint, asked.dtype, asked.device)
    options = list(letters_of(tokenizer.get_vocab()).values())[:4]
    last_logits(plain, range(1, 50))
    print(f"{asked.threads} thread(s), {asked.dtype}, {asked.device}, medians of {asked.rounds} rounds")
    case = partial(conversations, tokenizer)
    print("\n".join(trajectory(plain, engine, options, asked.rounds, case)), flush=True)
    print("\n".join(lengths(engine, options, max(1, asked.rounds // 2), case)), flush=True)
    if asked.texts:
        command = [sys.executable, str(Path(__file__)), asked.checkpoint, "--memory-only"]
        subprocess.run([*command, "--texts", str(asked.texts), "--threads", str(asked.threads)], check=True)


if __name__ == "__main__":
    main()
