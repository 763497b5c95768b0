"""What a provider gives in a field beside the reply's text, and what that is: thoughts, or a summary of them.

Anthropic (after Claude 3.7 Sonnet), OpenAI and Google show a summary written by another model, and hide or encrypt the
reasoning itself. A summary is not the reasoning, so the two are never mixed: the provenance goes into every record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from unsaid.replies.thoughts import How, Thoughts, split_thoughts, with_field

__all__ = ["Block", "Native", "Said", "joined", "noted", "read_reply"]

Native = Literal["raw", "summarised", "absent"]

#: What Inspect notes of a block that it cut out of the text itself, at the first `<think>...</think>`.
_CUT_OUT = "think"
#: What our own providers note of one that they split: how, and whether it ended.
_OURS = "unsaid"


@dataclass(frozen=True)
class Block:
    """One block of reasoning, as Inspect files it.

    Attributes:
        reasoning: its text; a signature, or something encrypted, where `redacted`.
        summary: of it, where the provider wrote one.
        redacted: the text is not to be read.
        internal: where Inspect has it from, in its own words.
    """

    reasoning: str = ""
    summary: str | None = None
    redacted: bool = False
    internal: Any = None

    def read(self, model: str) -> tuple[str, Native]:
        """Return what can be read of it, and what that is.

        Args:
            model: its full name ("google/..."): what the fields mean depends on the provider.
        """
        if not self.redacted and self.reasoning.strip():
            # Gemini's thoughts are summaries, though Inspect does not mark them as redacted.
            return self.reasoning.strip(), "summarised" if model.startswith("google/") else "raw"
        # Inspect files every Anthropic thinking block as a summary; Claude 3.7 Sonnet's is the thing itself.
        return (self.summary or "").strip(), "raw" if "claude-3-7-sonnet" in model else "summarised"


def joined(blocks: Iterable[Block], model: str) -> tuple[str | None, Native]:
    """Return the readable text of all blocks, joined by blank lines; None where there is none.

    One summarised block makes the whole "summarised". A redacted block without a summary is not readable.
    """
    found = [block.read(model) for block in blocks]
    readable = [(text, provenance) for text, provenance in found if text]
    if not readable:
        return None, "absent"
    summarised = any(provenance == "summarised" for _, provenance in readable)
    return "\n\n".join(text for text, _ in readable), "summarised" if summarised else "raw"


@dataclass(frozen=True)
class Said:
    """A whole reply, split.

    Attributes:
        thoughts: reasoning and visible text, and how they were told apart.
        native: what stood in the provider's field; "absent" where nothing did.
    """

    thoughts: Thoughts
    native: Native

    @property
    def provenance(self) -> Literal["raw", "summarised", "absent", "split", "truncated"]:
        """What a record says; a summary stays one whatever stands beside it."""
        found = self.thoughts.provenance
        return "summarised" if self.native == "summarised" and found in ("raw", "split") else found


def read_reply(text: str, blocks: Sequence[Block], model: str, *, opened: bool = False) -> Said:
    """Return the thoughts of a reply, of its fields and of its text, and what it says visibly.

    Args:
        text: outside the fields; of several blocks of text, joined by line breaks.
        blocks: what the provider gave as reasoning.
        model: its full name.
        opened: what the reply continues ends within thoughts.
    """
    field, native = joined(blocks, model)
    if field is not None and any(block.internal == _CUT_OUT for block in blocks):
        return Said(_put_back(field, text), native)
    ours = next((note for block in blocks if (note := _note(block))), None)
    split = split_thoughts(text, opened=opened and not blocks, closed=ours is not None)
    thoughts = with_field(field, split)
    if ours is not None:
        how, unclosed, guessed = ours
        thoughts = replace(thoughts, how=how, unclosed=unclosed, guessed=guessed)
    return Said(thoughts, native)


def _put_back(field: str, text: str) -> Thoughts:
    """Return the whole reply split by our rule, where Inspect cut its first block out by one of its own.

    Where nothing else was said, Inspect leaves the block in the text as well.
    """
    left = split_thoughts(text)
    if left.reasoning is not None and with_field(field, left).reasoning == field:
        return left
    return split_thoughts(f"<think>\n{field}\n</think>\n{text}")


def noted(thoughts: Thoughts) -> dict[str, Any]:
    """Return what a provider of ours keeps beside the reasoning of a reply that it split, for `read_reply`."""
    return {_OURS: [thoughts.how, thoughts.unclosed, thoughts.guessed]}


def _note(block: Block) -> tuple[How, bool, bool] | None:
    found = block.internal.get(_OURS) if isinstance(block.internal, dict) else None
    if not isinstance(found, list) or len(found) != 3 or found[0] not in get_args(How):
        return None
    return found[0], bool(found[1]), bool(found[2])
