"""How often do the 95% intervals hold the truth? The heavy form of tests/estimates/test_coverage.py.

    python benchmarks/coverage_estimates.py [repetitions]

Worlds with known rates (tests/estimates/simulating_pairs.py) go through the public functions.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "estimates"))

from simulating_pairs import World, as_clean_records, as_pairs, simulate

from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.estimate import Estimate

WORLDS = {
    "two cues, two epochs, leaning questions": World(),
    "weak cue, rarely named": World(questions=250, epochs=1, p=(0.25, 0.2), said=(0.12, 0.1), q=0.08),
    "few questions, many epochs": World(questions=60, epochs=5, spread=1.0),
}


def estimates(sample: pl.DataFrame, rng: np.random.Generator, draws: int) -> list[Estimate]:
    """The estimates whose truth a `World` knows."""
    pairs = as_pairs(sample)
    found = influence(pairs, rng, draws=draws) + faithfulness(pairs, rng, draws=draws)
    return found + accuracy(as_clean_records(pairs), pairs, rng, draws=draws)


def coverage(world: World, repetitions: int, draws: int = 1000) -> None:
    """Print, for each quantity, its truth, its mean and how often the interval held the truth."""
    rng, truth = np.random.default_rng(20250305), world.truth
    hits: dict[tuple[str, str | None], list[bool]] = defaultdict(list)
    values: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for _ in range(repetitions):
        for each in estimates(simulate(world, rng), rng, draws):
            key = each.quantity, each.cue
            if key in truth and each.value is not None and each.low is not None and each.high is not None:
                hits[key].append(each.low <= truth[key] <= each.high)
                values[key].append(each.value)
    for key in truth:
        name = f"{key[0]} ({key[1] or 'mean over cues'})"
        mean, cover = np.mean(values[key]), np.mean(hits[key])
        print(
            f"  {name:50} true {truth[key]:+.4f}  mean {mean:+.4f}  covered {cover:.1%} of {len(hits[key])}"
        )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for title, world in WORLDS.items():
        started = time.perf_counter()
        print(f"{title}: {world}")
        coverage(world, count)
        print(f"  {time.perf_counter() - started:.0f} s")
