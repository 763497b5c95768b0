"""A `reversal` run on the page: flags beside those of noise, the pairs behind them, and what groups lean to."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
from with_sections import render, rows_of, shown

from unsaid.estimates.answers.reversal import reversal
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.reversal import flagged as flagged_pairs
from unsaid.protocols.reversal import page as module
from unsaid.records.schema import frame
from unsaid.report.blocks import Shown
from unsaid.report.words.subjects import Subject

HOSTILE = "</table><script>alert(1)</script>\u202e"


def question(
    name: str, pair: str, right: str, says: int, *, stem: str | None = None, **more: Any
) -> list[dict[str, Any]]:
    """Ten replies to a question, YES in the first `says`; none of them parsed where that is negative."""
    shared = {"model": "m", "elicitation": "cot", "task": "mass/gt", "options": ["YES", "NO"], "n_options": 2}
    shared |= {"question_id": name, "cluster": pair, "correct": "A" if right == "YES" else "B"}
    shared |= {
        "arm": "clean",
        "provenance": "raw",
        "stem": stem or f"A table of weights.\nIs {name} heavier?",
    }
    return [
        shared
        | {"epoch": n + 1, "answer": None if says < 0 else "A" if n < says else "B"}
        | ({"unparsed": "no answer"} if says < 0 else {})
        | more
        for n in range(10)
    ]


def twins(pair: str, first: int, second: int, **more: Any) -> list[dict[str, Any]]:
    """YES is right of the first and NO of the second; both counts are of YES."""
    return question(f"{pair}-xy", pair, "YES", first, **more) + question(
        f"{pair}-yx", pair, "NO", second, **more
    )


def records() -> pl.DataFrame:
    """Eight pairs that lean to YES without a flag, two that are flagged, and one that lost a side."""
    rows = [row for n in range(8) for row in twins(f"lean{n}", 10, 6)]
    return frame([*rows, *twins("near", 10, 7), *twins("far", 10, 10), *twins("lost", 10, -1)])


def estimates(table: pl.DataFrame) -> list[Estimate]:
    return reversal(table, np.random.default_rng(0), draws=200)


def made(table: pl.DataFrame) -> Shown:
    return shown(module.SECTION, estimates(table), table)


def flagged(page: Shown) -> int:
    grid = module.flagged(page)
    return 0 if grid is None else len(grid.groups)


def test_the_flags_stand_beside_those_of_noise() -> None:
    table = records()
    page, found = made(table), {each.quantity: each for each in estimates(table)}
    (sentence,) = module.sentences(page)
    k, noise = found["reversal.rate"].k, found["reversal.false-flags"].value
    assert k is not None
    assert noise is not None
    assert f"cot: {k} of 10 reversed pairs are flagged" in sentence
    assert f"Noise alone would flag {noise:.1f} (" in sentence
    assert "No single chain of thought" in module.SECTION.caveat
    (cells,) = rows_of(module.table(page))[""].values()
    assert [cell.text for cell in cells[:3]] == ["10", "1", str(k)]
    assert cells[4].text == f"{noise:.1f}"
    assert module.left_out(page)[0].endswith("1 pair (1 a question without a parsed reply).")
    assert "by noise alone" in module.figures(page)[0].chart


def test_every_flagged_pair_is_listed_with_both_sides_the_furthest_apart_first() -> None:
    table = records()
    page = made(table)
    (rate,) = (each for each in estimates(table) if each.quantity == "reversal.rate")
    assert flagged(page) == rate.k
    about, sides = next(iter(rows_of(module.flagged(page)).items()))
    assert about.startswith("cot · mass: is it more · leans to YES (by noise: ")
    assert [(side, *(cell.text for cell in cells)) for side, cells in sides.items()] == [
        # The line that differs, not the table above it.
        ("Is far-xy heavier? (right: YES · far-xy)", "10 of 10", "10 of 10"),
        ("Is far-yx heavier? (right: NO · far-yx · answered as the model leans)", "10 of 10", "0 of 10"),
    ]


def test_a_group_shows_its_leaning_with_an_interval_and_one_near_half_leans_nowhere() -> None:
    even = [row for n in range(4) for row in twins(f"even{n}", 10, 0, task="age/lt")]
    page = made(pl.concat([records(), frame(even)]))
    (groups,) = rows_of(module.groups(page)).values()
    assert [cell.text for cell in groups["age: is it less"]] == ["8", "50.0", "neither", "4", "0", "0.0"]
    leaning = groups["mass: is it more"]
    assert leaning[2].text == "YES"
    low, high = map(float, re.findall(r"[\d.]+", leaning[1].small))
    assert low < float(leaning[1].text) < high
    assert list(groups) == ["mass: is it more", "age: is it less"], "the strongest leaning first"


def test_a_long_list_is_cut_and_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(flagged_pairs, "LISTED", 1)
    table = records()
    page = made(table)
    (rate,) = (each for each in estimates(table) if each.quantity == "reversal.rate")
    assert flagged(page) == 1
    assert f"The 1 of {rate.k} whose two questions are" in render({}, table, estimates(table))


def test_no_flag_is_said_and_no_parsed_reply_gives_no_rate() -> None:
    quiet = frame([row for n in range(4) for row in twins(f"q{n}", 10, 0)])
    html = render({}, quiet, estimates(quiet))
    assert "<p>No pair was flagged.</p>" in html
    silent = frame(twins("q", -1, -1))
    page = made(silent)
    assert "cannot be said: no pair of two questions" in module.sentences(page)[0]
    assert module.figures(page) == ()


def test_questions_in_another_context_or_with_other_options_are_not_among_them() -> None:
    other = frame(twins("few", 10, 10, context="few-shot") + twins("open", 10, 10, options=["x", "y"]))
    both = shown(module.SECTION, estimates(records()), pl.concat([records(), other]))
    assert flagged(both) == flagged(made(records())) > 0


def test_every_estimate_is_in_one_table_of_numbers_and_hostile_text_is_text() -> None:
    rows = twins(f"far{HOSTILE}", 10, 10, stem=f"{HOSTILE}\nIs {HOSTILE} heavier?", task=f"{HOSTILE}/gt")
    rows += [row for n in range(8) for row in twins(f"lean{n}", 10, 6, task=f"{HOSTILE}/gt")]
    table = frame(rows)
    found = estimates(table)
    html = render({}, table, found)
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert html.count('<tr>\n  <th scope="row">') + html.count('<tr class="withheld">') == len(found)
    assert 'href="#f-' not in html, "no browser filter finds clean replies"


def test_the_pair_beside_the_picture_is_a_flagged_one_with_both_sides() -> None:
    table = records()
    found = flagged_pairs.quoted(table, Subject("m", "cot"))
    assert found is not None
    assert found.title == "Flagged: one of 10 pairs"
    names = [name for name, _ in found.lines]
    assert names == ["The group leans to", "Asked", "It said YES", "Asked", "It said YES"]
    html = render({"request": {"protocols": ["reversal"]}}, table, estimates(table))
    assert found.title in html
    assert 'Does <span class="who">m</span> answer a question and its reverse as it knows' in html
    assert flagged_pairs.quoted(table, Subject("other", "cot")) is None
    quiet = frame([row for n in range(4) for row in twins(f"q{n}", 10, 0)])
    none = flagged_pairs.quoted(quiet, Subject("m", "cot"))
    assert none is not None
    assert not none.lines
