"""Which replies are in another language than English, as far as words and letters show.

A reply reads as another language where a fifth of its letters are not Latin, where little words of another language are
more than those of English, or where twenty words hold none of English. Under `FEWEST` words nothing can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

__all__ = ["FEWEST", "in_another_language", "other_languages"]

#: Of a reply with fewer words the language is not told.
FEWEST = 5
_WITHOUT = 20
_FOREIGN = 0.2
_WORD = re.compile(r"[^\W\d_]+")
_LITTLE_ENGLISH = (
    "the of and to is that it for was on are as with be this at by so but from not have which or we you what "
    "then if answer would because there an first says best"
)
_LITTLE_OTHERS = (
    "der das und ist nicht ein eine den dem mit auf für daher antwort wir ich sich auch "
    "le la les et est une des dans que qui pour donc réponse nous je pas sur par "
    "el los las es un una del por para respuesta como se con porque entonces "
    "il che di non per sono della risposta os uma não resposta het een niet en van"
)
_ENGLISH, _OTHERS = frozenset(_LITTLE_ENGLISH.split()), frozenset(_LITTLE_OTHERS.split())


def in_another_language(text: str) -> bool | None:
    """Return whether a text is in another language than English; None where it is too short to tell."""
    letters = [char for char in text if char.isalpha()]
    if letters and sum(ord(char) > 0x24F for char in letters) > _FOREIGN * len(letters):
        return True
    words = [word.lower() for word in _WORD.findall(text)]
    words = [word for word in words if len(word) > 1]
    if len(words) < FEWEST:
        return None
    english, others = (sum(word in known for word in words) for known in (_ENGLISH, _OTHERS))
    return others > english or (english == 0 and len(words) >= _WITHOUT)


def other_languages(records: pl.DataFrame) -> tuple[int, int]:
    """Return how many replies are in another language, and of how many the language can be told."""
    told = [in_another_language(text) for text in _texts(records)]
    return sum(each is True for each in told), sum(each is not None for each in told)


def _texts(records: pl.DataFrame) -> Iterable[str]:
    names = [name for name in ("reasoning", "visible") if name in records.columns]
    for row in records.select(names).iter_rows():
        yield " ".join(text for text in row if text)
