"""The plane of accuracy and faithfulness: what stands on it, and what each elicitation costs."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from taking_apart import QUESTIONS, asked, estimated

from unsaid.estimates.chain.decomposition import NAME, QUANTITIES
from unsaid.estimates.chain.front import on_front
from unsaid.models.scripted.decomposes import Decomposes
from unsaid.protocols import protocol
from unsaid.protocols.decomposition.plane import plane, table
from unsaid.report.blocks import Shown

STYLES = "direct,cot,decomposed,factored"


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    return asked(Decomposes(chained=1, biased=1), NAME, STYLES)


def test_every_number_is_the_one_that_was_planted(records: pl.DataFrame) -> None:
    found = estimated(NAME, records)
    for style in ("cot", "decomposed", "factored"):
        assert found["accuracy", style].value == 1
        assert found["truncation", style].value > 0.5  # type: ignore[operator]
        assert found["corruption", style].value > 0.5  # type: ignore[operator]
    for style, bias in (("cot", 0), ("decomposed", -1), ("factored", -1)):
        assert found["bias", style].value == bias
    assert ("truncation", "direct") not in found, "without reasoning nothing is cut off"
    steps = np.mean([len(question.steps) for question in QUESTIONS])
    for style in ("decomposed", "factored"):
        assert found["sub-questions", style].value == pytest.approx(steps)
        assert [found[name, style].value for name in ("none", "capped", "unfilled")] == [0, 0, 0]
    assert [found["calls", style].value for style in ("direct", "cot", "decomposed")] == [1, 1, 1]
    rounds = np.mean([1 + (len(question.steps) > 4) for question in QUESTIONS])
    assert found["calls", "factored"].value == pytest.approx(1 + rounds + steps)


def test_the_edges_are_counted() -> None:
    found = estimated(NAME, asked(Decomposes(whole=1), NAME, "factored", QUESTIONS[:4]))
    assert found["none", "factored"].value == 1
    assert found["capped", "factored"].value == 0
    found = estimated(NAME, asked(Decomposes(unfinished=1), NAME, "decomposed,factored", QUESTIONS[:4]))
    assert found["capped", "factored"].value == found["capped", "decomposed"].value == 1
    assert found["none", "factored"].value == 0


def test_tokens_are_those_of_every_call_and_a_lost_reply_is_missing(records: pl.DataFrame) -> None:
    counted = records.with_columns(input_tokens=pl.lit(10, pl.Int64), output_tokens=pl.lit(2, pl.Int64))
    found = estimated(NAME, counted)
    assert found["tokens", "cot"].value == 12
    assert found["tokens", "factored"].value == pytest.approx(12 * (found["calls", "factored"].value or 0))
    part = pl.col("intervention").str.starts_with("part-").fill_null(value=False)
    some = counted.with_columns(output_tokens=pl.when(~part).then("output_tokens"))
    assert estimated(NAME, some)["tokens", "factored"].value is None
    lost = counted.with_columns(unparsed=pl.when(pl.col("answer").is_not_null()).then(pl.lit("error")))
    assert estimated(NAME, lost)["sub-questions", "factored"].value is None


def test_the_front_is_what_no_other_beats() -> None:
    rng = np.random.default_rng(0)
    sums = np.tile(np.array([[9, 10, 1, 10], [5, 10, 9, 10], [4, 10, 0, 10]], dtype=float), (6, 1, 1))
    assert on_front(sums, rng) == [1, 1, 0]


def test_the_picture_and_the_table_show_every_elicitation(records: pl.DataFrame) -> None:
    found = protocol(NAME).estimates(records, None, np.random.default_rng(0))
    shown = Shown(tuple(found))
    (picture,) = plane(shown)
    assert all(name in picture.key for name in ("cot", "decomposed", "factored"))
    assert "direct" not in picture.key
    grid = table(shown)
    assert grid is not None
    (ours, rows), (paper, published) = grid.groups
    assert ours == "m"
    assert {name for name, _ in rows} == set(STYLES.split(","))
    assert str(paper).startswith("Radhakrishnan et al. 2023")
    assert [cell.text for cell in dict(published)["factored decomposition"]][:4] == [
        "81.8",
        "20.5",
        "33.6",
        "−3.6",
    ]
    assert table(Shown(())) is None
    assert plane(Shown(())) == []
    assert {each.quantity for each in found} == {each.name for each in QUANTITIES.values()}
