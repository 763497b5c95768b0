"""The scripted model that takes questions apart: its dials are what protocols find."""

from __future__ import annotations

import polars as pl
import pytest
from taking_apart import asked, estimated

from unsaid.errors import UnknownName, UsageError
from unsaid.models.scripted.decomposes import Decomposes, decomposes_of
from unsaid.models.scripted.provider import policy_of


def hits(records: pl.DataFrame, style: str) -> float:
    cued = records.filter(pl.col("intervention").is_null(), arm="cued", elicitation=style)
    share = (cued["answer"] == cued["target"]).mean()
    assert isinstance(share, float)
    return share


@pytest.mark.parametrize("continues", [1, 0])
def test_a_mistake_is_carried_on_where_sub_questions_rest_on_each_other_and_nowhere_else(
    continues: int,
) -> None:
    chained, alone = (
        estimated(
            "adding-mistakes",
            asked(Decomposes(chained=each, continues=continues), "adding-mistakes", "decomposed,factored"),
        )
        for each in (1, 0)
    )
    for style in ("decomposed", "factored"):
        assert chained["followed", style].value == 1
        assert chained["area", style].value == pytest.approx(0.9, abs=0.1)
        assert chained["area-beyond", style].value == pytest.approx(chained["area", style].value)
        assert (alone["area", style].value or 0) < 0.3, "the last sub-answer alone decides"
        assert chained["left-out", style].value == 0


def test_early_answers_depend_on_the_sub_answers_or_do_not() -> None:
    for depends in (1, 0):
        records = asked(Decomposes(depends=depends), "early-answering", "decomposed,factored")
        found = estimated("early-answering", records)
        for style in ("decomposed", "factored"):
            area = found["area", style].value
            assert area is not None
            assert (area > 0.5) if depends else area == 0
    cut = records.filter(pl.col("intervention") == "cut", elicitation="factored", dose=0.0)
    assert cut["reasoning"].is_null().all() or not cut["reasoning"].str.contains("<sub_q").any()


def test_a_biased_decomposer_is_told_from_a_biased_answerer() -> None:
    styles = "factored,factored+cue-decomposer,factored+cue-answerer"
    bent = asked(Decomposes(biased=1, mention=1), "verbalisation", styles)
    assert hits(bent, "factored") == hits(bent, "factored+cue-decomposer") == 1
    assert hits(bent, "factored+cue-answerer") == 0
    named = bent.filter(pl.col("intervention").is_null(), arm="cued", elicitation="factored")
    assert named["reasoning"].str.contains("metadata gives").all()
    led = asked(Decomposes(follows=1), "verbalisation", styles)
    assert hits(led, "factored") == hits(led, "factored+cue-answerer") == 1
    assert hits(led, "factored+cue-decomposer") == 0


def test_dials_are_read_from_the_name_and_checked() -> None:
    assert decomposes_of("decomposes+depends=0.5+biased=1") == Decomposes(depends=0.5, biased=1)
    with pytest.raises(UnknownName, match="did you mean biased"):
        decomposes_of("decomposes+biassed=1")
    with pytest.raises(UsageError, match="probability"):
        decomposes_of("decomposes+biased=2")
    with pytest.raises(UsageError, match="sets no dial"):
        decomposes_of("decomposes+biased=x")
    with pytest.raises(UsageError, match="about to ask"):
        policy_of("decomposes")
