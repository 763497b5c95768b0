"""Options by their text: "The answer is map" names the option "map"."""

from __future__ import annotations

import re

from unsaid.questions.free_text import EDGES
from unsaid.questions.question import Question

__all__ = ["contradicted", "option_text_at", "whole_option"]

_ENDS_HERE = re.compile(
    r"[*_`\"')\]}$\\]{0,6}[^\S\n]{0,4}(?:$|\n|[.!,;](?!\w)|(?i:because|since|is|as|due|which|and|by|it)\b|=|[\u2713\u2714\u2705]|</)"
)
_GAP = re.compile(r"[\s:.\-\"')*]{0,6}")
_MARKS = EDGES + ".:-()\u2713\u2714\u2705\u2611\u25a0\u25a1<"


def _wanted(question: Question) -> list[tuple[str, str]]:
    pairs = zip(question.letters, question.options, strict=True)
    cleaned = [(letter, option.strip().removesuffix(".")) for letter, option in pairs]
    # A single Latin letter is a label; a digit or a letter of another script can be an option's text.
    return [
        (letter, text)
        for letter, text in cleaned
        if len(text) > 1 or (text and not text.isascii()) or text.isdigit()
    ]


def option_text_at(text: str, question: Question, at: int) -> tuple[str, int] | None:
    """Return the option whose text stands here as a whole, the longest one, as its letter and its end."""
    best: tuple[str, int] | None = None
    for letter, wanted in _wanted(question):
        end = at + len(wanted)
        same = text[at:end].lower() == wanted.lower() and _ENDS_HERE.match(text, end)
        if same and (best is None or end > best[1]):
            best = letter, end
    return best


def whole_option(stated: str, question: Question) -> str | None:
    """Return the only option that a short text is as a whole, whatever decorates it; None where there is none."""
    if len(stated) > 40 + max((len(option) for option in question.options), default=0):
        return None
    bare = stated.strip(_MARKS).lower()
    same = [
        letter
        for letter, option in zip(question.letters, question.options, strict=True)
        if option.strip(_MARKS).lower() == bare and bare
    ]
    return same[0] if len(same) == 1 else None


def contradicted(text: str, question: Question, letter: str, at: int) -> bool:
    """Return whether the letter stands before the whole text of another option: "(A) False, True" where that is (D).

    The rest of the line is compared, or what stands before its first full stop.
    """
    gap = _GAP.match(text, at)
    stated = option_text_at(text, question, gap.end() if gap else at)
    if stated is not None and stated[0] != letter:
        return True
    end = text.find("\n", at)
    rest = text[at : min(end if end >= 0 else len(text), at + 400)]
    for part in (rest, rest.split(". ", 1)[0]):
        other = whole_option(part, question)
        if other is not None and other != letter:
            return True
    return False
