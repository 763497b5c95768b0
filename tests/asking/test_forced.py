"""A forced answer: what is asked, and how its record reads."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from unsaid.asking.answering import forced_config
from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.exchange import exchange
from unsaid.asking.forced import (
    SAMPLES,
    copies,
    forced_answer,
    forced_columns,
    option_logprobs,
    represented,
)
from unsaid.asking.replied import Replied
from unsaid.cues import CUES
from unsaid.elicitation import COT, NATIVE
from unsaid.interventions.begin import FORCED
from unsaid.models.inspect.adapter import Reply, TokenChance
from unsaid.questions.question import Question

QUESTION = Question("q", "What is 2 + 2?", ("3", "4", "5"), 1)
CHOICE = Choice((CUES["metadata"],))
ALOUD = Replied(
    "Two and two. That is 4.", "The best answer is: (B)", "B", apart=False, provenance="raw", error=None
)
APART = replace(ALOUD, apart=True)


def clean() -> Ask:
    return clean_asks(QUESTION, (), COT, replay=False)[0]


def forced(reasoning: str = "Two and two.", replied: Replied = ALOUD) -> Ask:
    return forced_answer(clean(), QUESTION, reasoning, replied, "cut", dose=0.5)


def said(token: str, *top: tuple[str, float]) -> TokenChance:
    return TokenChance(token, top[0][1] if top else math.log(0.9), top)


def test_the_text_ends_where_the_letter_is_next() -> None:
    assert forced().given == f"Two and two.\n{FORCED}"
    assert forced("").given == FORCED
    assert forced().parent == clean().key
    assert forced().forced


def test_thoughts_are_closed_before_the_answer() -> None:
    assert forced(replied=APART).given == f"<think>\nTwo and two.\n</think>\n\n{FORCED}"
    assert forced("", APART).given == f"<think>\n\n</think>\n\n{FORCED}"


def test_elsewhere_the_text_is_an_earlier_turn_of_the_model() -> None:
    for replied in (ALOUD, APART):
        asked = represented(forced(replied=replied), QUESTION)
        assert [turn.role for turn in asked.prompt.turns] == ["user", "assistant", "user"]
        assert asked.prompt.turns[1].text == "Two and two."
        assert (asked.key, asked.given) == (forced().key, forced(replied=replied).given), "it is recorded"
    bare = represented(forced(""), QUESTION)
    assert [turn.role for turn in bare.prompt.turns] == ["user"]


def test_without_log_probabilities_it_is_asked_several_times() -> None:
    assert copies(forced(), QUESTION, scored=True) == [forced()]
    several = copies(forced(), QUESTION, scored=False)
    assert len({each.key for each in several}) == SAMPLES
    free = Question("f", "What is 2 + 2?", answer="4")
    assert len(copies(forced(), free, scored=True)) == SAMPLES


def test_one_token_is_enough_where_its_chances_are_told() -> None:
    assert forced_config(forced(), 1, scored=True, begun=True).max_tokens == 1
    assert forced_config(forced(), 1, scored=True, begun=True).top_logprobs == 20
    assert forced_config(forced(), 1, scored=True, begun=False).max_tokens == 16, "in a turn of its own"
    shown = represented(replace(forced(), style=NATIVE), QUESTION)
    assert forced_config(shown, 1, scored=False, begun=False).max_tokens is None, "it thinks first"


def test_a_drawn_answer_is_one_call_and_the_letter_that_was_drawn() -> None:
    asked = replace(forced(), drawn=True)
    assert copies(asked, QUESTION, scored=False) == [asked]
    chances = (said("B)", ("B)", math.log(0.2)), ("A)", math.log(0.8))),)
    reply = Reply("B)", logprobs=chances, prefill=asked.given)
    drawn, likeliest = (forced_columns(reply, asked.prompt, QUESTION, drawn=each) for each in (True, False))
    assert (drawn["answer"], drawn["parse_rule"]) == ("B", "forced")
    assert (likeliest["answer"], likeliest["parse_rule"]) == ("A", "likeliest")
    assert (
        drawn["option_logprobs"]
        == likeliest["option_logprobs"]
        == pytest.approx([math.log(0.8), math.log(0.2), None])
    )


def test_a_reply_that_begins_with_other_words_tells_nothing_of_the_letters() -> None:
    chances = (said("The", ("The", -0.01), ("A", -9.0)), said("B", ("B", -0.1)))
    found = forced_columns(Reply("The best answer is: (B)", logprobs=chances), forced().prompt, QUESTION)
    assert (found["option_logprobs"], found["answer"]) == (None, "B")
    alone = forced_columns(Reply("B", logprobs=(said("B", ("B", -0.1)),)), forced().prompt, QUESTION)
    assert alone["option_logprobs"] == [None, -0.1, None]


@pytest.mark.parametrize(
    ("said_alone", "answer"),
    [
        ("A single, most likely answer is (B).", "B"),
        ('A likely answer is "C".', "C"),
        ("A good question, which I cannot answer.", None),
        ("A", "A"),
        ("(A) is it", "A"),
        ("A. This is it", "A"),
        ("A\nbecause it is", "A"),
        ("B is it", "B"),
    ],
)
def test_an_article_at_the_front_of_a_sentence_is_no_letter_of_an_option(
    said_alone: str, answer: str | None
) -> None:
    first = said_alone.lstrip("(")[0]
    chances = (said(first, (first, -0.1)),)
    found = forced_columns(Reply(said_alone, logprobs=chances), forced().prompt, QUESTION)
    begins = answer == first
    assert (found["answer"], found["option_logprobs"] is not None) == (answer, begins)


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ([said("B", ("B", math.log(0.6)), ("A", math.log(0.3)))], (0.3, 0.6, None)),
        ([said(" B", (" B", math.log(0.5)), ("B", math.log(0.25)), ("C", math.log(0.1)))], (None, 0.75, 0.1)),
        ([said("("), said("ĠC", ("ĠC", math.log(0.8)))], (None, None, 0.8)),
        ([said("**"), said("B)", ("B)", math.log(0.8)), ("b", math.log(0.1)))], (None, 0.8, None)),
        ([said("A", ("A", math.log(0.6)), (" A", math.log(0.6)))], (1.0, None, None)),
    ],
)
def test_spellings_of_a_letter_are_added_up(
    chances: list[TokenChance], expected: tuple[float | None, ...]
) -> None:
    found = option_logprobs(chances, "ABC")
    assert found is not None
    chance = [None if each is None else math.exp(each) for each in found]
    assert chance == [None if each is None else pytest.approx(each) for each in expected]


@pytest.mark.parametrize("chances", [[], [said("(")], [said("The", ("The", -0.1), ("I", -2.0))]])
def test_where_no_token_chooses_there_is_no_distribution(chances: list[TokenChance]) -> None:
    assert option_logprobs(chances, "ABC") is None


def row(reply: Reply, ask: Ask | None = None) -> dict[str, object]:
    ask = ask or forced()
    return exchange(ask, ask.prompt, reply, QUESTION, 0)


def test_the_record_holds_the_distribution_and_the_likeliest_option() -> None:
    chance = said("A", ("A", math.log(0.2)), ("C", math.log(0.7)))
    kept = row(Reply("A", stop_reason="max_tokens", provenance="truncated", prefill="x", logprobs=(chance,)))
    assert (kept["answer"], kept["unparsed"], kept["provenance"]) == ("C", None, "absent")
    assert kept["option_logprobs"] == [pytest.approx(math.log(0.2)), None, pytest.approx(math.log(0.7))]
    assert (kept["intervention"], kept["dose"], kept["conditioning"]) == ("cut", 0.5, "prefill")


def test_options_shown_in_another_order_are_told_in_their_own() -> None:
    ask = replace(forced(), prompt=replace(forced().prompt, order=(2, 0, 1)))
    chance = said("A", ("A", math.log(0.6)), ("C", math.log(0.3)))
    kept = row(Reply("A", prefill="x", logprobs=(chance,)), ask)
    assert kept["answer"] == "C", "the first option shown is the third"
    assert kept["option_logprobs"] == [None, pytest.approx(math.log(0.3)), pytest.approx(math.log(0.6))]


@pytest.mark.parametrize(
    ("reply", "answer", "why"),
    [
        (Reply("B) because", prefill="x"), "B", None),
        (Reply("(C)"), "C", None),
        (Reply("The answer is B."), "B", None),
        (Reply("I do not know", prefill="x"), None, "no answer"),
        (Reply("A dog", prefill="x"), "A", None),
        (Reply("", error="gone"), None, "error"),
    ],
)
def test_an_answer_in_words_is_read(reply: Reply, answer: str | None, why: str | None) -> None:
    kept = row(reply)
    assert (kept["answer"], kept["unparsed"], kept["option_logprobs"]) == (answer, why, None)
