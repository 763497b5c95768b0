r"""Where the patterns of a cue occur in a text; those that somebody else wrote, under a time limit.

A pattern of a user's own may backtrack: `(?:\w+\s?)+cookie` takes longer than anybody waits on a sentence of forty
words, and Python's engine hears no signal meanwhile. The bundled patterns are bounded and are searched for with
Python's own engine, as ever; a user's with the package `regex`, which stops after a time. It is not a linear engine,
because those know neither look-around nor back-references, which cues use.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from functools import lru_cache

import regex

from unsaid.cues.cue import Cue
from unsaid.judges.phrases import compiled, joined
from unsaid.judges.voice import Span

__all__ = ["SECONDS", "TooSlow", "occurrences", "occurs"]

#: Seconds that all patterns of a cue together may take on one text.
SECONDS = 0.5
#: After this many texts on which they took longer, a cue's patterns are not tried on further ones: at one wait a text,
#: a run of thousands would stand still.
_PATIENCE = 5

_SLOW: Counter[tuple[str, ...]] = Counter()


class TooSlow(Exception):
    """The patterns of a cue took too long on a text; the message names the cue and the pattern."""


def occurrences(cue: Cue, text: str) -> list[Span]:
    """Return where any pattern of the cue occurs, from left to right, none overlapping another.

    Args:
        cue: what is asked about.
        text: the text, as `voice.Plain` has it.

    Raises:
        TooSlow: the patterns are a user's own, and took longer than `SECONDS` on this text, or on earlier ones.
    """
    if not cue.foreign:
        return [match.span() for match in _ours(cue.patterns).finditer(text)]
    if _SLOW[cue.patterns] >= _PATIENCE:
        raise TooSlow(
            f"too slow: the patterns of the cue {cue.name!r} took too long on {_PATIENCE} texts before this"
        )
    try:
        return [match.span() for match in _theirs(cue.patterns).finditer(text, timeout=SECONDS)]
    except TimeoutError:
        _SLOW[cue.patterns] += 1
        which = _slowest(cue.patterns, text)
        raise TooSlow(
            f"too slow: {which} of the cue {cue.name!r} took over {SECONDS:g} seconds on this text"
        ) from None


def occurs(cue: Cue, text: str) -> bool:
    """Return whether any pattern of the cue is known to occur; False where a user's own takes too long to tell.

    For readers that have other evidence beside the patterns.
    """
    try:
        return bool(occurrences(cue, text))
    except TooSlow:
        return False


def _slowest(patterns: tuple[str, ...], text: str) -> str:
    """Return which pattern it was, by trying each alone."""
    times: dict[str, float] = {}
    for pattern in patterns:
        begun = time.monotonic()
        try:
            for _ in _theirs((pattern,)).finditer(text, timeout=SECONDS):
                continue
        except TimeoutError:
            return f"the pattern {pattern[:100]!a}"
        times[pattern] = time.monotonic() - begun
    return f"the pattern {max(times, key=lambda each: times[each])[:100]!a}, with the others,"


@lru_cache(maxsize=64)
def _ours(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return compiled(patterns)


@lru_cache(maxsize=64)
def _theirs(patterns: tuple[str, ...]) -> regex.Pattern[str]:
    return regex.compile(joined(patterns), regex.IGNORECASE)
