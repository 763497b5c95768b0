"""A whole reply in somebody's cell: a text, blocks of a message, a message, or the turns of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unsaid.errors import DataError
from unsaid.records.importers.cells import steps
from unsaid.replies.fields import Block, Said, read_reply
from unsaid.store.paths import opened_text

__all__ = ["is_message", "said_in"]

#: Fields of a message in which servers give thoughts.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


def is_message(cell: Any) -> bool:
    """Return whether a cell is a message, blocks of one, or turns; a record of another kind is none."""
    if isinstance(cell, Mapping):
        return "content" in cell or ("role" in cell and any(name in cell for name in _THOUGHTS))
    if not isinstance(cell, Sequence) or isinstance(cell, str | bytes) or not cell:
        return False
    return all(isinstance(part, Mapping) and ("role" in part or "type" in part) for part in cell)


def said_in(cell: Any, model: str, where: str) -> Said:
    """Return the reply in a cell, its thoughts split from the rest by the rule for live replies (`replies/`).

    Args:
        cell: not blank.
        model: who replied: what the fields of a message mean depends on the provider.
        where: for the message.

    Raises:
        DataError: it is a record of another kind.
    """
    if isinstance(cell, str) and is_message(found := opened_text(cell)):
        cell = found
    if not is_message(cell):
        return read_reply(steps(cell, where) or "", [], model)
    if isinstance(cell, Mapping):
        return _message(cell, model, where)
    if any("role" in part for part in cell):
        spoken = [turn for turn in cell if turn.get("role") == "assistant"]
        if not spoken:
            raise DataError(f"{where}: expected a turn of the role assistant, found none")
        return _message(spoken[-1], model, where)
    return _blocks(cell, [], model)


def _message(message: Mapping[str, Any], model: str, where: str) -> Said:
    fields = [Block(message[name]) for name in _THOUGHTS if isinstance(message.get(name), str)]
    content = message.get("content")
    if isinstance(content, Sequence) and not isinstance(content, str):
        return _blocks([part for part in content if isinstance(part, Mapping)], fields[:1], model)
    return read_reply(steps(content, where) or "", fields[:1], model)


def _blocks(parts: Sequence[Mapping[str, Any]], blocks: list[Block], model: str) -> Said:
    texts: list[str] = []
    found = list(blocks)
    for part in parts:
        kind = part.get("type")
        if kind in ("thinking", "reasoning"):
            found.append(_thought(part))
        elif kind == "redacted_thinking":
            found.append(Block(redacted=True))
        elif isinstance(part.get("text"), str):
            texts.append(part["text"])
    return read_reply("\n".join(texts), found, model)


def _thought(part: Mapping[str, Any]) -> Block:
    said = next(
        (part[name] for name in ("thinking", "reasoning", "text") if isinstance(part.get(name), str)), ""
    )
    summary = part.get("summary")
    if isinstance(summary, list):
        summary = "\n".join(str(each.get("text", "")) for each in summary if isinstance(each, Mapping))
    redacted = bool(part.get("redacted"))
    return Block(said, summary if isinstance(summary, str) else None, redacted)
