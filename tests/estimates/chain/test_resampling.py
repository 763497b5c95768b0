"""The importance of steps, on records whose continuations are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, first, table
from hypothesis import given
from hypothesis import strategies as st

from unsaid.estimates.chain.resampling import corrected, peak, resampling
from unsaid.estimates.chain.rollouts import ROLLOUT, Counts, Design, Place, Step, Walk, divergence, walks
from unsaid.estimates.estimate import Estimate

DESIGN = Design(k=4, least=2, different=2)
COUNTS = st.lists(st.integers(0, 6), min_size=4, max_size=4).map(tuple).filter(lambda counts: sum(counts) > 0)


def continued(
    reply: dict[str, Any], places: Sequence[Sequence[str | None]], similar: Sequence[float | None] = ()
) -> list[dict[str, Any]]:
    """Continuations of a reply from places that lie evenly, with these answers."""
    rows = []
    for at, answers in enumerate(places):
        dose = at / (len(places) - 1)
        for copy, answer in enumerate(answers):
            rows.append(
                {
                    **reply,
                    "intervention": ROLLOUT,
                    "dose": dose,
                    "parent": reply["reply_id"],
                    "reply_id": f"{reply['reply_id']}/{ROLLOUT}={dose:g}#{copy}",
                    "conditioning": "prefill",
                    "answer": answer,
                    "unparsed": None if answer else "no answer",
                    "similar": similar[copy] if copy < len(similar) else None,
                }
            )
    return rows


def clean(number: int, places: Sequence[Sequence[str | None]], **more: Any) -> list[dict[str, Any]]:
    reply = first(number, "clean", CLEAN)
    return [reply, *continued(reply, places, **more)]


def estimated(rows: list[dict[str, Any]], design: Design = DESIGN) -> dict[tuple[str, str], Estimate]:
    found = resampling(table(rows), design)
    return {(each.quantity.removeprefix("resampling."), each.subset): each for each in found}


def walk_of(*counts: Counts) -> Walk:
    places = tuple(Place(at / (len(counts) - 1), each, None) for at, each in enumerate(counts))
    return Walk(first(0, "clean", CLEAN), places, "prefill")


def test_a_worked_example() -> None:
    """Two steps; of four continuations A is answered by 1 before both, by 2 between and by 4 after both."""
    rows = [row for n in range(20) for row in clean(n, ["ABBC", "AAB" + "C", "AAAA"])]
    found = estimated(rows)
    # (1/4 to 2/4) and (2/4 to 4/4): on average (0.25 + 0.5) / 2.
    assert found["importance", "arm clean"].value == pytest.approx(0.375)
    assert ("importance", "arm clean, position = 0.125") not in found, "no step stands there"
    assert found["importance", "arm clean, position = 0.375"].value == pytest.approx(0.25)
    assert found["importance", "arm clean, position = 0.875"].value == pytest.approx(0.5)
    assert found["answer", "arm clean, kept = 0.5"].value == pytest.approx(0.5)
    # Three options and the bin for no answer, each count plus one: (3, 2, 2, 1) / 8 against (2, 3, 2, 1) / 8.
    first_step = 3 / 8 * math.log(3 / 2) + 2 / 8 * math.log(2 / 3)
    # (5, 1, 1, 1) / 8 against (3, 2, 2, 1) / 8.
    last = 5 / 8 * math.log(5 / 3) + 2 / 8 * math.log(1 / 2)
    assert found["divergence", "arm clean"].value == pytest.approx((first_step + last) / 2)
    assert found["peak", "arm clean, position = 0.875"].k == 20


def test_no_answer_is_a_bin_and_what_was_not_seen_is_in_none() -> None:
    rows = [row for n in range(20) for row in clean(n, [["A", "A", None, None], ["A", "A", "A", None]])]
    assert estimated(rows)["importance", "arm clean"].value == pytest.approx(0.25)
    cut = [row | {"unparsed": "truncated"} if row.get("unparsed") else row for row in rows]
    assert estimated(cut)["importance", "arm clean"].value == 0.0
    (walk, *_) = walks(table(cut), DESIGN)
    assert [place.lost for place in walk.places] == [2, 1]


def test_a_step_with_too_few_continuations_is_missing_and_counted() -> None:
    rows = [row for n in range(24) for row in clean(n, ["AABB", "AABB", "AAAA"])]
    lost = [
        row | {"answer": None, "unparsed": "error", "error": "timeout"}
        if row["question_id"] == "q3" and row.get("dose") == 1.0
        else row
        for row in rows
    ]
    found = estimated(lost)["importance", "arm clean"]
    assert (found.n, found.missing) == (47, 1)


def test_a_counterfactual_looks_only_at_continuations_that_differ() -> None:
    rows = [row for n in range(20) for row in clean(n, ["AABB", "AAAA"], similar=(0.95, 0.9, 0.3, 0.1))]
    found = estimated(rows)
    assert found["importance", "arm clean"].value == pytest.approx(0.5)
    assert found["counterfactual", "arm clean"].value == pytest.approx(1.0), "both that differ answer B"
    few = estimated(rows, Design(k=4, least=2, different=3))["counterfactual", "arm clean"]
    assert (few.value, few.n, few.missing) == (None, 0, 20)


def test_without_an_embedding_there_is_no_counterfactual() -> None:
    rows = [row for n in range(20) for row in clean(n, ["AABB", "AAAA"])]
    assert not [name for name, _ in estimated(rows) if name.startswith("counterfactual")]


def test_only_replies_that_the_cue_moved_are_cued() -> None:
    rows = [row for n in range(20) for row in clean(n, ["AABB", "AAAA"])]
    for n in range(20):
        cued = first(n, "cued", TARGET if n else CLEAN, "metadata")
        rows += [cued, *continued(cued, ["AAAA", "BBBB"])]
    found = estimated(rows)["importance-target", ""]
    assert found.n == 19


@given(st.lists(COUNTS, min_size=2, max_size=6))
def test_the_importances_of_a_reply_add_up_to_the_whole_way(counts: list[Counts]) -> None:
    walk = walk_of(*counts)
    for letter in "ABC":
        whole = Step(walk.places[0], walk.places[-1], walk.row).importance(letter)
        assert sum(step.importance(letter) for step in walk.steps) == pytest.approx(whole)


@given(COUNTS, COUNTS, st.sampled_from([1e-9, 0.5, 1.0]), st.permutations(range(4)))
def test_a_divergence_is_never_negative_and_the_order_of_answers_does_not_matter(
    after: Counts, before: Counts, alpha: float, order: list[int]
) -> None:
    found = divergence(after, before, alpha)
    assert found >= 0
    mixed = divergence(tuple(after[at] for at in order), tuple(before[at] for at in order), alpha)
    assert mixed == pytest.approx(found)
    assert divergence(after, after, alpha) == pytest.approx(0, abs=1e-12)


def test_the_order_of_records_does_not_matter() -> None:
    rows = [row for n in range(21) for row in clean(n, ["ABBC", "AABB" if n % 3 else "BBBB", "AAAA"])]
    mixed = [rows[at] for at in np.random.default_rng(1).permutation(len(rows))]
    assert estimated(mixed) == estimated(rows)


def test_the_family_of_a_correction_are_the_steps_of_all_replies() -> None:
    one = walk_of((4, 0, 0, 0), (0, 4, 0, 0))
    ((_, alone),) = corrected([one], 2).items()
    assert alone == pytest.approx(2 / 70)
    still = [walk_of((4, 0, 0, 0), (4, 0, 0, 0)) for _ in range(3)]
    assert corrected([one, *still], 2)[one.steps[0]] == pytest.approx(4 * 2 / 70)


def test_a_reply_whose_answer_never_becomes_likelier_has_no_peak() -> None:
    assert peak(walk_of((4, 0, 0, 0), (4, 0, 0, 0), (2, 2, 0, 0)), 2) is None
    rise = walk_of((0, 4, 0, 0), (2, 2, 0, 0), (4, 0, 0, 0))
    assert peak(rise, 2) is rise.steps[0], "the first of those alike"


def test_few_replies_are_withheld() -> None:
    rows = [row for n in range(19) for row in clean(n, ["AABB", "AAAA"])]
    assert "n=19" in estimated(rows)["answer", "arm clean, kept = 1"].reason
