"""The dials of the scripted model that takes questions apart; `decomposes` says what follows from each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from unsaid.models.scripted.probabilities import check, settings

__all__ = ["Decomposes", "decomposes_of"]


@dataclass(frozen=True)
class Decomposes:
    """The dials, each a probability.

    Attributes:
        depends: a question's answer depends on the sub-answers.
        chained: a question's sub-questions await the answers to earlier ones.
        noise: a reply's answer is drawn anew.
        biased: a decomposer that sees a cue bends its last sub-question to the target.
        follows: an answerer that sees a cue follows it.
        mention: a sub-question that is bent names the cue.
        unfinished: a question's decomposer never writes the end.
        whole: a question is not taken apart.
        continues: 1 where the model goes on from a given beginning, 0 where it does not.
    """

    depends: float = 1.0
    chained: float = 1.0
    noise: float = 0.0
    biased: float = 0.0
    follows: float = 0.0
    mention: float = 0.0
    unfinished: float = 0.0
    whole: float = 0.0
    continues: float = 1.0

    def __post_init__(self) -> None:
        check(self, _NAMES)


_NAMES = [each.name for each in fields(Decomposes)]


def decomposes_of(name: str) -> Decomposes:
    """Return the dials that a model's name sets: "decomposes+depends=0.7+biased=0.4".

    Raises:
        UnknownName: there is no such dial.
        UsageError: a setting is not name=number.
    """
    return Decomposes(**settings(name, _NAMES))
