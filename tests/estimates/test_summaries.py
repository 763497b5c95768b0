"""Summaries of reasoning are a group of their own in every estimate that reads verdicts, and in no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from making_records import asked, counted, reply, table, verdict

from unsaid.estimates.cells import SUMMARISED
from unsaid.estimates.compare.contrast import Run, compare
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.difficulty import by_difficulty
from unsaid.estimates.cued.effective import biased_reasoning, effective
from unsaid.estimates.cued.faithful_at_k import faithful_at_k
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.cued.lengths import lengths
from unsaid.estimates.cued.statements import four_cells
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.judging.prediction_powered import prediction_powered
from unsaid.estimates.multiverse.paths import multiverse
from unsaid.estimates.pairs import pairs, summaries

RAW: dict[str, Any] = {"prefix": "r", "provenance": "raw", "correct": "A"}
SUMMARY: dict[str, Any] = {"prefix": "s", "provenance": "summarised", "correct": "A", "reading": "channel"}


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def mixed() -> pl.DataFrame:
    """One model that shows reasoning in some replies (30 of 40 moved ones named) and summaries in others (3 of 30)."""
    raw = counted(moved=40, elsewhere=2, stayed=8, said=30, **RAW)
    return table(raw + counted(moved=30, elsewhere=2, stayed=8, said=3, **SUMMARY))


def rates(
    found: list[Estimate], quantity: str, cue: str | None = "metadata"
) -> dict[str, tuple[int | None, int]]:
    return {each.subset: (each.k, each.n) for each in found if each.quantity == quantity and each.cue == cue}


def test_faithfulness_has_a_line_of_its_own_for_summaries() -> None:
    for by, prefix in (("cue", ""), ("wording", "wording w1, "), ("target", "target wrong, ")):
        found = rates(faithfulness(pairs(mixed()), rng(), by=by, draws=50), "faithfulness")  # type: ignore[arg-type]
        assert found == {prefix.removesuffix(", "): (30, 40), f"{prefix}{SUMMARISED}": (3, 30)}


@pytest.mark.parametrize(
    "quantity", ["noise.alpha", "faithfulness.normalised", "faithfulness.replay-normalised"]
)
def test_what_corrects_it_is_of_the_same_group(quantity: str) -> None:
    found = rates(faithfulness(pairs(mixed()), rng(), draws=50), quantity, None)
    assert set(found) == {"", SUMMARISED}


def test_every_estimate_that_reads_verdicts_keeps_them_apart() -> None:
    records, paired = mixed(), pairs(mixed())
    assert rates(effective(paired, rng(), draws=50), "effective.mention") == {
        "": (10, 50),
        SUMMARISED: (27, 40),
    }
    assert rates(four_cells(paired, rng(), draws=50), "verdict.relies-only") == {
        "": (30, 40),
        SUMMARISED: (3, 30),
    }
    assert rates(lengths(paired, rng(), draws=50), "length.faithful") == {
        "": (None, 30),
        SUMMARISED: (None, 3),
    }
    assert set(rates(lengths(paired, rng(), draws=50), "length.p-value", None)) == {"", SUMMARISED}
    at_k = rates(faithful_at_k(paired, rng(), draws=50), "faithful-at-k")
    assert {name: n for name, (_, n) in at_k.items()} == {"k = 1": 40, f"k = 1, {SUMMARISED}": 30}
    slopes = rates(by_difficulty(paired, rng(), draws=50), "faithfulness.difficulty-slope", None)
    assert {name: n for name, (_, n) in slopes.items()} == {"": 40, SUMMARISED: 30}
    universes = {each.estimate.subset.endswith(SUMMARISED) for each in multiverse(records)}
    assert universes == {True, False}


def test_people_and_false_alarms_are_counted_within_the_group() -> None:
    records = mixed()
    both = [
        row | {"verdicts": [each for v in row["verdicts"] for each in (v, v | {"judge": "human:ann"})]}
        for row in records.to_dicts()
    ]
    clean = [
        row | {"verdicts": [verdict(row["question_id"] == "s0", "metadata")]}
        if row["arm"] == "clean"
        else row
        for row in records.to_dicts()
    ]
    found = prediction_powered(table(both), "human:ann", "lexical")
    assert rates(found, "faithfulness.human-labels") == {"": (None, 40), SUMMARISED: (None, 30)}
    assert rates(agreement(table(both), rng(), draws=50), "agreement.raw", None) == {
        "": (50, 50),
        SUMMARISED: (40, 40),
    }
    assert rates(false_positives(table(clean), rng(), draws=50), "judge.false-positives") == {
        "": (0, 50),
        SUMMARISED: (1, 40),
    }


def test_what_reads_no_verdict_is_not_split() -> None:
    records, paired = mixed(), pairs(mixed())
    for found in (influence(paired, rng(), draws=50), biased_reasoning(paired, rng(), draws=50)):
        assert {each.subset for each in found} == {""}
    assert {each.subset for each in accuracy(records, paired, rng(), draws=50)} == {""}


def test_the_visible_answer_is_no_summary() -> None:
    records = mixed()
    assert pairs(records, channel="visible")["summarised"].sum() == 0
    found = rates(faithfulness(pairs(records, channel="either"), rng(), draws=50), "faithfulness")
    assert set(found) == {"reasoning or visible answer", f"{SUMMARISED}, reasoning or visible answer"}


@pytest.mark.parametrize("gone", ["absent", "truncated"])
def test_a_reply_that_shows_nothing_is_with_what_its_model_shows_else(gone: str) -> None:
    def group(*kept: dict[str, Any]) -> bool:
        rows = [row for each in kept for row in counted(moved=3, elsewhere=0, stayed=0, said=1, **each)]
        rows += asked("gone", "A", {"metadata": ("B", None)}, provenance=gone, reading="channel")
        return bool(pairs(table(rows)).filter(pl.col("question_id") == "gone")["summarised"][0])

    assert group(SUMMARY)
    assert not group(RAW)
    assert not group(SUMMARY, RAW)
    assert group(SUMMARY, RAW | {"reading": "whole"}), (
        "a reply without reasoning of its own is no reasoning of a channel"
    )


def test_a_summary_is_not_compared_with_reasoning() -> None:
    sides = {
        "raw": counted(moved=30, elsewhere=0, stayed=10, said=20, **(RAW | {"prefix": "q"})),
        "summary": counted(moved=30, elsewhere=0, stayed=10, said=2, **(SUMMARY | {"prefix": "q"})),
    }
    runs = {name: Run(name, table(rows), {}) for name, rows in sides.items()}
    assert [summaries(run.records) for run in runs.values()] == [{False}, {True}]
    (contrast,) = compare([runs["raw"], runs["summary"]], rng(), draws=50).contrasts
    read = [each for each in contrast.differences if each.definition == "mention"]
    assert read
    assert all("summary, which is not compared" in each.reason for each in read)
    assert any(each.value is not None for each in contrast.differences if each.definition is None)
    (alike,) = compare(
        [runs["summary"], Run("again", runs["summary"].records, {})], rng(), draws=50
    ).contrasts
    assert any(each.value is not None for each in alike.differences if each.definition == "mention")


def test_a_run_without_summaries_has_no_line_for_them() -> None:
    records = table(
        [
            *counted(moved=25, elsewhere=0, stayed=5, said=9, **RAW),
            reply("clean", "z", "A", provenance="absent"),
        ]
    )
    assert {each.subset for each in faithfulness(pairs(records), rng(), draws=50)} == {""}
