r"""The steps of a reasoning: its sentences, and its lines where it has lines. Joined, they are the identical text.

A line break ends a step, and so does the end of a sentence. Nothing ends inside a formula (`$...$`, `\(...\)`,
`\[...\]`, an environment) or inside code, after an abbreviation ("e.g.", "Dr.", "Fig. 2"), after an initial, or after
the number of a list's item ("1. Add 7"); a decimal has no space after its point. What holds no letter and no digit
(a blank line, a rule) belongs to the step before it.

Lanham et al. 2023 split with NLTK's Punkt, whose model is a download and which knows no formulas. pysbd has had no
release since 2021; sentencex (1.0.32) is kept up, and splits "1. Add 7" after its number, inside `$x = 1. Y$`, and
leaves steps that are white space alone. So the rules stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["split", "worded"]

#: Where nothing ends. A lone dollar sign is a price, so that a formula ends on its line and neither side is a space.
#: Each has a greatest length, so that one that is never closed costs little.
_WHOLE = re.compile(
    r"```.{0,8000}?```"
    r"|\\begin\{(?P<name>\w{1,20}\*?)\}.{0,2000}?\\end\{(?P=name)\}"
    r"|\$\$.{0,1000}?\$\$"
    r"|\\\[.{0,1000}?\\\]"
    r"|\\\(.{0,1000}?\\\)"
    r"|`[^`\n]*`"
    r"|\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)",
    re.DOTALL,
)
_END = re.compile(
    r"(?P<line>[ \t]*\n\s*)|(?P<mark>[.!?…]+)[\"'”’)\]*_]*(?P<gap>[ \t]+)(?=\S)|(?P<wide>[。！？]+[”’」』）]*)"
)
_WORD = re.compile(r"(?P<word>(?:[^\W\d_]\.)*[^\W\d_]+|\d+)\Z")
_ITEM = re.compile(r"[\s>#*_-]*(?:\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})|(?:Step|step|STEP)[ \t]+\d{1,3})\Z")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Abbreviations that end no sentence, and those that end none where a number follows.
_NEVER = _words(
    "dr mr mrs ms prof sr jr st gen sen rep gov capt lt col rev hon messrs vs e.g i.e cf viz approx "
    "resp ca incl esp a.k.a u.s u.k u.n ph.d al "
)
_BEFORE_NUMBERS = _words(
    "fig figs eq eqs sec secs ch vol no nos p pp art def thm prop lem cor ex jan feb mar apr jun jul "
    "aug sep sept oct nov dec "
)
#: A letter after one of these is what it names, and may end a sentence: "I choose option B. It fits."
_NAMES = _words("option answer choice case step point line set event group variable letter ")


def split(text: str) -> tuple[str, ...]:
    """Return the steps of a text, each with the white space after it; joined, they are the text. Linear in its length.

    An empty text has no step, and neither does one without a letter or a digit: it is one piece that `worded` leaves
    out.
    """
    pieces: list[str] = []
    at = 0
    for end in _ends(text):
        piece, at = text[at:end], end
        if pieces and (not worded(piece) or not worded(pieces[-1])):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces)


def worded(piece: str) -> bool:
    """Return whether a piece of text holds a letter or a digit."""
    return any(character.isalnum() for character in piece)


def _ends(text: str) -> Iterator[int]:
    """Yield where steps end; the end of the text is the last."""
    last = start = 0
    closed = _WHOLE.finditer(text)
    whole = next(closed, None)
    for match in _END.finditer(text):
        while whole is not None and whole.end() <= match.start():
            whole = next(closed, None)
        if whole is not None and whole.start() <= match.start():
            continue
        if match["mark"] and not _is_end(text, start, match):
            continue
        start = match.end()
        if start > last:
            yield start
            last = start
    if last < len(text):
        yield len(text)


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a mark between words ends a sentence that began at `start`."""
    after = text[match.end()]
    if after.islower():
        return False
    if match["mark"] != ".":
        return True
    before = text[max(start, match.start() - 40) : match.start()]
    if match.start() - start < 40 and _ITEM.fullmatch(before):
        return False
    found = _WORD.search(before)
    word = found["word"].lower() if found else ""
    if word in _NEVER or (word in _BEFORE_NUMBERS and (after.isdigit() or after == "(")):
        return False
    return not (found and len(word) == 1 and word.isalpha() and _initial(before[: found.start()], found[0]))


def _initial(before: str, letter: str) -> bool:
    """Return whether a letter is somebody's initial: "J. Smith", "George W. Bush"; "it is B." ends a sentence."""
    words = before.split()
    if not letter.isupper() or not words:
        return letter.isupper()
    word = words[-1].strip("(\"'*_")
    return word[:1].isupper() and word.lower() not in _NAMES and word[-1:] not in ",:;"
