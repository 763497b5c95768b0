"""A reply of Inspect's read for its thoughts: the blocks of its own, and what stands in its text (`replies/`)."""

from __future__ import annotations

from inspect_ai.model import ChatMessageAssistant, ContentReasoning

from unsaid.replies.fields import Block, Native, Said, read_reply

__all__ = ["read_message", "read_reasoning"]


def read_message(message: ChatMessageAssistant, model: str, *, opened: bool = False) -> Said:
    """Return the thoughts of a reply and its visible text.

    Args:
        message: the reply.
        model: its full name ("google/..."): what Inspect's fields mean depends on the provider.
        opened: what the reply continues ends within thoughts.
    """
    parts = [] if isinstance(message.content, str) else message.content
    blocks = [
        Block(part.reasoning, part.summary, part.redacted, part.internal)
        for part in parts
        if isinstance(part, ContentReasoning)
    ]
    return read_reply(message.text, blocks, model, opened=opened)


def read_reasoning(message: ChatMessageAssistant, model: str) -> tuple[str | None, Native]:
    """Return the readable reasoning of a reply, and what it is: thoughts themselves, or a summary of them."""
    said = read_message(message, model)
    if said.thoughts.reasoning is None:
        return None, "absent"
    return said.thoughts.reasoning, "summarised" if said.native == "summarised" else "raw"
