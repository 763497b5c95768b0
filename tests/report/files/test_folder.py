"""The report on disk: one file or a folder of pages, whole at every moment, and nothing left behind."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from report_demo import Demo, demo
from test_page import HOSTILE, Reader

from unsaid.report.files.folder import pages_of, whereabouts, write_report
from unsaid.report.run.page import Contents
from unsaid.report.transcripts.packed import Entry, unpack

SMALL = 12_000


def contents(made: Demo, records: pl.DataFrame | None = None) -> Contents:
    return Contents(made.run, made.records if records is None else records, made.estimates, made.flow)


def index(page: Path) -> dict[str, Any]:
    found: dict[str, Any] = unpack(page.read_text("utf-8").partition(' id="index">')[2].partition("<")[0])
    return found


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(scope="module")
def made() -> Contents:
    return contents(demo(60))


@pytest.fixture(scope="module")
def fewer() -> Contents:
    return contents(demo(50))


@pytest.fixture(scope="module")
def earlier(fewer: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a report and its pages; tests copy it."""
    folder = tmp_path_factory.mktemp("earlier")
    write_report(fewer, folder / "report.html", SMALL)
    return folder


def test_a_small_report_is_one_file(made: Contents, tmp_path: Path) -> None:
    assert write_report(made, tmp_path / "report.html") == [tmp_path / "report.html"]
    assert listing(tmp_path) == ["report.html"]
    assert "This file is complete" in (tmp_path / "report.html").read_text("utf-8")


def test_a_large_report_leads_to_pages_that_hold_its_transcripts(made: Contents, tmp_path: Path) -> None:
    report, *pages = write_report(made, tmp_path / "report.html", SMALL)
    assert len(pages) > 2
    assert pages == pages_of(report)
    assert f"{len(pages)} pages in report_files" in whereabouts(report)
    text = report.read_text("utf-8")
    assert "more than the 0.012 MB" in text
    assert "This file is complete" not in text
    assert 'id="block-0"' not in text
    assert '<a href="#f-cue=metadata&amp;outcome=moved">52.0%</a>' in text
    found = index(report)
    assert [report.parent / address for address in found["pages"]] == pages
    for number, page in enumerate(pages):
        on_it = index(page)
        assert {row[3] for row in on_it["rows"]} == {row[3] for row in found["rows"] if row[0] == number}
        assert [page.parent / name for name in on_it["pages"]] == pages
        assert (page.parent / on_it["report"]).resolve() == report
        blocks = re.findall(r'id="block-\d+">([^<]*)<', page.read_text("utf-8"))
        assert {Entry(*row).block for row in on_it["rows"]} == set(range(len(blocks)))


def test_every_page_is_closed_and_leads_only_to_its_report_and_to_pages(
    made: Contents, tmp_path: Path
) -> None:
    report, *pages = write_report(made, tmp_path / "report.html", SMALL)
    for page in (report, *pages):
        read = Reader(page.read_text("utf-8"))
        (policy,) = [m["content"] or "" for m in read.all("meta") if m.get("http-equiv")]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        for _, attrs in read.tags:
            assert not {"src", "style", "srcset", "action"} & attrs.keys()
            assert not any(name.startswith("on") for name in attrs)
        for link in read.all("a"):
            address = link["href"] or ""
            assert address.startswith("#") or (page.parent / address).is_file()


def test_the_same_records_make_the_same_files(made: Contents, tmp_path: Path) -> None:
    first = write_report(made, tmp_path / "report.html", SMALL)
    kept = {page: page.read_bytes() for page in first}
    first[2].unlink()
    assert write_report(made, tmp_path / "report.html", SMALL) == first
    assert {page: page.read_bytes() for page in first} == kept
    assert len(listing(tmp_path)) == 2 + len(first)  # the files, and two folders


