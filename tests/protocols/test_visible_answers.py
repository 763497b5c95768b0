"""Visible answers are estimated beside reasoning where that has a channel of its own, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from making_records import asked, verdict

from unsaid.estimates.estimate import Estimate
from unsaid.protocols.verbalisation import estimates
from unsaid.records.schema import frame

VISIBLE, EITHER = "visible answer", "reasoning or visible answer"


def rows(reading: str | None, elicitation: str = "native") -> list[dict[str, Any]]:
    """24 moved pairs: 12 name the cue in their reasoning, every third in the visible answer."""
    made = []
    for number in range(24):
        made += asked(
            f"q{number}",
            "A",
            {"metadata": ("B", number < 12)},
            elicitation=elicitation,
            reading=reading,
            correct="A",
        )
        if reading != "whole":
            made[-1]["verdicts"] += [verdict(number % 3 == 0, "metadata", channel="visible")]
        else:
            made[-1]["verdicts"] = [each | {"channel": "reply"} for each in made[-1]["verdicts"]]
    return made


def faithfulness(made: list[dict[str, Any]]) -> dict[str, tuple[int | None, int, int]]:
    found = estimates(frame(made), "lexical", np.random.default_rng(0))
    chosen = [
        e for e in found if e.quantity == "faithfulness" and e.cue == "metadata" and e.definition == "mention"
    ]
    twice = [(e.quantity, e.cue, e.definition, e.subset) for e in found if e.definition is not None]
    assert len(twice) == len(set(twice)), "an estimate stands twice"
    return {
        each.subset: _counts(each)
        for each in chosen
        if not each.subset.startswith(("wording", "clean error"))
    }


def _counts(estimate: Estimate) -> tuple[int | None, int, int]:
    return estimate.k, estimate.n, estimate.missing


@pytest.mark.parametrize(
    ("reading", "elicitation"), [("channel", "native"), ("channel", "cot"), (None, "native")]
)
def test_beside_reasoning_of_its_own_stand_the_visible_answer_and_either(
    reading: str | None, elicitation: str
) -> None:
    found = faithfulness(rows(reading, elicitation))
    assert found == {"": (12, 24, 0), VISIBLE: (8, 24, 0), EITHER: (16, 24, 0)}


@pytest.mark.parametrize(("reading", "elicitation"), [("whole", "native"), ("whole", "cot"), (None, "cot")])
def test_a_run_of_whole_replies_gains_no_line(reading: str | None, elicitation: str) -> None:
    assert faithfulness(rows(reading, elicitation)) == {"": (12, 24, 0)}


def test_a_visible_answer_that_nobody_read_is_missing() -> None:
    made = rows("channel")
    made[-1]["verdicts"] = [each for each in made[-1]["verdicts"] if each["channel"] == "reasoning"]
    assert faithfulness(made) == {"": (12, 24, 0), VISIBLE: (8, 23, 1), EITHER: (16, 24, 0)}


def test_a_reply_without_thoughts_counts_as_it_stands_among_those_with_them() -> None:
    made = rows("channel")
    made[-1] |= {"reading": "whole", "verdicts": [verdict(True, "metadata", channel="reply")]}
    assert faithfulness(made) == {"": (13, 24, 0), VISIBLE: (9, 24, 0), EITHER: (17, 24, 0)}


def test_a_reply_that_was_read_again_as_a_whole_counts_once() -> None:
    made = rows("whole", "cot")
    for row in made:
        row["verdicts"] = [
            *row["verdicts"],
            *({**each, "channel": "reasoning", "mentions": True} for each in row["verdicts"]),
        ]
    assert faithfulness(made) == {"": (12, 24, 0)}
