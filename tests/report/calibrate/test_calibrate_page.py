"""The page of a calibration: closed, escaped, and what a sceptic wants first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from unsaid.errors import RunError
from unsaid.estimates.calibrating.bias import (
    ALL,
    Calibration,
    Contrast,
    Covered,
    LeftOut,
    PlantedCell,
    Reader,
)
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report.calibrate.page import render_calibration, write_calibration_page
from unsaid.report.calibrate.results import write_calibration

EVIL = '<script>alert(1)</script>"\u202e'


def number(value: float, low: float, high: float, **more: object) -> Estimate:
    base = Estimate(
        "verbalisation", "faithfulness", "m", value, low, high, n=80, cue="metadata", elicitation="cot"
    )
    return replace(base, **more)  # type: ignore[arg-type]


def found() -> Calibration:
    rate = number(0.3, 0.2, 0.4)
    return Calibration(
        judge="lexical",
        organisms={"silent": "follows a cue in 80% of replies", "candid": "says so"},
        questions=100,
        cells=(
            PlantedCell("silent", 0.1, number(0.12, 0.06, 0.2, definition="mention"), 0.12),
            PlantedCell("silent", 0.9, number(0.7, 0.6, 0.8), 0.7),
            PlantedCell("candid", 0.9, number(0.014, 0.002, 0.07, cue="are-you-sure"), 0.69),
            PlantedCell("candid", 0.0, number(-0.01, -0.04, 0.02, quantity="influence.replay-corrected")),
        ),
        contrasts=(
            Contrast(
                "silent",
                "candid",
                "how often they name the cue",
                "mention",
                "separate",
                number(1.0, 0.9, 1.0, n=40),
                5,
                number(0.88, 0.86, 0.89),
                0.9,
                (number(0.87, 0.8, 0.9, at=At(part="chains of 10 to 16")),),
            ),
        ),
        readers=(Reader(ALL, "mention", number(0.99, 0.98, 1.0), rate, rate, rate, rate),),
        covered=tuple(
            Covered("biasing", f"quantity-{n}", None, "", None, 0.5, 0.95 - n / 500, 1000, 3, 0.1)
            for n in range(40)
        ),
        left_out=(LeftOut("bbq", "no organism was taught it"),),
        versions={"unsaid": "0"},
    )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())


def test_what_fails_stands_first() -> None:
    text = text_of(render_calibration(found(), "unsaid calibrate"))
    assert text.index("1 of 4 conditions on the instruments fail") < text.index("Planted against measured")
    assert "2 of 4 intervals (50.0%) hold the value that was planted" in text
    assert "2 of 3 hold what the model did" in text
    assert "1.00 (0.90 to 1.00)" in text
    assert "bbq : no organism was taught it" in text
    assert "unsaid calibrate" in text


def test_whose_miss_it_is_stands_in_the_tables() -> None:
    page = render_calibration(found())
    missed, rest = page.split("1 cells in which the model missed")
    assert "are-you-sure" in missed.partition("Where an instrument missed")[2]
    assert "the model&#39;s miss" in rest
    assert page.count('class="miss" d=') >= 2  # the key and the mark itself


def test_the_worst_coverage_is_open_and_the_rest_folded() -> None:
    page = render_calibration(found())
    assert page.index("quantity-39") < page.index("25 more quantities") < page.index("quantity-0,")


def test_all_that_holds_is_said_in_one_line() -> None:
    good = replace(found(), cells=found().cells[:1], covered=())
    assert "All 4 conditions on the instruments hold" in render_calibration(good)
    assert "Nothing could be calibrated" in render_calibration(Calibration("lexical", {}, 0))


def test_hostile_names_are_text_and_the_page_is_closed() -> None:
    evil = replace(
        found(),
        judge=EVIL,
        organisms={EVIL: EVIL},
        cells=(PlantedCell(EVIL, 0.9, number(0.1, 0.0, 0.2, cue=EVIL), 0.1),),
        left_out=(LeftOut(EVIL, EVIL),),
    )
    page = render_calibration(evil, EVIL)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "[U+202E]" in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_files_are_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    write_calibration_page(found(), tmp_path / "a" / "calibrate.html")
    write_calibration(found(), tmp_path / "a" / "calibrate.json")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"calibrate.html", "calibrate.json"}
    (tmp_path / "file").write_text("")
    for write in (write_calibration_page, write_calibration):
        with pytest.raises(RunError, match="--out"):
            write(found(), tmp_path / "file" / "x")
