"""By which means a server is made to go on from a given beginning of a reply.

A trailing assistant message is what all of them are sent, and what they make of it differs:

- llama.cpp's `llama-server` goes on with it as it stands, unless started with `--no-prefill-assistant`
  (https://github.com/ggml-org/llama.cpp/pull/13608);
- vLLM and SGLang open a new turn behind it, unless `continue_final_message` is set and `add_generation_prompt` is
  not; llama-server takes the same two since https://github.com/ggml-org/llama.cpp/pull/23012;
- the server of `llama-cpp-python` always opens a new turn: there the prompt is rendered here with the model's chat
  template, and completed as it stands (`models/served/`).

Which of them works is found out before a run (`capabilities.py`) and used for all of its calls.
"""

from __future__ import annotations

from typing import Any, Literal

from inspect_ai.model import GenerateConfig

__all__ = ["CONTINUE", "Means", "candidates", "foretold", "with_means"]

Means = Literal["none", "trailing message", "continue_final_message", "raw completions", "own decoder"]

#: What vLLM and SGLang want beside a trailing assistant message that they are to go on with.
CONTINUE: dict[str, Any] = {"continue_final_message": True, "add_generation_prompt": False}

#: Providers of servers that speak OpenAI's protocol and may know these settings.
_OPEN = ("openai-api", "llama-cpp-python")
#: Providers that send these settings themselves.
_SENDING = ("vllm", "sglang")
_RAW = "unsaid-completions"
_LOCAL = ("unsaid", "unsaid-hf", "unsaid-scripted")


def candidates(model: str) -> tuple[Means, ...]:
    """Return the means to try on a model, by the name of its provider, in order."""
    provider = model.partition("/")[0]
    if provider in _SENDING:
        return ("continue_final_message",)
    return ("continue_final_message", "trailing message") if provider in _OPEN else ("trailing message",)


def with_means(config: GenerateConfig | None, means: Means) -> GenerateConfig:
    """Return the settings of a call whose reply is to go on from a given beginning."""
    config = config or GenerateConfig()
    if means != "continue_final_message":
        return config
    return config.model_copy(update={"extra_body": {**CONTINUE, **(config.extra_body or {})}})


def foretold(model: str) -> str:
    """Return what can be said of a model's means before it is asked, for a plan; a clause without its subject."""
    provider = model.partition("/")[0]
    if provider in _LOCAL:
        return "goes on from a given beginning by its own decoder"
    if provider == _RAW:
        return "goes on from a given beginning by raw completions of its chat template"
    tried = " or ".join(candidates(model))
    return f"is probed before the run for how it goes on from a given beginning ({tried})"
