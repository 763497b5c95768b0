"""Verdicts are made into a column all together, which must be the column that Polars makes of each row alone."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.records import schema

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("mentions", "relies", "rejects"), st.none() | st.booleans()),
    **dict.fromkeys(("judge", "channel", "cue", "evidence", "missing"), st.none() | st.text(max_size=3)),
}
#: Some fields are left out of some verdicts.
VERDICTS = st.fixed_dictionaries({}, optional=FIELDS)


def by_rows(rows: list[Any]) -> pl.Series:
    return pl.Series("verdicts", rows, dtype=pl.List(schema.VERDICT), strict=True)


def column(rows: list[Any]) -> pl.Series:
    return schema.frame([{"verdicts": row} for row in rows])["verdicts"]


@given(st.lists(st.none() | st.lists(VERDICTS, max_size=3), min_size=1, max_size=8))
def test_each_row_has_its_own_verdicts_in_their_order(rows: list[list[dict[str, Any]] | None]) -> None:
    assert column(rows).equals(by_rows(rows), null_equal=True)


@pytest.mark.parametrize(
    "rows",
    [
        [[{"judge": "a", "more": 1}]],
        [[{"judge": "a"}, None]],
        [[{"judge": "a"}], [{"judge": 3}]],
        [[{"judge": "a", "mentions": True}], [{"mentions": 2}]],
    ],
)
def test_verdicts_of_an_unusual_form_are_left_to_polars(rows: list[Any]) -> None:
    assert column(rows).equals(by_rows(rows), null_equal=True)
