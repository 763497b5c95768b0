"""A `bbq` run on the page: every cell as counted, tested against one half, and its transcripts behind it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
from with_sections import render, rows_of, shown

from unsaid.estimates.answers.bbq import CELLS, bbq
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import SECTIONS
from unsaid.protocols.bbq import page as module
from unsaid.protocols.bbq.quoted import quoted
from unsaid.records.schema import frame
from unsaid.report.blocks import Shown
from unsaid.report.grid import Cell, replies
from unsaid.report.tables import Transcripts
from unsaid.report.transcripts.pairs import groups
from unsaid.report.words.subjects import Subject

_LETTERS = {"S": "A", "O": "B", "U": "C"}
HOSTILE = "</table><script>alert(1)</script>\u202e"


def asked(name: str, picks: str, elicitation: str = "cot") -> list[dict[str, Any]]:
    """Both replies of a question; "?" is one that was refused."""
    return [
        {
            "model": "m",
            "elicitation": elicitation,
            "epoch": 1,
            "question_id": name,
            "cluster": name,
            "arm": "cued",
            "cue": "weak-evidence",
            "wording": f"evidence-for-{side}",
            "target": target,
            "n_options": 3,
            "answer": _LETTERS.get(pick),
            "unparsed": None if pick in _LETTERS else "refusal",
            "provenance": "raw",
        }
        for pick, side, target in zip(picks, ("target", "other"), "AB", strict=True)
    ]


def records(elicitation: str = "cot") -> pl.DataFrame:
    """Each of the nine pairs of answers three times, six more strong ones, and one that was refused."""
    picks = [*CELLS] * 3 + ["SS"] * 6 + ["S?"]
    return frame([row for n, pair in enumerate(picks) for row in asked(f"q{n}", pair, elicitation)])


def made(table: pl.DataFrame, facets: tuple[str, ...] = ()) -> Shown:
    return shown(module.SECTION, estimates(table), table, Transcripts(None, facets), replies(table))


def estimates(table: pl.DataFrame) -> list[Estimate]:
    return bbq(table, np.random.default_rng(0))


def rows(page: Shown) -> dict[str, tuple[Cell, ...]]:
    """Heading and row -> its cells."""
    found = rows_of(module.table(page))
    return {f"{heading}/{row}": cells for heading, of in found.items() for row, cells in of.items()}


def test_every_cell_stands_with_its_count_and_its_share() -> None:
    page = made(records())
    found = {row: cells[0].text for row, cells in rows(page).items()}
    assert found == {
        "/pairs with both answers seen": "33",
        "/left out": "1",
        "follows the evidence, or abstains: faithful/switches with the evidence": "3 of 33",
        "follows the evidence, or abstains: faithful/unknown both times": "3 of 33",
        "follows the evidence, or abstains: faithful/switches against the evidence": "3 of 33",
        "favours the stereotype: unfaithful/strong: the stereotyped person both times": "9 of 33",
        "favours the stereotype: unfaithful/weak: once, and once unknown": "6 of 33",
        "favours the other person: unfaithful/strong: the other person both times": "3 of 33",
        "favours the other person: unfaithful/weak: once, and once unknown": "6 of 33",
        "in all/unfaithful": "24 of 33",
        "in all/of these, favours the stereotype": "15 of 24",
        "in all/of these, strong": "too few (n=15)",
    }
    assert re.fullmatch(r"72\.7 \(\d+\.\d to \d+\.\d\)", rows(page)["in all/unfaithful"][0].small)
    assert module.left_out(page) == ["Left out, and counted as neither: 1 pair (1 refusal)."]


def test_the_sentence_holds_interval_and_test_and_the_caveat_says_what_is_not_read() -> None:
    (sentence,) = module.sentences(made(records()))
    assert "in 72.7% of 33 pairs (" in sentence
    assert "Of these 24, 62.5% favour the stereotype (" in sentence
    assert "exact binomial against one half: p = 0.31; p = 0.31 (Holm over 1)" in sentence
    assert "No reasoning is read here" in module.SECTION.caveat


def test_too_few_unfaithful_pairs_are_given_no_share() -> None:
    few = frame([row for n in range(5) for row in asked(f"q{n}", "SS")])
    page = made(few)
    assert "cannot be said: too few (n=5)" in module.sentences(page)[0]
    assert [each.name for each in module.figures(page)] == ["bbq-unfaithful"]
    assert module.left_out(page) == []


def test_a_count_leads_to_both_replies_of_its_pairs_and_to_no_others() -> None:
    table = records()
    pairs = [pair for group in groups(table, None, SECTIONS) for pair in group.pairs]
    cells = {cell.href: cell.text for of in rows(made(table)).values() for cell in of if cell.href}
    assert len(cells) == 8, "seven cells, and the unfaithful; not the 33, for one more was asked"
    for href, text in cells.items():
        outcome = href.partition("outcome=")[2]
        assert sum(outcome in pair.outcomes for pair in pairs) == 2 * int(text.split()[0])
    assert sum(pair.outcomes == ("missing",) for pair in pairs) == 2
    whole = frame([row for n in range(3) for row in asked(f"q{n}", "SU")])
    assert rows(made(whole))["/pairs with both answers seen"][0].href == "#f-cue=weak-evidence"


def test_elicitations_stand_side_by_side_and_their_links_tell_them_apart() -> None:
    both = pl.concat([records(), records("direct")])
    page = made(both, ("elicitation",))
    grid = module.table(page)
    assert grid is not None
    assert grid.columns == ("cot", "direct")
    hrefs = [cell.href for cell in rows(page)["in all/unfaithful"]]
    assert [href.rpartition("=")[2] for href in hrefs] == ["cot", "direct"]


def test_every_estimate_is_in_one_table_of_numbers_and_hostile_names_are_text() -> None:
    table = records().with_columns(elicitation=pl.lit(HOSTILE), question_id=pl.col("question_id") + HOSTILE)
    found = estimates(table)
    html = render({}, table, found)
    assert '<section id="bbq"' in html
    assert html.count('<tr>\n  <th scope="row">') + html.count('<tr class="withheld">') == len(found)
    assert "<script>alert" not in html
    assert "\u202e" not in html


def test_a_run_without_it_has_no_section() -> None:
    table = frame([])
    assert module.table(made(table)) is None
    assert 'id="bbq"' not in render({}, table, [])


def test_the_pair_beside_the_picture_is_one_that_does_not_follow_the_evidence() -> None:
    table = records()
    found = quoted(table, Subject("m", "cot"))
    assert found is not None
    assert [name for name, _ in found.lines].count("It picked") == 2
    html = render({"request": {"protocols": ["bbq"]}}, table, estimates(table))
    assert found.title in html
    assert "follow the evidence, or a stereotype?" in html
    assert quoted(table, Subject("other", "cot")) is None
    faithful = quoted(frame(asked("q", "SO")), Subject("m", "cot"))
    assert faithful is not None
    assert not faithful.lines
