"""A cue that is asked until its intervals are narrow, of a model whose rates are known.

Questions lean (a normal effect shared by a question's epochs, with exact margins); a quarter of the clean
answers are the target already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from unsaid.estimates.cells import MIN_MOVED
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.sequential import Rule, Stop, Tally, corrected, narrow_enough
from unsaid.statistics.intervals import FloatArray, clustered_wilson


@dataclass(frozen=True)
class Asked:
    """One simulated run: the influence and the faithfulness that it reports, and how it ended."""

    influence: Estimate
    faithfulness: Estimate | None
    stop: Stop | None


@dataclass(frozen=True)
class Truth:
    """Known rates of one cue."""

    influence: float
    faithfulness: float
    epochs: int = 1
    spread: float = 0.0
    eligible: float = 0.75

    def draw(self, questions: int, rng: np.random.Generator) -> Tally:
        """What would be seen of every question, one cluster each."""
        shape = (questions, self.epochs)
        eligible = np.broadcast_to(rng.random((questions, 1)) < self.eligible, shape)
        moved = eligible & self._happens(self.influence, shape, rng)
        said = moved & self._happens(self.faithfulness, shape, rng)
        return Tally(*(part.sum(axis=1).astype(np.float64) for part in (eligible, moved, moved, said)))

    def _happens(
        self, rate: float, shape: tuple[int, int], rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        latent = self.spread * rng.standard_normal((shape[0], 1)) + rng.standard_normal(shape)
        return np.asarray(latent < ndtri(rate) * np.sqrt(1 + self.spread**2))


def first(tally: Tally, questions: int) -> Tally:
    """The tally of the first so many questions."""
    return Tally(*(part[:questions] for part in (tally.eligible, tally.moved, tally.read, tally.said)))


def ask(truth: Truth, rule: Rule, rng: np.random.Generator) -> Asked:
    """One run: look, stop or go on, and report what `conclude` would report."""
    whole = truth.draw(rule.questions, rng)
    stop, look = None, 0
    for look, questions in enumerate(rule.looks, 1):
        stop = narrow_enough(first(whole, questions), rule, look)
        if stop is not None:
            break
    seen = whole if stop is None else first(whole, stop.questions)
    until = {
        "questions": rule.questions,
        "looked": look,
        "stopped": {} if stop is None else {"cue": asdict(stop)},
    }
    influence, *faithfulness = corrected(list(_estimates(seen)), until)
    return Asked(influence, faithfulness[0] if faithfulness else None, stop)


def _estimates(seen: Tally) -> Iterator[Estimate]:
    yield _proportion("influence", seen.moved, seen.eligible)
    if seen.read.sum() >= MIN_MOVED:
        yield _proportion("faithfulness", seen.said, seen.read)


def _proportion(quantity: str, hits: FloatArray, sizes: FloatArray) -> Estimate:
    ends = clustered_wilson(hits, sizes)
    return Estimate(
        "test", quantity, "m", float(hits.sum() / sizes.sum()), low=ends.low, high=ends.high, cue="cue"
    )


def holds(estimate: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth."""
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high
