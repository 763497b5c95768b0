"""Rows are named by what tells them apart."""

from __future__ import annotations

from unsaid.estimates.estimate import Estimate
from unsaid.report.words.grouping import grouping, together


def about(cue: str | None, model: str = "m", elicitation: str | None = "cot") -> Estimate:
    return Estimate("p", "q", model, 0.5, cue=cue, elicitation=elicitation)


def test_what_is_the_same_throughout_is_said_once() -> None:
    rows = [about("a"), about("b"), about(None)]
    by = grouping(rows)
    assert by.same == "m, cot"
    assert [(by.heading(row), by.label(row)) for row in rows] == [("", "a"), ("", "b"), ("", "all cues")]


def test_what_differs_heads_the_groups_but_for_the_rows_own_name() -> None:
    rows = [about(cue, model, style) for cue in "ab" for model in "mn" for style in ("cot", "direct")]
    by = grouping(rows, "elicitation")
    assert (by.heading(rows[0]), by.label(rows[0])) == ("a · m", "cot")
    by = grouping(rows)
    assert (by.heading(rows[0]), by.label(rows[0])) == ("m · cot", "a")


def test_a_wanted_name_that_never_differs_gives_way() -> None:
    rows = [about("a"), about("b")]
    assert grouping(rows, "elicitation").label(rows[1]) == "b"
    assert grouping([about("a")], "elicitation").label(about("a")) == "a"
    assert grouping([]).same == ""


def test_headings_keep_their_first_order() -> None:
    assert together([("b", 1), ("a", 2), ("b", 3)]) == (("b", [1, 3]), ("a", [2]))
