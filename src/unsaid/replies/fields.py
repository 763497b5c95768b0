"""What a provider gives in a field beside the reply's text, and what that is: thoughts, or a summary of them.

Anthropic (after Claude 3.7 Sonnet), OpenAI and Google show a summary written by another model, and hide or encrypt the
reasoning itself. A summary is not the reasoning, so the two are never mixed: the provenance goes into every record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Block", "Native", "joined"]

Native = Literal["raw", "summarised", "absent"]


@dataclass(frozen=True)
class Block:
    """One block of reasoning, as Inspect files it.

    Attributes:
        reasoning: its text; a signature, or something encrypted, where `redacted`.
        summary: of it, where the provider wrote one.
        redacted: the text is not to be read.
    """

    reasoning: str = ""
    summary: str | None = None
    redacted: bool = False

    def read(self, model: str) -> tuple[str, Native]:
        """What can be read of it, and what that is.

        Args:
            model: its full name ("google/..."): what the fields mean depends on the provider.
        """
        if not self.redacted and self.reasoning.strip():
            # Gemini's thoughts are summaries, though Inspect does not mark them as redacted.
            return self.reasoning.strip(), "summarised" if model.startswith("google/") else "raw"
        # Inspect files every Anthropic thinking block as a summary; Claude 3.7 Sonnet's is the thing itself.
        return (self.summary or "").strip(), "raw" if "claude-3-7-sonnet" in model else "summarised"


def joined(blocks: Iterable[Block], model: str) -> tuple[str | None, Native]:
    """The readable text of all blocks, joined by blank lines; None where there is none.

    One summarised block makes the whole "summarised". A redacted block without a summary is not readable.
    """
    found = [block.read(model) for block in blocks]
    readable = [(text, provenance) for text, provenance in found if text]
    if not readable:
        return None, "absent"
    summarised = any(provenance == "summarised" for _, provenance in readable)
    return "\n\n".join(text for text, _ in readable), "summarised" if summarised else "raw"
