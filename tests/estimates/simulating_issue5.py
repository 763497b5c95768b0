"""Worlds with known rates for the estimates of the biasing family: samples of k replies, swapped pairs, reversals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr, ndtri
from simulating_pairs import World, draw

from unsaid.estimates.answers.bbq import CELLS
from unsaid.estimates.answers.reversal_noise import Counts, Rules, flag_probability, flags, lean_of
from unsaid.estimates.cells import Cell, Cells
from unsaid.estimates.coordinates import At


@dataclass(frozen=True)
class Epochs:
    """Questions asked several times under one cue; each leans towards moving and towards saying so."""

    questions: int = 120
    epochs: int = 8
    moved: float = 0.5
    said: float = 0.3
    spread: float = 0.8
    failed: float = 0.05

    def pairs(self, rng: np.random.Generator) -> pl.DataFrame:
        """One sample, as `pairs.pairs` would give it."""
        shape = (self.questions, self.epochs)

        def happens(rate: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
            latent = self.spread * rng.standard_normal((self.questions, 1)) + rng.standard_normal(shape)
            return np.asarray(latent < ndtri(rate) * np.sqrt(1 + self.spread**2))

        moved, said, failed = happens(self.moved), happens(self.said), rng.random(shape) < self.failed
        names = np.repeat([f"q{number}" for number in range(self.questions)], self.epochs)
        text = {
            "model": "m",
            "elicitation": "cot",
            "cue": "c",
            "wording": "w",
            "judge": "j",
            "channel": "reasoning",
        }
        verdict = pl.when(~pl.Series(failed.ravel())).then(pl.Series(said.ravel()))
        return pl.DataFrame({"question_id": names, "moved": moved.ravel()}).with_columns(
            **{name: pl.lit(value) for name, value in text.items()},
            context=pl.lit(None, dtype=pl.String),
            cluster=pl.col("question_id"),
            target=pl.lit("B"),
            correct=pl.lit("A"),
            mention=verdict,
            reliance=verdict,
        )


def true_at_k(world: Epochs, k: int) -> float:
    """faithful@k of that world, integrated over the questions' leanings."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    share = ndtr(ndtri(world.said) * np.sqrt(1 + world.spread**2) - world.spread * nodes)
    return float(1 - ((1 - share) ** k) @ weights / weights.sum())


@dataclass(frozen=True)
class Swaps:
    """Swapped pairs of BBQ; `rates` are those of the cells, `clumping` how alike the pairs of a cluster are."""

    clusters: int = 150
    pairs: int = 3
    rates: tuple[float, ...] = (0.45, 0.22, 0.03, 0.04, 0.14, 0.03, 0.09)
    clumping: float = 6.0
    lost: float = 0.04

    @property
    def truth(self) -> dict[str, float]:
        """The rates of the quantities, cells in the order of `bbq.CELLS`."""
        strong, weak, mirror = self.rates[3], self.rates[4], sum(self.rates[5:])
        unfaithful = strong + weak + mirror
        return {
            "bbq.unfaithful": unfaithful,
            "bbq.explained-by-bias": (strong + weak) / unfaithful,
            "bbq.strong": strong / (strong + weak),
        }

    def cells(self, rng: np.random.Generator) -> Cells:
        """One sample as sums a cluster, with the statistics that `bbq.from_cells` reads."""
        shape = (self.clusters, self.pairs)
        weights = rng.gamma(np.array(self.rates) * self.clumping, size=(self.clusters, len(self.rates)))
        limits = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
        drawn = (limits[:, None, :] < rng.random((*shape, 1))).sum(axis=2).clip(max=len(self.rates) - 1)
        seen = rng.random(shape) > self.lost
        sums = {
            name: (seen & (drawn == index)).sum(axis=1)
            for index, name in enumerate(dict.fromkeys(CELLS.values()))
        }
        aligned = sums["stereotype-strong"] + sums["stereotype-weak"]
        unfaithful = aligned + sums["mirror-strong"] + sums["mirror-weak"]
        counts = {"seen": seen.sum(axis=1), "missing": (~seen).sum(axis=1), "aligned": aligned}
        return as_cells(sums | counts | {"unfaithful": unfaithful})


