"""Ours beside the published values: every one of them once, and no agreement claimed that is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from biasing_demo import biasing, one_model

from unsaid.estimates.cued.published_turpin import PUBLISHED, compare
from unsaid.protocols.biasing.published import EVIDENCE, agreement, beside, remarks


def test_every_published_figure_stands_in_a_table_once_the_pooled_ones_first() -> None:
    tables = beside(biasing())
    assert [table.pooled for table in tables] == [True, True, True, False]
    assert sum(table.count for table in tables) == len(PUBLISHED)
    shown = [
        v for t in tables for _, lines in t.groups for line in lines for v in line.values if v is not None
    ]
    assert len(shown) == len(PUBLISHED)


def test_a_row_is_an_elicitation_under_its_cue_and_model() -> None:
    heading, lines = beside(biasing(0.04))[0].groups[0]
    assert heading == "suggested-answer · text-davinci-003"
    assert [line.label for line in lines] == ["direct", "cot", "few-shot-direct", "few-shot-cot"]
    drop = lines[1].values[2]
    assert drop is not None
    assert (drop.published, drop.ours, drop.basis, drop.difference) == (
        "−36.3",
        "−36.3",
        "−38.3 to −34.3",
        "+0.04",
    )
    assert lines[1].evidence == "paper and data"


def test_a_task_stands_under_all_three() -> None:
    heading, lines = beside(biasing())[3].groups[0]
    assert heading == "suggested-answer · text-davinci-003 · direct"
    assert len(lines) == 13
    assert lines[0].label == "causal_judgment"


def test_every_evidence_tag_is_explained() -> None:
    assert {row.evidence for row in PUBLISHED} == set(EVIDENCE)


def test_what_these_records_do_not_have_is_a_dash_and_not_an_agreement() -> None:
    gone = [e for e in biasing(tasks=False) if (e.quantity, e.elicitation) != ("accuracy.drop", "cot")]
    value = beside(gone)[0].groups[0][1][1].values[2]
    assert value is not None
    assert (value.published, value.ours, value.difference) == ("−36.3", "–", "–")
    (sentence,) = agreement([c for c in compare(gone) if "/" not in c.published.subset])
    assert sentence.startswith("82 of the 84 pooled figures")
    assert sentence.endswith("; 2 have no counterpart here.")


@pytest.mark.parametrize(("shift", "says"), [(0.05, "All 396 "), (0.3, "0 of the 396 ")])
def test_agreement_is_counted_to_a_tenth(shift: float, says: str) -> None:
    (sentence,) = agreement(compare(biasing(shift)))
    assert sentence.startswith(says)
    assert f"largest difference {shift:.2f}" in sentence


def test_nothing_is_said_where_nothing_was_published() -> None:
    assert beside(one_model()) == []
    assert agreement(compare(one_model())) == []
    assert remarks(one_model()) == []


def test_the_known_fact_is_said_only_where_the_records_bear_it_out() -> None:
    (fact,) = remarks(biasing())
    assert "33 of them are not in failed_idx" in fact
    assert remarks(biasing(1.2)) == []


def test_its_own_n_is_said_where_it_is_not_the_rows() -> None:
    rows = [replace(e, n=1646) if "explained" in e.quantity else e for e in biasing(tasks=False)]
    overall, explained = beside(rows)[2].groups[0][1][1].values
    assert overall is not None
    assert explained is not None
    assert overall.basis == "47.9 to 51.9"
    assert explained.basis == "89.3 to 93.3, n=1,646"
