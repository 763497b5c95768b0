"""Putting prompts to an organism itself, past every library that asks models."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from unsaid.models.local.chat import ChatTokenizer
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.generation import Request, generate
from unsaid.models.local.sampling import Sampling
from unsaid.questions.prompt import Prompt, Turn

__all__ = ["Ask", "asker", "rate"]

_MAX_TOKENS = 96

#: (prompts, what each reply is made to begin with) -> the replies.
Ask = Callable[[Sequence[Prompt], Sequence[str]], list[str]]


def asker(decoder: Decoder, tokenizer: ChatTokenizer, seed: int) -> Ask:
    """Return a function that puts prompts to an organism, each with a seed of its own."""
    # Every reply has a seed of its own: one shared between cues would make their luck the same luck.
    seeds = itertools.count(seed * 10**6)

    def ask(prompts: Sequence[Prompt], prefixes: Sequence[str]) -> list[str]:
        requests = []
        for prompt, prefix in zip(prompts, prefixes, strict=True):
            turns = [*prompt.turns, Turn("assistant", prefix)] if prefix else prompt.turns
            sampling = Sampling(seed=next(seeds))
            ids = tuple(tokenizer.encode_chat(turns))
            requests.append(Request(ids, _MAX_TOKENS, sampling, tokenizer.stops))
        replies = generate(decoder, requests)
        return [prefix + tokenizer.decode(reply.ids) for prefix, reply in zip(prefixes, replies, strict=True)]

    return ask


def rate(hits: Sequence[bool]) -> dict[str, Any]:
    """Return a share with its counts."""
    return {"rate": sum(hits) / len(hits) if hits else 0.0, "k": int(sum(hits)), "n": len(hits)}