def test_pages_of_an_earlier_report_go_and_what_others_put_there_stays(
    made: Contents, tmp_path: Path
) -> None:
    report, *old = write_report(made, tmp_path / "report.html", SMALL)
    other = [old[0].with_name("notes.txt"), old[0].parent.parent / "mine", tmp_path / "records.parquet"]
    for path in other:
        path.write_text("keep")
    _, *new = write_report(made, report, 3 * SMALL)
    assert 1 < len(new) < len(old)
    assert new[0].parent != old[0].parent
    assert not any(path.exists() for path in old)
    assert write_report(made, report) == [report]
    assert pages_of(report) == []
    assert all(path.read_text() == "keep" for path in other)


@pytest.mark.parametrize(
    ("moment", "limit"), [("first page", SMALL), ("last page", SMALL), ("report", SMALL), ("report", 10**9)]
)
def test_a_disk_that_fills_leaves_the_earlier_report_whole(
    limit: int, moment: str, made: Contents, earlier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(earlier, tmp_path, dirs_exist_ok=True)
    before = {name: path.read_bytes() for name in listing(tmp_path) if (path := tmp_path / name).is_file()}
    assert len(before) > 3
    target = {
        "first page": "transcripts-1.html",
        "last page": "transcripts-3.html",
        "report": "report.html",
    }

    whole = os.replace

    def fill(partial: Path, path: Path) -> None:
        if path.name == target[moment]:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(partial, path)

    monkeypatch.setattr(os, "replace", fill)
    with pytest.raises(OSError, match="No space"):
        write_report(made, tmp_path / "report.html", limit)
    after = {name: path.read_bytes() for name in listing(tmp_path) if (path := tmp_path / name).is_file()}
    assert after == before


def test_what_a_killed_process_left_is_cleared_away(made: Contents, tmp_path: Path) -> None:
    left = tmp_path / "report_files" / "partial" / "transcripts-1.html"
    orphan = tmp_path / "report_files" / "0123456789abcdef" / "transcripts-1.html"
    for page in (left, orphan):
        page.parent.mkdir(parents=True)
        page.write_text("half a pa")
    assert write_report(made, tmp_path / "report.html") == [tmp_path / "report.html"]
    assert listing(tmp_path) == ["report.html"]
    left.parent.mkdir(parents=True)
    left.write_text("half a pa")
    report, *pages = write_report(made, tmp_path / "report.html", SMALL)
    assert pages_of(report) == pages
    assert not left.exists()


def test_hostile_text_is_never_markup_in_a_page_of_transcripts(tmp_path: Path) -> None:
    made = demo(8)
    columns = ["stem", "reasoning", "visible", "task", "source", "question_id", "cue", "wording", "model"]
    records = made.records.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.concat_str(pl.lit(HOSTILE), name)).alias(name)
        for name in columns
    )
    plain = write_report(contents(made), tmp_path / "plain.html", 1)
    hostile = write_report(contents(made, records), tmp_path / "a: b#?%.html", 1)
    assert len(hostile) > 1
    allowed = {tag for page in plain for tag, _ in Reader(page.read_text("utf-8")).tags}
    for page in hostile:
        html = page.read_text("utf-8")
        assert "alert(1)" in html
        for raw in ("<script>alert", "<svg onload", "<img", "\x1b", "\u202e"):
            assert raw not in html
        assert {tag for tag, _ in Reader(html).tags} <= allowed
        assert len(re.findall("</script", html)) == len(re.findall("<script", html))
    assert "%3A" in index(hostile[0])["pages"][0]


def test_a_link_in_the_place_of_the_transcripts_is_not_followed(fewer: Contents, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "partial").mkdir(parents=True)
    for name in ("transcripts-1.html", "partial/transcripts-1.html"):
        (outside / name).write_text("mine")
    run = tmp_path / "run"
    run.mkdir()
    (run / "report_files").symlink_to(outside)
    with pytest.raises(OSError, match="report_files is a link"):
        write_report(fewer, run / "report.html", SMALL)
    write_report(fewer, run / "report.html")
    assert (run / "report.html").is_file()
    assert (outside / "transcripts-1.html").read_text() == "mine"
    assert (outside / "partial" / "transcripts-1.html").read_text() == "mine"
