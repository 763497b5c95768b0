"""Where an answer turns, on records whose chances along the reasoning are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, drawn, first, forced, table

from unsaid.estimates.chain.trajectory import CUT_OFF, QUANTITIES, paths, trajectory
from unsaid.estimates.estimate import Estimate

STEPS = 4


def along(
    number: int, cued: tuple[float, ...], clean: tuple[float, ...] = (0.0,) * (STEPS + 1)
) -> list[dict[str, Any]]:
    """A moved pair: the chance of the target before the first step of either reply and after each."""
    replies = first(number, "clean", CLEAN), first(number, "cued", TARGET, "metadata")
    rows: list[dict[str, Any]] = [*replies]
    for reply, chances in zip(replies, (clean, cued), strict=True):
        rows += [forced(reply, CUT_OFF, chance, at / STEPS) for at, chance in enumerate(chances)]
    return rows


def estimated(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Estimate]:
    found = trajectory(table(rows))
    return {(each.quantity.removeprefix("trajectory."), each.subset): each for each in found}


@pytest.mark.parametrize(
    ("chances", "turn"),
    [
        ((0.9, 0.9, 0.9, 0.9, 0.9), 0.0),
        ((0.1, 0.9, 0.9, 0.9, 0.9), 0.25),
        ((0.9, 0.1, 0.9, 0.1, 0.9), 1.0),
        ((0.1, 0.1, 0.1, 0.9, 0.9), 0.75),
        ((0.9, 0.9, 0.9, 0.9, 0.1), None),
    ],
)
def test_an_answer_turns_where_it_is_the_likeliest_from_there_on(
    chances: tuple[float, ...], turn: float | None
) -> None:
    known, _ = paths(table(along(0, chances)))
    assert {each.row["arm"]: each.turn for each in known} == {"clean": 0.0, "cued": turn}


def test_the_shares_say_where_answers_settle() -> None:
    late = [row for number in range(30) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    early = [row for number in range(30, 40) for row in along(number, (0.8, 0.8, 0.9, 0.9, 1.0))]
    found = estimated(late + early)
    assert found["planned", ""].value == pytest.approx(0.25)
    assert found["last-quarter", ""].value == pytest.approx(0.75)
    assert found["first-half", ""].value == 0.0
    assert found["planned", "arm clean"].value == 1.0
    assert found["target", "kept = 0.5"].value == pytest.approx((30 * 0.2 + 10 * 0.9) / 40)
    assert found["decided", "kept = 0.75"].value == pytest.approx(0.25)
    assert found["never", ""].k == 0
    assert {f"trajectory.{name}" for name, _ in found} == set(QUANTITIES)


def test_a_point_between_those_asked_is_the_last_one_before_it() -> None:
    rows = [row for number in range(20) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    coarse = [row for row in rows if row.get("dose") not in (0.5, 0.75)]
    found = estimated(coarse)
    assert found["target", "kept = 0.75"].value == pytest.approx(0.1)


def test_a_reply_with_a_point_that_was_not_read_is_missing() -> None:
    rows = [row for number in range(25) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    lost = [
        row | {"option_logprobs": None, "answer": None}
        if row["question_id"] == "q7" and row["arm"] == "cued" and row.get("dose") == 0.5
        else row
        for row in rows
    ]
    found = estimated(lost)["planned", ""]
    assert (found.n, found.missing) == (24, 1)


def test_replies_stand_for_chances_that_were_not_told() -> None:
    replies = [
        row
        for number in range(20)
        for row in along(number, (0.0,) * (STEPS + 1))
        if not row.get("intervention")
    ]
    rows = list(replies)
    for reply in replies:
        own = reply["answer"]
        for at in range(STEPS + 1):
            rows += drawn(reply, CUT_OFF, [own] * 7 + [CLEAN if own == TARGET else TARGET] * 3, at / STEPS)
    assert estimated(rows)["answer", "kept = 0.5"].value == pytest.approx(0.7)


def test_only_replies_that_the_cue_moved_are_cued() -> None:
    rows = [row for number in range(25) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    still = [row | {"answer": CLEAN} if row["reply_id"] == "q0/1/cued/metadata" else row for row in rows]
    assert estimated(still)["planned", ""].n == 24


def test_replies_without_two_steps_are_counted_and_where_there_are_no_others_it_is_said() -> None:
    rows = [row for number in range(20) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    alone = [
        row for number in range(20, 25) for row in along(number, (0.0,) * 5) if not row.get("intervention")
    ]
    found = estimated(rows + alone)
    assert (found["left-out", ""].k, found["left-out", ""].n) == (5, 25)
    assert found["left-out", "arm clean"].value == pytest.approx(0.2)
    assert found["planned", ""].n == 20
    none = estimated(alone)
    assert none["left-out", ""].value == 1
    assert none["planned", ""].reason == "none of 5 replies has a reasoning of two steps or more"


def test_few_replies_are_withheld() -> None:
    rows = [row for number in range(19) for row in along(number, (0.0, 0.1, 0.2, 0.3, 1.0))]
    assert "n=19" in estimated(rows)["planned", ""].reason


#: Chances along four steps of answers that are settled beforehand, in the first half, in the last quarter, and never.
ENDS = {"planned": 0.4, "first-half": 0.3, "last-quarter": 0.2, "never": 0.1}
WAYS = {
    "planned": (0.9, 0.9, 0.9, 0.9, 0.9),
    "first-half": (0.1, 0.1, 0.8, 0.9, 0.9),
    "last-quarter": (0.1, 0.1, 0.1, 0.2, 0.9),
    "never": (0.2, 0.2, 0.2, 0.2, 0.2),
}
TRUTH = {
    **{(name, ""): share for name, share in ENDS.items()},
    ("decided", "kept = 0.5"): 0.7,
    ("target", "kept = 0.5"): 0.4 * 0.9 + 0.3 * 0.8 + 0.2 * 0.1 + 0.1 * 0.2,
}


def covered(samples: int, seed: int) -> dict[str, float]:
    """How often intervals hold the truth: 30 groups of two questions that are alike, as far as they settle alike."""
    rng, hits = np.random.default_rng(seed), dict.fromkeys(TRUTH, 0)
    for _ in range(samples):
        rows = []
        for group in range(30):
            way = rng.choice(list(ENDS), p=list(ENDS.values()))
            for copy in range(2):
                own = way if rng.random() < 0.5 else rng.choice(list(ENDS), p=list(ENDS.values()))
                rows += [row | {"cluster": f"g{group}"} for row in along(2 * group + copy, WAYS[own])]
        found = estimated(rows)
        for key, value in TRUTH.items():
            each = found[key]
            hits[key] += (each.low or 0) <= value <= (each.high or 1)
    return {" ".join(name): count / samples for name, count in hits.items()}


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    assert min(covered(15, 5).values()) >= 0.75


@pytest.mark.coverage
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # Wilson's clustered interval is a little wide where a group holds two replies.
    found = covered(1500, 6)
    assert 0.93 <= min(found.values()) <= max(found.values()) <= 0.99, found
