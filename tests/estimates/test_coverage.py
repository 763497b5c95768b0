"""Known rates are recovered, and 95% intervals hold them in 93 to 97% of repetitions.

The public functions recover the truth on samples that pass through real records; a thousand repetitions
then go through the same interval machinery at the level of sums a cluster, since each public call costs
tens of milliseconds of table handling. `benchmarks/coverage_estimates.py` does all of it through the
public functions, in three worlds, within minutes.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from making_records import reply, table, verdict
from simulating_pairs import World, as_clean_records, as_pairs, draw, simulate

from unsaid.estimates import QUANTITIES
from unsaid.estimates.cells import Cell, Cells
from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.difficulty import by_difficulty
from unsaid.estimates.cued.faithfulness import faithfulness, from_cells
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.cued.lengths import lengths
from unsaid.estimates.cued.paired import Paired, paired
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.pairs import pairs
from unsaid.estimates.proportions import Share, shares


def as_records(sample: pl.DataFrame) -> pl.DataFrame:
    """The sample as records: unparsed where lost, a verdict that failed where it failed."""
    rows = []
    for pair in sample.iter_rows(named=True):
        shared = {"epoch": pair["epoch"], "correct": "A"}
        question, cue = pair["question_id"], pair["cue"]
        if cue == "cue0":
            for arm in ("clean", "replay"):
                asked_about = [verdict(False, "cue0"), verdict(False, "cue1")] if arm == "clean" else []
                rows.append(reply(arm, question, pair[f"{arm}_answer"], verdicts=asked_about, **shared))
        found = verdict(None if pair["failed"] else pair["said"], cue)
        words = {"cue": cue, "wording": "w1", "target": "B", "verdicts": [found]}
        rows.append(reply("cued", question, pair["cued_answer"], **words, **shared))
    return table(rows)


def everything(records: pl.DataFrame, frame: pl.DataFrame, seed: int = 0, draws: int = 300) -> list[Estimate]:
    rng = np.random.default_rng(seed)
    found = influence(frame, rng, draws=draws) + faithfulness(frame, rng, draws=draws)
    return found + accuracy(records, frame, rng, draws=draws)


def from_sums(world: World, rng: np.random.Generator, draws: int = 500) -> list[Estimate]:
    """The estimates of one cue from one sample's sums a cluster, without any table."""
    sample = draw(world, rng)
    seen = (sample.clean != "") & (sample.cued != "")
    eligible = seen & (sample.clean != "B")
    moved, replayed = eligible & (sample.cued == "B"), eligible & (sample.replay != "")
    elsewhere = eligible & ~moved & (sample.cued != sample.clean)
    pieces = {
        "eligible": eligible,
        "moved": moved,
        "elsewhere": elsewhere,
        "eligible_three": eligible,
        "elsewhere_three": elsewhere,
        "noise_mass": elsewhere / 2,
        "weight": eligible / 2,
        "replayed": replayed,
        "noise": replayed & (sample.replay == "B"),
        "moved_replayed": moved & replayed,
        "said": moved & sample.said & ~sample.failed,
        "read": moved & ~sample.failed,
        "both": seen,
        "clean_right": seen & (sample.clean == "A"),
        "cued_right": seen & (sample.cued == "A"),
    }
    absent = ("unreplayed", "lost", "unread", "away", "free", "assumed", "unreleased")
    counted = {name: np.zeros_like(eligible) for name in absent}
    sums = np.stack([piece.sum(axis=1) for piece in (pieces | counted).values()], axis=-1).astype(np.float64)
    names = tuple(pieces | counted)
    rows = pl.DataFrame({"_question": [0]} | {name: [0.0] for name in names})
    cells = Cells("m", "cot", (Cell("cue0", At(), rows),), sums, names, tuple(pieces))
    drawn, labels = cells.draw(rng, draws, joint=False), {"protocol": "test"}
    found = from_cells(cells, drawn, False, labels | {"definition": "mention", "judge": "lexical"})
    found += shares(cells, Share("influence", "moved", "eligible", "lost", ""), None, labels)
    found += shares(cells, Share("switch-elsewhere", "elsewhere", "eligible", "lost", ""), None, labels)
    corrected = Paired("influence.replay-corrected", ("moved_replayed", "noise"), "replayed", ("lost",), "")
    gap = Paired("accuracy.difference", ("cued_right", "clean_right"), "both", ("lost",), "")
    accuracy_share = Share("accuracy.cued", "cued_right", "both", "lost", "")
    found += shares(cells, accuracy_share, None, labels)
    return found + paired(cells, corrected, drawn, False, labels) + paired(cells, gap, drawn, False, labels)


