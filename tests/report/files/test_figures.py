"""Charts and tables as files: whole, valid, of the numbers they came from, and safe whatever they hold."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from biasing_demo import biasing
from report_demo import RUN, demo, imported
from with_sections import pictures
from with_sections import sheets_of as sheets

from conftest import Unsaid
from unsaid.errors import MissingExtra, RunError
from unsaid.estimates.estimate import COLUMNS, Estimate
from unsaid.records import schema
from unsaid.report import standalone
from unsaid.report.files.csv import to_csv, to_markdown
from unsaid.report.files.figures import write_figures
from unsaid.store.run_folder import RUN_VERSION

HOSTILE = "</text><script>alert(1)</script>&\"'<b>|$x^$\x1b[31m\u202e\ufffe\ud800"
SVG = "{http://www.w3.org/2000/svg}"


def read(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - of our own making


def texts(drawing: ET.Element) -> str:
    return "\n".join("".join(text.itertext()) for text in drawing.iter(f"{SVG}text"))


def with_cue(name: str) -> list[Estimate]:
    return [replace(e, cue=name) if e.cue == "metadata" else e for e in demo(5).estimates]


def test_each_chart_stands_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `figures`")
    made = demo(5)
    written = write_figures(made.estimates, made.flow, tmp_path / "new" / "figures")
    names = {path.name for path in written}
    charts = {
        "influence",
        "faithfulness",
        "accuracy",
        "faithfulness-against-influence",
        "faithfulness-by-definition",
    }
    assert {name for name in names if name.endswith(".svg")} == {f"{chart}.svg" for chart in charts}
    assert names == {path.name for path in (tmp_path / "new" / "figures").iterdir()}
    for path in written:
        if path.suffix != ".svg":
            continue
        text = path.read_text(encoding="utf-8")
        drawing = read(text)
        assert drawing.get("width") == "720"
        assert float(drawing.get("height", "")) > 100
        assert not re.search(r"%\"|class=|style=|var\(|href|<script", text), (
            "it leans on nothing outside itself"
        )
        assert {part.tag.removeprefix(SVG) for part in drawing.iter()} <= {
            *("svg", "title", "desc", "rect", "line", "circle", "polygon", "text", "tspan")
        }
        for part in drawing.iter():
            for name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(part.get(name, 0)) <= 720


def test_a_chart_says_its_numbers_in_words_and_in_places() -> None:
    drawing = read(standalone.svg(pictures(demo(5).estimates)[0]))
    said = texts(drawing)
    assert "metadata" in said
    assert "52% (43 to 65%)" in said
    assert "metadata: moved to the cue's target 52.0%" in (drawing.findtext(f"{SVG}desc") or "")
    # 52% of the axis, which spans 2 to 98% of what the margins leave.
    x = 20 + (0.02 + 0.52 * 0.96) * 680
    assert any(abs(float(circle.get("cx", 0)) - x) < 0.01 for circle in drawing.iter(f"{SVG}circle"))


def test_the_words_of_a_row_are_crossed_by_no_line() -> None:
    drawing = read(standalone.svg(pictures(demo(5).estimates)[1]))
    labels = [float(text.get("y", 0)) for text in drawing.iter(f"{SVG}text") if text.get("font-size") == "13"]
    assert len(labels) > 3
    for line in drawing.iter(f"{SVG}line"):
        top, bottom = float(line.get("y1", 0)), float(line.get("y2", 0))
        assert not any(top < y - 4 < bottom for y in labels)


def test_colours_are_those_of_the_light_theme() -> None:
    css = (Path(standalone.__file__).parent / "static" / "report.css").read_text()
    light = dict(re.findall(r"--(\w+): (#\w+)", css.split("}")[0]))
    used = set(re.findall(r"#[0-9a-f]{6}", "".join(map(standalone.svg, pictures(demo(5).estimates)))))
    assert used == {light[name] for name in ("paper", "ink", "soft", "rule", "accent")}


def test_hostile_names_are_text() -> None:
    for picture in pictures(with_cue(HOSTILE)):
        text = standalone.svg(picture)
        assert not re.search("[\x1b\u202e\ufffe\ud800]", text)
        drawing = read(text)
        assert not list(drawing.iter(f"{SVG}script"))
        if picture.name == "influence":
            assert (
                "</text><script>alert(1)</script>&\"'<b>|$x^$[U+001B][31m[U+202E][U+FFFE][U+D800]"
                in texts(drawing).replace("\n", "")  # a long label has several lines
            )


def operators(data: bytes) -> bytes:
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    return b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")


def test_pdf_is_the_same_picture_and_the_same_file_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `figures`")
    from unsaid.report.files.pdf import write_pdf

    # A name with dollar signs is no formula, least of all a broken one.
    drawing = standalone.standalone(pictures(with_cue("$\\frac{$ a"))[0])
    for name in ("one", "two"):
        write_pdf(drawing, tmp_path / name)
    data = (tmp_path / "one").read_bytes()
    assert data == (tmp_path / "two").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert box is not None
    assert float(box[1]) == pytest.approx(540)
    assert float(box[2]) == pytest.approx(float(drawing.get("height", 0)) * 0.75)
    assert b"/FontFile2" in data, "the fonts are in it"
    assert operators(data).count(b" l\n") >= len(list(drawing.iter("line")))


def test_without_the_extra_all_else_is_written_and_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    made = demo(5)
    with pytest.raises(MissingExtra, match=r"SVG, CSV and Markdown.*unsaid\[figures\]"):
        write_figures(made.estimates, made.flow, tmp_path)
    endings = {path.suffix for path in tmp_path.iterdir()}
    assert endings == {".svg", ".csv", ".md"}


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RunError, match=r"taken: cannot write the figures.*--figures"):
        write_figures(demo(5).estimates, [], tmp_path / "taken")


def test_tables_hold_every_estimate_with_its_plain_numbers() -> None:
    made = demo(5)
    found = {sheet.name: sheet for sheet in sheets(made.estimates, made.flow)}
    assert {"estimates", "by-cue", "by-wording", "other-definition", "flow"} <= found.keys()
    rows = list(csv.DictReader(io.StringIO(to_csv(found["estimates"]))))
    assert len(rows) == len(made.estimates)
    assert set(rows[0]) == set(COLUMNS)
    for row, estimate in zip(rows, made.estimates, strict=True):
        assert row["value"] == ("" if estimate.value is None else str(estimate.value))
        assert row["reason"] == estimate.reason
    split = [name for name in found if name not in {"estimates", "flow", "headline"}]
    assert sum(len(found[name].raw[1]) for name in split) == len(made.estimates)
    for sheet in found.values():
        assert len(sheet.raw[1]) == len(sheet.readable[1])
        widths = {line.replace("\\|", "").count("|") for line in to_markdown(sheet).splitlines()[2:]}
        assert widths == {len(sheet.readable[0]) + 1}


def test_what_is_withheld_is_an_empty_cell_with_its_reason() -> None:
    withheld = [e for e in demo(5).estimates if e.value is None]
    assert withheld
    cells = next(csv.DictReader(io.StringIO(to_csv(sheets(withheld)[0]))))
    assert (cells["value"], cells["low"], cells["reason"]) == ("", "", withheld[0].reason)
    assert withheld[0].reason in to_markdown(sheets(withheld)[0])


def test_no_cell_is_a_formula_or_markup() -> None:
    sheet = sheets(with_cue('=cmd|"/c calc"<img src=x>'))[0]
    cues = {row["cue"] for row in csv.DictReader(io.StringIO(to_csv(sheet)))}
    assert '\'=cmd|"/c calc"<img src=x>' in cues
    assert '=cmd\\|"/c calc"&lt;img src=x&gt;' in to_markdown(sheet)
    drop = next(
        row for row in csv.DictReader(io.StringIO(to_csv(sheet))) if row["quantity"] == "accuracy.difference"
    )
    assert float(drop["value"]) < 0, "a negative number is a number"


@pytest.mark.parametrize(
    "estimates", [imported().estimates, [*biasing()], []], ids=["imported", "biasing", "none"]
)
def test_other_runs_have_what_they_have(estimates: list[Estimate]) -> None:
    names = [picture.name for picture in pictures(estimates)]
    assert len(set(names)) == len(names)
    assert bool(names) == bool(estimates)
    for picture in pictures(estimates):
        read(standalone.svg(picture))
    tables = [sheet.name for sheet in sheets(estimates)]
    assert len(set(tables)) == len(tables)
    assert ("accuracy-at-a-glance" in tables) == bool(estimates)


def test_the_command_writes_figures_beside_the_report(unsaid: Unsaid, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `figures`")
    run = tmp_path / "run"
    run.mkdir()
    schema.write(demo(30).records, run / "records.parquet")
    about = RUN | {"schema_version": RUN_VERSION, "request": {"protocols": ["verbalisation"], "seed": 7}}
    (run / "run.json").write_text(json.dumps(about))
    ended = unsaid("report", run, "--figures", tmp_path / "figures")
    assert ended.status == 0, ended.err
    written = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {
        "influence.svg",
        "influence.pdf",
        "estimates.csv",
        "by-cue.md",
        "by-wording.csv",
        "flow.csv",
    } <= written
    assert f"{len(written)} files" in " ".join(ended.out.split())
