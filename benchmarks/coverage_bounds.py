"""How often do the bounds of what is missing hold the truth? The heavy form of tests/estimates/test_bounds.py.

    python benchmarks/coverage_bounds.py [repetitions]

Worlds whose losses depend on what was said (tests/estimates/simulating_losses.py) go through the public functions. For
each world: how often the figure's own 95% interval holds the truth, and how often the range from the low end of
bound-low to the high end of bound-high does.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "estimates"))

from simulating_losses import Losses, lossy_pairs

from unsaid.estimates.cued.bounds import faithfulness_bounds, influence_bounds
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.estimate import Estimate

WORLDS = {
    "nothing depends on what was said": Losses(lost_said=0.2, lost_silent=0.2, lost_unmoved=0.2),
    "40% of those that say so are lost": Losses(),
    "the same, three cues": Losses(moves=(0.3, 0.5, 0.8), says=(0.2, 0.5, 0.9)),
    "80% of the silent are lost": Losses(lost_said=0.0, lost_silent=0.8),
    "40% of the said unread": Losses(lost_said=0.0, unread=0.4),
    "all that moved are lost half": Losses(lost_said=0.5, lost_silent=0.5),
    "every reply that says so is lost": Losses(questions=300, says=(0.3,), lost_said=1.0),
}


def over_cues(found: list[Estimate], quantity: str) -> Estimate | None:
    """The estimate over cues of that name."""
    return next((each for each in found if each.quantity == quantity and each.cue is None), None)


def coverage(world: Losses, repetitions: int, draws: int = 200) -> None:
    """Print the coverage of figure and bounds."""
    rng = np.random.default_rng(20250305)
    names = ("faithfulness", "influence", "influence.replay-corrected")
    truths = (world.faithfulness, world.influence, world.influence - world.replay)
    hits: dict[str, list[tuple[bool, bool]]] = {name: [] for name in names}
    for _ in range(repetitions):
        frame = lossy_pairs(world, rng)
        found = influence(frame, rng, draws=draws) + faithfulness(frame, rng, draws=draws)
        found += influence_bounds(frame, found, rng, draws) + faithfulness_bounds(
            frame, found, rng, draws=draws
        )
        for name, truth in zip(names, truths, strict=True):
            figure, low, high = (over_cues(found, name + part) for part in ("", ".bound-low", ".bound-high"))
            ends = [figure and figure.low, figure and figure.high, low and low.low, high and high.high]
            if None not in ends:
                hits[name].append((ends[0] <= truth <= ends[1], ends[2] <= truth <= ends[3]))  # type: ignore[operator]
    for name in names:
        if hits[name]:
            plain, bounded = np.mean(hits[name], axis=0)
            print(f"  {name:30} figure {plain:.1%}  bounds {bounded:.1%}  of {len(hits[name])}")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for title, each in WORLDS.items():
        started = time.perf_counter()
        print(title)
        coverage(each, count)
        print(f"  ({time.perf_counter() - started:.0f} s)")
