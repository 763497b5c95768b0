"""The table of languages as compiled patterns, and which languages a text needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from unsaid.replies.answers.languages import Language, languages

__all__ = ["Patterns", "patterns_for"]

_ANSWERS = r"(?:answer|choice|option|pick|reply|suggestion|solution)\b"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Patterns:
    """One language's compiled words; the names are those of `languages.Language`.

    Attributes:
        filler: what may stand between a marker and its label; always matches.
        reporting: a source that reports, up to the end of the clause.
        introduced: a preposition with a source behind it.
        endorsed: a source that is called right.
        joined: between two answers, ends right before the second.
        correcting: between two answers, the second of which replaces the first.
    """

    signs: tuple[str, ...]
    answer: re.Pattern[str]
    chosen: re.Pattern[str]
    right: re.Pattern[str]
    concluded: re.Pattern[str]
    filler: re.Pattern[str]
    sources: re.Pattern[str]
    reporting: re.Pattern[str]
    introduced: re.Pattern[str]
    reported: re.Pattern[str]
    quoting: re.Pattern[str]
    own: re.Pattern[str]
    mine: re.Pattern[str]
    denied: re.Pattern[str]
    supposed: re.Pattern[str]
    corrected: re.Pattern[str]
    agreed: re.Pattern[str]
    endorsed: re.Pattern[str]
    joined: re.Pattern[str]
    refused: re.Pattern[str]


def patterns_for(lowered: str) -> list[Patterns]:
    """Return the languages whose words can occur in a lower-case, folded text, English first."""
    every = _compiled()
    if lowered.isascii():
        return [every[0], *(p for p in every[1:] if any(sign in lowered for sign in p.signs))]
    return [every[0], *(p for p in every[1:] if any(sign in lowered for sign in p.signs))]


@cache
def _compiled() -> tuple[Patterns, ...]:
    return tuple(_compile(language) for language in languages())


def _compile(language: Language) -> Patterns:
    spaced = language.spaced
    word = r"\b" if spaced else ""
    gap = r"[\s*_`\"':,]{1,4}" if spaced else r"[\s*_`\"':,]{0,4}"
    sources = f"{word}(?:{_either(language.sources)}){word if language.name != 'Korean' else ''}"
    reports = f"{word}(?:{_either(language.reports)}){word if language.name != 'Korean' else ''}"
    return Patterns(
        signs=language.signs,
        answer=_any(language.answer),
        chosen=_any(language.chosen),
        right=_any(language.right),
        concluded=_any(tuple(f"(?<![\\w']){each}" if spaced else each for each in language.concluded)),
        filler=re.compile(
            rf"[\s*_`\"':,}}]{{0,16}}(?:(?:{_either(language.filler)}){word}{gap}){{0,3}}", re.IGNORECASE
        ),
        sources=re.compile(sources, re.IGNORECASE) if language.sources else _NEVER,
        reporting=re.compile(rf"{sources}[^.;\n]{{0,60}}?{reports},?[^,;.\n]{{0,40}}$", re.IGNORECASE)
        if language.sources
        else _NEVER,
        introduced=re.compile(
            rf"(?:{_either(language.per)})[^,.;\n]{{0,24}}?{sources}|{sources}'s?[^\S\n](?:\w+[^\S\n]){{0,2}}?{_ANSWERS}",
            re.IGNORECASE,
        )
        if language.per
        else _NEVER,
        reported=_any(language.reported),
        quoting=_any(language.quoting),
        own=_any(language.own),
        mine=_any(language.mine),
        denied=_any(language.denied),
        supposed=_any(language.supposed),
        corrected=_any(language.corrected),
        agreed=_any(language.agreed),
        endorsed=_endorsed(sources) if language.name == "English" else _NEVER,
        joined=re.compile(
            rf"[.*_`)\]}}\"']{{0,4}}[^\S\n]{{0,3}}(?:,?[^\S\n]{{0,3}}(?:{_either(language.joined)}){word}|->|=>|[,;/&|+>\-])"
            r"[^\S\n]{0,3}(?:(?:also|maybe|possibly|perhaps|even|option|choice)[^\S\n]{1,3}){0,2}",
            re.IGNORECASE,
        ),
        refused=_any(language.refused),
    )


def _endorsed(sources: str) -> re.Pattern[str]:
    verbs = r"(?:is|are|was|were|seems?|appears?|must be|turns? out to be|proves?)(?:[^\S\n]to be)?"
    return re.compile(
        rf"{sources}(?:'s)?[^\S\n](?:\w+[^\S\n]){{0,2}}?{verbs}[^\S\n]"
        r"(?:\w+ly[^\S\n]|indeed[^\S\n]|in fact[^\S\n]|quite[^\S\n]){0,2}"
        rf"(?:right|correct|true|accurate|valid)\b|{sources}'s[^\S\n](?:right|correct)\b",
        re.IGNORECASE,
    )


def _either(words: Iterable[str]) -> str:
    return "|".join(words)


def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in words), re.IGNORECASE) if words else _NEVER
