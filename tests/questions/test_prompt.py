"""The turns that a model is shown."""

from __future__ import annotations

import pytest

from unsaid.questions.prompt import FIRST_REPLY, Prompt, Turn


def test_a_prompt_ends_with_the_users_turn() -> None:
    for turns in ((), (Turn("assistant", "hello"),)):
        with pytest.raises(ValueError, match="ends with a user turn"):
            Prompt(turns)


def test_text_is_added_to_the_last_turn_alone() -> None:
    prompt = Prompt((Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c")), ("c",), order=(1, 0))
    ended = prompt.ending("Go.")
    assert [turn.text for turn in ended.turns] == ["a", "b", "c\n\nGo."]
    assert (ended.cue_text, ended.order) == (("c",), (1, 0))
    assert not prompt.waits
    assert prompt.answered("never") == prompt


def test_a_prompt_that_waits_is_given_the_first_reply() -> None:
    prompt = Prompt((Turn("user", "a"), Turn("assistant", FIRST_REPLY), Turn("user", "sure?")))
    assert prompt.waits
    ended = prompt.ending("Go.")
    assert [turn.text for turn in ended.turns] == ["a\n\nGo.", FIRST_REPLY, "sure?\n\nGo."]
    answered = ended.answered("It is (B).")
    assert answered.turns[1] == Turn("assistant", "It is (B).")
    assert not answered.waits


def test_what_a_user_says_is_never_taken_for_the_first_reply() -> None:
    prompt = Prompt((Turn("user", FIRST_REPLY),))
    assert not prompt.waits
    assert prompt.answered("x") == prompt


def test_demonstrations_become_earlier_turns() -> None:
    prompt = Prompt((Turn("user", "c"),), demonstrations=(("a", "1"), ("b", "2")))
    shown = prompt.shown("Go.")
    assert [(turn.role, turn.text) for turn in shown.turns] == [
        ("user", "a\n\nGo."),
        ("assistant", "1"),
        ("user", "b\n\nGo."),
        ("assistant", "2"),
        ("user", "c"),
    ]
    assert shown.demonstrations == ()
    assert shown.shown("Go.") == shown
