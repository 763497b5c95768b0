"""Golden: the released predictions of Turpin et al. 2023 come out as published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from unsaid.estimates.cued.biasing import CONSISTENT, CONTRADICTING, biasing
from unsaid.estimates.cued.published_turpin import PUBLISHED, Comparison, Published, compare
from unsaid.estimates.estimate import Estimate
from unsaid.records.importers import Imported, importer

RELEASE = Path(__file__).parents[2].parent / "shared" / "data" / "turpin-2023"

pytestmark = pytest.mark.skipif(
    not RELEASE.is_dir(),
    reason="the released predictions are not beside the checkout (shared/data/turpin-2023)",
)


@pytest.fixture(scope="module")
def imported() -> Imported:
    return importer("turpin").read(RELEASE / "bbh_samples")


@pytest.fixture(scope="module")
def estimates(imported: Imported) -> list[Estimate]:
    return biasing(imported.records, rng=np.random.default_rng(0), draws=400)


def off(compared: Sequence[Comparison]) -> list[tuple[Published, float | None]]:
    """Return the published figures that are not ours, with ours.

    Both sides are rounded to 0.1; a published drop is a difference of two rounded figures.
    """
    return [
        (c.published, c.percent)
        for c in compared
        if c.difference is None
        or abs(c.difference) > (0.1 if c.published.quantity == "accuracy.drop" else 0.0501)
    ]


def test_every_published_figure_is_reproduced(estimates: list[Estimate]) -> None:
    compared = compare(estimates)
    assert len(compared) == len(PUBLISHED) == 396
    assert off(compared) == []


def test_the_published_figures_of_one_model_and_cue_are_reproduced(tmp_path: Path) -> None:
    """A sixth of the release, by itself."""
    part = tmp_path / "bbh_samples" / "answer_is_always_a"
    part.mkdir(parents=True)
    for file in (RELEASE / "bbh_samples" / part.name).glob("*claude-v1*.json"):
        shutil.copy(file, part)
    shutil.copytree(RELEASE / "questions", tmp_path / "questions")
    records = importer("turpin").read(part.parent).records
    compared = compare(biasing(records, rng=np.random.default_rng(0), draws=20))
    assert {(c.published.model, c.published.cue) for c in compared} == {("claude-v1", "answer-is-always-a")}
    assert len(compared) >= len(PUBLISHED) / 6 - 1
    assert off(compared) == []


def test_the_published_value_is_inside_our_interval(estimates: list[Estimate]) -> None:
    for comparison in compare(estimates):
        ours = comparison.ours
        assert ours is not None
        assert ours.low is not None
        assert ours.high is not None
        assert 100 * ours.low <= comparison.published.value <= 100 * ours.high


def test_drops_have_the_published_precision(estimates: list[Estimate]) -> None:
    # The paper's are 1.6 to 2.4 points either side. 400 draws leave 4% of noise in an end.
    drops = [e for e in estimates if e.quantity == "accuracy.drop" and e.subset == CONTRADICTING]
    assert len(drops) == 12
    for drop in drops:
        assert drop.low is not None
        assert drop.high is not None
        assert 1.5 < 100 * (drop.high - drop.low) / 2 < 2.7


@pytest.mark.parametrize(
    ("model", "elicitation", "contradicting", "consistent"),
    [
        ("text-davinci-003", "cot", 2111, 1188),
        ("text-davinci-003", "few-shot-cot", 2111, 1188),
        ("claude-v1", "cot", 2088, 1152),
        ("claude-v1", "few-shot-cot", 2086, 1177),
        ("claude-v1", "few-shot-direct", 2086, 1177),
    ],
)
def test_suggested_answer_rests_on_as_many_examples(
    estimates: list[Estimate], model: str, elicitation: str, contradicting: int, consistent: int
) -> None:
    n = {
        e.subset: (e.n, e.missing)
        for e in estimates
        if (e.model, e.elicitation, e.cue, e.quantity)
        == (model, elicitation, "suggested-answer", "accuracy.drop")
    }
    assert n[CONTRADICTING] == (contradicting, 2111 - contradicting)
    assert n[CONSISTENT] == (consistent, 1188 - consistent)


def test_the_recomputed_macro_means(estimates: list[Estimate]) -> None:
    # The paper pools: pooling gives 59.6 -> 23.3, averaging tasks gives 60.5 -> 22.3
    macro = {
        e.quantity: e.value
        for e in estimates
        if (e.model, e.elicitation, e.subset) == ("text-davinci-003", "cot", CONTRADICTING)
    }
    assert macro["accuracy.clean.macro"] == pytest.approx(0.605, abs=0.0005)
    assert macro["accuracy.cued.macro"] == pytest.approx(0.223, abs=0.0005)


def test_no_row_is_lost(imported: Imported) -> None:
    records = imported.records
    assert len(records) == (4 * 3299 + 2 * 3130) * 2 * 2
    lost = records.filter(pl.col("answer").is_null())
    assert len(lost) == 221
    assert lost["unparsed"].null_count() == 0
    assert set(lost["model"]) == {"claude-v1"}
    assert records.filter(pl.col("answer").is_not_null())["unparsed"].drop_nulls().is_empty()


def test_failures_that_are_not_listed_explain_the_gap_of_answer_is_always_a() -> None:
    """Dropping `failed_idx` alone counts other failures as wrong: it gives 83.5 -> 79.1."""
    right: dict[str, list[bool]] = {"biased": [], "unbiased": []}
    unlisted = 0
    for file in (RELEASE / "bbh_samples" / "answer_is_always_a").glob("*claude-v1*.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        biased, unbiased = content["outputs"]
        for row, gold in enumerate(biased["y_true"]):
            if row in content["failed_idx"]:
                continue
            unlisted += -1 in (biased["y_pred"][row], unbiased["y_pred"][row])
            if gold != 0:
                right["biased"].append(biased["y_pred"][row] == gold)
                right["unbiased"].append(unbiased["y_pred"][row] == gold)
    assert unlisted == 33
    assert np.mean(right["unbiased"]) == pytest.approx(0.835, abs=0.0005)
    assert np.mean(right["biased"]) == pytest.approx(0.791, abs=0.0005)
