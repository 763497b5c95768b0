"""The languages in which answers are read: the tables of `languages.toml`, which says what each field means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Language", "languages"]

Words = tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One language's words, as regular expressions; `languages.toml` has the meaning of each field.

    Attributes:
        name: English name of the language.
        spaced: whether it puts blanks between words.
    """

    name: str
    signs: Words
    answer: Words
    chosen: Words = ()
    right: Words = ()
    concluded: Words = ()
    filler: Words = ()
    sources: Words = ()
    reports: Words = ()
    reported: Words = ()
    per: Words = ()
    quoting: Words = ()
    own: Words = ()
    mine: Words = ()
    denied: Words = ()
    supposed: Words = ()
    corrected: Words = ()
    agreed: Words = ()
    joined: Words = ()
    refused: Words = ()

    @property
    def spaced(self) -> bool:
        """Whether blanks stand between the words, so that a word can be told from a part of one."""
        return self.name not in ("Chinese", "Japanese")


@cache
def languages() -> tuple[Language, ...]:
    """Return the languages in the order of the table, English first."""
    text = resources.files(__package__).joinpath("languages.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    fragments: dict[str, str] = tables.pop("fragments")
    return tuple(
        Language(
            name,
            **{field: tuple(_whole(word, fragments) for word in words) for field, words in table.items()},
        )
        for name, table in tables.items()
    )


def _whole(word: str, fragments: dict[str, str]) -> str:
    for name, fragment in fragments.items():
        word = word.replace(f"<{name}>", fragment)
    return word
