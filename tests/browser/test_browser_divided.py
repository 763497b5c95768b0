"""A report divided into pages, in a real browser: each link finds its page, and filters go along with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_demo import RUN, demo
from selenium.webdriver.common.keys import Keys

from browser.chrome import Page
from browser.reports import Reports
from unsaid.report.files.folder import write_report
from unsaid.report.run.page import Contents
from unsaid.report.transcripts.pairs import groups


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    path = tmp_path_factory.mktemp("divided") / "a report #1.html"
    return write_report(Contents(RUN, demo(60).records, []), path, limit=12_000)


def counted(page: Page) -> str:
    return str(page.see("document.getElementById('count').textContent"))


def where(page: Page) -> str:
    return str(page.see("location.href"))


def test_a_link_to_any_pair_opens_its_page(page: Page, files: list[Path]) -> None:
    report, *pages = files
    ids = [pair.id for group in groups(demo(60).records) for pair in group.pairs]
    assert len(pages) > 2
    landed = set()
    for name in (ids[0], ids[len(ids) // 2], ids[-1]):
        page.open(report, f"#q-{name}")
        page.wait("document.querySelector('#pair h3 a') && location.href.includes('transcripts-')")
        page.settle()
        page.wait(
            f"document.querySelector('#pair .columns') && document.querySelector('#list a[href=\"#q-{name}\"]')"
        )
        assert page.see("document.querySelector('#pair h3 a').getAttribute('href')") == f"#q-{name}"
        landed.add(where(page).partition("#")[0])
        assert not page.said()
    assert len(landed) == 3
    page.open(report, "#q-nobody")
    assert "No pair of this report" in page.texts("#trouble")[0]
    page.open(pages[0], f"#q-{ids[-1]}")
    assert "another page" in page.texts("#trouble")[0]


def test_filters_cover_every_page_and_go_along(page: Page, files: list[Path]) -> None:
    report, *pages = files
    of_metadata = sum(
        pair.cued["cue"] == "metadata" and "moved" in pair.outcomes
        for group in groups(demo(60).records, RUN["judge"])
        for pair in group.pairs
    )
    page.open(report, "#f-cue=metadata&outcome=moved")
    assert counted(page) == f"{of_metadata} of 720 pairs"
    assert f"all {len(pages)} pages ({of_metadata})" in page.texts("#elsewhere")[0]
    links = page.see("[...document.querySelectorAll('#elsewhere a')].map((a) => a.href)")
    each = []
    for link in links:
        page.driver.get("about:blank")
        page.driver.get(link)
        page.settle()
        page.wait("document.getElementById('filters').elements.cue.value === 'metadata'")
        page.settle()
        each.append(int(counted(page).split()[0]))
        assert "on this page" in counted(page)
        assert f"all {len(pages)} pages ({of_metadata})" in page.texts("#elsewhere")[0]
    assert sum(each) == of_metadata
    assert min(each) > 0
    assert not page.said()


def test_the_keys_walk_the_list_and_open_a_pair_with_its_filters(page: Page, files: list[Path]) -> None:
    page.open(files[0], "#f-cue=metadata&outcome=moved")
    first = page.texts("#list a[aria-current=true]")
    page.press("j", "j", "k")
    assert page.texts("#list a[aria-current=true]") != first
    assert page.see("document.activeElement.matches('#list a[aria-current=true]')")
    assert "transcripts-" not in where(page)
    page.press(Keys.ENTER)
    page.wait("location.href.includes('transcripts-')")
    page.wait("document.querySelector('#pair .columns')")
    page.settle()
    assert page.see("document.getElementById('filters').elements.outcome.value") == "moved"
    assert "on this page" in counted(page)
    page.press("j")
    page.wait("location.hash.startsWith('#q-')")
    assert "~metadata~" in where(page)
    assert not page.said()


def test_a_link_into_a_long_list_lists_its_neighbours(page: Page, reports: Reports) -> None:
    ids = [pair.id for group in groups(reports.records) for pair in group.pairs]
    assert len(ids) > 300
    page.open(reports.full, f"#q-{ids[-1]}")
    page.wait("document.querySelector('#list a[aria-current=true]')")
    assert (
        page.see("document.querySelector('#list a[aria-current=true]').getAttribute('href')")
        == f"#q-{ids[-1]}"
    )
    shown = page.texts("#list a")
    assert len(shown) < 200
    assert page.see("document.getElementById('list').start") == len(ids) - len(shown) + 1
    assert not page.see("document.getElementById('earlier').hidden")
    for _ in range(10):
        page.see("document.getElementById('earlier').click()")
    hrefs = page.see("[...document.querySelectorAll('#list a')].map((a) => a.getAttribute('href'))")
    assert hrefs == [f"#q-{name}" for name in ids]
    assert page.see("document.getElementById('earlier').hidden")
