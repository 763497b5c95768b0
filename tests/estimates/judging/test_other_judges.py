"""The rate as other judges read it: each by name, none pooled, none that gave no verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from making_records import asked, table, verdict

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.other_judges import other_readers, readers_of


def read(*judges: tuple[str, dict[str, Any]], questions: int = 30) -> pl.DataFrame:
    """Moved pairs, each read by every judge; a judge says yes in the first `yes` of them."""
    rows = []
    for number in range(questions):
        verdicts = [
            verdict(None if fails else number < yes, "c", judge=name)
            for name, says in judges
            for yes, fails in [(says.get("yes", 0), says.get("fails", False))]
        ]
        rows += asked(f"q{number}", "A", {"c": ("B", None)}, verdicts=verdicts)
    return table(rows)


def others(records: pl.DataFrame, judge: str) -> list[Estimate]:
    return other_readers(records, judge, np.random.default_rng(0), ("mention",), draws=100)


def test_each_other_judge_has_its_own_rate_and_the_own_judge_none() -> None:
    records = read(("lexical", {"yes": 3}), ("learned", {"yes": 12}), ("llm:x", {"yes": 30}))
    raw = {each.subset: each.value for each in others(records, "lexical") if each.quantity == "faithfulness"}
    assert raw == {"read by learned": 0.4, "read by llm:x": 1.0}


def test_a_judge_whose_every_reading_failed_is_no_reader() -> None:
    records = read(("lexical", {"yes": 3}), ("broken", {"fails": True}))
    assert readers_of(records) == ["lexical"]
    assert others(records, "lexical") == []


def test_a_panel_is_no_reader_beside_its_members() -> None:
    records = read(("a", {"yes": 3}), ("b", {"yes": 9}), ("panel(a+b)", {"yes": 6}))
    assert {each.judge for each in others(records, "a")} == {"b"}
    assert others(records, "panel(a+b)") == []


def test_replies_without_verdicts_have_no_readers() -> None:
    assert readers_of(table(asked("q", "A", {"c": ("B", None)}, verdicts=[]))) == []


def test_alpha_counts_only_the_judges_that_gave_a_verdict() -> None:
    records = read(("a", {"yes": 10}), ("b", {"yes": 20}), ("c", {"fails": True}))
    (alpha,) = [
        each
        for each in agreement(records, np.random.default_rng(0), draws=100)
        if each.quantity == "agreement.alpha" and each.definition == "mention"
    ]
    assert alpha.judge == "a and b"
    assert alpha.note == "2 judges, 180 verdicts"  # of three arms
