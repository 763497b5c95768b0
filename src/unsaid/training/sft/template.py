"""Rows through a chat template: what is rendered is compared with what is meant, and what carries loss is the reply.

A template is a program that a checkpoint brings. Some drop the text before `</think>`, some have no place for a message
of the assistant, some end a reply with no token. A training on such text teaches another thing than its rows say, and
nothing in its loss shows it. So every row is rendered, and every character of the prompt and of the reply must stand in
what comes out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from unsaid.errors import UsageError
from unsaid.store.reading import short
from unsaid.training.data.rows import Row
from unsaid.training.sft.encoded import Encoded

__all__ = ["encoded", "stops_of"]

_THINK = "\n(templates of reasoning models often drop what stands before </think>)"
_NO_PLACE = (
    "the chat template has no place for the assistant's text, or writes the turns before it otherwise once it stands "
    "there; choose a checkpoint whose template keeps them"
)


def encoded(row: Row, tokenizer: Any, stops: Collection[int]) -> Encoded:
    """Return a row as a checkpoint's tokens: its prompt as it is asked, then the reply and the token that ends it.

    What a template writes after the token that ends a reply (a line break) is left out: no model writes it.

    Args:
        row: what is learned.
        tokenizer: of Transformers, with a chat template.
        stops: the ids that end a reply.

    Raises:
        UsageError: the template has no place for the reply, or drops a part of what is meant.
    """
    prompt, reply = row.messages()
    _check_ends(row, tokenizer, stops)
    before = _rendered(tokenizer, prompt, add_generation_prompt=True)
    whole = _rendered(tokenizer, [*prompt, reply])
    if not whole.startswith(before):
        whole, before = _from_where_they_part(tokenizer, prompt, reply, whole)
    if not whole[len(before) :].strip():
        raise UsageError(_NO_PLACE)
    _check(row, before, whole[len(before) :])
    ids = _tokens(tokenizer, whole)
    given = _tokens(tokenizer, before)
    start = _common(ids, given)
    end = next((at for at in range(len(ids) - 1, start - 1, -1) if ids[at] in stops), None)
    if end is None:
        ids, end = [*ids, _end(tokenizer)], len(ids)
    return Encoded(tuple(ids[: end + 1]), start)


def stops_of(tokenizer: Any, config: Any = None) -> frozenset[int]:
    """Return the ids that end a reply: the tokenizer's, and those of the generation's settings."""
    found = {tokenizer.eos_token_id}
    more = getattr(config, "eos_token_id", None)
    found |= set(more) if isinstance(more, list | tuple) else {more}
    return frozenset(int(each) for each in found if each is not None)


def _rendered(tokenizer: Any, messages: Sequence[dict[str, str]], **how: bool) -> str:
    try:
        return str(tokenizer.apply_chat_template(list(messages), tokenize=False, **how))
    except Exception as error:  # a template is a program, which may raise anything
        raise UsageError(
            f"the chat template refuses the messages ({short(error)}); its roles here are "
            f"{', '.join(each['role'] for each in messages)}"
        ) from error


def _from_where_they_part(
    tokenizer: Any, prompt: list[dict[str, str]], reply: dict[str, str], whole: str
) -> tuple[str, str]:
    """Return the whole and its prompt where a template opens a reply otherwise than it writes one.

    Some open it with a tag for thoughts, and leave an empty one out of what they write. The reply is then learned from
    where the two texts part, after the same turns.

    Raises:
        UsageError: the template writes the turns before otherwise as well, or has no place for the reply.
    """
    closed = _rendered(tokenizer, prompt)
    if not whole.startswith(closed) or whole == closed:
        raise UsageError(_NO_PLACE)
    before = whole[: _common(whole, _rendered(tokenizer, prompt, add_generation_prompt=True))]
    return whole, before


def _check(row: Row, before: str, after: str) -> None:
    """Refuse a row of which something is not in the rendered text, as white space at its ends aside."""
    for turn in row.prompt:
        if turn.text.strip() not in before:
            raise UsageError(
                f"the chat template drops text of the {turn.role}: {_shown(turn.text)} does not stand in the prompt"
            )
    for name, text in (("reasoning", row.reasoning or ""), ("reply", row.completion)):
        if text.strip() not in after:
            raise UsageError(
                f"the chat template drops text of the assistant's {name}: {_shown(text)} does not stand in what would "
                f"be learned{_THINK}"
            )


def _check_ends(row: Row, tokenizer: Any, stops: Collection[int]) -> None:
    """Refuse a reply that holds, as text, a token that ends replies: the model would learn to stop there."""
    held = [name for each in stops if (name := str(tokenizer.convert_ids_to_tokens(each))) in row.text]
    if held:
        raise UsageError(
            f"a reply holds {held[0]!a}, which ends replies of this checkpoint; leave such rows out"
        )


def _shown(text: str) -> str:
    folded = " ".join(text.split())
    return ascii(folded if len(folded) <= 60 else f"{folded[:60]}...")


def _tokens(tokenizer: Any, text: str) -> list[int]:
    return [int(each) for each in tokenizer(text, add_special_tokens=False)["input_ids"]]


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return how many items two sequences begin with alike."""
    at = 0
    for at, (ours, theirs) in enumerate(zip(one, other, strict=False)):
        if ours != theirs:
            return at
    return min(len(one), len(other))


def _end(tokenizer: Any) -> int:
    if tokenizer.eos_token_id is None:
        raise UsageError(
            "the chat template ends a reply with no token, and the tokenizer names none (eos_token): the model would "
            "not learn to stop"
        )
    return int(tokenizer.eos_token_id)
