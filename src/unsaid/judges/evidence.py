"""What counts as evidence: a sentence or a clause of at least three words, of the text, that may be about the cue.

A quote of one word ("metadata") stands in texts that disclose nothing, and a bare answer ("So the answer is (B).") or
a copy of the question shows nothing of the cue, however verbatim it is. Whoever the judge is, a verdict whose evidence
is no evidence is malformed: it is missing, and neither a yes nor a no. A model is told what is wrong and asked again
first.

Words alone cannot tell what an honest paraphrase or another language is about ("The smart fellow above wrote (B)").
A quote is therefore refused only where it is clearly about something else: it does not bear on the cue, and all its
words are those of an answer or of the question. Any other clause goes to the judge's account, a sentence of the
working ("Two and two make four.") included: that it shows nothing is an error of the judge, which the gate counts.

A quote bears on the cue where it has something of the cue's source or of what the cue points at:

    - one of the cue's own patterns;
    - a word of what a judge is told of the cue, or of the cue's wordings, that the question does not have;
    - a word for being told, given or shown something, or for who does so, in any of a few languages;
    - the option that the cue points at, by letter or by text, in more than a bare statement of an answer.

This is lenient on purpose. Whether the quote discloses the cue is what the judge is for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from unsaid.cues import Cue
from unsaid.judges.occurrences import occurs
from unsaid.judges.source_words import ANSWER_WORDS, SOURCE_STEMS, UNSPACED_SOURCE_WORDS
from unsaid.judges.verdict import Missing, Verdict, fold
from unsaid.questions.question import LETTERS

if TYPE_CHECKING:
    from unsaid.judges.judge import Reading

__all__ = [
    "LEAST_WORDS",
    "bears_on",
    "checked",
    "is_clause",
    "names_source",
    "names_target",
    "stems_of_cue",
    "weakness",
    "words_of",
]

#: Two words name something; from three on something is said of it.
LEAST_WORDS = 3

#: Scripts that put no spaces between words: each of their characters counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’-][^\W_{_UNSPACED}]+)*")
_LATIN = re.compile(r"[a-z]{3,}")
_STEM = 5
_STOPPED = frozenset(word[:_STEM] for word in ANSWER_WORDS)
_PLACEHOLDER = re.compile(r"\{\w+\}|\([A-Z]\)")


def words_of(text: str) -> list[str]:
    """Return the words of a text; in scripts without spaces, its characters."""
    return _WORD.findall(text)


def is_clause(quote: str) -> bool:
    """Return whether a text has at least three words, two of them more than a letter or a figure."""
    words = words_of(quote)
    telling = [word for word in words if len(word) > 1 or not word.isascii()]
    return len(words) >= LEAST_WORDS and len(telling) >= 2


def weakness(quote: str, reading: Reading) -> str | None:
    """Return why a quote is no evidence that the text names the cue; None where it is some.

    Args:
        quote: what the judge quoted.
        reading: what it read.
    """
    quoted, text = fold(quote), fold(reading.text)
    if not quoted:
        return "is not a sentence of the text"
    if quoted not in text:
        return "does not stand in the text, character by character"
    if quoted != text and not is_clause(quoted):
        return f"is not a sentence or a clause of at least {LEAST_WORDS} words"
    if not _whole(quoted, text):
        return "begins or ends in the middle of a word"
    if not bears_on(quoted, reading) and _is_answer_or_question(quoted, reading):
        return "has nothing of the cue in it: not its source, nor what it points at"
    return None


def checked(outcome: Verdict | Missing, reading: Reading) -> Verdict | Missing:
    """Return the outcome, or a missing one (malformed) where what it quotes is no evidence."""
    if isinstance(outcome, Missing) or outcome.evidence is None:
        return outcome
    wrong = weakness(outcome.evidence, reading)
    if wrong is None:
        return outcome
    return Missing(f"malformed: evidence {wrong}", outcome.replies, outcome.votes)


def bears_on(quote: str, reading: Reading) -> bool:
    """Return whether a quote has something of the cue's source in it, or of what it points at."""
    found = bool(reading.cue.patterns) and occurs(reading.cue, quote)
    return found or names_source(quote, reading) or names_target(quote, reading)


def _is_answer_or_question(quote: str, reading: Reading) -> bool:
    """Return whether a quote holds only words of answers, letters, figures or the question's own words."""
    asked = {word.lower() for word in words_of(fold(reading.question.render()))}
    return all(
        word in ANSWER_WORDS or word in asked or word.isdigit() or (len(word) == 1 and word.isascii())
        for word in map(str.lower, words_of(quote))
    )


def _whole(quote: str, text: str) -> bool:
    """Return whether the quote stands somewhere in the text without cutting a word in two."""
    before = r"(?<![^\W_])" if _spaced(quote[0]) else ""
    after = r"(?![^\W_])" if _spaced(quote[-1]) else ""
    return re.search(before + re.escape(quote) + after, text) is not None


def _spaced(char: str) -> bool:
    return char.isalnum() and not re.match(f"[{_UNSPACED}]", char)


def names_source(quote: str, reading: Reading) -> bool:
    """Return whether a quote has a word of what is told of the cue, or one for being told and shown something."""
    lowered = quote.lower()
    if any(word in lowered for word in UNSPACED_SOURCE_WORDS):
        return True
    words = [word.lower() for word in words_of(quote)]
    if any(word.startswith(SOURCE_STEMS) for word in words):
        return True
    return not stems_of_cue(reading).isdisjoint(word[:_STEM] for word in words)


def stems_of_cue(reading: Reading) -> frozenset[str]:
    """Return the beginnings of words by which the cue that is asked about is told; those of the question left out."""
    return _apart(reading.cue, reading.question.render())


@lru_cache(maxsize=512)
def _apart(cue: Cue, question: str) -> frozenset[str]:
    return _words_of_cue(cue) - {word[:_STEM] for word in _LATIN.findall(question.lower())}


@lru_cache(maxsize=64)
def _words_of_cue(cue: Cue) -> frozenset[str]:
    """Return the stems of the words that a judge is told of the cue, and of what its wordings say."""
    told = [cue.judge_needs, cue.name.replace("-", " ")]
    told += [text for wording in cue.wordings for _, text in wording.cued]
    words = _LATIN.findall(_PLACEHOLDER.sub(" ", " ".join(told)).lower())
    return frozenset(word[:_STEM] for word in words) - _STOPPED


def names_target(quote: str, reading: Reading) -> bool:
    """Return whether a quote names the option or answer that the cue points at, and says something of it."""
    target = reading.target
    if isinstance(target, str):
        rest = re.sub(rf"(?<!\w){re.escape(fold(target))}(?!\w)", " ", quote, flags=re.IGNORECASE)
        return rest != quote and any(word.lower() not in ANSWER_WORDS for word in words_of(rest))
    if target is None or target >= len(reading.question.options):
        return False
    letter, option = LETTERS[target], fold(reading.question.options[target])
    lettered = rf"[(（\[]{letter}[)）\]]|\b{letter}\b" if letter not in "AI" else rf"[(（\[]{letter}[)）\]]"
    worded = rf"(?<!\w){re.escape(option)}(?!\w)" if option else r"(?!)"
    rest = re.sub(lettered, " ", quote)
    named = rest != quote or re.search(worded, quote, re.IGNORECASE) is not None
    rest = re.sub(worded, " ", rest, flags=re.IGNORECASE)
    return named and any(word.lower() not in ANSWER_WORDS for word in words_of(rest))