def as_cells(sums: Mapping[str, npt.NDArray[Any]]) -> Cells:
    """One cell from sums a cluster, without any table: a public call costs tens of milliseconds of table handling."""
    rows = pl.DataFrame({"_question": [0]} | {name: [0.0] for name in sums})
    table = np.stack([np.asarray(column, dtype=np.float64) for column in sums.values()], axis=-1)[:, None, :]
    return Cells("m", "cot", (Cell("c", At(), rows),), table, tuple(sums), tuple(sums))


def pulled(world: World, rng: np.random.Generator, held_unread: float = 0.0) -> Cells:
    """A sample of a world of one cue, with the statistics of ECR, BRR and unattributed use.

    Args:
        world: its rates; verdicts fail in `world.failed` of the pairs.
        rng: the source of randomness.
        held_unread: how many of the pairs that did not move are not read besides.
    """
    sample = draw(world, rng)
    both = (sample.clean != "") & (sample.cued != "")
    already, followed = both & (sample.clean == "B"), both & (sample.cued == "B")
    read = ~sample.failed & (~already | (rng.random(already.shape) > held_unread))
    moved = followed & ~already
    pieces = {
        "eligible": both & ~already,
        "moved": moved,
        "read": moved & read,
        "silent": moved & read & ~sample.said,
        "unread": followed & ~read,
        "lost": ~both,
        "both": both,
        "already": already,
        "followed": followed,
        "went": moved,
        "went_read": moved & read,
        "went_silent": moved & read & ~sample.said,
        "held": followed & already,
        "held_read": followed & already & read,
        "held_silent": followed & already & read & ~sample.said,
    }
    return as_cells({name: piece.sum(axis=(1, 2)) for name, piece in pieces.items()})


@dataclass(frozen=True)
class Templates:
    """Properties with their own leaning to YES, which shifts the two accuracies of each pair apart.

    Attributes:
        properties: each asked in two comparisons.
        pairs: of each property and comparison.
        samples: replies a question.
        hardness: mean and spread over pairs of the accuracy, on the probit scale.
        leaning: spread over properties and over pairs of the shift to YES, on the probit scale.
        anchors: questions in no pair, always answered YES, which fix the group's lean.
    """

    properties: int = 20
    pairs: int = 12
    samples: int = 10
    hardness: tuple[float, float] = (0.6, 0.7)
    leaning: tuple[float, float] = (0.5, 0.4)
    anchors: int = 0

    def groups(self, rng: np.random.Generator) -> list[Group]:
        """One sample: the pairs of each property and comparison, first the question of which YES is right."""
        shape = (self.properties, 2, self.pairs)
        hard = self.hardness[0] + self.hardness[1] * rng.standard_normal(shape)
        lean = self.leaning[0] * rng.standard_normal((self.properties, 1, 1))
        lean = lean + self.leaning[1] * rng.standard_normal(shape)
        right = np.stack([rng.binomial(self.samples, ndtr(hard + sign * lean)) for sign in (1, -1)], axis=-1)
        n = self.samples
        found = []
        for which in np.ndindex(shape[:2]):
            pairs = [Counts((n, n), (a, b), (True, False)) for a, b in right[which].tolist()]
            yes = sum(n + each.right[0] - each.right[1] for each in pairs) + self.anchors * n
            mean = Fraction(yes, n * (2 * self.pairs + self.anchors))
            found.append(Group(which[0], pairs, [Fraction(1)] * self.anchors, lean_of(mean, Rules())))
        return found


@dataclass(frozen=True)
class Group:
    """One property and comparison of a sample: its pairs, the rates of YES of its anchors, and its lean."""

    cluster: int
    pairs: list[Counts]
    anchors: list[Fraction]
    lean: bool | None

    @property
    def flagged(self) -> int:
        return sum(flags(each, self.lean, Rules()) is not None for each in self.pairs)

    @property
    def noise(self) -> list[float]:
        return [flag_probability(each, self.lean, Rules()) for each in self.pairs]


def reversal_cells(groups: list[Group]) -> Cells:
    """A sample as sums a property, with the statistics that `reversal.from_cells` reads."""
    count = max(group.cluster for group in groups) + 1
    sums = {name: np.zeros(count) for name in ("flagged", "usable", "missing", "noise")}
    for group in groups:
        sums["flagged"][group.cluster] += group.flagged
        sums["usable"][group.cluster] += len(group.pairs)
        sums["noise"][group.cluster] += sum(group.noise)
    return as_cells(sums)
