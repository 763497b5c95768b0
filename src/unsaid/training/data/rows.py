"""A row of fine-tuning data: a conversation, the reply to learn, and where it comes from; as JSON lines.

Two forms, both read by TRL's `SFTTrainer`:

    completion   {"prompt": [...], "completion": [{"role": "assistant", ...}], "origin": {...}}
    messages     {"messages": [..., {"role": "assistant", ...}], "origin": {...}}

The first is the default, because TRL then learns the completion alone. The second is what fine-tuning services read
(take `origin` out where a service refuses a field that it does not know). A reply whose reasoning has a channel of its
own keeps it apart, as `reasoning_content`, which is the name that chat templates of reasoning models use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, cast

from unsaid.errors import UsageError
from unsaid.questions.prompt import Role, Turn
from unsaid.store.reading import parse_json, read_text, short
from unsaid.store.write import replacing

__all__ = ["FORMS", "Form", "Origin", "Row", "read_rows", "row_of", "write_rows"]

Form = Literal["completion", "messages"]
FORMS: tuple[Form, ...] = ("completion", "messages")
_ROLES: tuple[Role, ...] = ("system", "user", "assistant")


@dataclass(frozen=True)
class Origin:
    """Where a row comes from.

    Attributes:
        kind: which kind of data ("consistency", ...).
        part: what the row is within its kind ("biased", "entailed", "own-admission", ...).
        model: who replied.
        run: the run's folder.
        reply: the record's `reply_id`.
        question: the question's id.
        content: the digest of what the question asks (`content.py`), which holds train and test apart.
        elicitation: how reasoning was asked for.
        cue, wording, target: of the prompt; None where it has no cue.
        made: what was done to the model's own text; "" where the completion is the reply as it was.
        epoch: which of several replies to the question.
        seed: the sampling seed of the reply; None where it is not known.
    """

    kind: str
    part: str
    model: str
    run: str
    reply: str
    question: str
    content: str
    elicitation: str
    cue: str | None = None
    wording: str | None = None
    target: str | None = None
    made: str = ""
    epoch: int = 1
    seed: int | None = None


@dataclass(frozen=True)
class Row:
    """One example.

    Attributes:
        prompt: the conversation before the reply.
        completion: the visible text to learn.
        reasoning: what is to be thought before it, where reasoning has a channel of its own; None where it has none.
        origin: where it comes from; None in a data set that somebody else made.
    """

    prompt: tuple[Turn, ...]
    completion: str
    reasoning: str | None = None
    origin: Origin | None = None

    @property
    def text(self) -> str:
        """All that is learned."""
        return (self.reasoning or "") + self.completion

    def messages(self) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Return the prompt's messages, and the reply's."""
        reply = {"role": "assistant", "content": self.completion}
        if self.reasoning is not None:
            reply["reasoning_content"] = self.reasoning
        return [{"role": turn.role, "content": turn.text} for turn in self.prompt], reply

    def plain(self, form: Form = "completion") -> dict[str, Any]:
        """Return it as it stands in a file."""
        prompt, reply = self.messages()
        told = {} if self.origin is None else {"origin": asdict(self.origin)}
        if form == "messages":
            return {"messages": [*prompt, reply], **told}
        return {"prompt": prompt, "completion": [reply], **told}


def write_rows(path: Path, rows: Iterable[Row], form: Form = "completion") -> None:
    """Write rows as JSON lines, replacing an earlier file at once.

    Raises:
        OSError: the file cannot be written; an earlier one is as it was.
    """
    with replacing(path) as file:
        for row in rows:
            file.write(json.dumps(row.plain(form), ensure_ascii=True).encode("ascii") + b"\n")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a file in either form, whoever made it.

    Raises:
        UsageError: the file is missing, or a line is of another form; the message names the line.
    """
    try:
        lines = read_text(path).split("\n")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as fine-tuning data ({short(error)})") from error
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(row_of(parse_json(line)))
        except ValueError as error:
            raise UsageError(f"{path}, line {number}: {short(error)}") from error
    if not rows:
        raise UsageError(
            f"{path}: there is no row in it; each line is a JSON object with prompt and completion"
        )
    return rows


def row_of(value: Any) -> Row:
    """Return one line of a file as a row.

    Raises:
        ValueError: it is of another form; the message says what was expected.
    """
    if not isinstance(value, dict):
        raise ValueError(f"expected a JSON object, found {type(value).__name__}")
    if "messages" in value:
        messages = _messages(value["messages"], "messages")
        prompt, replies = messages[:-1], messages[-1:]
    elif "prompt" in value and "completion" in value:
        prompt, replies = (_messages(value[name], name) for name in ("prompt", "completion"))
    else:
        raise ValueError("expected `messages`, or `prompt` and `completion`, which are lists of messages")
    if len(replies) != 1 or replies[0]["role"] != "assistant":
        raise ValueError("expected one message of the assistant at the end, which is what is learned")
    if not prompt or prompt[-1]["role"] == "assistant":
        raise ValueError("expected a message of the user before the reply that is learned")
    turns = tuple(Turn(cast("Role", each["role"]), each["content"]) for each in prompt)
    reply = replies[0]
    thoughts = next((reply[name] for name in ("reasoning_content", "thinking") if name in reply), None)
    if not (reply["content"] + (thoughts or "")).strip():
        raise ValueError("the reply that is to be learned is empty")
    return Row(turns, reply["content"], thoughts, _origin(value.get("origin")))


def _messages(value: Any, field: str) -> Sequence[Mapping[str, str]]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"field {field}: expected a list of messages, found {type(value).__name__}")
    for each in value:
        known = isinstance(each, dict) and each.get("role") in _ROLES and isinstance(each.get("content"), str)
        if not known or not all(isinstance(inner, str) for inner in each.values()):
            raise ValueError(
                f"field {field}: expected messages with a role ({', '.join(_ROLES)}) and a text as content"
            )
    return value


def _origin(value: Any) -> Origin | None:
    """Return where a row comes from; None where it does not say so in our words."""
    names = {each.name for each in fields(Origin)}
    if not isinstance(value, dict) or not {"kind", "question", "content"} <= value.keys() <= names:
        return None
    try:
        return Origin(**value)
    except TypeError as error:
        raise ValueError(f"field origin: {error}") from error
