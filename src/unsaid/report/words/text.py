"""Text from models and data sets, made safe to look at.

Escaping keeps markup from acting; it does not keep text from lying. A bidirectional override makes a
line read backwards, an escape sequence recolours a terminal, a zero-width character hides a word from
search, a lone surrogate cannot be written to a file at all. Each is replaced by its code point, in
brackets, so that a reader sees that it was there.
"""

from __future__ import annotations

import re

# Joiners (U+200C, U+200D) stay: Indic and Persian text and emoji need them, and they reorder nothing.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return the text with every control, bidirectional, zero-width and unpaired character spelt out: "[U+202E]".

    Line feeds and tabs stay; a carriage return before a line feed is dropped.
    """
    return _HIDDEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", text.replace("\r\n", "\n"))


def shown(value: object) -> str:
    """Return any value of a run's settings as one visible line: yes or no for flags, a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{visible(str(key))}: {shown(item)}" for key, item in value.items()) or "–"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(item) for item in value) or "–"
    return visible(str(value))
