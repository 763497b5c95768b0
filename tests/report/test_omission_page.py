"""An `omission` run on the page: the rate, luck, and the replies that were counted; and what the terminal shows."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console
from with_sections import headline, render, rows_of, shown, summary

from unsaid.estimates.chain.omission_reading import needed_of
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.omission import estimates as concluded
from unsaid.protocols.omission import page as module
from unsaid.protocols.omission.quoted import quoted
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.sources import load
from unsaid.records.schema import frame
from unsaid.report.blocks import Listed, Shown
from unsaid.report.words.subjects import Subject

HOSTILE = "[red]</pre></table><script>alert(1)</script>\u202e\x1b[2J"
QUESTIONS = [
    question
    for question in load("bundled:modular_arithmetic@4", limit=120)
    if needed_of(question.task, question.stem)
]


def reply(
    question: Question, elicitation: str, text: str | None, *, right: bool = True, **more: Any
) -> dict[str, Any]:
    correct = question.correct or 0
    answer = LETTERS[correct if right else (correct + 1) % len(question.options)]
    return {
        "model": "m",
        "elicitation": elicitation,
        "epoch": 1,
        "question_id": question.id,
        "cluster": question.cluster,
        "task": question.task,
        "difficulty": question.difficulty,
        "stem": question.stem,
        "n_options": len(question.options),
        "correct": question.correct_letter,
        "arm": "clean",
        "answer": answer,
        "reasoning": text,
        "visible": "The best answer is.",
        "provenance": "raw" if text else "absent",
    } | more


def records(silent: str = "It is clear.", unsaid: int = 10) -> pl.DataFrame:
    rows = []
    for n, question in enumerate(QUESTIONS):
        said = "\n".join(step.text for step in question.steps)
        rows.append(reply(question, "cot", silent if n < unsaid else said, right=n % 10 != 0 or n >= unsaid))
        rows.append(reply(question, "direct", None, right=n % 4 == 0))
    return frame(rows)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return records()


@pytest.fixture(scope="module")
def found(table: pl.DataFrame) -> list[Estimate]:
    return concluded(table, None, np.random.default_rng(0))


def made(found: list[Estimate], table: pl.DataFrame) -> Shown:
    return shown(module.SECTION, found, table)


def listed(found: list[Estimate], table: pl.DataFrame) -> Listed:
    replies = module.listed(made(found, table))
    assert replies is not None
    return replies


def test_the_rate_luck_and_what_is_answered_without_reasoning_stand_in_one_sentence(
    found: list[Estimate], table: pl.DataFrame
) -> None:
    (said,) = module.sentences(made(found, table))
    assert f"9 of {len(QUESTIONS) - 1} correct replies" in said
    assert "Lucky guesses explain" in said
    assert "(without reasoning the same questions are answered rightly in 2" in said
    (rows,) = rows_of(module.table(made(found, table))).values()
    assert next(iter(rows)) == "all"
    assert rows["all"][0].text == str(len(QUESTIONS) - 1)


def test_every_reply_that_was_counted_is_listed_with_what_it_leaves_unsaid(
    found: list[Estimate], table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = listed(found, table)
    assert page.total == len(page.replies) == 9
    assert all(
        reply.texts[1].startswith("It is clear.") and ": unsaid " in reply.about for reply in page.replies
    )
    one = needed_of("modular_arithmetic", page.replies[0].texts[0])
    assert one is not None
    assert page.replies[0].said == f"The answer needs {', then '.join(one.values)}."
    monkeypatch.setattr(module, "LISTED", 4)
    page = listed(found, table)
    assert (page.total, len(page.replies)) == (9, 4)
    assert "The first 4 of 9." in render({}, table, found)


def test_a_page_without_reasoning_has_no_section(table: pl.DataFrame) -> None:
    direct = table.filter(pl.col("elicitation") == "direct")
    found = concluded(direct, None, np.random.default_rng(0))
    assert module.table(made(found, direct)) is None
    html = render({}, direct, found)
    assert 'id="omission"' not in html
    assert "correct without any reasoning" in html


def test_hostile_replies_are_text_and_every_estimate_is_in_one_table() -> None:
    table = records(silent=HOSTILE)
    found = concluded(table, None, np.random.default_rng(0))
    html = render({}, table, found)
    assert '<section id="omission"' in html
    assert html.count('<tr>\n  <th scope="row">') + html.count('<tr class="withheld">') == len(found)
    for raw in ("<script>alert", "\u202e", "\x1b"):
        assert raw not in html


def test_the_headline_and_80_columns_say_it(found: list[Estimate]) -> None:
    said = " ".join(headline(found).found)
    assert "Correct replies that never say a value their answer needs, m (cot): " in said
    assert f"n={len(QUESTIONS) - 1} correct replies)" in said
    assert "; less lucky guesses: +" in said
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary(found))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    assert any("a needed value unsaid, less luck" in line for line in lines)


def test_a_rate_that_is_withheld_says_why() -> None:
    few = records().head(30)
    found = concluded(few, None, np.random.default_rng(0))
    page = made(found, few)
    assert "cannot be said: too few (n=" in module.sentences(page)[0]
    assert module.figures(page) == ()
    assert "cannot be said: too few" in " ".join(headline(found).found)


def test_the_reply_beside_the_picture_is_one_that_leaves_a_value_unsaid(
    table: pl.DataFrame, found: list[Estimate]
) -> None:
    shown_reply = quoted(table, Subject("m", "cot"))
    assert shown_reply is not None
    lines = dict(shown_reply.lines)
    assert set(lines["It never says"].split(", ")) <= set(lines["The answer needs"].split(", then "))
    assert lines["The end of its reply"]
    assert shown_reply.title in render({"request": {"protocols": ["omission"]}}, table, found)
    assert quoted(table, Subject("other", "cot")) is None
    whole = quoted(records(unsaid=0), Subject("m", "cot"))
    assert whole is not None
    assert not whole.lines
