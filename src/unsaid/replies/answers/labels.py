r"""Labels: how a reply writes the letter of an option.

"B", "(B)", "( B )", "**B**", "<b>B</b>", "\(B\)", "$\boxed{\text{B}}$", "B)", "[B]", and, where the question
itself uses them, letters of another script by their order: "(Б)" is the second option where the question shows
"А)" and "Б)". Full-width and circled letters are folded before (`folding.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from unsaid.questions.question import LETTERS, Question

__all__ = ["Label", "label_at", "letters_of", "own_text", "stands_alone"]

#: Series of labels of other scripts. A question uses one where it shows the first two of it as labels.
SERIES = (
    "АБВГДЕЖЗИК",
    "ΑΒΓΔΕΖΗΘ",
    "αβγδεζηθ",
    "أبجدهوزح",
    "甲乙丙丁戊己",
    "アイウエオカ",
    "가나다라마바",
    "①②③④⑤⑥⑦⑧",
)
#: Cyrillic and Greek capitals that look like a Latin one; a keyboard in another layout types them.
_LOOKALIKE = str.maketrans("АВСЕНКМОРТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABCEHKMOPTXABEZHIKMNOPTYX")
_OWN_SCRIPT = "".join(SERIES) + "АВСЕНКМОРТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"

_OPEN = r"\\(?:[a-zA-Z]{1,12}\{|[(\[])|</?[a-zA-Z]{1,8}>|[(\[{<$*_`\"']"
_CLOSE = r"\\[)\]]|</[a-zA-Z]{1,8}>|[)\]}>$*_`\"']"
_LABEL = re.compile(
    rf"(?P<open>(?:(?:{_OPEN})[^\S\n]?(?=[\\(\[{{<$*_`\"'A-Za-z{_OWN_SCRIPT}])){{0,8}})(?P<gap>[^\S\n]?)(?P<letter>[A-Za-z{_OWN_SCRIPT}])(?P<inner>[^\S\n]?)"
    rf"(?P<close>(?:{_CLOSE}){{0,8}})"
)
# What may stand after a letter without brackets, so that the article of "A good question" is no answer.
_AFTER = re.compile(
    r"[^\S\n]{0,4}(?:$|\n|[.,;:!?/&+>\u2713\u2714\u2705](?![A-Za-z0-9])|[-\u2013\u2014](?!\w)|[(/&+]"
    r"|(?i:because|since|as|due|and|or|but|instead|rather|not)\b|[^\x00-\u024f])"
)


@dataclass(frozen=True)
class Label:
    """A letter where it stands.

    Attributes:
        letter: the option's letter, upper case; may name no option of the question.
        start: where the label begins, brackets included.
        end: where it ends.
        bracketed: whether a bracket, a tag or LaTeX closes it.
        written: the letter as it is written.
    """

    letter: str
    start: int
    end: int
    bracketed: bool
    written: str


def label_at(text: str, at: int, question: Question) -> Label | None:
    """Return the label that begins exactly here, in a folded text; None where there is none."""
    match = _LABEL.match(text, at)
    if match is None:
        return None
    written, end = match["letter"], match.end()
    closed = match["close"]
    if match["inner"] and not closed:
        end = match.end("letter")
    if match["gap"] and not (match["open"] and closed):
        return None
    letter = _letter(written, question)
    if letter is None:
        return None
    bracketed = any(mark in closed for mark in ")]}>") or ("$" in closed and "$" in match["open"])
    return Label(letter, at, end, bracketed, written)


def _letter(written: str, question: Question) -> str | None:
    if written.isascii():
        return written.upper()
    series = _series(question)
    if series:
        order = series.find(written)
        return LETTERS[order] if 0 <= order < len(LETTERS) else None
    plain = written.translate(_LOOKALIKE)
    return plain if plain.isascii() else None


@lru_cache(maxsize=256)
def _shown(stem: str) -> str:
    for series in SERIES:
        first, second = series[0], series[1]
        shown = all(re.search(rf"(?:^|[\s(\[]){re.escape(one)}[).\]:]", stem) for one in (first, second))
        if shown or (series[0] == "①" and first in stem and second in stem):
            return series
    return ""


def _series(question: Question) -> str:
    return "" if question.stem.isascii() else _shown(question.stem)


def letters_of(question: Question) -> str:
    """Return the letters that name an option."""
    return question.letters


def own_text(label: Label, question: Question) -> str:
    """Return the text of the option that a label names; "" where it names none."""
    if label.letter not in question.letters:
        return ""
    return question.options[LETTERS.index(label.letter)].strip()


def stands_alone(text: str, label: Label, question: Question) -> bool:
    """Return whether this is a label, and neither the beginning of a word nor the article of "A good question"."""
    following = text[label.end : label.end + 1]
    if following == "_" or (following.isalnum() and following.isascii()):
        return False
    if following.isalnum() and label.written.isascii() is False:
        return False
    if label.bracketed:
        return True
    if label.written.upper() == label.written:
        own = own_text(label, question)
        if own and text[label.end : label.end + len(own) + 4].lstrip(" \t:.-").startswith(own):
            return True
    if _AFTER.match(text, label.end) is None:
        return False
    return label.written.isupper() or not text[label.end : label.end + 2].strip(". \n\t")
