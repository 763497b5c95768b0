"""An `omission` run on the page: the rate, luck, and the replies that were counted; and what the terminal shows."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.omission_reading import needed_of
from unsaid.protocols.omission import estimates as concluded
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.sources import load
from unsaid.records.schema import frame
from unsaid.report import omission_page as module
from unsaid.report import summary
from unsaid.report.headline import headline
from unsaid.report.omission_page import OmissionPage, omission_page
from unsaid.report.page import render
from unsaid.report.tables import sort

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


def made(found: list[Estimate], table: pl.DataFrame) -> OmissionPage:
    page = omission_page(sort(found).omission, table)
    assert page is not None
    return page


def test_the_rate_luck_and_what_is_answered_without_reasoning_stand_in_one_sentence(
    found: list[Estimate], table: pl.DataFrame
) -> None:
    (said,) = made(found, table).sentences
    assert f"9 of {len(QUESTIONS) - 1} correct replies" in said
    assert "Lucky guesses explain" in said
    assert "(without reasoning the same questions are answered rightly in 2" in said
    rows = dict(made(found, table).grid.groups[0][1])
    assert next(iter(rows)) == "all"
    assert rows["all"][0].text == str(len(QUESTIONS) - 1)


def test_every_reply_that_was_counted_is_listed_with_what_it_leaves_unsaid(
    found: list[Estimate], table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = made(found, table)
    assert page.omitted == len(page.replies) == 9
    assert all(reply.text.startswith("It is clear.") and reply.unsaid for reply in page.replies)
    one = needed_of("modular_arithmetic", page.replies[0].question)
    assert one is not None
    assert page.replies[0].needed == ", then ".join(one.values)
    monkeypatch.setattr(module, "LISTED", 4)
    page = made(found, table)
    assert (page.omitted, len(page.replies)) == (9, 4)
    assert "The first 4 of 9." in render({}, table, found)


def test_a_page_without_reasoning_has_no_section(table: pl.DataFrame) -> None:
    direct = table.filter(pl.col("elicitation") == "direct")
    found = concluded(direct, None, np.random.default_rng(0))
    assert omission_page(sort(found).omission, direct) is None
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
    assert "cannot be said: too few (n=" in page.sentences[0]
    assert page.figures == ()
    assert "cannot be said: too few" in " ".join(headline(found).found)
