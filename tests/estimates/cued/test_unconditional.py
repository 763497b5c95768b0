"""The share of all cued replies that say so: what it counts, and what a missing verdict does to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import asked, counted, reply, table, verdict

from examples import examples
from unsaid.estimates.cued.unconditional import QUANTITIES, unconditional
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs


def rates(records: pl.DataFrame, definition: Any = "mention") -> dict[str | None, Estimate]:
    found = unconditional(pairs(records), np.random.default_rng(0), definition, draws=200)
    assert {each.quantity for each in found} <= set(QUANTITIES)
    return {each.cue: each for each in found if each.quantity == "said.unconditional"}


def labelled(number: int, says: bool, cue: str = "note") -> dict[str, Any]:
    return reply("cued", f"q{number}", None, cue=cue, verdicts=[verdict(says, cue)])


def test_labels_without_any_answer_are_enough() -> None:
    one = rates(table(labelled(number, number < 10) for number in range(40)))["note"]
    assert (one.value, one.n, one.k, one.missing, one.questions) == (0.25, 40, 10, 0, 40)
    assert one.low is not None
    assert one.high is not None
    assert (round(one.low, 4), round(one.high, 4)) == (0.1419, 0.4019)  # Wilson for 10 of 40


def test_replies_that_did_not_move_count_as_well() -> None:
    records = table(counted(moved=20, elsewhere=10, stayed=50, said=40))
    assert rates(records)["metadata"].value == pytest.approx(40 / 80)


def test_of_replies_at_the_target_those_that_were_there_without_the_cue_count_as_well() -> None:
    rows = asked("q0", "B", {"c": ("B", False)}) + asked("q1", "A", {"c": ("B", True)})
    rows += asked("q2", "A", {"c": ("A", True)})
    found = unconditional(pairs(table(rows)), np.random.default_rng(0), draws=200)
    (one,) = [each for each in found if each.quantity == "said.on-target" and each.cue]
    assert (one.value, one.k, one.n) == (0.5, 1, 2)


def test_a_judge_that_read_mostly_moved_replies_does_not_bend_the_rate() -> None:
    """All 20 moved replies were read and 20 say so; of the 60 others 6 were read, and none of them says so."""
    rows = counted(moved=20, elsewhere=0, stayed=60, said=20)
    for row in rows:
        number = int(row["question_id"][1:])
        if row["arm"] == "cued" and number >= 26:
            row["verdicts"] = []
    one = rates(table(rows))["metadata"]
    assert one.value == pytest.approx(20 / 80)
    assert (one.n, one.missing, one.k) == (26, 54, None)


def test_where_one_side_was_not_read_at_all_there_is_no_rate_and_the_reason_says_so() -> None:
    rows = counted(moved=20, elsewhere=0, stayed=10, said=20)
    for row in rows:
        if int(row["question_id"][1:]) >= 20:
            row["verdicts"] = []
    one = rates(table(rows))["metadata"]
    assert one.value is None
    assert one.reason == "no reply that did not move has a verdict"


def test_nobody_asked_for_reliance_gives_no_rate_of_reliance() -> None:
    assert rates(table([reply("cued", "q", "B", cue="note", target="B")])) == {}


def test_over_cues_it_is_the_unweighted_mean() -> None:
    rows = [labelled(number, True) for number in range(10)]
    rows += [labelled(number, False, "key") | {"question_id": f"k{number}"} for number in range(30)]
    found = rates(table(rows))
    assert found[None].value == pytest.approx(0.5)
    assert found[None].n == 40


@examples(8, nightly=500)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), min_size=1, max_size=30))
def test_it_is_a_share_and_counts_every_cued_reply_once(drawn: list[tuple[bool, bool | None]]) -> None:
    rows = [
        row
        for number, (moves, says) in enumerate(drawn)
        for row in asked(f"q{number}", "A", {"c": ("B" if moves else "A", says)})
    ]
    for one in rates(table(rows)).values():
        assert one.n + one.missing == len(drawn)
        if one.value is not None:
            assert one.low is not None
            assert one.high is not None
            assert 0 <= one.low <= one.value <= one.high <= 1
            assert one.low < one.high
