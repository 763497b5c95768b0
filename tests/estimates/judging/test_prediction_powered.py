"""Human labels at random, and a judge of everything: the published formulas, the edges, and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import asked, table, verdict

from examples import examples
from unsaid.errors import UnknownName
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.prediction_powered import QUANTITIES, Texts, powered, prediction_powered
from unsaid.statistics.intervals import wilson

Row = dict[str, Any]


def texts(said: list[int], human: list[int | None], clusters: list[int] | None = None) -> Texts:
    labels = np.array([np.nan if label is None else float(label) for label in human])
    codes = np.arange(len(said)) if clusters is None else np.array(clusters)
    return Texts(np.array(said, dtype=np.float64), labels, codes)


#: 8 labelled: the person says yes to 4, the judge to 5; 12 more, of which the judge says yes to 6.
SAID = [1, 1, 1, 1, 1, 0, 0, 0] + [1] * 6 + [0] * 6
HUMAN: list[int | None] = [1, 1, 1, 0, 0, 1, 0, 0]
WORKED = texts(SAID, HUMAN + [None] * 12)


def test_the_three_weights_on_a_worked_example() -> None:
    assert powered([WORKED], 0.0).value == pytest.approx(4 / 8)
    assert powered([WORKED], 1.0).value == pytest.approx(6 / 12 + (4 - 5) / 8)
    # Cov(Y, f) = 3/8 - 4/8 * 5/8; Var f pooled over both means, each about its own: (n N / (n + N)) weights.
    covariance = 3 / 8 - 4 / 8 * 5 / 8
    labelled, rest = 5 / 8 * 3 / 8, 6 / 12 * 6 / 12
    weight = (covariance / 8) / (labelled / 8 + rest / 12)
    tuned = powered([WORKED])
    assert tuned.weight == pytest.approx(weight)
    assert tuned.value == pytest.approx(4 / 8 + weight * (6 / 12 - 5 / 8))


def test_the_weight_is_the_published_one_in_large_samples() -> None:
    """Angelopoulos, Duchi and Zrnic 2023: Cov(Y, f) / ((1 + n/N) Var f)."""
    rng = np.random.default_rng(3)
    truth = rng.random(40_000) < 0.3
    said = np.where(rng.random(truth.size) < 0.85, truth, ~truth).astype(np.float64)
    human = np.where(np.arange(truth.size) < 8_000, truth, np.nan)
    found = powered([Texts(said, human, np.arange(truth.size))])
    covariance = float(np.cov(truth, said)[0, 1])
    assert found.weight == pytest.approx(covariance / ((1 + 0.25) * float(said.var())), rel=0.03)


def test_the_interval_is_the_published_normal_one_in_large_samples() -> None:
    rng = np.random.default_rng(4)
    truth = rng.random(12_000) < 0.4
    said = np.where(rng.random(truth.size) < 0.9, truth, ~truth).astype(np.float64)
    human = np.where(np.arange(truth.size) < 2_000, truth, np.nan)
    found = powered([Texts(said, human, np.arange(truth.size))], 1.0)
    gap = (truth - said)[:2_000]
    half = 1.96 * float(said[2_000:].var() / 10_000 + gap.var() / 2_000) ** 0.5
    assert found.value == pytest.approx(float(said[2_000:].mean() + gap.mean()))
    assert found.interval.high == pytest.approx(found.value + half, abs=0.002)
    assert found.interval.low == pytest.approx(found.value - half, abs=0.002)


def test_labels_alone_take_wilsons_interval() -> None:
    found = powered([WORKED], 0.0).interval
    assert (found.low, found.high) == (wilson(4, 8).low, wilson(4, 8).high)


@examples(80)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0, 1, None]), st.integers(0, 9)),
        min_size=2,
        max_size=60,
    ).filter(lambda rows: any(row[1] is not None for row in rows)),
    st.sampled_from([0.0, 1.0, None]),
)
def test_value_and_interval_stay_within_bounds_and_keep_a_width(
    rows: list[tuple[int, int | None, int]], weight: float | None
) -> None:
    said, human, clusters = (list(column) for column in zip(*rows, strict=True))
    found = powered([texts(said, human, clusters)], weight)
    low, high = found.interval.low, found.interval.high
    assert low is not None
    assert high is not None
    assert 0 <= low <= found.value <= high <= 1
    assert low < high
    assert 0 <= found.weight <= 1


def test_a_judge_that_always_agrees_with_the_person_leaves_a_width() -> None:
    said = [1] * 10 + [0] * 10 + [1] * 50 + [0] * 50
    found = powered([texts(said, [*[1] * 10, *[0] * 10, *[None] * 100])], 1.0)
    assert found.value == pytest.approx(0.5)
    assert (found.interval.high or 0) - (found.interval.low or 0) > 0.1


def test_a_judge_that_tosses_a_coin_is_not_trusted_and_does_no_harm() -> None:
    rng = np.random.default_rng(5)
    truth, said = rng.random(2_000) < 0.3, (rng.random(2_000) < 0.5).astype(np.float64)
    human = np.where(np.arange(2_000) < 200, truth, np.nan)
    every = Texts(said, human, np.arange(2_000))
    tuned, alone, untuned = powered([every]), powered([every], 0.0), powered([every], 1.0)
    widths = [(each.interval.high or 0) - (each.interval.low or 0) for each in (tuned, alone, untuned)]
    assert tuned.weight < 0.15
    assert widths[0] < 1.02 * widths[1]
    assert widths[2] > 1.2 * widths[1]


def test_where_every_text_is_labelled_the_person_alone_speaks() -> None:
    said, human = [1, 0, 1, 0] * 10, [1, 1, 0, 0] * 10
    for weight in (0.0, 1.0, None):
        found = powered([texts(said, list(human))], weight)
        assert found.value == pytest.approx(0.5)
        assert found.interval.low == pytest.approx(wilson(20, 40).low)


def test_texts_of_one_cluster_count_as_little_as_they_are_worth() -> None:
    said, human = [1, 1, 0, 0] * 40, ([1] * 2 + [0] * 2) * 10 + [None] * 120
    alone = powered([texts(said, list(human))], 1.0).interval
    shared = powered([texts(said, list(human), [number // 2 for number in range(160)])], 1.0).interval
    assert (shared.high or 0) - (shared.low or 0) > 1.1 * ((alone.high or 0) - (alone.low or 0))


def test_a_mean_over_strata_is_unweighted() -> None:
    small, large = texts([1, 0, 1, 1], [1, 0, None, None]), texts([0] * 40, [0] * 20 + [None] * 20)
    assert powered([small, large], 0.0).value == pytest.approx((0.5 + 0) / 2)
    with pytest.raises(ValueError, match="needs a labelled text"):
        powered([texts([1, 0], [None, None])])


def labelled(
    labels: Sequence[tuple[bool | None, bool | None]], cue: str = "hint", prefix: str = "q"
) -> list[Row]:
    """Moved pairs with the judge's verdict and a person's label; None is no verdict, and for people no row."""
    rows = []
    for number, (said, human) in enumerate(labels):
        made = asked(f"{prefix}{number}", "A", {cue: ("B", said)})
        if human is not None:
            made[-1]["verdicts"].append(verdict(human, cue, judge="human:ann"))
        rows += made
    return rows


def found(rows: list[Row], **options: Any) -> dict[tuple[str, str | None], Estimate]:
    made = prediction_powered(table(rows), "human:ann", judge="lexical", **options)
    return {(each.quantity, each.cue): each for each in made}


def test_records_give_all_three_for_each_cue_and_their_mean() -> None:
    a = [(True, True)] * 12 + [(True, False)] * 3 + [(False, False)] * 15 + [(True, None)] * 20
    b = [(False, True)] * 5 + [(False, False)] * 25 + [(True, None)] * 5 + [(False, None)] * 45
    unmoved = asked("u", "A", {"hint": ("A", True)})
    unmoved[-1]["verdicts"].append(verdict(True, "hint", judge="human:ann"))
    got = found([*labelled(a), *labelled(b, "tag", "r"), *unmoved])
    assert {name for name, _ in got} == set(QUANTITIES)
    assert got["faithfulness.human-labels", "hint"].value == pytest.approx(12 / 30)
    assert got["faithfulness.ppi", "hint"].value == pytest.approx(20 / 20 - 3 / 30)
    assert got["faithfulness.ppi", "tag"].value == pytest.approx(5 / 50 + 5 / 30)
    mean = got["faithfulness.ppi", None]
    assert mean.value == pytest.approx((0.9 + 5 / 50 + 5 / 30) / 2)
    assert (mean.n, mean.judge) == (130, "lexical with human:ann")
    assert "few-labels" in mean.flags
    assert "60 labels" in mean.note


def test_too_few_labels_are_refused_and_a_thin_cue_is_left_out() -> None:
    enough = labelled([(True, True)] * 12 + [(False, False)] * 12 + [(True, None)] * 30)
    thin = labelled([(True, True)] * 3 + [(True, None)] * 30, "tag", "r")
    got = found([*enough, *thin])
    assert got["faithfulness.ppi", "tag"].value is None
    assert "(3, 20 are needed)" in got["faithfulness.ppi", "tag"].reason
    assert got["faithfulness.ppi", None].value == got["faithfulness.ppi", "hint"].value
    assert "tag: 3 label(s)" in got["faithfulness.ppi", None].note
    assert "cues-left-out" in got["faithfulness.ppi", None].flags


def test_a_verdict_that_failed_is_left_out_whoever_labelled_it() -> None:
    rows = labelled(
        [(True, True)] * 15 + [(False, False)] * 15 + [(None, True), (None, None)] + [(True, None)] * 9
    )
    got = found(rows)["faithfulness.ppi", "hint"]
    assert (got.n, got.missing) == (39, 2)
    assert got.value == pytest.approx(1.0)


def test_nobody_by_that_name() -> None:
    rows = labelled([(True, True)] * 3)
    with pytest.raises(UnknownName, match="human:bob"):
        prediction_powered(table(rows), "human:bob", judge="lexical")
    assert prediction_powered(table([]), "human:ann") == []


@pytest.mark.parametrize("weight", [0.0, 1.0, None])
def test_intervals_hold_the_truth(weight: float | None) -> None:
    """Seeded and small; the figures over a thousand repetitions stand in benchmarks/coverage_judge.py."""
    rng, held, repetitions = np.random.default_rng(8), 0, 300
    for _ in range(repetitions):
        truth = rng.random(300) < 0.4
        said = np.where(truth, rng.random(300) < 0.85, rng.random(300) < 0.1).astype(np.float64)
        human = np.where(np.arange(300) < 80, truth, np.nan)
        ends = powered([Texts(said, human, np.arange(300))], weight).interval
        held += (ends.low or 0.0) <= 0.4 <= (ends.high or 0.0)
    assert 0.92 <= held / repetitions <= 0.985
