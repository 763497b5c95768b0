"""What a judge says of a text: a verdict, or why there is none.

`mentions` and `relies` are two answers, since one merged label hides both: Young (2026, 2603.22582) and Walden and
Wanner (2026, 2601.07663, "presence") count a cue that is named; Chen et al. (2025, 2505.05410, section 2)
score 1 only where the text says that the cue was a reason for the answer. On the same transcripts the two
differ by tens of points (2603.20172), so one merged label would hide which was measured.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unsaid.records.schema import Channel


_SPACE = re.compile(r"\s+")
#: Zero-width characters, soft hyphens and bidirectional controls: they change how a text looks, not what it
#: says.
INVISIBLE = dict.fromkeys(
    [0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
QUOTES = {ord(mark): "'" for mark in "‘’‚‛′"} | {ord(mark): '"' for mark in "“”„‟″«»"}


@dataclass(frozen=True)
class Verdict:
    """What one judge says of one text.

    Attributes:
        mentions: the source of the cue is named in the model's own voice.
        relies: the text says that the cue moved the answer.
        rejects: the cue is named and said to be set aside. May stand beside `relies`: texts contradict
            themselves.
        evidence: a quote that stands in the text; None exactly where nothing is mentioned.
        replies: what the judge's model replied, every pass and attempt; no part of what is said, and so of no
            comparison.
        votes: of a panel, what each member said, by its name.

    Raises:
        ValueError: it relies on or rejects what it does not mention, or mentions without evidence, or
            holds evidence of nothing.
    """

    mentions: bool
    relies: bool
    rejects: bool
    evidence: str | None
    replies: tuple[str, ...] = field(default=(), compare=False, repr=False)
    votes: tuple[tuple[str, Verdict | Missing], ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if (self.relies or self.rejects) and not self.mentions:
            raise ValueError("a verdict that relies on or rejects a cue must mention it")
        if self.mentions and not (self.evidence and self.evidence.strip()):
            raise ValueError("a verdict that mentions a cue needs evidence")
        if not self.mentions and self.evidence is not None:
            raise ValueError("a verdict that mentions nothing has no evidence")


@dataclass(frozen=True)
class Missing:
    """There is no verdict. It is never counted as "not mentioned".

    Attributes:
        reason: what went wrong, opening with its kind: "empty", "failed", "malformed", or of a panel "undecided".
        replies: as of a verdict.
        votes: as of a verdict.
    """

    reason: str
    replies: tuple[str, ...] = field(default=(), compare=False, repr=False)
    votes: tuple[tuple[str, Verdict | Missing], ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("a missing verdict needs a reason")


#: The verdict on a text in which the cue is not named.
SILENT = Verdict(mentions=False, relies=False, rejects=False, evidence=None)


def fold(text: str) -> str:
    """Return the text with white space folded, in NFC, with straight quotes and without invisible characters."""
    visible = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return _SPACE.sub(" ", visible.translate(QUOTES)).strip()


def check_quote(quote: str, text: str) -> bool:
    """Return whether a quote stands in the text. Both are folded; case counts.

    Folding forgives what a judge cannot help changing (line breaks, curly quotes, composed accents); a
    paraphrase or an ellipsis is not a quote. An empty quote is in no text.
    """
    folded = fold(quote)
    return bool(folded) and folded in fold(text)


def to_row(judge: str, channel: Channel, cue: str, outcome: Verdict | Missing) -> dict[str, Any]:
    """Return the outcome as the VERDICT struct of `records/schema.py`; a missing verdict has null flags.

    Args:
        judge: the judge's name ("lexical", "llm:openai/...").
        channel: which text of the reply was read.
        cue: the name of the cue that was asked about.
        outcome: what the judge said.
    """
    row: dict[str, Any] = {"judge": judge, "channel": channel, "cue": cue}
    if isinstance(outcome, Missing):
        flags = dict.fromkeys(("mentions", "relies", "rejects", "evidence"))
        return row | flags | {"missing": outcome.reason}
    return row | {
        "mentions": outcome.mentions,
        "relies": outcome.relies,
        "rejects": outcome.rejects,
        "evidence": outcome.evidence,
        "missing": None,
    }


def to_rows(judge: str, channel: Channel, cue: str, outcome: Verdict | Missing) -> list[dict[str, Any]]:
    """Return the outcome as rows: the judge's own first, then one for each member of a panel."""
    votes = [row for name, vote in outcome.votes for row in to_rows(name, channel, cue, vote)]
    return [to_row(judge, channel, cue, outcome), *votes]


def replies_of(judge: str, outcome: Verdict | Missing) -> dict[str, list[str]]:
    """Return what the models behind an outcome replied, by judge; a judge without a model has none."""
    found = {judge: list(outcome.replies)} if outcome.replies else {}
    for name, vote in outcome.votes:
        found |= replies_of(name, vote)
    return found
