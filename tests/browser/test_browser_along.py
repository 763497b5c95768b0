"""What was measured along a reply, in a real browser: beside its text, whatever it holds, on a phone and in words."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from along_demo import CUED, STEPS, records

from browser.chrome import Page
from unsaid.protocols import PAPERS, SECTIONS
from unsaid.records.schema import first_replies
from unsaid.report.run.page import Contents, first_page, packed
from unsaid.report.transcripts.shards import whole

ROWS = "#pair .columns > section:nth-child(2) table.along tbody tr"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    table = records(1)
    followed = table.filter(pl.col("intervention").is_not_null())
    contents = Contents({}, first_replies(table), [], sections=SECTIONS, papers=PAPERS, followed=followed)
    path = tmp_path / "along.html"
    path.write_text(first_page(contents, whole(packed(contents))), encoding="utf-8")
    return path


def test_chances_stand_beside_the_steps_and_nothing_in_a_step_acts(
    page: Page, report: Path, axe: str
) -> None:
    page.open(report, "#f-outcome=moved")
    page.wait("document.querySelector('#list a')")
    page.see("document.querySelector('#list a').click()")
    page.settle()
    rows = page.texts(ROWS)
    assert len(rows) == len(STEPS) + 1
    assert "before the first word" in rows[0]
    assert "</script><b>One</b>" in rows[1]
    assert "U+202E" in rows[1], "what would turn the text around is spelt out"
    assert [f"{round(100 * chance)}%" in row for chance, row in zip(CUED, rows, strict=True)] == [True] * 4
    assert ["settles here" in row for row in rows] == [False, False, True, False]
    assert page.see("document.querySelectorAll('table.along b').length") == 0
    assert page.see("document.querySelectorAll('table.along svg[aria-hidden]').length") == 3 * 4
    page.look(width=360)
    assert page.see("document.documentElement.scrollWidth <= innerWidth")
    assert page.violations(axe) == []
    assert page.said() == []
