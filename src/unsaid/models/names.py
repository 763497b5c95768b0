"""How a model is named. Nothing is imported to check it."""

from __future__ import annotations

from unsaid.errors import UsageError

__all__ = ["KNOWN_SENTENCES", "OURS", "is_ours", "provider_of"]

#: Providers of models whose sentences are known, so that the lexical judge misses none of them.
KNOWN_SENTENCES = ("unsaid", "unsaid-scripted", "mockllm")
#: Providers that run here: asking again costs nothing, and replies have a limit of their own.
OURS = (*KNOWN_SENTENCES, "unsaid-hf")


def is_ours(model: str) -> bool:
    """Return whether a model runs here, by the name of its provider."""
    return model.partition("/")[0] in OURS


def provider_of(name: str) -> str:
    """Return the provider of a model's name: "openai" of "openai/gpt-4".

    Raises:
        UsageError: the name has no provider.
    """
    provider, slash, _ = name.partition("/")
    if not slash:
        raise UsageError(f"{name!r} is not a model: say provider/model, e.g. openai/{name} or unsaid/{name}")
    return provider
