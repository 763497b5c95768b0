"""Rules by arm: counts, shares of the arm, cues summed, several models apart."""

from __future__ import annotations

from typing import Any

import polars as pl
from report_demo import demo

from unsaid.report import render
from unsaid.report.reading_table import reading
from unsaid.report.sheets import sheets, to_csv

ROWS: list[dict[str, Any]] = [
    {
        "model": "m",
        "elicitation": "cot",
        "arm": arm,
        "cue": cue,
        "parse_rule": rule,
        "count": count,
        "share": 0.5,
    }
    for arm, cue, rule, count in (
        ("clean", None, "strict", 90),
        ("clean", None, "boxed", 10),
        ("cued", "note", "strict", 30),
        ("cued", "key", "strict", 20),
        ("cued", "key", "boxed<b>", 50),
    )
]


def test_a_row_per_rule_and_a_column_per_arm_with_cues_summed() -> None:
    table = reading(ROWS)
    assert table is not None
    assert table.arms == ("clean", "cued")
    ((heading, rows),) = table.groups
    assert heading == ""
    assert dict(rows) == {
        "strict": ("90 (90.0%)", "50 (50.0%)"),
        "boxed<b>": ("0 (0.0%)", "50 (50.0%)"),
        "boxed": ("10 (10.0%)", "0 (0.0%)"),
    }


def test_models_are_apart() -> None:
    table = reading(pl.DataFrame([*ROWS, *(row | {"model": "other"} for row in ROWS)]))
    assert table is not None
    assert [heading for heading, _ in table.groups] == ["m", "other"]


def test_no_rule_no_table() -> None:
    assert reading([]) is None
    assert reading([ROWS[0] | {"parse_rule": None}]) is None


def test_it_stands_in_the_flow_section_escaped_and_in_a_file() -> None:
    made = demo(4)
    html = render(made.run, made.records, made.estimates, made.flow, rules=ROWS)
    section = html.partition('<section id="flow"')[2].partition("</section>")[0]
    assert "Answers by rule and arm" in section
    assert "90 (90.0%)" in section
    assert "boxed&lt;b&gt;" in section
    assert "Answers by rule and arm" not in render(made.run, made.records, made.estimates, made.flow)
    (sheet,) = [sheet for sheet in sheets(made.estimates, made.flow, ROWS) if sheet.name == "answers-by-rule"]
    assert "m,cot,cued,note,strict,30,0.5" in to_csv(sheet)
