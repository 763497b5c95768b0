"""The page: closed, complete, accessible, and safe whatever the models said."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest
from report_demo import RUN, Demo, demo, imported
from with_sections import render

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.records import schema
from unsaid.report.run.frame import static

HOSTILE = (
    "</script><script>alert(1)</script><svg onload=alert(2)>]]>--><img src=x onerror=alert(3)>\"'&lt;b&gt;"
    "\x1b[31m\u202e{{ 7*7 }}{% raw %}"
)


class Reader(HTMLParser):
    """Every tag, id, heading and reference of a page, as a browser would split it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(made: Demo) -> str:
    return render(made.run, made.records, made.estimates, made.flow)


@pytest.fixture(scope="module")
def full() -> str:
    return page(demo())


def test_nothing_is_fetched_and_only_our_own_style_and_script_may_run(full: str) -> None:
    read = Reader(full)
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", full, re.DOTALL)
        assert len(text) == 1
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    for _, attrs in read.tags:
        assert not {"src", "style", "srcset", "action"} & attrs.keys()
        assert not any(name.startswith("on") for name in attrs)
        assert (attrs.get("href") or "#").startswith(("#", "data:,"))


def test_every_table_heading_and_chart_speaks_to_a_screen_reader(full: str) -> None:
    read = Reader(full)
    tables, captions = read.all("table"), read.all("caption")
    assert len(tables) == len(captions) > 5
    assert all(cell.get("scope") for cell in read.all("th"))
    charts = [svg for svg in read.all("svg") if svg.get("class") == "chart"]
    assert len(charts) == 5
    for chart in charts:
        assert chart["role"] == "img"
        assert re.search(r"\d+\.\d%", chart["aria-label"] or "")
    assert len(read.all("h1")) == len(read.all("main")) == 1
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for link in read.all("a"):
        target = (link["href"] or "")[1:]
        assert target.startswith(("f-", "q-")) or target in ids


def test_every_estimate_is_on_the_page_once(full: str) -> None:
    name = r'<th scope="row">[^<]*(?:<small>[^<]*</small>)?</th>'
    page = re.sub(r'<section id="flow".*?</section>', "", full, flags=re.DOTALL)  # which counts replies
    rows = len(re.findall(rf'<tr(?: class="withheld")?>\s*{name}\s*<td class="num">', page))
    assert rows == len(demo().estimates)


def test_the_parts_stand_in_their_order(full: str) -> None:
    first = "asked found details glance cues against accuracy flow lengths definition wording rest"
    order = f"{first} transcripts settings cite".split()
    assert re.findall(r'<section id="([a-z]+)"', full) == order


def test_numbers_link_to_the_transcripts_behind_them(full: str) -> None:
    assert '<a href="#f-cue=metadata&amp;outcome=moved">52.0%</a>' in full
    assert '<a href="#f-cue=metadata&amp;outcome=moved-said">12.0%</a>' in full
    assert '<a href="#f-cue=sycophancy&amp;outcome=moved&amp;wording=hint">45.0%</a>' in full
    assert "too few (n=3)" in full


def test_a_number_that_no_filter_of_the_browser_can_show_links_to_nothing(full: str) -> None:
    assert "difficulty of navigate = 2" in full
    part = full.partition("difficulty of navigate = 2")[2].partition("</tbody>")[0]
    assert "21.0%" in part
    assert "href" not in part
    made = demo(4)
    two = pl.concat([made.records, made.records.with_columns(model=pl.lit("another"))])
    links = re.findall(r'href="#f-([^"]*)"', render(made.run, two, made.estimates))
    assert links
    assert all("model=unsaid%2Fdemo" in link and "elicitation" not in link for link in links)
    other = [replace(estimate, judge="another") for estimate in made.estimates if estimate.judge]
    assert 'href="#f-' not in render(made.run, made.records, other)
    left_out = [replace(estimate, flags=("cues-left-out",)) for estimate in made.estimates]
    assert 'href="#f-' not in render(made.run, made.records, left_out)


def test_an_imported_run_without_judge_or_replay_renders() -> None:
    html = page(imported())
    assert re.findall(r'<section id="([a-z]+)"', html) == [
        "asked",
        "found",
        "details",
        "accuracy",
        "transcripts",
        "settings",
        "cite",
    ]
    assert "no judge" in html
    assert "−36.3 points" in html
    assert "No judge read them" in html


def test_no_records_and_no_estimates_render() -> None:
    html = render({}, schema.frame([]), [])
    assert "hold no cued replies" in html
    assert "support no estimate" in html


def test_hostile_text_is_never_markup() -> None:
    made = demo(2)
    columns = ["stem", "reasoning", "visible", "task", "source", "question_id", "cue", "wording"]
    records = made.records.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.concat_str(pl.lit(HOSTILE), name)).alias(name)
        for name in columns
    ).with_columns(options=pl.lit([HOSTILE] * 4))
    about: dict[str, Any] = {"protocol": HOSTILE, "model": HOSTILE, "n": 30, "low": 0.1, "high": 0.9}
    about |= {"elicitation": HOSTILE, "definition": "mention", "note": HOSTILE + "\ud800"}
    estimates = [
        Estimate(
            quantity=quantity,
            value=0.5,
            cue=f"{HOSTILE}{cue}",
            at=At(wording=wording) if wording else At(),
            **about,
        )
        for quantity in ("influence", "faithfulness", "accuracy.cued", HOSTILE)
        for cue, wording in ((1, ""), (2, ""), (1, HOSTILE))
    ]
    run: dict[str, Any] = dict.fromkeys([*RUN, HOSTILE], HOSTILE + "�")
    run["versions"] = {HOSTILE: HOSTILE}
    run["capabilities"] = {HOSTILE: {"value": HOSTILE, "note": HOSTILE}}
    html = render(run, records, estimates, [{"arm": HOSTILE, HOSTILE: 3, "warnings": [HOSTILE]}], [HOSTILE])
    html.encode("utf-8")
    assert "alert(1)" in html
    for raw in ("<script>alert", "<svg onload", "<img", "\x1b", "\u202e", "7*7 }}{% raw %}</script>"):
        assert raw not in html
    clean = Reader(page(demo(2)))
    assert {tag for tag, _ in Reader(html).tags} <= {tag for tag, _ in clean.tags}
    assert len(re.findall("</script", html)) == len(re.findall("<script", html))


def test_a_line_of_a_megabyte_is_kept_whole() -> None:
    records = demo(1).records.with_columns(reasoning=pl.lit("long " * 200_000 + "</script>"))
    assert len(render({}, records, [])) < 400_000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_asks(theme: str) -> None:
    css = static("report.css")
    block = re.search(
        r":root \{(.*?)\}" if theme == "light" else r'data-theme="dark"\] \{(.*?)\}', css, re.DOTALL
    )
    assert block is not None
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block[1]))
    for ground in ("paper", "panel"):
        for ink in ("ink", "soft", "accent", "warn"):
            assert contrast(colours[ink], colours[ground]) >= 4.5
    for mark in ("cue", "said"):
        assert contrast(colours["on-mark"], colours[mark]) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_script_writes_no_markup() -> None:
    script = static("report.js")
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch(",
        "XMLHttpRequest",
    ):
        assert way not in script
