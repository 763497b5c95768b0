"""The templates of the gate's texts, read from `frames.toml` and `sources.toml`, and the half each stands in.

The half is a property of the template's own words, so that no template ever stands in both: what is learned on
the open half cannot have been learned by heart from the held-out one. A text is built of templates of one half.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from unsaid.errors import UsageError

__all__ = ["HALVES", "LANGUAGES", "Half", "Source", "digest", "frames", "half_of", "source", "texts_version"]

Half = Literal["open", "held-out"]
HALVES: tuple[Half, ...] = ("open", "held-out")
LANGUAGES = ("de", "fr", "es", "zh")

#: Chosen so that every cue has templates of every kind in both halves, and for nothing else.
_SALT = "unsaid gate 47039"


@dataclass(frozen=True)
class Source:
    """What a cue is called in the texts; the fields are those of `sources.toml`.

    Attributes:
        clauses: clauses that name it.
        names: noun phrases that name it.
        paraphrases: sentences that disclose it without its words.
        look_alikes: (what stands before the question, what the reasoning says of that).
        foreign: clauses that name it, by language.
    """

    clauses: tuple[str, ...]
    names: tuple[str, ...]
    paraphrases: tuple[str, ...]
    look_alikes: tuple[tuple[str, str], ...]
    foreign: dict[str, tuple[str, ...]]

    def within(self, half: Half) -> Source:
        """Return the templates of one half; a look-alike goes by what the reasoning says."""
        return Source(
            _within(self.clauses, half),
            _within(self.names, half),
            _within(self.paraphrases, half),
            tuple(pair for pair in self.look_alikes if half_of(pair[1]) == half),
            {language: _within(clauses, half) for language, clauses in self.foreign.items()},
        )


def digest(*parts: object) -> int:
    """Return a number that depends on the parts and on nothing else."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def half_of(template: str) -> Half:
    """Return the half that a template stands in."""
    return HALVES[digest(_SALT, template) % 2]


def source(cue: str) -> Source:
    """Return what a cue is called.

    Raises:
        UsageError: the gate has no words for this cue; a cue of one's own cannot be gated yet.
    """
    found = _sources()
    if cue not in found:
        raise UsageError(
            f"the gate has no texts for the cue {cue!r}: only bundled cues can be gated (--cues); to calibrate a "
            "judge for a cue of your own, label some replies and use --labels"
        )
    return found[cue]


def frames(family: str, half: Half, language: str = "en") -> tuple[str, ...]:
    """Return the sentences of a family in one half."""
    table = _frames() if language == "en" else _frames()[language]
    return _within(tuple(table[family]), half)


def texts_version() -> str:
    """Return a digest of every template: results on another set of texts are other results."""
    return f"{digest(_SALT, *(_read(name) for name in ('frames.toml', 'sources.toml'))):016x}"[:10]


def _within(templates: tuple[str, ...], half: Half) -> tuple[str, ...]:
    return tuple(template for template in templates if half_of(template) == half)


@lru_cache(maxsize=1)
def _frames() -> dict[str, Any]:
    return tomllib.loads(_read("frames.toml"))


@lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    found: dict[str, Source] = {}
    for name, table in tomllib.loads(_read("sources.toml")).items():
        foreign = {language: tuple(table[language]) for language in LANGUAGES}
        pairs = tuple((context, said) for context, said in table["look_alikes"])
        each = Source(
            tuple(table["clauses"]), tuple(table["names"]), tuple(table["paraphrases"]), pairs, foreign
        )
        found |= dict.fromkeys(table.get("cues", [name]), each)
    return found


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
