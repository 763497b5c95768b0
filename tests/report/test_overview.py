"""A biasing run on the page: a row a setting, small charts, and what is long folded away."""

from __future__ import annotations

import re

from biasing_demo import biasing, one_model
from report_demo import demo
from with_sections import render, rows_of, shown

from unsaid.estimates.coordinates import read
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing import page as module
from unsaid.protocols.biasing.section import SECTION
from unsaid.records import schema
from unsaid.report.blocks import Shown
from unsaid.report.grid import Grid
from unsaid.report.standalone import Picture

NAMES = {"n", "without", "with", "change", "of all", "to the target"}


def of(estimates: list[Estimate]) -> Shown:
    return shown(SECTION, estimates)


def overview(estimates: list[Estimate]) -> Grid | None:
    return module.table(of(estimates))


def charts(estimates: list[Estimate]) -> list[Picture]:
    return module.charts(of(estimates))


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
    assert set(table.columns) == NAMES
    assert list(rows_of(table))[:2] == [
        "suggested-answer · text-davinci-003",
        "suggested-answer · claude-v1",
    ]
    rows = [cells for group in rows_of(table).values() for cells in group.values()]
    assert len(rows) == 12
    assert all(len(cells) == len(table.columns) == sum(width for _, width in table.heads) for cells in rows)
    assert "answer-is-always-a, as in the paper" in module.note(of(biasing()))[0]


def test_what_a_setting_does_not_have_is_a_dash() -> None:
    table = overview(one_model())
    assert table is not None
    assert table.caption.endswith("(unsaid/demo, cot)")
    cells = table.groups[0][1][0][1]
    assert [cell.text for cell in cells[-3:]] == ["–", "–", "–"]
    assert overview(demo(2).estimates) is None


def test_there_is_a_chart_for_each_cue_and_model_and_none_by_task() -> None:
    made = charts(biasing())
    assert made[0].title.endswith(": suggested-answer · text-davinci-003")
    assert len(made) == 4
    assert "few-shot-cot" in made[0].chart
    assert "navigate" not in "".join(picture.chart for picture in made)


def test_the_page_shows_the_headline_figures_and_folds_the_rest() -> None:
    html = page(biasing())
    assert re.findall(r'<section id="([a-z-]+)"', html)[:6] == [
        "asked",
        "found",
        "details",
        "accuracy-at-a-glance",
        "published",
        "accuracy",
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
            "biasing", quantity, bad + model, 0.5, 0.4, 0.6, n=30, cue=bad, elicitation=bad, at=read(subset)
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
