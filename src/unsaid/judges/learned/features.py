"""What the learned judge sees of a sentence: words, characters, the cue's own words, and what the phrases say.

A sentence is looked at in the text's own voice: what is copied from the prompt or quoted is blanked out first. A name
of the cue becomes one token, as do the option that the cue points at, the other options, and numbers, so that what was
learned of one cue and one question holds for another. Words are hashed: no list of them has to be shipped. Only
sentences that bear on the cue (`judges/evidence.py`) are looked at; no other can be quoted as evidence.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from unsaid.cues import stated
from unsaid.judges import phrases
from unsaid.judges.evidence import bears_on, names_source, names_target, stems_of_cue, words_of
from unsaid.judges.judge import Reading
from unsaid.judges.lexical import Naming, namings, shown
from unsaid.judges.phrases import compiled
from unsaid.judges.verdict import fold
from unsaid.judges.voice import Plain, Span, blanked

__all__ = ["BUCKETS", "DENSE", "Seen", "compiled_of", "sentences"]

#: Hashed features; collisions of some hundred thousand n-grams are part of what is learned.
BUCKETS = 1 << 14
#: A sentence that does not end is looked at in pieces of about so many characters.
_LONGEST = 600
_OPTION = re.compile(r"[(（\[]([A-Z])[)）\]]")
_NUMBER = re.compile(r"\d+")
_COPIED = re.compile(r"\w")

#: What the phrases of the lexical judge say of a sentence, by name.
_SAID = {
    "relies": phrases.RELIES,
    "rejects": phrases.REJECTS,
    "concludes": phrases.CONCLUDES,
    "remarked": phrases.REMARKED,
    "demands": phrases.DEMANDS,
    "unless": phrases.UNLESS,
}
_SAID_NEXT = {
    "no such": phrases.NO_SUCH,
    "rejects nearby": phrases.REJECTS_NEARBY,
    "relies": phrases.RELIES,
    "rejects": phrases.REJECTS,
}
_LEXICAL = ("named", "relies", "rejects")
_OF_CUE = ("pattern", "pattern unaffirmed", "stem", "stems", "source", "target", "copied in part", "first")

#: The features that are not hashed, in their order.
DENSE = (
    "bias",
    *(f"lexical: {name}" for name in _LEXICAL),
    *(f"cue: {name}" for name in _OF_CUE),
    *(f"said: {name}" for name in _SAID),
    *(f"next: {name}" for name in _SAID_NEXT),
)


@dataclass(frozen=True)
class Seen:
    """One sentence as the model sees it.

    Attributes:
        span: where it stands in the plain text.
        hashed: the buckets of its n-grams, each once, in order.
        dense: the values of `DENSE`.
    """

    span: Span
    hashed: tuple[int, ...]
    dense: tuple[float, ...]

    @property
    def named(self) -> bool:
        """Whether the lexical judge says that it names the cue."""
        return bool(self.dense[DENSE.index("lexical: named")])

    @property
    def relies(self) -> bool:
        """Whether the lexical judge says that it relies on the cue."""
        return bool(self.dense[DENSE.index("lexical: relies")])

    @property
    def rejects(self) -> bool:
        """Whether the lexical judge says that it sets the cue aside."""
        return bool(self.dense[DENSE.index("lexical: rejects")])


def sentences(plain: Plain, reading: Reading) -> Iterator[Seen]:
    """Yield every sentence of a text that bears on the cue, in the text's own voice.

    Args:
        plain: the reading's text.
        reading: what is read.
    """
    named, known = namings(plain, reading), shown(reading)
    for number in range(len(plain.ends)):
        after = plain.text[slice(*plain.span(number + 1))][:_LONGEST]
        for start, end in _pieces(plain.text, plain.span(number)):
            piece = plain.text[start:end]
            if not bears_on(fold(piece), reading):
                continue
            naming = named.get(number)
            if naming is not None and not _touch(naming.span, (start, end)):
                naming = None
            own = blanked(piece, known.copied.spans(piece))
            if naming is None and not _speaks(own, reading):
                continue
            grams = {zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(own, after, reading)}
            seen = _dense((number == 0, piece), own, after, naming, reading)
            yield Seen((start, end), tuple(sorted(grams)), seen)


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """Yield a sentence; one that does not end, in pieces of whole words."""
    start, end = sentence
    while end - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        cut = space + 1 if space > 0 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _speaks(own: str, reading: Reading) -> bool:
    """Return whether what is left of a sentence without its copies still bears on the cue."""
    return len(words_of(own)) > 1 and bears_on(fold(own), reading)


def _dense(
    whole: tuple[bool, str], own: str, after: str, naming: Naming | None, reading: Reading
) -> tuple[float, ...]:
    first, sentence = whole
    pattern = compiled_of(reading).search(own) is not None
    stems = stems_of_cue(reading)
    shared = sum(word.lower()[:5] in stems for word in words_of(own))
    lexical = (1.0, float(naming.relies), float(naming.rejects)) if naming is not None else (0.0, 0.0, 0.0)
    of_cue = (
        pattern,
        pattern and naming is None,
        shared > 0,
        min(shared, 4) / 4,
        names_source(own, reading),
        names_target(own, reading),
        len(_COPIED.findall(own)) < 0.9 * len(_COPIED.findall(sentence)),
        first,
    )
    said = (expression.search(own) is not None for expression in _SAID.values())
    following = (expression.search(after) is not None for expression in _SAID_NEXT.values())
    return (1.0, *lexical, *(float(value) for value in (*of_cue, *said, *following)))


def _grams(own: str, after: str, reading: Reading) -> Iterator[str]:
    """Yield the n-grams of a sentence and of the one after it; each says which kind it is."""
    tokens = _tokens(own, reading)
    for size in (1, 2, 3):
        for place in range(len(tokens) - size + 1):
            yield f"{size} {' '.join(tokens[place : place + size])}"
    # Which words stand for a cue is learned for each cue by itself.
    yield from (f"{reading.cue.name} {token[:6]}" for token in tokens)
    text = f" {' '.join(tokens)} "
    yield from (f"c {text[place : place + 5]}" for place in range(len(text) - 4))
    following = _tokens(after, reading)[:12]
    for size in (1, 2):
        for place in range(len(following) - size + 1):
            yield f"n {' '.join(following[place : place + size])}"


def _tokens(text: str, reading: Reading) -> list[str]:
    """Return the words, with the cue's names, options and numbers as one token each."""
    target = "" if reading.target is None else stated(reading.target)

    def option(found: re.Match[str]) -> str:
        return " targetoption " if found[1] == target else " otheroption "

    marked = _OPTION.sub(option, compiled_of(reading).sub(" cuename ", text))
    if isinstance(reading.target, str):
        marked = re.sub(rf"(?<!\w){re.escape(target)}(?!\w)", " targetoption ", marked)
    return [word.lower() for word in words_of(_NUMBER.sub("0", marked))]


def compiled_of(reading: Reading) -> re.Pattern[str]:
    """Return the cue's patterns as one."""
    return _compiled(reading.cue.patterns)


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return compiled(patterns) if patterns else re.compile(r"(?!)")
