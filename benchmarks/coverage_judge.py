"""How often do the intervals around a judge's error hold the truth? The heavy form of the tests beside each.

    python benchmarks/coverage_judge.py [repetitions]

Rogan-Gladen, PPI and PPI++, the coefficients of agreement, and whole records with an erring judge: a thousand
repetitions take about five minutes of one core.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "estimates"))

from making_records import reply, table, verdict
from simulating_pairs import World, as_pairs, simulate

from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.judge_error import Calibration, corrected
from unsaid.estimates.judging.prediction_powered import Texts, powered
from unsaid.statistics.rogan_gladen import Rate, rogan_gladen

#: One repetition: (what, truth, low, high) of each interval.
Ends = Iterator[tuple[str, float, float | None, float | None]]

SENSITIVITY, SPECIFICITY = 0.85, 0.95


def corrections(rng: np.random.Generator) -> Ends:
    """Rogan-Gladen over rates, errors and sizes."""
    for theta, se, sp in (
        (0.05, 0.9, 0.98),
        (0.3, 0.8, 0.9),
        (0.5, 0.7, 0.9),
        (0.9, 0.95, 0.95),
        (0.2, 0.6, 0.95),
    ):
        for n, texts in ((50, 40), (100, 100), (400, 60), (400, 400)):
            said = Rate.of(int(rng.binomial(n, theta * se + (1 - theta) * (1 - sp))), n)
            errors = [Rate.of(int(rng.binomial(texts, rate)), texts) for rate in (se, sp)]
            found = rogan_gladen(said, *errors).interval
            yield (
                f"rogan-gladen {theta} se {se} sp {sp} n {n} calibration {texts}",
                theta,
                found.low,
                found.high,
            )


def predictions(rng: np.random.Generator) -> Ends:
    """Labels alone, PPI and PPI++ over rates, judges and sizes."""
    for theta, se, sp in ((0.05, 0.8, 0.98), (0.3, 0.9, 0.95), (0.5, 0.55, 0.5), (0.9, 0.95, 0.9)):
        for labels, rest in ((30, 100), (50, 300), (100, 100), (100, 1000)):
            truth = rng.random(labels + rest) < theta
            said = np.where(truth, rng.random(truth.size) < se, rng.random(truth.size) >= sp)
            human = np.where(np.arange(truth.size) < labels, truth, np.nan)
            texts = Texts(said.astype(np.float64), human, np.arange(truth.size))
            for name, weight in (("labels", 0.0), ("ppi", 1.0), ("ppi++", None)):
                found = powered([texts], weight).interval
                yield f"{name} {theta} se {se} sp {sp} n {labels} N {rest}", theta, found.low, found.high


def coefficients(rng: np.random.Generator) -> Ends:
    """Two judges who each slip, through records."""
    for n, rate, slip in ((100, 0.3, 0.1), (100, 0.1, 0.05), (200, 0.5, 0.25)):
        yes, no = rate * (1 - slip) ** 2 + (1 - rate) * slip**2, rate * slip**2 + (1 - rate) * (1 - slip) ** 2
        mean = yes + (1 - yes - no) / 2
        truth = {
            "agreement.raw": yes + no,
            "agreement.pabak": 2 * (yes + no) - 1,
            "agreement.difference": 0.0,
            "agreement.kappa": (yes + no - mean**2 - (1 - mean) ** 2) / (2 * mean * (1 - mean)),
            "agreement.ac1": (yes + no - 2 * mean * (1 - mean)) / (1 - 2 * mean * (1 - mean)),
        }
        truth["agreement.alpha"] = truth["agreement.kappa"]
        said = rng.random(n) < rate
        both = [np.where(rng.random(n) < slip, ~said, said) for _ in range(2)]
        rows = [
            reply(
                "cued",
                f"q{number}",
                "B",
                cue="hint",
                verdicts=[
                    verdict(bool(each[number]), "hint", judge=who)
                    for who, each in zip("ab", both, strict=True)
                ],
            )
            for number in range(n)
        ]
        for each in agreement(table(rows), rng, draws=500):
            if each.definition == "mention" and each.quantity in truth:
                yield (
                    f"{each.quantity} n {n} rate {rate} slip {slip}",
                    truth[each.quantity],
                    each.low,
                    each.high,
                )


def records(rng: np.random.Generator) -> Ends:
    """Two cues, questions that lean, a judge that errs, a calibration set of 100 and 200."""
    world = World(questions=200, epochs=2, p=(0.4, 0.3), said=(0.35, 0.6))
    sample = simulate(world, rng)
    right = np.where(
        sample["said"], rng.random(sample.height) < SENSITIVITY, rng.random(sample.height) < SPECIFICITY
    )
    said = sample["said"].to_numpy() == right
    pairs = as_pairs(sample.with_columns(said=pl.Series(said)))
    caught, cleared = int(rng.binomial(100, SENSITIVITY)), int(rng.binomial(200, SPECIFICITY))
    estimates = faithfulness(pairs, rng, draws=300)
    for each in corrected(estimates, [Calibration(caught, 100, cleared, 200)]):
        whole = each.quantity.replace("judge-corrected-", "").replace(".judge-corrected", "")
        yield f"{each.quantity} of {each.cue or 'both'}", world.truth[whole, each.cue], each.low, each.high


def coverage(draw: Callable[[np.random.Generator], Ends], repetitions: int) -> None:
    """Print how often each interval held the truth, how wide it was, and how often there was none."""
    rng = np.random.default_rng(20260525)
    held: dict[str, list[bool]] = defaultdict(list)
    widths: dict[str, list[float]] = defaultdict(list)
    for _ in range(repetitions):
        for what, truth, low, high in draw(rng):
            widths[what] += [] if low is None or high is None else [high - low]
            held[what] += [] if low is None or high is None else [bool(low <= truth <= high)]
    for what, hits in held.items():
        none = "" if len(hits) == repetitions else f"   none in {1 - len(hits) / repetitions:.1%}"
        print(f"{np.mean(hits):6.1%}   width {np.mean(widths[what]):.3f}   {what}{none}", flush=True)


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for part in (corrections, predictions, coefficients, records):
        coverage(part, times)
