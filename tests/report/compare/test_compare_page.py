"""The comparison's page, file and table: closed, complete, linked, and safe whatever labels and models hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from report_demo import demo
from rich.console import Console
from test_page import HOSTILE, Reader

from unsaid.estimates.compare.contrast import Comparison, Run, compare
from unsaid.report.compare.page import addresses, render_comparison
from unsaid.report.compare.results import document, write_comparison
from unsaid.report.compare.terminal import summary
from unsaid.report.transcripts.pairs import groups


def compared(labels: tuple[str, ...] = ("first", "second"), **columns: Any) -> Comparison:
    """Two runs of the same questions, the second replying otherwise; `columns` overwrite those of the second."""
    first = demo(60, 7).records
    back = (pl.col("arm") == "cued") & (pl.int_range(pl.len()) % 3 == 0)
    second = first.with_columns(answer=pl.when(back).then("correct").otherwise("answer"))
    runs = [first, second.with_columns(pl.lit(value).alias(name) for name, value in columns.items())]
    sides = [Run(label, records, {"seed": 0}) for label, records in zip(labels, runs, strict=True)]
    return compare(sides, np.random.default_rng(0), draws=200)


@pytest.fixture(scope="module")
def plain() -> Comparison:
    return compared()


@pytest.fixture(scope="module")
def page(plain: Comparison) -> str:
    links = {run.label: addresses(run.records, None, f"../{run.label}/report.html") for run in plain.runs}
    return render_comparison(plain, links, "unsaid compare first second")


def shown(comparison: Comparison, width: int = 120) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(summary(comparison))
    return capture.get()


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    read = Reader(page)
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not read.all("script")
    for _, attrs in read.tags:
        assert not {"src", "style", "srcset", "action"} & attrs.keys()
        assert not any(name.startswith("on") for name in attrs)
        assert (attrs.get("href") or "#").startswith(("#", "data:,", "../first/", "../second/"))


def test_every_table_and_chart_speaks_to_a_screen_reader(page: str) -> None:
    read = Reader(page)
    assert len(read.all("table")) == len(read.all("caption")) >= 3
    charts = read.all("svg")
    assert sum("aria-label" in chart for chart in charts) == 4
    assert all(head.get("scope") for head in read.all("th"))
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)


def test_what_is_not_comparable_stands_before_the_numbers() -> None:
    plain = compared(temperature=0.5, target="Z")
    page = render_comparison(plain)
    assert {remark.kind for remark in plain.contrasts[0].remarks} == {"target", "pairs", "temperature"}
    assert page.index("What is not comparable") < page.index("Each quantity in either run")
    for remark in plain.contrasts[0].remarks:
        assert remark.text in page


def test_every_difference_is_in_the_table(page: str, plain: Comparison) -> None:
    rows = re.findall(r'<th scope="row">.*?</tr>', page, re.DOTALL)
    numbers = [row for row in rows if row.count('class="num"') == 9]
    assert len(numbers) == len(plain.differences)


def test_changed_pairs_link_to_the_transcripts_of_both_runs(page: str, plain: Comparison) -> None:
    ids = {
        run.label: {pair.id for group in groups(run.records) for pair in group.pairs} for run in plain.runs
    }
    links = re.findall(r'href="\.\./(first|second)/report\.html#q-([^"]+)"', page)
    assert links
    for label, identity in links:
        assert identity in ids[label]
    changed = sum(min(60, len(move.pairs)) for move in plain.contrasts[0].moves if move.before != move.after)
    assert len(links) == 2 * changed


def test_without_reports_the_pairs_are_named_and_nothing_is_linked(plain: Comparison) -> None:
    bare = render_comparison(plain)
    assert "report.html" not in bare
    assert "Who moved where" in bare


def test_hostile_labels_and_names_are_text() -> None:
    labels = (f"one {HOSTILE}", f"two {HOSTILE}")
    comparison = compared(labels, model=f"m {HOSTILE}", elicitation=HOSTILE)
    html = render_comparison(comparison, {}, f"unsaid compare {HOSTILE}")
    html.encode("utf-8")
    read = Reader(html)
    assert not read.all("script")
    assert not read.all("img")
    assert not any(name.startswith("on") for _, attrs in read.tags for name in attrs)
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "{{ 7*7 }}" in html
    text = shown(comparison)
    assert "\x1b" not in text
    assert "[U+202E]" in text
    json.dumps(document(comparison), allow_nan=False)


def test_the_file_for_programs_holds_every_difference_and_every_pair(
    plain: Comparison, tmp_path: Path
) -> None:
    write_comparison(plain, tmp_path / "compare.json")
    data = json.loads((tmp_path / "compare.json").read_text())
    assert data["schema_version"] == 1
    assert [run["label"] for run in data["runs"]] == ["first", "second"]
    contrast = data["contrasts"][0]
    assert len(contrast["differences"]) == len(plain.differences)
    assert {"value", "low", "high", "p", "p_holm", "family", "reason"} <= contrast["differences"][0].keys()
    pairs = sum(len(move["pairs"]) for move in contrast["moves"])
    assert pairs == contrast["overlap"]["pairs"] == plain.contrasts[0].overlap.pairs
    assert not list(tmp_path.glob("*.partial"))


def test_the_terminal_says_what_the_page_says(plain: Comparison) -> None:
    text = shown(plain)
    folded = " ".join(text.split())
    assert "second beside first, on 60 shared questions" in folded
    assert "metadata" in text
    assert "one-sided" in folded
    refused = compared(elicitation="native")
    assert "differs: Elicitation" in " ".join(shown(refused, 400).split())
