"""What was measured along replies: packed beside their text for the browser, and drawn as a strip on the page."""

from __future__ import annotations

import io
import re

import numpy as np
import polars as pl
import pytest
from along_demo import CUED, STEPS, records
from rich.console import Console

from unsaid.protocols import PROTOCOLS, SECTIONS
from unsaid.records.schema import first_replies
from unsaid.report import draw
from unsaid.report.along import Walked, lines_of, pieces
from unsaid.report.blocks import Shown, Strip
from unsaid.report.draw import strip
from unsaid.report.files.csv_tables import sheets, to_csv
from unsaid.report.section import declared
from unsaid.report.terminal.summary import summary
from unsaid.report.transcripts.packed import pack, unpack
from unsaid.report.transcripts.pairs import groups


def followed(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("intervention").is_not_null())


def strips() -> list[Strip]:
    section = next(each for each in SECTIONS.values() if each.along is not None)
    return [block for block in section.blocks if isinstance(block, Strip)]


def test_a_reply_carries_what_was_measured_along_its_text() -> None:
    table = records(1)
    packed = pack(groups(first_replies(table), None, SECTIONS, followed(table)))
    assert "<" not in packed.blocks[0]
    ((group,),) = [unpack(block) for block in packed.blocks]
    (walked,) = group["pairs"][0]["cued"]["along"]
    assert "".join(walked["pieces"]) == "".join(STEPS)
    assert walked["lines"] == [{"name": "P(B), answer and target", "values": list(CUED)}]
    assert walked["turn"] == 2
    (beside,) = group["clean"]["along"]
    assert [line["name"] for line in beside["lines"]] == ["P(A), the answer", "P(B), the target"]
    assert beside["turn"] == 0


def test_the_strip_has_a_row_for_each_reply_sorted_by_where_it_turns() -> None:
    table = records(6)
    shown = Shown((), first_replies(table), followed=followed(table))
    (block,) = strips()
    known = strip.rows(block, shown)
    assert {arm: len(replies) for arm, replies in known.items()} == {"clean": 6, "cued": 6}
    assert [walked.turn for walked in known["cued"]] == [0, 0, 0, 2, 2, 2]


def test_the_page_shows_the_strip_below_its_curve_and_says_what_it_shows() -> None:
    table = records(22)
    section = next(each for each in SECTIONS.values() if each.along is not None)
    (protocol,) = [name for name, each in SECTIONS.items() if each is section]
    estimates = PROTOCOLS[protocol].estimates(table, None, np.random.default_rng(0))
    like = Shown((), first_replies(table), followed=followed(table))
    shown = draw.shown_of(section, estimates, None, like.records, like)
    drawn = draw.page(section, shown, declared(SECTIONS))
    assert drawn is not None
    html = "".join(drawn.parts)
    (picture,) = re.findall(r'<svg class="chart strip".*?</svg>', html, re.DOTALL)
    assert 'role="img"' in picture
    assert "cued: 22 replies" in picture
    assert picture.count('class="turn"') == 44
    assert html.index("chart strip") > html.index("How likely the target is")
    # Without the replies the curve stands alone.
    bare = draw.page(section, draw.shown_of(section, estimates, None), declared(SECTIONS))
    assert bare is not None
    assert "chart strip" not in "".join(bare.parts)
    assert next(sheet.name for sheet in draw.sheets(section, shown, declared(SECTIONS))) == "target-along"


def test_the_terminal_has_a_line_for_each_reply_and_the_file_every_value() -> None:
    table = records(22)
    section = next(each for each in SECTIONS.values() if each.along is not None)
    (protocol,) = [name for name, each in SECTIONS.items() if each is section]
    estimates = PROTOCOLS[protocol].estimates(table, None, np.random.default_rng(0))
    screen = io.StringIO()
    Console(width=100, file=screen, color_system=None).print(summary(estimates, SECTIONS, table))
    said = screen.getvalue()
    assert "cued: 22 replies, 12 of them drawn" in said
    lines = re.findall(r"^ *(\d+) +([▁▂▃▄▅▆▇█]{24}) +(\d+)% +(\d+)%$", said, re.MULTILINE)
    assert len(lines) == 24
    rising = [bars for _, bars, _, turn in lines[12:] if turn == "67"]
    assert rising
    assert all(bars[0] < bars[-1] for bars in rising), "the target gets likelier"

    made = {sheet.name: sheet for sheet in sheets(estimates, sections=SECTIONS, records=table)}
    read = pl.read_csv(to_csv(made["target-along-replies"]).encode())
    assert read.filter(pl.col("arm") == "cued")["reply"].n_unique() == 22
    own = read.filter(pl.col("reply") == "q0/1/cued/metadata")
    assert own["value"].to_list() == pytest.approx(list(CUED))
    assert own["kept"].to_list() == pytest.approx([at / len(STEPS) for at in range(len(STEPS) + 1)])
    # Without the replies there is neither.
    assert "target-along-replies" not in {sheet.name for sheet in sheets(estimates, sections=SECTIONS)}


def test_more_replies_than_can_be_told_apart_are_thinned_and_that_is_said() -> None:
    walked = Walked("w", (0.0, 1.0), ("One.",), lines_of("A", None, lambda letter: [0.2, 0.8]), 1)
    (block,) = strips()
    drawn = strip._drawn(block, {"clean": [walked] * 500})
    assert "500 replies, 120 of them drawn" in drawn
    assert drawn.count('class="turn"') == 120


@pytest.mark.parametrize("places", [(0.0, 1.0), (0.0, 1 / 3, 1.0), (0.0, 1 / 3, 2 / 3, 1.0)])
def test_pieces_are_the_whole_text(places: tuple[float, ...]) -> None:
    assert "".join(pieces(STEPS, places)) == "".join(STEPS)
    assert len(pieces(STEPS, places)) == len(places) - 1
