"""What it costs to find the thoughts in a reply, however hostile: each kind of text at one size, and at four times it.

Linear reading takes four times as long then; Inspect's own split of `<think>` takes sixteen, and is shown at sizes at
which it ends. `disarmed` is what a reply of 20,000 tags costs on its way in, JSON and all.

    python benchmarks/bench_replies.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from unsaid.models.inspect.wire import disarmed
from unsaid.replies.thoughts import split_thoughts

ROUNDS = 3
TAGS = 20_000
MARKERS = 100_000
UNITS = {
    "<think>": TAGS,
    "<think>x": TAGS,
    "<think>a</think>b": TAGS // 2,
    "</think>x": TAGS,
    "<think ": TAGS,
    "`<think>` </think>": TAGS // 2,
    "\n```\n<think>": TAGS,
    "<": MARKERS,
    "<|channel|>analysis": MARKERS // 19,
    "<|channel|>analysis<|message|>x<|end|>": MARKERS // 38,
    "analysisX assistant": MARKERS // 19,
    "the tag <think> is ": MARKERS // 19,
    "plain words of a reply. ": MARKERS // 24,
}


def least(work: Callable[[], object]) -> float:
    """The least of some times, in seconds of this process, for other work on the machine only adds to them."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def lines() -> Iterator[str]:
    """A line a kind of text."""
    for unit, count in UNITS.items():
        text = unit * count
        quarter = least(lambda text=text: split_thoughts(text[: len(text) // 4]))  # type: ignore[misc]
        whole = least(lambda text=text: split_thoughts(text))  # type: ignore[misc]
        yield f"{unit!r:45} {len(text):>8,} characters: {whole:.3f} s, {whole / quarter:.1f} x a quarter of it"
    body = json.dumps({"choices": [{"message": {"content": "<think>x" * TAGS}}]}).encode()
    yield f"disarmed: {TAGS:,} tags, {len(body):,} bytes: {least(lambda: disarmed(body)):.3f} s"
    yield from theirs()


def theirs() -> Iterator[str]:
    """What Inspect's own reading of the same costs."""
    from inspect_ai.model._reasoning import parse_content_with_reasoning

    for count in (500, 1000, 2000):
        spent = least(lambda count=count: parse_content_with_reasoning("<think>x" * count))  # type: ignore[misc]
        yield f"Inspect's own split of {count:,} tags: {spent:.3f} s"


if __name__ == "__main__":
    for line in lines():
        print(line, flush=True)
