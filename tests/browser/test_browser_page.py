"""The pages in a real browser: closed, accessible in every dress, whole on a phone and on paper."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from browser.chrome import Page
from browser.reports import Reports

PAGES = [field.name for field in fields(Reports) if field.type == "Path"]


def leaf(report: Path) -> Path:
    """The first page of transcripts beside a divided report."""
    return min(report.with_name(f"{report.stem}_files").rglob("transcripts-1.html"))


def address(path: Path) -> set[str]:
    return {path.as_uri()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_to_the_console_and_asks_nobody_for_anything(
    page: Page, reports: Reports, name: str
) -> None:
    path: Path = getattr(reports, name)
    page.open(path)
    assert page.asked() == address(path)
    assert page.said() == []
    assert page.see("window.pwned") is None
    assert page.see("!document.getElementById('trouble') || document.getElementById('trouble').hidden")


@pytest.mark.parametrize(
    ("name", "dark"),
    [
        *((name, False) for name in ("small", "biasing", "divided", "comparison")),
        *((name, True) for name in ("small", "hostile", "comparison")),
    ],
)
def test_axe_finds_nothing_serious(page: Page, axe: str, reports: Reports, name: str, dark: bool) -> None:
    page.look(dark=dark)
    page.open(getattr(reports, name))
    # Everything that can be opened is open: the folds, and (in the reports) a pair.
    page.see("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.see("getComputedStyle(document.body).backgroundColor") == (
        "rgb(22, 25, 28)" if dark else "rgb(253, 253, 251)"
    )
    assert page.violations(axe) == []


@pytest.mark.parametrize("name", ["small", "comparison"])
def test_axe_finds_nothing_serious_on_a_phone(page: Page, axe: str, reports: Reports, name: str) -> None:
    page.look(width=360, height=740)
    page.open(getattr(reports, name))
    assert page.violations(axe) == []


def test_the_switch_of_themes_overrules_the_system_and_stays_legible(
    page: Page, axe: str, reports: Reports
) -> None:
    page.open(reports.words)
    assert (
        page.see("document.getElementById('theme').getAttribute('aria-label')") == "Switch to the dark theme"
    )
    page.see("document.getElementById('theme').click()")
    assert page.see("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 28)"
    assert (
        page.see("document.getElementById('theme').getAttribute('aria-label')") == "Switch to the light theme"
    )
    assert page.violations(axe) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_never_scrolls_a_page_sideways(page: Page, reports: Reports, name: str) -> None:
    page.look(width=360, height=740)
    page.open(getattr(reports, name))
    page.see("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.see("document.documentElement.scrollWidth") <= 360
    # What is wider than the screen scrolls in a region of its own, which the keyboard reaches.
    hidden = page.see(
        "[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0)"
        ".map((e) => e.className)"
    )
    assert hidden == []


def test_on_a_phone_each_number_keeps_its_interval_and_what_it_rests_on_in_sight(
    page: Page, reports: Reports
) -> None:
    page.look(width=360, height=740)
    page.open(reports.full)
    outside = page.see(
        "[...document.querySelectorAll('#cues .numbers td, #cues .numbers tbody th')].filter((e) => "
        "{ const box = e.getBoundingClientRect(); return box.width < 1 || box.left < 0 || box.right > 360; }).length"
    )
    assert outside == 0
    rows = page.see("document.querySelectorAll('#cues .numbers tbody tr').length")
    assert rows > 30


def test_every_chart_speaks_and_stays_inside_its_figure(page: Page, reports: Reports) -> None:
    for width in (360, 1280):
        page.look(width=width)
        page.open(reports.full)
        charts = page.see(
            "[...document.querySelectorAll('svg.chart')].map((svg) => { const box = svg.getBoundingClientRect();"
            " const ends = [...svg.querySelectorAll('text')].map((t) => t.getBoundingClientRect());"
            " return [svg.getAttribute('role'), svg.getAttribute('aria-label'),"
            " ends.every((e) => e.left >= box.left - 1 && e.right <= box.right + 1)]; })"
        )
        assert len(charts) >= 4
        for role, words, inside in charts:
            assert role == "img"
            assert re.search(r"\d%", words)
            assert inside, words[:80]


def test_words_in_a_chart_do_not_lie_on_each_other(page: Page, reports: Reports) -> None:
    page.look(width=360)
    page.open(reports.full)
    over = page.see(
        "[...document.querySelectorAll('svg.chart')].flatMap((svg) => { const all = [...svg.querySelectorAll("
        "'text.label, text.figure')].map((t) => [t.textContent, t.getBoundingClientRect()]);"
        " return all.flatMap(([a, p], i) => all.slice(i + 1).filter(([, q]) =>"
        " p.left < q.right - 1 && q.left < p.right - 1"
        " && p.top < q.bottom - 4 && q.top < p.bottom - 4).map(([b]) => `${a} / ${b}`)); })"
    )
    assert over == []


def test_paper_has_the_numbers_and_not_the_controls(page: Page, reports: Reports) -> None:
    page.look(dark=True)
    page.open(reports.full)
    pdf = page.printed()
    assert pdf.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 16
    page.tell("Emulation.setEmulatedMedia", media="print")
    shown = "(id) => document.querySelector(id).getClientRects().length > 0"
    for control in ("#theme", "#filters", "#list", "#pair", ".contents", ".skip"):
        assert not page.see(f"({shown})(arguments[0])", control), control
    for part in ("#cues table", "svg.chart", "#flow table", "#settings table", "#cite", "details summary"):
        assert page.see(f"({shown})(arguments[0])", part), part
    assert page.see("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.see("document.querySelector('#wording details').setAttribute('open', '')")
    unfolded = page.printed()
    assert len(re.findall(rb"/Type\s*/Page\b", unfolded)) > len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_divided_report_leads_to_its_pages_and_back(page: Page, axe: str, reports: Reports) -> None:
    page.open(reports.divided)
    first = page.see("document.querySelector('#list a').href")
    assert "transcripts-1.html#q-" in first
    page.see("document.querySelector('#list a').click()")
    page.wait("location.href.includes('transcripts-1.html')")
    page.settle()
    assert page.see("document.querySelectorAll('#pair .columns > section').length") == 2
    assert page.said() == []
    assert page.asked() == address(leaf(reports.divided)) | address(reports.divided)
    assert page.violations(axe) == []
    page.look(width=360)
    assert page.see("document.documentElement.scrollWidth") <= 360
    page.see("document.querySelector('header a').click()")
    page.wait("location.href.endsWith('/divided.html')")


def test_the_instruments_see_what_they_are_to_see(page: Page, axe: str, reports: Reports) -> None:
    page.open(reports.words)
    page.see(
        "(() => { const image = document.createElement('img'); image.src = 'https://evil.invalid/x';"
        " document.getElementById('pair').append(image); const script = document.createElement('script');"
        " script.textContent = 'window.pwned = 1'; document.body.append(script);"
        " setTimeout(() => { throw Error('thrown'); }); })()"
    )
    page.wait("window.refused.length >= 3")
    said = " ".join(page.said())
    assert "img-src" in said
    assert "script-src" in said
    assert "thrown" in said
    assert page.see("window.pwned") is None
    assert any("image-alt" in found for found in page.violations(axe))
