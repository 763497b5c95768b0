"""A world where it is known who says the values, who works the answer out unsaid, and who guesses; and coverage in it.

python tests/estimates/simulating_omission.py [repetitions]        a few minutes for 1,000
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import polars as pl

from unsaid.estimates.chain.omission import from_replies
from unsaid.estimates.chain.omission_reading import SCHEMA


@dataclass(frozen=True)
class World:
    """Shares of replies, and how the questions are.

    Attributes:
        said: that say every value, and are right.
        silent: that work the answer out unsaid, and are right; the rest guess.
        direct: P(right) of a guess, for each task.
        questions: of each task.
        epochs: replies to each question.
        spread: how far apart questions are: 0 not at all, near 1 each is always answered in one way.
    """

    said: float
    silent: float
    direct: tuple[float, ...] = (0.25,)
    questions: int = 100
    epochs: int = 1
    spread: float = 0.0

    @property
    def beyond(self) -> float:
        """The share of correct replies that were worked out unsaid."""
        luck = float(np.mean(self.direct)) * (1 - self.said - self.silent)
        return self.silent / (self.said + self.silent + luck)

    @property
    def raw(self) -> float:
        """The share of correct replies that leave a value unsaid."""
        luck = float(np.mean(self.direct)) * (1 - self.said - self.silent)
        return (self.silent + luck) / (self.said + self.silent + luck)

    def drawn(self, rng: np.random.Generator) -> pl.DataFrame:
        """A table of replies, with reasoning and without."""
        rows = []
        shares = np.array([self.said, self.silent, 1 - self.said - self.silent])
        for task, direct in enumerate(self.direct):
            for number in range(self.questions):
                own = shares
                if self.spread:
                    own = rng.dirichlet(np.maximum(shares, 1e-6) * (1 - self.spread) / self.spread)
                for epoch in range(self.epochs):
                    kind = rng.choice(3, p=own)
                    right = bool(kind < 2 or rng.random() < direct)
                    about = {
                        "model": "m",
                        "question_id": f"{task}.{number}",
                        "cluster": f"{task}.{number}",
                        "stratum": f"task{task}",
                        "difficulty": 3,
                        "epoch": epoch,
                        "seen": True,
                    }
                    rows.append(
                        about
                        | {"elicitation": "cot", "right": right, "read": True, "correct": right, "length": 10}
                        | {"omitted": bool(kind) and right, "missed": not right}
                    )
                    hit = bool(rng.random() < direct)
                    none = dict.fromkeys(("read", "correct", "omitted", "missed"), False)
                    rows.append(about | {"elicitation": "direct", "right": hit} | none)
        return pl.DataFrame(rows, schema=SCHEMA)


WORLDS = {
    "all said": World(1.0, 0.0),
    "nearly all said": World(0.95, 0.02),
    "all silent": World(0.0, 1.0),
    "guesses": World(0.0, 0.0, (0.4,), 150),
    "half and half": World(0.5, 0.5, questions=60),
    "a third each": World(0.34, 0.33),
    "a third each, few": World(0.34, 0.33, questions=50),
    "good guesses": World(0.3, 0.3, (0.7,), 150),
    "two tasks": World(0.4, 0.2, (0.25, 0.6), 80),
    "few guesses": World(0.6, 0.3, (0.3,), 60),
    "five replies a question": World(0.4, 0.2, (0.3,), 40, epochs=5, spread=0.4),
}


def coverage(
    world: World, repetitions: int, seed: int = 0, draws: int = 300
) -> dict[str, tuple[float, float, int]]:
    """Of each rate: the share of intervals that hold the truth, the mean error, and of how many."""
    rng = np.random.default_rng(seed)
    truth = {"omission": world.raw, "omission.beyond-luck": world.beyond}
    hits: dict[str, list[bool]] = {name: [] for name in truth}
    errors: dict[str, list[float]] = {name: [] for name in truth}
    for _ in range(repetitions):
        for each in from_replies(world.drawn(rng), rng, draws):
            if each.quantity in truth and not each.subset and each.value is not None and each.low is not None:
                value = truth[each.quantity]
                hits[each.quantity].append(each.low - 1e-12 <= value <= (each.high or 0.0) + 1e-12)
                errors[each.quantity].append(each.value - value)
    return {
        name: (float(np.mean(hits[name])), float(np.mean(errors[name])), len(hits[name])) for name in truth
    }


if __name__ == "__main__":
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, world in WORLDS.items():
        for quantity, (share, error, n) in coverage(world, repetitions).items():
            print(
                f"{name:<26} {quantity:<22} covers {share:.3f}  mean error {error:+.4f}  of {n}", flush=True
            )
