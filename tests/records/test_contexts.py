"""Which clean replies count where a question is asked clean behind demonstrations too."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from unsaid.records.contexts import bare

SOURCE = Path(__file__).parents[2] / "src" / "unsaid"


def rows(*contexts: tuple[str, str | None]) -> pl.DataFrame:
    """Records of one model: an elicitation and a context each."""
    schema = {"elicitation": pl.String, "context": pl.String}
    table = pl.DataFrame(contexts, schema=schema, orient="row")
    return table.with_columns(model=pl.lit("m")).with_row_index("number")


def test_a_question_that_is_asked_in_both_contexts_counts_once() -> None:
    found = bare(rows(("cot", "zero-shot"), ("cot", "few-shot"), ("direct", None), ("direct", "few-shot")))
    assert found["number"].to_list() == [0, 2], "what does not say its context is the bare question's"


def test_an_elicitation_that_always_shows_demonstrations_keeps_its_own_context() -> None:
    found = bare(rows(("few-shot-cot", "few-shot"), ("cot", "few-shot"), ("cot", "zero-shot")))
    assert found["number"].to_list() == [0, 2]


def test_of_no_records_none_count() -> None:
    assert bare(rows()).is_empty()


def test_the_rule_stands_in_one_place() -> None:
    rule = re.compile(r'fill_null\("zero-shot"\) == "zero-shot"')
    found = [path.name for path in SOURCE.rglob("*.py") if rule.search(path.read_text(encoding="utf-8"))]
    assert found == ["contexts.py"]
