"""Headline figures once more on strict replies, and answers that somebody was asked for are never pooled in silence."""

from __future__ import annotations

import numpy as np
import polars as pl
from making_records import Row, asked, table

from unsaid.estimates.cued.strict import STRICT, UNAIDED, subsets
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.multiverse.paths import multiverse
from unsaid.protocols.verbalisation import estimates


def ruled(rules: dict[str, int], moved: tuple[str, ...]) -> list[Row]:
    """Questions by the rule that read their cued reply; those of the rules in `moved` moved. Clean is strict."""
    rows: list[Row] = []
    for rule, count in rules.items():
        for number in range(count):
            answer = "B" if rule in moved else "A"
            arms = asked(f"{rule}{number}", "A", {"c": (answer, rule == "strict")}, correct="A")
            for row in arms:
                row["parse_rule"] = rule if row["arm"] == "cued" else "strict"
            rows += arms
    return rows


def found(rows: list[Row]) -> dict[tuple[str, str], Estimate]:
    every = estimates(table(rows), "lexical", np.random.default_rng(0))
    return {
        (each.quantity, each.subset): each
        for each in every
        if each.cue is None and each.definition in (None, "mention")
    }


def test_the_strict_replies_alone_stand_beside_all() -> None:
    of = found(ruled({"strict": 30, "boxed": 30}, moved=("strict",)))
    assert of["influence", ""].value == 0.5
    assert of["influence", STRICT].value == 1.0
    assert of["influence.replay-corrected", STRICT].n == 30
    assert of["faithfulness", STRICT].n == 30
    assert not any(subset == UNAIDED for _, subset in of)


def test_all_strict_or_none_known_is_not_told_twice() -> None:
    assert not any(STRICT in subset for _, subset in found(ruled({"strict": 30}, moved=("strict",))))
    rows = [row for n in range(30) for row in asked(f"q{n}", "A", {"c": ("B", True)}, correct="A")]
    assert not any(STRICT in subset for _, subset in found(rows))


def test_answers_that_were_asked_for_are_counted_and_left_out_once() -> None:
    of = found(
        ruled({"strict": 25, "boxed": 25, "model-read": 10, "asked-again": 5}, moved=("strict", "model-read"))
    )
    whole = of["influence.replay-corrected", ""]
    assert whole.n == 65
    assert {"model-read", "asked-again"} <= set(whole.flags)
    assert "10 answers model-read, 5 answers asked-again" in whole.note
    assert of["influence", UNAIDED].value == 0.5
    assert of["influence", UNAIDED].n == 50
    assert "model-read" in of["faithfulness", ""].flags


def test_a_lost_answer_was_lost_under_every_rule() -> None:
    pairs = pl.DataFrame(
        {
            "clean_rule": ["strict", "strict", "boxed", "strict"],
            "cued_rule": ["strict", None, "strict", "model-read"],
        }
    )
    parts = {str(at): part.height for at, part in subsets(pairs)}
    assert parts == {str(STRICT): 2, str(UNAIDED): 3}


def test_the_multiverse_has_it_as_a_choice() -> None:
    outcomes = multiverse(table(ruled({"strict": 30, "boxed": 30}, moved=("strict", "boxed"))))
    values = {
        each.universe.replies: each.estimate.value
        for each in outcomes
        if each.universe.definition == "mention" and each.universe.denominator == "moved"
    }
    assert values == {"all replies": 0.5, STRICT: 1.0}
    assert all(STRICT in each.estimate.subset for each in outcomes if each.universe.replies == STRICT)
