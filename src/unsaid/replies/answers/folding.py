"""A text with the same length and plainer characters, so that one pattern reads every way of typing a letter.

Each character becomes exactly one: positions in the folded text are positions in the text.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

__all__ = ["folded"]

#: Ranges whose characters stand for an ASCII character: full-width forms, letters in circles and brackets,
#: mathematical letters and digits.
_STYLED = ((0xFF01, 0xFF5E), (0x249C, 0x24E9), (0x1D400, 0x1D7FF), (0x1F110, 0x1F189))
_SAME = {
    "\u3002": ".",  # ideographic full stop
    "\uff61": ".",
    "\u3001": ",",  # ideographic comma
    "\u060c": ",",  # Arabic comma
    "\u061b": ";",
    "\u061f": "?",
    "\u06d4": ".",
    "\u3010": "[",
    "\u3011": "]",
    "\u3014": "(",
    "\u3015": ")",
    "\u300c": '"',
    "\u300d": '"',
    "\u300e": '"',
    "\u300f": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u2212": "-",
    "\u2011": "-",
    "\u066c": ",",  # Arabic thousands separator
    "\u066b": ".",  # Arabic decimal separator
    "\u2192": ">",  # arrows join two answers, whatever their shape
    "\u21d2": ">",
    "\u27f9": ">",
    "\u27f6": ">",
}
#: Blanks of every width, marks of direction and joiners, which show nothing.
_BLANK = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_UNSEEN = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufe0f"
)


@cache
def _table() -> dict[int, str]:
    table = {ord(character): " " for character in _BLANK + _UNSEEN}
    for first, last in _STYLED:
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            plain = plain.strip("()") if len(plain) > 1 else plain
            if len(plain) == 1 and plain.isascii():
                table[code] = plain
    for code in range(0x1F150, 0x1F18A):  # letters in dark circles and squares have no decomposition
        name = unicodedata.name(chr(code), "")
        if name[-2:-1] == " " and name[-1:].isalpha():
            table[code] = name[-1]
    for code in range(0x0660, 0x10000):
        character = chr(code)
        if unicodedata.category(character) == "Nd":
            table[code] = str(unicodedata.decimal(character))
    table |= {ord(character): plain for character, plain in _SAME.items()}
    return table


def folded(text: str) -> str:
    """Return the text with full-width and styled letters, foreign digits, quotes and blanks as plain ones.

    Returns:
        A text of the same length.
    """
    if text.isascii():
        return text
    result = text.translate(_table())
    if len(result) != len(text):  # pragma: no cover - each entry is one character
        raise AssertionError(f"folding changed the length on {sys.version}")
    return result
