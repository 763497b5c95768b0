"""Sections: every protocol's is drawn wherever the report is, and a made-up protocol needs nothing of `report/`."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console
from test_protocols_command import small_run

from conftest import Unsaid
from unsaid.estimates.coordinates import At, read
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity, by_name
from unsaid.protocols import PROTOCOLS, SECTIONS
from unsaid.records.schema import frame
from unsaid.report import draw
from unsaid.report.blocks import Curve, Numbers, Shown, Strip, Table
from unsaid.report.files.csv import to_csv, to_markdown
from unsaid.report.files.csv_tables import sheets
from unsaid.report.files.figures import pictures
from unsaid.report.files.results import read_results
from unsaid.report.grid import Cell, Grid
from unsaid.report.run.page import render
from unsaid.report.section import Lead, Paper, Section, declared, flat
from unsaid.report.standalone import svg
from unsaid.report.terminal.summary import summary
from unsaid.report.words.headline import headline

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>\u202e"

SAME = Quantity(
    "early.same",
    "How often the answer is the same after a part of the reasoning.",
    "replies",
    along=("kept",),
    words="same answer",
)
WEIGHT = Quantity("early.weight", "The area above that curve.", "replies", words="weight of the reasoning")


def weights(shown: Shown) -> Grid | None:
    rows = tuple((each.elicitation or "all", (Cell(f"{each.value}"),)) for each in shown.of(WEIGHT))
    return Grid("Weight of the reasoning", (), ("weight",), (("", rows),), "elicitation") if rows else None


MADE_UP = Section(
    title="Cut short",
    question="Is the answer the same after half of the reasoning?",
    anchor="early",
    quantities=(SAME, WEIGHT),
    headline=(Lead(WEIGHT, "What the reasoning weighs"),),
    blocks=(
        Curve("same-answer", "The same answer", (SAME,), "kept", "the part of the reasoning that is kept"),
        Table(
            weights, absent="No weight was estimated.", file="weights", where=frozenset({"page", "terminal"})
        ),
        Numbers("Cut short", "early"),
    ),
    caveat="The cut may fall inside a thought.",
)
ALONE = {"early": MADE_UP}


def same(kept: float, value: float | None, elicitation: str = "cot", **more: Any) -> Estimate:
    ends: dict[str, Any] = (
        {} if value is None else {"low": max(0.0, value - 0.1), "high": min(1.0, value + 0.1)}
    )
    about: dict[str, Any] = {"elicitation": elicitation, "at": At(kept=kept), "n": 40} | more
    return Estimate("early", SAME.name, "m", value, reason="" if value else "too few (n=3)", **about, **ends)


def cut_short() -> list[Estimate]:
    weight = Estimate("early", WEIGHT.name, "m", 0.31, 0.2, 0.4, n=40, elicitation="cot")
    curve = [same(kept, 0.5 + kept / 2) for kept in (0.0, 0.25, 0.5, 1.0)]
    return [weight, *curve, *(replace(each, elicitation="native") for each in curve)]


def printed(estimates: list[Estimate], sections: dict[str, Section], width: int = 80) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(summary(estimates, sections))
    return console.export_text()


def test_no_protocol_is_named_in_the_report_its_templates_or_the_tools_of_the_docs() -> None:
    names = "|".join(map(re.escape, PROTOCOLS))
    pattern = re.compile(rf"(?<![a-z])({names})(?![a-z])", re.IGNORECASE)
    folders = (ROOT / "src" / "unsaid" / "report", ROOT / "docs" / "tools")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in {".py", ".j2", ".js", ".css"}
    }
    assert len(texts) > 60
    assert not [(path.name, found[0]) for path, text in texts.items() if (found := pattern.search(text))]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_small_run_yields_what_its_section_declares_and_every_block_of_it_is_drawn(
    name: str, unsaid: Unsaid, session_folder: Path
) -> None:
    run, ended = small_run(name, unsaid, session_folder)
    assert ended.status == 0, ended.err
    found, section = read_results(run / "results.json"), SECTIONS[name]
    known = {each.name for each in section.every()}
    assert not {each.quantity for each in found if each.protocol == name} - known
    assert all(str(each.at) == each.subset for each in found), "prose and coordinates say the same"
    html = (run / "report.html").read_text(encoding="utf-8")
    assert f'<section id="{section.anchor}"' in html
    assert f'href="#{section.anchor}"' in html
    assert '<figure class="hundred">' in html, "the first screen has a picture"
    assert html.count('<tr>\n  <th scope="row">') + html.count('<tr class="withheld">') == len(found)
    text = printed(found, dict(SECTIONS), 120)
    assert "per cent" in text or "%" in text
    written = {sheet.name: to_csv(sheet) for sheet in sheets(found, sections=SECTIONS)}
    listed = [row["quantity"] for row in csv.DictReader(io.StringIO(written["estimates"]))]
    assert listed == [each.quantity for each in found]
    if section.numbers is not None:
        rows = list(csv.DictReader(io.StringIO(written[section.numbers.file])))
        own = [each.quantity for each in found if each.quantity in {q.name for q in section.quantities}]
        assert [row["quantity"] for row in rows] == own


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_section_is_whole_and_its_blocks_find_their_quantities(name: str) -> None:
    section = SECTIONS[name]
    known = {each.name for each in section.every()}
    for each in (section, *section.more):
        assert each.title
        assert re.fullmatch("[a-z-]+", each.anchor)
        assert {lead.quantity.name for lead in each.headline} <= known
        for block in (one.curve if isinstance(one, Strip) else one for one in each.blocks):
            if isinstance(block, Curve):
                assert {quantity.name for quantity in block.quantities} <= known
                assert all(block.along in quantity.along for quantity in block.quantities)
    paper = PROTOCOLS[name].paper
    assert str(paper.year) in PROTOCOLS[name].source
    assert paper.title in paper.whole


def test_anchors_files_and_words_are_one_of_a_kind() -> None:
    every = flat(SECTIONS)
    assert len({each.anchor for each in every}) == len(every)
    files = [each.numbers.file for each in every if each.numbers is not None]
    assert len(set(files)) == len(files)
    assert all(each.sentence.endswith(".") for each in declared(SECTIONS).values())
    with pytest.raises(ValueError, match="declared twice"):
        by_name(SAME, replace(SAME, words="other"))


def test_a_made_up_protocol_is_on_the_page_with_its_curve_table_numbers_and_caveat() -> None:
    html = render({}, frame([]), cut_short(), sections=ALONE)
    section = re.search(r'<section id="early".*?</section>', html, re.DOTALL)
    assert section is not None
    for words in (MADE_UP.question, MADE_UP.caveat, "Weight of the reasoning", "same answer"):
        assert words in section[0]
    (drawing,) = re.findall(r'<svg class="chart".*?</svg>\s*(?=<p|</figure)', section[0], re.DOTALL)
    assert "cot: at 0% 50.0%" in drawing
    assert drawing.count('class="dot"') == drawing.count('class="ring"') == 4
    assert drawing.count('<line class="bar dot"') == 3, "a segment between marks that follow each other"
    assert '<a href="#early">Cut short</a>' in html
    assert 'id="rest"' not in html, "every number stands in the section"


def test_a_made_up_protocol_is_in_the_headline_and_in_80_columns() -> None:
    assert (
        "What the reasoning weighs, m (cot): 31% (20 to 40%, n=40 replies)."
        in headline(cut_short(), ALONE).found
    )
    lines = printed(cut_short(), ALONE).splitlines()
    assert max(map(len, lines)) <= 80
    (row,) = (line for line in lines if line.strip().startswith("25%"))
    assert row.count("62.5%") == 2
    assert any(line.strip().startswith("cot") and "0.31" in line for line in lines)


def test_a_made_up_protocol_is_among_the_files_and_the_figures() -> None:
    files = {sheet.name: sheet for sheet in sheets(cut_short(), sections=ALONE)}
    assert {"same-answer", "weights", "early"} <= files.keys()
    rows = list(csv.DictReader(io.StringIO(to_csv(files["same-answer"]))))
    assert [(row["kept"], row["value"], row["elicitation"]) for row in rows[:2]] == [
        ("0.0", "0.5", "cot"),
        ("0.25", "0.625", "cot"),
    ]
    assert "62.5%" in to_markdown(files["same-answer"])
    (picture,) = pictures(cut_short(), ALONE)
    assert picture.name == "same-answer"
    assert "● cot" in picture.key
    assert "Across: the part of the reasoning that is kept." in svg(picture)


def test_a_point_that_is_not_known_breaks_the_line_and_none_known_gives_the_reason() -> None:
    broken = [same(0.0, 0.5), same(0.5, None), same(1.0, 1.0)]
    html = render({}, frame([]), broken, sections=ALONE)
    assert (
        '<line class="bar dot"'
        not in html.partition('<section id="early"')[2].partition("</svg></figure>")[0]
    )
    assert "too few (n=3)" in printed(broken, ALONE)
    nothing = [same(0.0, None), same(0.5, None)]
    html = render({}, frame([]), nothing, sections=ALONE)
    assert "No point of it is known: too few (n=3)." in html
    assert pictures(nothing, ALONE) == []


def test_an_empty_table_gives_its_reason_and_no_zero() -> None:
    html = render({}, frame([]), [same(0.0, 0.5), same(1.0, 1.0)], sections=ALONE)
    assert "<p>No weight was estimated.</p>" in html
    assert "weights" not in {sheet.name for sheet in sheets([same(0.0, 0.5)], sections=ALONE)}
    assert draw.page(MADE_UP, Shown(()), declared(ALONE)) is None, "a section without estimates is left out"


def test_numbers_of_a_section_without_a_main_part_stand_under_everything_else() -> None:
    bare = {"early": replace(MADE_UP, blocks=MADE_UP.blocks[2:])}
    html = render({}, frame([]), cut_short(), sections=bare)
    assert 'id="early"' not in html
    assert "same answer" in html.partition('<section id="rest"')[2]


def test_hostile_coordinates_and_names_are_text_in_a_curve() -> None:
    rows = [same(kept, 0.5, elicitation=f"{HOSTILE}{n}") for n in range(7) for kept in (0.0, 1.0)]
    html = render({}, frame([]), rows, sections=ALONE)
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html
    names = [picture.name for picture in pictures(rows, ALONE)]
    assert names == ["same-answer", "same-answer-2"], "more lines than shapes have a chart of their own"


@pytest.mark.parametrize("unit", ["points", "ratio"])
def test_a_curve_of_another_unit_has_an_axis_that_holds_its_intervals(unit: str) -> None:
    rows = [
        replace(same(kept, 0.2), value=v, low=v - 0.1, high=v + 0.1, unit=unit)
        for kept, v in ((0.0, -0.1), (1.0, 0.2))
    ]
    (picture,) = pictures(rows, ALONE)
    heights = [float(y) for y in re.findall(r'class="thin" [^>]*y1="([\d.]+)"', picture.chart)]
    assert all(above != below for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("subset", "name", "value"),
    [
        ("wording labelled, right targets", "wording", "labelled"),
        ("k = 3", "k", 3.0),
        ("kept = 0.25", "kept", 0.25),
        ("bias-contradicting/navigate", "task", "navigate"),
        ("right targets, visible answer", "text", "visible answer"),
        ("difficulty of modular_arithmetic = 2, wrong targets", "targets", "wrong targets"),
        ("difficulty 4", "difficulty", "4"),
        ("arm clean", "arm", "clean"),
        ("strict replies, read by panel(a+b)", "read by", "panel(a+b)"),
        ("modular_arithmetic", "part", "modular_arithmetic"),
    ],
)
def test_coordinates_are_read_from_prose_and_said_in_the_same_words(
    subset: str, name: str, value: Any
) -> None:
    at = read(subset)
    assert at[name] == value
    assert str(at) == subset


def test_coordinates_never_change_and_can_be_compared() -> None:
    at = At({"kept": 0.5})
    assert at == read("kept = 0.5") == {"kept": 0.5}
    assert hash(at.also(k=2)) == hash(At({"k": 2, "kept": 0.5}))
    assert at.also(k=2).without("kept") == {"k": 2}
    assert str(read("a, b, a")) == "a, b, a", "what cannot be told apart is kept whole"


def test_coordinates_are_joined_in_order_and_never_overwrite_one_another() -> None:
    at = At(k=3) | At(targets="right targets") | At(targets="right targets")
    assert str(at) == "k = 3, right targets"
    assert isinstance(at["k"], float), "a number is a float, whatever it was given as"
    with pytest.raises(ValueError, match="two values of targets"):
        at | At(targets="wrong targets")
    with pytest.raises(TypeError):
        at["kept"] = 1  # type: ignore[index]


def test_how_to_cite_names_the_papers_of_the_run() -> None:
    paper = Paper(
        "Lanham et al.", 2023, "Measuring faithfulness", "arXiv:2307.13702", also=(Paper("A", 2024),)
    )
    html = render({"protocols": ["early"]}, frame([]), cut_short(), sections=ALONE, papers={"early": paper})
    assert "Lanham et al. 2023, Measuring faithfulness, arXiv:2307.13702; A 2024" in html
    assert isinstance(frame([]), pl.DataFrame)


def test_a_withheld_point_of_a_curve_says_once_of_how_many_it_is() -> None:
    text = printed([same(0.0, 0.5), same(0.5, None, n=3)], ALONE)
    assert "too few (n=3)" in text
    assert "(n=3) (n=3)" not in text
