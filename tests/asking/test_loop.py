"""The asking loop: what follows is asked after what it follows from, each call once, and no more than was planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from answering import line, settings
from hypothesis import given
from hypothesis import strategies as st
from made_up import KEPT, MADE_UP

from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.exchange import NO_FIRST_REPLY, exchange
from unsaid.asking.following import FollowUps
from unsaid.asking.loop import Call, Exchange, Waves, asked_in_waves, in_turn
from unsaid.asking.protocol import every_ask
from unsaid.asking.replied import Replied
from unsaid.cues import CUES
from unsaid.elicitation import COT
from unsaid.models.inspect.adapter import Reply
from unsaid.protocols import protocol
from unsaid.questions.question import Question

QUESTION = Question("q", "Which?", ("one", "two"), 0)
THOUGHT = "First this and then that follows. "


def said(call: Call, text: str = THOUGHT + line(0)) -> Exchange:
    return exchange(call.ask, call.prompt, Reply(text) if call.sendable else None, QUESTION, 0)


def following(*protocols: Any) -> FollowUps:
    design = settings()
    return FollowUps(protocols or (MADE_UP,), design.choice(), design.styles())


def first_calls() -> list[Ask]:
    design = settings()
    return every_ask([MADE_UP], QUESTION, design.choice(), design.styles())


def test_what_follows_is_asked_wave_by_wave() -> None:
    waves = asked_in_waves(QUESTION, first_calls(), following(), MADE_UP.most)
    seen = []

    def watched() -> Waves:
        wave = next(waves)
        while True:
            seen.append([call.ask.key for call in wave])
            answers = yield wave
            try:
                wave = waves.send(answers)
            except StopIteration as end:
                return list(end.value)

    rows = in_turn(watched(), said)
    half = f"cot/clean/cut={KEPT[-1]:g}"
    assert seen == [["cot/clean"], ["cot/clean/cut=0", half], [f"{half}/short", f"{half}/short#1"]]
    assert [row["reply_id"] for row in rows] == [key for wave in seen for key in wave]
    assert [row["parent"] for row in rows] == [None, "cot/clean", "cot/clean", half, half]
    assert [row["dose"] for row in rows] == [None, *KEPT, None, None]
    assert rows[2]["given"] == "First this and So"


def test_nothing_follows_a_reply_without_an_answer() -> None:
    rows = in_turn(asked_in_waves(QUESTION, first_calls(), following(), 4), lambda call: said(call, "Hm."))
    assert [row["intervention"] for row in rows] == [None]


def test_a_call_that_waits_comes_after_the_reply_that_it_goes_on_from() -> None:
    choice = Choice((CUES["are-you-sure"],))
    calls = protocol("verbalisation").asks(QUESTION, choice, [COT])
    rows = {row["reply_id"]: row for row in in_turn(asked_in_waves(QUESTION, calls), said)}
    asked = next(row for row in rows.values() if row["arm"] == "cued")
    assert asked["parent"] == "cot/clean"
    assert (THOUGHT + line(0)).strip() in asked["prompt"].replace("\\n", "\n")
    alone = [call for call in calls if call.arm == "cued"]
    assert [row["unparsed"] for row in in_turn(asked_in_waves(QUESTION, alone), said)] == [NO_FIRST_REPLY]


def test_more_calls_than_were_planned_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 1 may"):
        in_turn(asked_in_waves(QUESTION, first_calls(), following(), 1), said)


def test_a_call_that_would_take_the_place_of_another_is_refused() -> None:
    def twice(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
        return [] if ask.intervention else [ask.continued("a", "cut"), ask.continued("b", "cut")]

    with pytest.raises(ValueError, match="follows twice"):
        in_turn(asked_in_waves(QUESTION, first_calls(), twice, 2), said)


def test_a_protocol_sees_the_replies_to_its_own_calls_alone() -> None:
    seen: list[str] = []

    def looks(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
        seen.append(ask.key)
        return []

    curious = replace(MADE_UP, name="curious", then=looks)
    design = settings()
    calls = every_ask([protocol("verbalisation"), curious], QUESTION, design.choice(), design.styles())
    in_turn(asked_in_waves(QUESTION, calls, following(protocol("verbalisation"), curious), 9), said)
    assert seen == ["cot/clean"]


def test_what_is_asked_instead_keeps_its_key() -> None:
    other = replace(MADE_UP, instead=lambda ask, question: replace(ask, dose=0.25))
    design = settings()
    follow = FollowUps([other], design.choice(), design.styles(), frozenset())
    with pytest.raises(ValueError, match="keep its key"):
        in_turn(asked_in_waves(QUESTION, first_calls(), follow, 4), said)


def test_a_beginning_is_given_to_no_model_that_does_not_go_on_from_it() -> None:
    design = settings()
    forgetful = FollowUps(
        [replace(MADE_UP, needs=frozenset())], design.choice(), design.styles(), frozenset()
    )
    with pytest.raises(ValueError, match="say that it needs 'prefill'"):
        in_turn(asked_in_waves(QUESTION, first_calls(), forgetful, 4), said)
    follow = FollowUps([MADE_UP], design.choice(), design.styles(), frozenset())
    rows = in_turn(asked_in_waves(QUESTION, first_calls(), follow, 4), said)
    assert [row["given"] for row in rows] == [None] * 5
    assert "So far I have thought: First this and So" in rows[2]["prompt"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_every_call_is_made_once_whatever_follows(widths: list[int]) -> None:
    def tree(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
        depth = ask.key.count("then")
        width = widths[depth] if depth < len(widths) and depth < 4 else 0
        return [ask.continued("x", f"then{n}") for n in range(width)]

    first = clean_asks(QUESTION, (), COT, replay=True)
    asked: list[str] = []

    def one(call: Call) -> Exchange:
        assert call.ask.parent == "" or call.ask.parent in asked
        asked.append(call.ask.key)
        return said(call)

    rows = in_turn(asked_in_waves(QUESTION, first, tree, 10_000), one)
    assert len(asked) == len(set(asked)) == len(rows)
    expected, level = len(first), len(first)
    for width in widths[:4]:
        level *= width
        expected += level
    assert len(rows) == expected
