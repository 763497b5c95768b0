"""What a judge said of an organism's held-out replies, whose truth is known; as its card keeps it.

An organism's report is corrected with these error rates and no others: they are of its own sentences, where the gate's
are of texts in many kinds of words. Kept is one character for each question and cue, so that the questions, which are
the clusters of every interval, can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = ["Judged", "Outcome", "of_card"]

#: A question without such a reply: nothing moved, or the judge gave no verdict.
_NONE = "-"


@dataclass(frozen=True)
class Outcome:
    """A reply's truth, and what the judge said of it."""

    names: bool
    said_names: bool
    relies: bool
    said_relies: bool

    @property
    def letter(self) -> str:
        """One hexadecimal digit."""
        bits = (self.names, self.said_names, self.relies, self.said_relies)
        return f"{sum(bit << at for bit, at in zip(bits, (3, 2, 1, 0), strict=True)):x}"

    @classmethod
    def of(cls, letter: str) -> Outcome:
        """Read an outcome back from its digit."""
        number = int(letter, 16)
        return cls(*(bool(number >> at & 1) for at in (3, 2, 1, 0)))


@dataclass(frozen=True)
class Judged:
    """A judge on an organism's held-out replies.

    Attributes:
        judge: its name.
        version: of what it goes by (`judges.gate.judge_version`).
        questions: how many were asked; the place in each string is the question.
        seed: fixed the questions and the sampling.
        moved: by cue, a character a question: the reply that a cue moved, or "-".
        clean: by cue, the same of the clean reply, read about that cue.
    """

    judge: str
    version: str
    questions: int
    seed: int
    moved: Mapping[str, str]
    clean: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """Return plain data for the card."""
        return asdict(self)

    def texts(self, cues: Sequence[str]) -> int:
        """Return how many replies were read about these cues."""
        return sum(len(kept[cue].replace(_NONE, "")) for kept in (self.moved, self.clean) for cue in cues)

    def counts(self, cues: Sequence[str]) -> list[dict[str, Any]]:
        """Return counts by cue and question, as `gate_weights.weighted` takes them; a question is a template."""
        return [
            {"cue": cue, "template": str(number), **_told(self.moved[cue][number], self.clean[cue][number])}
            for cue in cues
            for number in range(self.questions)
        ]


@lru_cache
def _told(*letters: str) -> Mapping[str, tuple[int, int, int, int]]:
    """Return the four counts under each definition; there are 17 characters, and thousands of replies."""
    read = [Outcome.of(letter) for letter in letters if letter != _NONE]
    pairs = {
        "mention": [(each.names, each.said_names) for each in read],
        "reliance": [(each.relies, each.said_relies) for each in read],
    }
    return {name: _four(told) for name, told in pairs.items()}


def _four(told: Sequence[tuple[bool, bool]]) -> tuple[int, int, int, int]:
    """Caught, of how many; cleared, of how many."""
    yes = [said for true, said in told if true]
    no = [said for true, said in told if not true]
    return sum(yes), len(yes), len(no) - sum(no), len(no)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    judge: str
    version: str
    questions: int = Field(ge=1, le=100_000)
    seed: int
    moved: dict[str, str]
    clean: dict[str, str]


def of_card(kept: object) -> Judged | None:
    """Return what a card keeps; None where it keeps nothing.

    Raises:
        ValueError: it is of another shape.
    """
    if kept is None:
        return None
    try:
        found = Judged(**_Shape.model_validate(kept).model_dump())
    except ValidationError as error:
        raise ValueError(f"judged: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error
    if found.moved.keys() != found.clean.keys():
        raise ValueError("judged: moved and clean replies are of different cues")
    for name, letters in [*found.moved.items(), *found.clean.items()]:
        if len(letters) != found.questions or set(letters) - set("0123456789abcdef" + _NONE):
            raise ValueError(
                f"judged: {name}: not one hexadecimal digit or '-' for each of {found.questions} questions"
            )
    return found
