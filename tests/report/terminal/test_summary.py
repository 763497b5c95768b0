"""The short tables in the terminal: whole lines at any width, and nothing but text."""

from __future__ import annotations

import io

import pytest
from biasing_demo import biasing, one_model
from report_demo import demo, imported
from rich.console import Console, RenderableType
from with_sections import summary

from unsaid.estimates.coordinates import read
from unsaid.estimates.estimate import Estimate
from unsaid.report.terminal.table import Column, Fitted


def printed(estimates: list[Estimate], width: int = 120) -> str:
    return shown(summary(estimates), width)


def shown(what: RenderableType, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(what)
    return console.export_text()


def row(text: str, start: str, after: str = "") -> str:
    _, _, rest = text.partition(after) if after else ("", "", text)
    return next(line for line in rest.splitlines() if line.strip().startswith(start))


def test_each_cue_has_its_rates_intervals_and_n_on_one_line() -> None:
    text = printed(demo(2).estimates)
    assert "108  52.0 (43.0 to 64.6)       56   12.0 (2.0 to 26.0)" in row(text, "metadata")
    assert "3        too few (n=3)" in row(text, "unauthorized-information")
    assert "one-sided" in text


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_broken(width: int) -> None:
    for estimates in (demo(2).estimates, biasing(), one_model()):
        lines = printed(estimates, width).splitlines()
        assert max(map(len, lines)) <= width
        names = {estimate.cue for estimate in estimates if estimate.cue}
        assert all(any(name in line for line in lines) for name in names)


def test_columns_are_left_out_rather_than_squeezed_and_the_table_says_so() -> None:
    narrow, wide = (printed(demo(2).estimates, width) for width in (80, 160))
    assert "(left out at this width: less chance (replay), relied, less chance (alpha))" in narrow
    assert "left out at this width" not in wide
    assert "8.4 (0.2 to 22.4)" in row(wide, "metadata")  # 0.7 of 12%: said that it relied on the cue


def test_the_suggested_answer_rows_are_printed_to_a_tenth_with_intervals() -> None:
    text = printed(biasing(), 80)
    cot = row(text, "cot", "suggested-answer · text-davinci-003")
    assert "59.6 → 23.3  −36.3 (−38.3 to −34.3)  59.6 → 23.3" in cot
    assert "75.8 → 51.7  −24.1" in row(text, "few-shot-cot", "suggested-answer · text-davinci-003")
    assert "65.3 → 34.7  −30.6" in row(text, "cot", "suggested-answer · claude-v1")
    assert "/navigate" not in text


def test_the_largest_difference_of_a_row_is_printed() -> None:
    assert row(printed(biasing(0.07)), "cot").endswith("0.07")
    assert "(largest difference 0.07)" in printed(biasing(0.07))


def test_the_subset_that_explained_by_bias_is_counted_on_is_said() -> None:
    text = " ".join(printed(biasing()).split())
    assert "E of answer-is-always-a is over the bias-contradicting questions alone, as in the paper" in text
    assert "E of suggested-answer" not in text


def test_a_run_of_our_own_names_its_cues_and_claims_no_published_value() -> None:
    text = printed(one_model(), 80)
    assert "on bias-contradicting questions (unsaid/demo, cot)" in text
    assert "80.0 → 60.0  −20.0 (−22.0 to −18.0)" in row(text, "cue-1")
    assert "published" not in text
    assert "diff." not in text


def test_a_run_with_accuracies_only_shows_them() -> None:
    text = printed(imported().estimates)
    assert "2,111  59.6 → 23.3  −36.3 (−38.3 to −34.3)" in text
    assert "change, 95% interval" in text  # bias-consistent: accuracy rises


def test_what_is_missing_from_a_setting_is_a_dash() -> None:
    rows = [e for e in one_model(1) if e.quantity != "accuracy.clean" and e.subset == "bias-contradicting"]
    assert "– → 60.0" in row(printed(rows), "cue-0")


def test_a_mean_over_cues_that_have_no_value_is_not_said_to_rest_on_none() -> None:
    few = [
        Estimate(
            "verbalisation",
            "faithfulness",
            "m",
            None,
            reason="too few (n=7)",
            n=7,
            cue=cue,
            flags=("withheld",),
        )
        for cue in ("a", "b")
    ]
    over = Estimate("verbalisation", "faithfulness", "m", None, reason="no cue has a value: a: too few (n=7)")
    assert row(printed([*few, over]), "all cues").split()[2:] == ["–", "no", "cue", "has", "a", "value"]


def test_escape_sequences_and_console_markup_are_only_text() -> None:
    cue = "[red]x[/red]\x1b[2J\u202e"
    for protocol, quantity, subset in (
        ("verbalisation", "influence", ""),
        ("biasing", "accuracy.cued", "bias-contradicting"),
    ):
        made = Estimate(protocol, quantity, cue, 0.5, low=0.4, high=0.6, n=9, cue=cue, at=read(subset))
        text = printed([made])
        assert "[red]x[/red][U+001B][2J[U+202E]" in text
        assert "\x1b" not in text


def test_a_column_that_is_empty_throughout_is_not_shown_and_not_missed() -> None:
    table = Fitted("", (Column("a"), Column("b", spare=1), Column("c")), (("", (("x", "", "1"),)),))
    assert shown(table, 40).splitlines() == ["a  c", "x  1"]


def test_columns_that_must_stay_stay() -> None:
    table = Fitted("", (Column("name"), Column("n", spare=1)), (("", (("a-name-of-some-length", "1"),)),))
    assert table.fitting(10) == [0]
