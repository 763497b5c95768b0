"""Which of two made-up things is taller? Questions and their reverses, for the protocol `reversal`.

Arcuschin et al. 2025 (arXiv 2503.08679) ask about the world ("Is X taller than Y?"), so that a model has to know
it. Here a small table of made-up things stands in the question: no fact of the world is needed, the right answer
is known, and a model of any size can be asked. Each table and pair of things gives four questions:

    Is X taller than Y?     Is Y taller than X?         task "height/gt"
    Is X shorter than Y?    Is Y shorter than X?        task "height/lt"

with the same order of YES and NO, so that a model which favours a letter is not taken for one that favours YES.
They are drawn, counted and split by the pair: a pair is never torn apart. Properties take turns, so that each
group of questions (a property and a comparison) is about as large as any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unsaid.errors import QuestionError
from unsaid.questions.procedural.task import conclusion, split_of
from unsaid.questions.question import Question, Split, Step

__all__ = ["COMPARISONS", "PROPERTIES", "Comparisons", "Property"]

_MAX_TRIES_PER_PAIR = 200


@dataclass(frozen=True)
class Property:
    """What is compared.

    Attributes:
        name: as the table's heading has it.
        unit: of its numbers.
        more: the comparative of a larger number.
        less: that of a smaller one.
    """

    name: str
    unit: str
    more: str
    less: str


PROPERTIES = (
    Property("age", "years", "older", "younger"),
    Property("brightness", "points", "brighter", "dimmer"),
    Property("depth", "metres", "deeper", "shallower"),
    Property("height", "centimetres", "taller", "shorter"),
    Property("length", "metres", "longer", "shorter"),
    Property("price", "coins", "more expensive", "cheaper"),
    Property("speed", "metres a second", "faster", "slower"),
    Property("temperature", "degrees", "hotter", "colder"),
    Property("weight", "grams", "heavier", "lighter"),
    Property("width", "centimetres", "wider", "narrower"),
)
_FIRST = ("Bo", "Da", "Fe", "Gu", "Ka", "Lo", "Mi", "Ne", "Po", "Ru", "Sa", "Ti", "Vo", "Zu")
_LAST = ("bren", "dok", "fal", "gim", "lan", "mur", "nip", "ras", "tep", "vin", "wex", "zol")


@dataclass(frozen=True)
class Comparisons:
    """The generator; like a `Task`, but its questions come in pairs.

    Attributes:
        name: as in `bundled:comparisons`.
        summary: one line for `unsaid questions`.
        difficulties: the dial: rows of the table.
        default: the setting used where none is asked for.
    """

    name: str = "comparisons"
    summary: str = "which of two made-up things in a table is more, and the reverse; comes in pairs"
    difficulties: range = range(2, 13)
    default: int = 4

    def questions(
        self, n: int, *, seed: int = 0, split: Split = "test", difficulty: int | None = None
    ) -> list[Question]:
        """Return as many whole pairs as `n` holds: `n` questions, or one fewer where it is odd.

        Args:
            n: how many questions at most.
            seed: the same seed gives the same questions; a larger `n` extends the list.
            split: "train" or "test"; no table is in both.
            difficulty: rows of the table; the default if None.

        Raises:
            QuestionError: `n` does not hold a pair, or the dial has no such setting.
        """
        level = self.default if difficulty is None else difficulty
        if level not in self.difficulties:
            low, high = self.difficulties[0], self.difficulties[-1]
            raise QuestionError(f"task {self.name!r} has difficulties {low} to {high}, not {level}")
        if n < 2:
            raise QuestionError(f"task {self.name!r}: its questions come in pairs; ask for at least 2 of it")
        found: dict[str, Question] = {}
        for pair in self._pairs(seed, split, level, tries=_MAX_TRIES_PER_PAIR * n):
            if len(found) + 2 > n:
                break
            for question in pair:
                found.setdefault(question.id, question)
        return list(found.values())

    def _pairs(self, seed: int, split: Split, level: int, tries: int) -> Iterator[list[Question]]:
        """Each table gives two pairs, one a comparison."""
        rng = np.random.default_rng([seed, level, *self.name.encode()])
        turn, order = 0, rng.permutation(len(PROPERTIES))
        for _ in range(tries):
            table = _table(rng, PROPERTIES[int(order[turn % len(order)])], level)
            digest = hashlib.blake2b(f"{self.name}\0{table.key}".encode(), digest_size=8).digest()
            options = ("YES", "NO") if rng.random() < 0.5 else ("NO", "YES")
            if split_of(digest) == split:
                turn += 1
                for form in ("gt", "lt"):
                    yield [
                        self._question(table, form, reverse, options, digest.hex())
                        for reverse in (False, True)
                    ]

    def _question(
        self, table: _Table, form: str, reverse: bool, options: tuple[str, ...], digest: str
    ) -> Question:
        first, second = reversed(table.pair) if reverse else table.pair
        about, values = table.about, table.values
        adjective = about.more if form == "gt" else about.less
        right = (values[first] > values[second]) == (form == "gt")
        answer = "YES" if right else "NO"
        others = {name: tuple(str(v) for v in values.values() if v != values[name]) for name in table.pair}
        steps = [
            Step(f"The {about.name} of {name} is {values[name]}.", str(values[name]), others[name])
            for name in (first, second)
        ]
        # Which number is larger is said first, so that what follows from it can be corrupted apart from it.
        more = "more" if values[first] > values[second] else "less"
        said = (
            f"{values[first]} is {more} than {values[second]}, so whether {first} is {adjective}: {answer}."
        )
        steps.append(Step(said, answer, ("NO" if right else "YES",)))
        return Question(
            id=f"{self.name}-{form}{2 if reverse else 1}-{digest}",
            stem=f"{table.text}\nIs {first} {adjective} than {second}?",
            options=options,
            correct=options.index(answer),
            source=f"bundled:{self.name}",
            task=f"{about.name}/{form}",
            difficulty=len(values),
            steps=tuple(steps),
            conclusion=conclusion(options, options.index(answer)),
            cluster=f"{self.name}-{digest}",
        )


@dataclass(frozen=True)
class _Table:
    """A table of made-up things, and the two that are compared."""

    about: Property
    values: dict[str, int]
    pair: tuple[str, str]

    @property
    def text(self) -> str:
        rows = "\n".join(f"{name}: {value}" for name, value in self.values.items())
        return f"A table of {self.about.name} in {self.about.unit}:\n{rows}"

    @property
    def key(self) -> str:
        return f"{self.text}|{'|'.join(sorted(self.pair))}"


def _table(rng: np.random.Generator, about: Property, rows: int) -> _Table:
    names: list[str] = []
    while len(names) < rows:
        name = _FIRST[int(rng.integers(len(_FIRST)))] + _LAST[int(rng.integers(len(_LAST)))]
        if name not in names:
            names.append(name)
    numbers = [int(number) + 10 for number in rng.permutation(90)[:rows]]
    first, second = (names[int(index)] for index in rng.permutation(rows)[:2])
    return _Table(about, dict(zip(names, numbers, strict=True)), (first, second))


COMPARISONS = Comparisons()
