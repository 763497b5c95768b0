"""Rules, reasons and ends by arm: counts, shares of the arm, cues summed, several models apart."""

from __future__ import annotations

from typing import Any

import polars as pl
from report_demo import demo
from with_sections import render

from unsaid.records import schema
from unsaid.report.files.csv import to_csv
from unsaid.report.files.csv_tables import sheets
from unsaid.report.run.reading_table import ReadingTable, readings, rules


def replies(count: int, arm: str, answer: str | None = "A", **columns: Any) -> list[dict[str, Any]]:
    base = {"model": "m", "elicitation": "cot", "epoch": 1, "arm": arm, "answer": answer}
    lost = {} if answer else {"unparsed": "no answer"}
    rows = (base | lost | columns | {"question_id": f"{arm}{n}{columns}"} for n in range(count))
    return [row | {"cluster": row["question_id"]} for row in rows]


ROWS = [
    *replies(90, "clean", parse_rule="strict"),
    *replies(10, "clean", parse_rule="boxed"),
    *replies(30, "cued", parse_rule="strict", cue="note"),
    *replies(20, "cued", parse_rule="strict", cue="key"),
    *replies(50, "cued", parse_rule="boxed<b>", cue="key"),
    *replies(100, "cued", None, cue="note", unparsed="placeholder"),
]


def table(rows: list[dict[str, Any]], head: str) -> ReadingTable:
    (found,) = [each for each in readings(schema.frame(rows)) if each.head == head]
    return found


def test_a_row_per_rule_and_a_column_per_arm_with_cues_summed() -> None:
    found = table(ROWS, "rule")
    assert found.arms == ("clean", "cued")
    ((heading, rows),) = found.groups
    assert heading == ""
    assert dict(rows) == {
        "strict": ("90 (90.0%)", "50 (50.0%)"),
        "boxed<b>": ("0 (0.0%)", "50 (50.0%)"),
        "boxed": ("10 (10.0%)", "0 (0.0%)"),
    }


def test_what_was_left_unread_is_counted_by_its_reason() -> None:
    found = table(ROWS, "reason")
    assert found.groups == (("", (("placeholder", ("100 (50.0%)",)),)),)


def test_an_end_that_no_version_knows_is_shown_and_one_that_was_not_recorded() -> None:
    rows = [
        *replies(3, "clean", stop_reason="stop"),
        *replies(1, "clean", stop_reason="zzz"),
        *replies(4, "clean"),
    ]
    ((_, ends),) = table(rows, "end").groups
    assert dict(ends) == {"not recorded": ("4 (50.0%)",), "stop": ("3 (37.5%)",), "zzz": ("1 (12.5%)",)}
    assert not [each for each in readings(schema.frame(ROWS)) if each.head == "end"]


def test_models_are_apart() -> None:
    found = table([*ROWS, *(row | {"model": "other"} for row in ROWS)], "rule")
    assert [heading for heading, _ in found.groups] == ["m", "other"]


def test_nothing_recorded_no_table() -> None:
    assert readings(schema.frame([])) == []
    assert readings(schema.frame(replies(3, "clean"))) == []


def test_they_stand_in_the_flow_section_escaped_and_in_a_file() -> None:
    made = demo(4)
    marked = made.records.with_columns(parse_rule=pl.lit("boxed<b>"))
    html = render(made.run, marked, made.estimates, made.flow)
    section = html.partition('<section id="flow"')[2].partition("</section>")[0]
    assert "Answers by rule" in section
    assert "How replies ended" in section
    assert "boxed&lt;b&gt;" in section
    listed = sheets(made.estimates, made.flow, rules(schema.frame(ROWS)))
    (sheet,) = [sheet for sheet in listed if sheet.name == "answers-by-rule"]
    assert "m,cot,cued,note,strict,30,1.0" in to_csv(sheet)
    assert "m,cot,clean,,boxed,10,0.1" in to_csv(sheet)