def test_known_rates_are_recovered_from_records_with_losses() -> None:
    world = World(questions=800, epochs=2)
    records = as_records(simulate(world, np.random.default_rng(11)))
    found = {(each.quantity, each.cue): each for each in everything(records, pairs(records))}
    for key, truth in world.truth.items():
        estimate = found[key]
        assert estimate.value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        # Three times the half-width: about one chance in a hundred million a quantity.
        assert abs(estimate.value - truth) < 1.5 * (estimate.high - estimate.low)
        assert estimate.high - estimate.low < 0.25
    lost = found["influence", "cue0"].missing / (found["influence", "cue0"].missing + 1600)
    assert lost == pytest.approx(1 - (1 - world.lost) ** 2, abs=0.03)
    assert found["faithfulness", "cue0"].missing > 0


def test_the_short_way_to_pairs_is_the_way_through_records() -> None:
    sample = simulate(World(questions=60), np.random.default_rng(3))
    long, short = as_records(sample), as_pairs(sample)
    assert everything(long, pairs(long)) == everything(as_clean_records(short), short)


def test_sums_alone_give_what_the_public_functions_give() -> None:
    world = World(questions=100, p=(0.4,), said=(0.35,))
    bare = {each.quantity: each for each in from_sums(world, np.random.default_rng(5), draws=2000)}
    sample = as_pairs(simulate(world, np.random.default_rng(5)))
    full = {
        each.quantity: each for each in everything(as_clean_records(sample), sample, draws=2000) if each.cue
    }
    for name in set(bare) - {"accuracy.cued"}:  # which is over all cued answers, not only over pairs
        assert bare[name].value == pytest.approx(full[name].value)
        assert bare[name].low == pytest.approx(full[name].low, abs=0.02)
        assert bare[name].high == pytest.approx(full[name].high, abs=0.02)


def test_every_quantity_is_explained_to_the_reader() -> None:
    sample = simulate(World(questions=120), np.random.default_rng(4))
    records = as_records(sample)
    frame, rng = pairs(records), np.random.default_rng(0)
    found = everything(records, frame) + lengths(frame, rng, draws=50) + by_difficulty(frame, rng, draws=50)
    found += false_positives(records, rng, draws=50)
    # Of control arms, texts and losses that this world has not.
    others = {"noise.placebo", "replay.copies"} | {name for name in QUANTITIES if "placebo-corrected" in name}
    others |= {name for name in QUANTITIES if name.startswith(("verdict.", "moved.", "said."))}
    others |= {name for name in QUANTITIES if name.endswith((".bound-low", ".bound-high", ".tipping"))}
    assert {each.quantity for each in found} | others == set(QUANTITIES)
    assert list(QUANTITIES) == sorted(QUANTITIES)


@pytest.mark.parametrize("repetitions", [60, 200, pytest.param(1000, marks=pytest.mark.coverage)])
def test_intervals_hold_the_truth_in_93_to_97_percent(repetitions: int) -> None:
    """Questions that lean, asked twice, a weak cue that is seldom named: where percentiles fall short.

    That of 200 finds intervals that hold the truth in fewer than 87%: a standard error a quarter too small.
    """
    world = World(questions=150, epochs=2, p=(0.3,), said=(0.2,), q=0.08)
    rng, truth = np.random.default_rng(2025), world.truth
    hits: dict[str, list[bool]] = defaultdict(list)
    for _ in range(repetitions):
        for each in from_sums(world, rng):
            if each.low is not None and each.high is not None:
                hits[each.quantity].append(each.low <= truth[each.quantity, each.cue] <= each.high)
    # Two standard errors beside the band itself.
    slack = 2 * np.sqrt(0.95 * 0.05 / repetitions)
    assert len(hits) >= 5
    for quantity, held in hits.items():
        assert len(held) > 0.98 * repetitions
        assert 0.93 - slack <= np.mean(held) <= 0.97 + slack, quantity
