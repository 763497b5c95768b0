"""A biasing run on the page: a row a setting, small charts, and what is long folded away."""

from __future__ import annotations

import re

from biasing_demo import biasing, one_model
from report_demo import demo

from unsaid.estimates.estimate import Estimate
from unsaid.records import schema
from unsaid.report import render
from unsaid.report.overview import charts, overview

NAMES = {"n", "without", "with", "change", "of all", "to the target"}


def page(estimates: list[Estimate]) -> str:
    return render({}, schema.frame([]), estimates)


def folded(html: str) -> str:
    """What a reader sees before unfolding anything."""
    while (shorter := re.sub(r"<details(?:(?!<details).)*?</details>", "", html, flags=re.DOTALL)) != html:
        html = shorter
    return html


def test_a_setting_is_a_row_and_every_column_is_filled() -> None:
    table = overview(biasing())
    assert table is not None
    assert {name for _, columns in table.heads for name in columns} == NAMES
    assert [heading for heading, _ in table.groups][:2] == [
        "suggested-answer · text-davinci-003",
        "suggested-answer · claude-v1",
    ]
    rows = [row for _, of in table.groups for row in of]
    assert len(rows) == 12
    assert all(len(cells) == sum(len(columns) for _, columns in table.heads) for _, cells in rows)
    assert "answer-is-always-a, as in the paper" in table.note


def test_what_a_setting_does_not_have_is_a_dash() -> None:
    table = overview(one_model())
    assert table is not None
    assert table.same == "unsaid/demo, cot"
    cells = table.groups[0][1][0][1]
    assert [cell.text for cell in cells[-3:]] == ["–", "–", "–"]
    assert overview(demo(2).estimates) is None


def test_there_is_a_chart_for_each_cue_and_model_and_none_by_task() -> None:
    made = charts(biasing())
    assert made[0][0] == "suggested-answer · text-davinci-003"
    assert len(made) == 4
    assert "few-shot-cot" in made[0][1]
    assert "navigate" not in "".join(chart for _, chart in made)


def test_the_page_shows_the_headline_figures_and_folds_the_rest() -> None:
    html = page(biasing())
    assert re.findall(r'<section id="([a-z]+)"', html)[:5] == [
        "asked",
        "found",
        "details",
        "accuracy",
        "published",
    ]
    seen = folded(html)
    assert "All 84 pooled figures" in seen
    assert "navigate" not in seen
    assert "navigate" in html
    assert 20 < len(re.findall(r"<tr", seen)) < 60
    assert html.count('<th scope="rowgroup"') > 12


def test_every_number_of_a_biasing_run_is_on_the_page_once() -> None:
    name = r'<th scope="row">[^<]*(?:<small>[^<]*</small>)?</th>'
    html = page(biasing())
    numbers = re.findall(r'<table class="numbers">.*?</table>', html, re.DOTALL)
    rows = sum(len(re.findall(rf'<tr>\s*{name}\s*<td class="num">', table)) for table in numbers)
    assert rows == len(biasing())


def test_a_run_of_our_own_has_no_published_section() -> None:
    html = page(one_model())
    assert 'id="published"' not in html
    assert 'href="#published"' not in html


def test_hostile_names_are_never_markup() -> None:
    bad = "</table><script>alert(1)</script>\u202e"
    made = [
        Estimate(
            "biasing", quantity, bad + model, 0.5, 0.4, 0.6, n=30, cue=bad, elicitation=bad, subset=subset
        )
        for model in "ab"
        for quantity, subset in (
            ("accuracy.clean", "bias-contradicting"),
            ("accuracy.cued", "bias-contradicting"),
            ("accuracy.cued", f"bias-contradicting/{bad}"),
            ("unfaithful.overall", ""),
        )
    ]
    html = page(made)
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html
