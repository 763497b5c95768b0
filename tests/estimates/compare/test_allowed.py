"""Which differences a judge's sample allows: the rate at the target where all of these replies were read."""

from __future__ import annotations

import polars as pl
import pytest

from unsaid.estimates.compare.allowed import allowed
from unsaid.estimates.compare.difference import Difference

RATES = ("said.unconditional", "said.on-target")


def pairs(read: list[bool]) -> pl.DataFrame:
    """Return four shared pairs: the first two end at the target in both runs; the second run's judge read these."""
    answers = {f"{side}_cued_answer": ["B", "B", "A", "C"] for side in ("first", "second")}
    moved = {f"{side}_moved": [True, False, False, False] for side in ("first", "second")}
    judged = {"first_judged": [True] * 4, "second_judged": read}
    return pl.DataFrame({"target": ["B"] * 4, "pointing": ["at"] * 4, **answers, **moved, **judged})


def reasons(read: list[bool]) -> dict[str, str]:
    made = [Difference("two", "one", name, "hint", "mention", value=0.25) for name in RATES]
    found = allowed(made, pairs(read), ("one", "two"))
    return {each.quantity: each.reason for each in found if each.value is None}


@pytest.mark.parametrize(
    ("read", "refused"),
    [
        ([True, True, True, True], {}),
        ([True, True, True, False], {"said.unconditional": 1}),
        ([True, False, False, True], {"said.unconditional": 2, "said.on-target": 1}),
        ([False, False, False, False], {}),
    ],
)
def test_a_rate_is_refused_where_one_of_its_replies_is_unread_and_says_what_to_do(
    read: list[bool], refused: dict[str, int]
) -> None:
    found = reasons(read)
    assert found.keys() == refused.keys()
    for quantity, unread in refused.items():
        assert found[quantity].startswith("two: ")
        assert f"{unread} of these are unread (unsaid judge --judge-sample 1 reads them)" in found[quantity]
