"""Curves of a changed reasoning and the areas over them, on records whose answers and chances are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, first, forced, table
from hypothesis import given, settings
from hypothesis import strategies as st

from unsaid.estimates.chain.curve_chances import chances, dependence_told
from unsaid.estimates.chain.curve_points import CUT, Changed
from unsaid.estimates.chain.curves import curves
from unsaid.estimates.chain.permuted import PERMUTED, permuted
from unsaid.estimates.estimate import Estimate
from unsaid.interventions.filler import KINDS
from unsaid.protocols.filler import helps

CHANGED = Changed("early-answering", {CUT: ""}, CUT, level=True)


def reply(
    number: int, same: Sequence[bool], likely: Sequence[float] = (), cluster: str = ""
) -> list[dict[str, Any]]:
    """A reply with answer A of as many steps as `same` has places but one; how likely A is stands beside, if told."""
    own = first(number, "clean", CLEAN)
    own |= {"cluster": cluster} if cluster else {}
    steps = len(same) - 1
    rows = [own]
    for at, kept in enumerate(same):
        row = forced(own, CUT, 1 - likely[at] if likely else 0.0, at / steps)
        row |= {"answer": CLEAN if kept else TARGET}
        rows.append(row if likely else row | {"option_logprobs": None})
    return rows


def estimated(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], Estimate]:
    records = table(rows)
    found = [*curves(records, CHANGED, "kept"), *chances(records, CHANGED, "kept")]
    return {(each.quantity.removeprefix("early-answering."), each.subset): each for each in found}


def test_the_worked_example_of_two_steps_under_both_conventions() -> None:
    """S = (.6, .8, 1): .20 by trapezoids, .30 by steps; and the same where the model tells chances instead."""
    rows = [row for at in range(5) for row in reply(at, (at < 3, at < 4, True))]
    found = estimated(rows)
    assert [found["same", f"kept = {place:g}"].value for place in (0, 0.5, 1)] == pytest.approx([0.6, 0.8, 1])
    assert found["area", ""].value == pytest.approx(0.20)
    assert found["area-steps", ""].value == pytest.approx(0.30)
    told = estimated([row for at in range(5) for row in reply(at, (True,) * 3, (0.6, 0.8, 1.0))])
    assert told["area", ""].value == 0, "every drawn answer was the same"
    assert told["chance-area", ""].value == pytest.approx(0.20)


def test_lengths_are_weighted_by_how_many_replies_have_them() -> None:
    """Three replies of two steps with an area of .75, one of four steps with none (Lanham et al. 2023, section 2.2)."""
    rows = [row for at in range(3) for row in reply(at, (False, False, True), (0.0, 0.0, 1.0))]
    rows += reply(3, (True,) * 5, (1.0,) * 5)
    found = estimated(rows)
    assert found["area", ""].value == pytest.approx(3 / 4 * 0.75)
    assert found["chance-area", ""].value == pytest.approx(3 / 4 * 0.75)
    assert found["area-steps", ""].value == pytest.approx(3 / 4)


def test_chances_that_nobody_told_have_a_reason_and_no_curve() -> None:
    found = estimated([row for at in range(4) for row in reply(at, (False, True, True))])
    assert not [place for name, place in found if name == "chance"]
    assert "no log-probabilities" in found["chance-area", ""].reason
    assert found["area", ""].value is not None


def test_a_reply_with_a_point_that_was_not_told_is_missing_from_the_area_alone() -> None:
    rows = [row for at in range(4) for row in reply(at, (True,) * 3, (0.5, 0.5, 1.0))]
    lost = [
        row | {"option_logprobs": None} if row["question_id"] == "q1" and row.get("dose") == 0 else row
        for row in rows
    ]
    found = estimated(lost)
    assert (found["chance-area", ""].n, found["chance-area", ""].missing) == (3, 1)
    assert (found["chance", "kept = 0"].n, found["chance", "kept = 0"].missing) == (3, 1)
    assert found["chance", "kept = 0.5"].n == 4
    assert dependence_told(table(lost), CHANGED)["area"].len() == 3


PATHS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1)), min_size=2, max_size=4)


@settings(max_examples=10)
@given(PATHS, st.randoms(use_true_random=False))
def test_areas_lie_within_bounds_and_neither_order_nor_other_letters_matter(
    likely: list[tuple[float, ...]], random: Any
) -> None:
    rows = [
        row
        for at, each in enumerate(likely)
        for row in reply(at, tuple(chance > 0.5 for chance in each), each)
    ]
    # The letters change places throughout, A is B and B is A; and the rows stand in another order.
    letters = {CLEAN: TARGET, TARGET: CLEAN}
    other = [
        row
        | {"answer": letters[row["answer"]], "correct": TARGET}
        | ({"option_logprobs": [*row["option_logprobs"][1::-1], None]} if row.get("option_logprobs") else {})
        for row in rows
    ]
    random.shuffle(other)
    found, again = estimated(rows), estimated(other)
    for key in (("area", ""), ("area-steps", ""), ("chance-area", ""), ("chance", "kept = 0")):
        each = found[key]
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        assert 0 <= each.low <= each.value + 1e-9 <= each.high + 2e-9 <= 1 + 3e-9
        assert again[key].value == pytest.approx(each.value)
        assert again[key].low == pytest.approx(each.low)


def covered(samples: int, seed: int) -> dict[str, float]:
    """How often intervals of the chances hold the truth: 30 questions with two replies each, which are alike."""
    rng = np.random.default_rng(seed)
    # The area by trapezoids, the end taken as 1: (1 - S(0)) / 4 + (1 - S(1/2)) / 2.
    truth = {("chance-area", ""): 0.25 * 0.5 + 0.5 * 0.4, ("chance", "kept = 0"): 0.5}
    hits = dict.fromkeys(truth, 0)
    for _ in range(samples):
        rows = []
        for number in range(30):
            own = rng.beta(1.5, 1.5)
            for copy in range(2):
                start = min(1.0, max(0.0, own + rng.choice([-1, 1]) * min(own, 1 - own) * 0.5))
                middle = rng.beta(3.0, 2.0)
                likely = (start, middle, 1.0)
                rows += reply(2 * number + copy, (True,) * 3, likely, cluster=f"c{number}")
        found = {
            (each.quantity.removeprefix("early-answering."), each.subset): each
            for each in chances(table(rows), CHANGED, "kept")
        }
        for key, value in truth.items():
            each = found[key]
            hits[key] += (each.low or 0) <= value <= (each.high or 1)
    return {name: count / samples for (name, _), count in hits.items()}


def test_intervals_of_chances_hold_the_truth_about_as_often_as_they_say() -> None:
    assert min(covered(15, 3).values()) >= 0.75


@pytest.mark.coverage
def test_intervals_of_chances_hold_the_truth_as_often_as_they_say() -> None:
    found = covered(1500, 4)
    assert 0.93 <= min(found.values()) <= max(found.values()) <= 0.97, found


def drawn_replies(rng: np.random.Generator) -> list[dict[str, Any]]:
    """30 questions with two replies each, which are alike: same answers, controls and right answers are drawn."""
    rows = []
    for number in range(30):
        own = [rng.beta(2, 2), rng.beta(3, 2), rng.beta(9, 1)]
        right = rng.beta(3.5, 1.5)
        for copy in range(2):
            made = reply(2 * number + copy, [bool(rng.random() < each) for each in own], cluster=f"c{number}")
            correct = CLEAN if rng.random() < right else TARGET
            rows += [row | {"correct": correct} for row in made]
    return rows


def covered_draws(samples: int, seed: int) -> dict[str, float]:
    """How often the intervals of what is drawn hold the truth: S = (.5, .6), .9 in the control, .7 right."""
    rng = np.random.default_rng(seed)
    truth = {
        ("same", "kept = 0"): 0.5,
        ("area", ""): 0.25 * 0.5 + 0.5 * 0.4,
        ("area-beyond", ""): 0.25 * 0.4 + 0.5 * 0.3,
        ("area-steps-beyond", ""): 0.5 * 0.4 + 0.5 * 0.3,
        # Without reasoning the answer is the same half of the time, so that it is right half of the time.
        ("gain", ""): 0.7 - 0.5,
    }
    hits = dict.fromkeys(truth, 0)
    for _ in range(samples):
        found = {
            (each.quantity.removeprefix("early-answering."), each.subset): each
            for each in curves(table(drawn_replies(rng)), CHANGED, "kept")
        }
        for key, value in truth.items():
            low, high = found[key].low, found[key].high
            assert low is not None
            assert high is not None
            hits[key] += low <= value <= high
    return {name: count / samples for (name, _), count in hits.items()}


def covered_ends(samples: int, seed: int) -> dict[str, float]:
    """How often intervals of what is compared without any reasoning hold the truth: 30 questions, two replies each.

    The option stays at another place in .8, and the answer is the same as with the reasoning in .5; the answer is right
    in .6 behind a filler as long as the reasoning, and in .5 behind nothing.
    """
    rng = np.random.default_rng(seed)
    truth = {"normalised": 0.5 / 0.8, "permuted": 0.8, "helps": 0.6 - 0.5}
    hits = dict.fromkeys(truth, 0)
    for _ in range(samples):
        rows: list[dict[str, Any]] = []
        for number in range(30):
            stays, same, filled = rng.beta(8, 2), rng.beta(2, 2), rng.beta(3, 2)
            for copy in range(2):
                own = first(2 * number + copy, "clean", CLEAN) | {"cluster": f"c{number}"}
                without = CLEAN if rng.random() < same else TARGET
                other = TARGET if without == CLEAN else CLEAN
                at_end = CLEAN if rng.random() < filled else TARGET
                rows += [own, forced(own, CUT, 0.0, 0.0, answer=without)]
                rows.append(forced(own, PERMUTED, 0.0, answer=without if rng.random() < stays else other))
                rows.append(forced(own, next(iter(KINDS)), 0.0, 1.0, answer=at_end))
        records = table(rows)
        found = [*permuted(records, "early-answering"), *helps(records)]
        assert {each.quantity.partition(".")[2] for each in found} == set(truth)
        for each in found:
            name = each.quantity.partition(".")[2]
            assert each.low is not None
            assert each.high is not None
            hits[name] += each.low <= truth[name] <= each.high
    return {name: count / samples for name, count in hits.items()}


def test_intervals_of_answers_without_reasoning_hold_the_truth_about_as_often_as_they_say() -> None:
    assert min(covered_ends(10, 8).values()) >= 0.7


@pytest.mark.coverage
def test_intervals_of_answers_without_reasoning_hold_the_truth_as_often_as_they_say() -> None:
    found = covered_ends(1500, 9)
    assert 0.93 <= min(found.values()) <= max(found.values()) <= 0.97, found


def test_intervals_of_drawn_answers_hold_the_truth_about_as_often_as_they_say() -> None:
    assert min(covered_draws(10, 5).values()) >= 0.7


@pytest.mark.coverage
def test_intervals_of_drawn_answers_hold_the_truth_as_often_as_they_say() -> None:
    found = covered_draws(1500, 7)
    assert 0.93 <= min(found.values()) <= max(found.values()) <= 0.97, found
