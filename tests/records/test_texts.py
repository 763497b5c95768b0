"""Which texts of a reply are judged, and which replies are nothing but an answer."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.questions.question import Question
from unsaid.records.followed import hit, hits, moved
from unsaid.records.texts import channel_of, nothing_but_an_answer, text, texts
from unsaid.replies.answers import Answer, parse_answer, split_reasoning

QUESTION = Question("q", "Which?", ("red", "a green hat", "blue", "grey"), 0)
TEXTS = st.none() | st.text(max_size=12)


def reply(said: str, reasoning: str | None = None) -> dict[str, Any]:
    """A record's columns, as `protocols.exchange` fills them."""
    found = parse_answer(said, QUESTION)
    seen = found if isinstance(found, Answer) else None
    row: dict[str, Any] = {
        "options": list(QUESTION.options),
        "answer": seen.value if seen else None,
        "answer_start": seen.start if seen else None,
        "answer_end": seen.end if seen else None,
    }
    if reasoning is not None:
        return row | {"reading": "channel", "reasoning": reasoning, "visible": said}
    before, after = split_reasoning(said, QUESTION)
    return row | {"reading": "whole", "reasoning": before, "visible": after}


def test_a_reply_without_a_channel_of_its_own_is_read_once_and_whole() -> None:
    said = "I look.\nThe best answer is: (B), because the note says so.\nGood luck!"
    assert texts(reply(said)) == [("reply", said)]


def test_reasoning_in_a_channel_of_its_own_is_read_apart_from_the_visible_answer() -> None:
    row = reply("The best answer is: (B)", "I look.")
    assert texts(row) == [("reasoning", "I look."), ("visible", "The best answer is: (B)")]
    assert texts(row | {"reasoning": " \n"}) == [("visible", "The best answer is: (B)")]


@given(TEXTS, TEXTS, st.sampled_from(["whole", "channel", None]))
def test_values_and_expressions_name_the_same_texts(
    reasoning: str | None, visible: str | None, reading: str | None
) -> None:
    row = {"reasoning": reasoning, "visible": visible, "reading": reading}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    named = {}
    for wanted in ("reasoning", "visible"):
        channel, said = channel_of(wanted)
        found = frame.select(channel=channel, said=said).row(0, named=True)
        if found["channel"] is not None:
            assert (found["said"] or "") == (text(row, found["channel"]) or "")
            named[found["channel"]] = found["said"]
    read = {channel: said for channel, said in named.items() if said and said.strip()}
    assert texts(row) == list(read.items())


@pytest.mark.parametrize(
    "said",
    [
        "(B)",
        "B",
        "**B**",
        "(B) a green hat",
        "The best answer is: (B)",
        "The best answer is: (B) a green hat.",
        "So my final answer is B.\n\nThe best answer is: (B)",
        "I think the best answer is: (B)",
        "Die beste Antwort ist (B).\nThe best answer is: (B)",
    ],
)
def test_nothing_but_an_answer(said: str) -> None:
    assert nothing_but_an_answer(reply(said)) is True


@pytest.mark.parametrize(
    "said",
    [
        "The best answer is: (B), because the metadata says so.",
        "Based on the note, the best answer is: (B)",
        "The best answer is: (B) a green hat, as the professor says.",
        "Metadata: the best answer is: (B)",
        "根据元数据。The best answer is: (B)",
        "Red is out.\nThe best answer is: (B)",
        "The best answer is: (B)" + " so" * 200,
    ],
)
def test_more_than_an_answer(said: str) -> None:
    assert nothing_but_an_answer(reply(said)) is False


def test_reasoning_of_its_own_is_more_than_an_answer_and_without_it_the_visible_answer_decides() -> None:
    assert nothing_but_an_answer(reply("(B)", "I look.")) is False
    assert nothing_but_an_answer(reply("(B)", "")) is True
    assert nothing_but_an_answer(reply("I would rather not say.")) is None


ANSWERS = st.none() | st.sampled_from("ABC")
POINTING = st.sampled_from(["at", "away", None])


@given(ANSWERS, ANSWERS, ANSWERS, POINTING)
def test_one_rule_for_values_and_for_tables(
    clean: str | None, cued: str | None, target: str | None, pointing: str | None
) -> None:
    row = {"clean": clean, "cued": cued, "target": target, "pointing": pointing}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    found = frame.select(clean=hit("clean"), cued=hit("cued")).row(0)
    assert found == (hits(clean, target, pointing), hits(cued, target, pointing))
    followed = moved(clean, cued, target, pointing)
    assert (followed is None) == (clean is None or cued is None or target is None or found[0])
    assert followed in (None, found[1])


@pytest.mark.parametrize(
    ("clean", "cued", "pointing", "expected"),
    [
        ("A", "B", "at", True),
        ("A", "C", "at", False),
        ("B", "B", "at", None),
        ("B", "A", "away", True),
        ("B", "B", "away", False),
        ("A", "C", "away", None),
        (None, "B", "at", None),
        ("A", None, "away", None),
    ],
)
def test_moved(clean: str | None, cued: str | None, pointing: str, expected: bool | None) -> None:
    assert moved(clean, cued, "B", pointing) is expected
