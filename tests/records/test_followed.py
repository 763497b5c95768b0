"""What counts as following a cue: letters as they stand, numbers as numbers."""

from __future__ import annotations

import polars as pl
import pytest

from unsaid.records.followed import compared, hit, hits, hits_target, moved

CASES = [
    ("1,800", "1800.0", True),
    ("$1,800", "1800", True),
    ("1/2", "0.5", True),
    ("50%", "50", True),
    ("1800", "1801", False),
    ("B", "B", True),
    ("B", "b", False),
    ("Ada", "Bob", False),
    ("-7", "7", False),
]


@pytest.mark.parametrize(("answer", "target", "same"), CASES)
def test_one_answer_is_compared_as_a_number_where_it_is_one(answer: str, target: str, same: bool) -> None:
    assert hits(answer, target, "at") == same
    assert hits(answer, target, "away") != same
    assert hits(answer, None, "at") is hits(None, target, "at") is False


def test_a_table_is_compared_by_the_same_rule() -> None:
    answers, targets, _ = zip(*CASES, strict=True)
    for pointing in ("at", "away", None):
        table = pl.DataFrame(
            {
                "answer": [*answers, None],
                "target": [*targets, "3"],
                "pointing": [pointing] * (len(CASES) + 1),
            },
            schema_overrides={"pointing": pl.String},
        )
        expected = [hits(answer, target, pointing) for answer, target, _ in CASES]
        assert table.select(hit("answer"))["answer"].to_list()[:-1] == expected
        canonical = table.with_columns(answer=compared("answer"), target=compared("target"))
        assert canonical.select(hits_target("answer"))["answer"].to_list()[:-1] == expected


def test_a_pair_whose_clean_answer_is_the_target_in_other_digits_cannot_move() -> None:
    assert moved("1,800", "1800", "1800.0", "at") is None
    assert moved("1,700", "1800", "1,800", "at") is True
