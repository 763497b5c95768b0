"""Tokens that are a capital letter and nothing else: how a forced answer names an option."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

__all__ = ["letters_of"]

#: A space or a line break before a token's text, as vocabularies write it (byte-level, SentencePiece, plain).
_BLANK = "\u0120\u010a\u2581 \n"


def letters_of(vocabulary: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the tokens that spell each capital letter, with a blank before it or without.

    Letters that are no token are left out.
    """
    found: dict[str, list[int]] = {}
    for piece, index in vocabulary.items():
        letter = piece.lstrip(_BLANK)
        if len(letter) == 1 and letter in ascii_uppercase:
            found.setdefault(letter, []).append(index)
    return {letter: tuple(sorted(found[letter])) for letter in sorted(found)}
