"""The last reply of a sample of an Inspect log, split and read as live replies are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from unsaid.questions.question import MAX_OPTIONS, Question
from unsaid.replies.answers import Answer, Unparsed, parse_answer, split_before
from unsaid.replies.ends import end_of
from unsaid.replies.fields import Block, Said, read_reply

__all__ = ["NO_REPLY", "attachments_of", "put_back", "reply_of"]

_ATTACHMENT = "attachment://"
#: Characters of a visible text that is kept with its answer.
_SHORT = 200
#: The error of a sample whose model said nothing and in which nothing failed.
NO_REPLY = "no reply"


def attachments_of(sample: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the long texts that a sample keeps once; logs of 2024 keep them in its transcript."""
    transcript = sample.get("transcript")
    found = sample.get("attachments") or (
        transcript.get("content") if isinstance(transcript, Mapping) else None
    )
    return found if isinstance(found, Mapping) else {}


def put_back(value: Any, attachments: Mapping[str, str]) -> Any:
    """Return a value with the texts that stand in the attachments put back."""
    if not attachments:
        return value
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [put_back(item, attachments) for item in value]
    if isinstance(value, dict):
        return {key: put_back(item, attachments) for key, item in value.items()}
    return value


def reply_of(sample: Mapping[str, Any], model: str, options: Any) -> dict[str, Any]:
    """Return the last reply, by the names that `reply.` paths have.

    Args:
        sample: as the log keeps it.
        model: its full name.
        options: the option texts, where they are known; the sample's `choices` are taken otherwise.
    """
    output = put_back(sample.get("output") or {}, attachments_of(sample))
    choices = output.get("choices") or []
    failure = (sample.get("error") or {}).get("message") or output.get("error")
    if limit := sample.get("limit"):
        failure = failure or f"stopped by a limit ({limit.get('type') if isinstance(limit, dict) else limit})"
    usage = output.get("usage") or {}
    found: dict[str, Any] = {name: usage.get(name) for name in ("input_tokens", "output_tokens")}
    found["error"] = failure
    if not choices:
        return found | {"error": failure or NO_REPLY}
    return found | _read(choices[0], model, _question(options or sample.get("choices")))


def _read(choice: Mapping[str, Any], model: str, question: Question) -> dict[str, Any]:
    """Return the texts of a reply, why it ended, and the answer where it is a whole one."""
    said = _said(choice.get("message") or {}, model)
    reasoning, visible, provenance = said.thoughts.reasoning, said.thoughts.visible, str(said.provenance)
    answer = _short(visible, question) if len(visible) <= _SHORT else parse_answer(visible, question)
    if reasoning is None and visible and provenance != "truncated":
        reasoning, visible = split_before(visible, answer)
        provenance = "raw" if reasoning else "absent"
    stop = choice.get("stop_reason")
    if end_of(stop) == "cut off":
        provenance = "truncated"
    whole = provenance != "truncated" and end_of(stop) in ("whole", "unknown")
    return {
        "reasoning": reasoning,
        "visible": visible,
        "provenance": provenance,
        "stop_reason": stop,
        "answer": answer.value if whole and isinstance(answer, Answer) else None,
    }


@lru_cache(maxsize=4096)
def _short(visible: str, question: Question) -> Answer | Unparsed:
    """Return what `parse_answer` does, once for each different text: beside thoughts there is often one line."""
    return parse_answer(visible, question)


def _question(options: Any) -> Question:
    """Return what the parser must know: only the options' letters and texts."""
    return _with_options(tuple(str(option) for option in options) if isinstance(options, list) else ())


@lru_cache(maxsize=256)
def _with_options(texts: tuple[str, ...]) -> Question:
    usable = (
        2 <= len(texts) <= MAX_OPTIONS and len(set(texts)) == len(texts) and all(t.strip() for t in texts)
    )
    return Question("imported", "imported", texts if usable else ())


def _said(message: Mapping[str, Any], model: str) -> Said:
    """Return a message as logs keep it; those of early 2025 hold its reasoning in a field of its own."""
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    texts = [str(part.get("text") or "") for part in parts if part.get("type") == "text"]
    blocks = [_block(part) for part in parts if part.get("type") == "reasoning"]
    if isinstance(field := message.get("reasoning"), str):
        blocks.append(Block(field))
    return read_reply(content if isinstance(content, str) else "\n".join(texts), blocks, model)


def _block(part: Mapping[str, Any]) -> Block:
    summary = part.get("summary")
    return Block(
        str(part.get("reasoning") or ""),
        None if summary is None else str(summary),
        bool(part.get("redacted")),
        part.get("internal"),
    )
