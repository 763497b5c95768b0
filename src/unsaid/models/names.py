"""How a model is named. Nothing is imported to check it."""

from __future__ import annotations

from unsaid.errors import UsageError

__all__ = ["provider_of"]


def provider_of(name: str) -> str:
    """Return the provider of a model's name: "openai" of "openai/gpt-4".

    Raises:
        UsageError: the name has no provider.
    """
    provider, slash, _ = name.partition("/")
    if not slash:
        raise UsageError(f"{name!r} is not a model: say provider/model, e.g. openai/{name} or unsaid/{name}")
    return provider
