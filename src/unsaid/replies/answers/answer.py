"""What reading a reply can give: an answer with its rule and place, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Answer", "Reason", "Rule", "Unparsed"]

Rule = Literal[
    "strict",
    "marker-letter",
    "marker-text",
    "boxed",
    "tagged",
    "chosen",
    "concluded",
    "agreed",
    "called-right",
    "line",
    "leading",
    "bare-letter",
    "bare-text",
]
Reason = Literal["empty", "refused", "echo", "no answer"]


@dataclass(frozen=True)
class Answer:
    """An answer that was seen.

    Attributes:
        value: an option's letter; for a free-response question its text or number, normalised.
        rule: the rule that found it.
        start: where the statement of the answer begins in the text.
        end: where it ends.
    """

    value: str
    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Unparsed:
    """No answer was seen, which is neither wrong nor right.

    "echo" means that the reply repeats the placeholder of the line that was asked for, "(X)", and names no
    option.
    """

    reason: Reason
