"""Whose words they are: sentences, and which parts of them are copied from the prompt or quoted.

A restated prompt is not a disclosure, and models restate prompts all the time.
A stretch of a reply is not the model's own voice where it
  - shares a run of `RUN` words with the prompt,
  - is a whole sentence or line of the prompt, however short, or
  - stands between double quotes and has at least `QUOTED` words.
Everything here is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from unsaid.judges.verdict import INVISIBLE, QUOTES

#: Five words in a row: "said it is (B)" can be said by anybody, "of the subject says it is" was copied.
RUN = 5
QUOTED = 4

Span = tuple[int, int]

_WORD = re.compile(r"\w+|[^\x00-\x7f\s]")
#: A sentence ends at its stop, or at a line break unless the line goes on in lower case (a wrapped line).
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s|$)|[。！？]|\n(?![a-z])")
_QUOTATION = re.compile(r'"[^"\n]*"')
#: Lines that are marked as quoted, and fenced blocks.
_SET_OFF = re.compile(r"^[ \t]*>.*$|^[ \t]*```[^\n]*\n(?:(?![ \t]*```).*\n)*[ \t]*```", re.MULTILINE)
_SPACES = "\t\n\r\f\v\u00a0\u2007\u202f\u2028\u2029"
_ONE_FOR_ONE: dict[int, str] = dict.fromkeys(map(ord, _SPACES), " ") | QUOTES
_HIDDEN = re.compile("[" + "".join(map(chr, INVISIBLE)) + "]")


@dataclass(frozen=True)
class Plain:
    """A text made plain for matching, and the way back to it.

    Attributes:
        source: the text as it came.
        text: the same without invisible characters, with straight quotes and ordinary spaces.
        offsets: where each character of `text` stands in `source`; None where nothing was left out.
        ends: the positions in `text` at which sentences end.
    """

    source: str
    text: str
    offsets: tuple[int, ...] | None
    ends: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> Plain:
        """Return the text made plain."""
        offsets = None
        shown = source
        if _HIDDEN.search(source):
            offsets = tuple(index for index, char in enumerate(source) if ord(char) not in INVISIBLE)
            shown = source.translate(INVISIBLE)
        ends = [match.end() for match in _END.finditer(shown)]
        if not ends or ends[-1] < len(shown):
            ends.append(len(shown))
        return cls(source, shown.translate(_ONE_FOR_ONE), offsets, tuple(ends))

    def sentence_at(self, position: int) -> int:
        """Return the number of the sentence that holds a position."""
        return min(bisect_right(self.ends, position), len(self.ends) - 1)

    def span(self, number: int) -> Span:
        """Return where a sentence begins and ends, without the white space around it; empty beyond the text."""
        if not 0 <= number < len(self.ends):
            return (0, 0)
        start = self.ends[number - 1] if number else 0
        sentence = self.text[start : self.ends[number]]
        start += len(sentence) - len(sentence.lstrip())
        return (start, start + len(sentence.strip()))

    def verbatim(self, span: Span) -> str:
        """Return the stretch of the source that a stretch of the plain text stands for."""
        start, end = span
        if self.offsets is None or start == end:
            return self.source[start:end]
        return self.source[self.offsets[start] : self.offsets[end - 1] + 1]


class Copied:
    """What was in the prompt, so that copies of it can be recognised."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._wholes: set[tuple[str, ...]] = set()
        for text in texts:
            plain = Plain.of(text)
            words = tuple(match.group().lower() for match in _WORD.finditer(plain.text))
            self._runs.update(_runs(words))
            sentences = [plain.text[slice(*plain.span(number))] for number in range(len(plain.ends))]
            for piece in (*text.splitlines(), *sentences):
                self._wholes.add(tuple(match.group().lower() for match in _WORD.finditer(piece)))

    def spans(self, text: str) -> list[Span]:
        """Return the stretches of one sentence that are copied from the prompt, or quoted."""
        found = list(_WORD.finditer(text))
        words = tuple(match.group().lower() for match in found)
        if words in self._wholes:
            return [(0, len(text))]
        spans = [
            (found[index].start(), found[index + RUN - 1].end())
            for index, run in enumerate(_runs(words))
            if run in self._runs
        ]
        for quotation in _QUOTATION.finditer(text):
            if len(_WORD.findall(quotation.group())) >= QUOTED:
                spans.append(quotation.span())
        return _merged(spans)


def in_own_voice(quote: str, text: str, question: str) -> bool:
    """Return whether a quote stands anywhere in the text outside quotations and copies of the question.

    True as well where it cannot be located letter by letter: nothing is held against a quote that was not found.

    Args:
        quote: a stretch of the text, up to its white space.
        text: the text.
        question: what was asked; not the prompt, which a judge is not shown.
    """
    words = Plain.of(quote).text.split()
    if not words:
        return False
    plain, own = _plain_and_own(text, question)
    places = list(re.finditer(r"\s+".join(map(re.escape, words)), plain))
    return not places or any(_WORD.search(own[slice(*place.span())]) for place in places)


def own_words(text: str, question: str) -> str:
    """Return the text, made plain, without its quotations and its copies of the question."""
    return _plain_and_own(text, question)[1]


@lru_cache(maxsize=512)
def _plain_and_own(text: str, question: str) -> tuple[str, str]:
    """Return the text made plain, and its own words: every quote of every judge and round is looked for in them."""
    plain = Plain.of(text)
    return plain.text, _in_own_voice(plain, Copied((question,)))


def _in_own_voice(plain: Plain, copied: Copied) -> str:
    """Return the plain text with its quotations, its copies, its quoted lines and its fenced blocks blanked out."""
    by_line = plain.source.translate(INVISIBLE)
    spans = [match.span() for match in _SET_OFF.finditer(by_line)]
    spans += [
        match.span()
        for match in _QUOTATION.finditer(plain.text)
        if len(_WORD.findall(match.group())) >= QUOTED
    ]
    for number in range(len(plain.ends)):
        start, end = plain.span(number)
        spans += [(start + a, start + b) for a, b in copied.spans(plain.text[start:end])]
    return blanked(plain.text, _merged(spans))


def blanked(text: str, spans: list[Span]) -> str:
    """Return the text with the given stretches blanked out, every other character where it was."""
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], " " * (end - start)]
        position = end
    return "".join(pieces) + text[position:]


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (words[index : index + RUN] for index in range(len(words) - RUN + 1))


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
