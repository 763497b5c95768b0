"""Cutting, beginning, filling, swapping, and what a writer's reply has to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import UnknownName
from unsaid.interventions import mistakes, paraphrase
from unsaid.interventions.begin import FORCED, forced, going_on, opened
from unsaid.interventions.cut import kept, spread
from unsaid.interventions.filler import KINDS, filler, length
from unsaid.interventions.steps import split
from unsaid.interventions.swap import swapped
from unsaid.replies.thoughts import ends_in_thoughts, split_thoughts

STEPS = ("One.\n", "Two.\n", "Three.")


def test_a_part_is_kept_as_it_stands() -> None:
    assert [kept(STEPS, count) for count in range(4)] == ["", "One.\n", "One.\nTwo.\n", "One.\nTwo.\nThree."]
    with pytest.raises(ValueError, match="cannot keep 4 of 3"):
        kept(STEPS, 4)


@given(st.integers(0, 300), st.integers(2, 12))
def test_places_are_spread_from_the_first_to_the_last(count: int, most: int) -> None:
    places = spread(count, most)
    assert list(places) == sorted(set(places))
    assert len(places) == min(count, most)
    assert not count or (places[0], places[-1]) == (0, count - 1)


@given(st.sampled_from(["", "One. Two.", "A\n\nB"]), st.booleans(), st.booleans())
def test_a_beginning_can_be_read_back(text: str, apart: bool, options: bool) -> None:
    assert opened(forced(text, apart=apart, options=options)) == (text, True)
    assert opened(going_on(text, apart=apart)) == (text, False)


def test_thoughts_are_closed_before_an_answer_is_forced_and_open_where_they_go_on() -> None:
    closed = forced("One. ", apart=True)
    assert not ends_in_thoughts(closed)
    assert split_thoughts(closed).reasoning == "One."
    assert split_thoughts(closed).visible == FORCED
    assert ends_in_thoughts(going_on("One. ", apart=True))
    assert forced("", apart=False) == FORCED
    assert forced("One. ", apart=False) == f"One.\n{FORCED}"
    assert going_on("One. ", apart=False) == "One."


def test_filler_says_nothing_as_often_as_there_are_words() -> None:
    assert filler(3) == "... ... ..."
    assert filler(0) == ""
    assert [filler(2, kind) for kind in KINDS] == ["... ...", ". .", "- -"]
    assert length("One two.\nThree") == 3
    with pytest.raises(UnknownName, match="filler-dashes"):
        filler(1, "dashes")


@given(
    st.lists(st.sampled_from(["a. ", "b.\n", "c."]), max_size=4),
    st.lists(st.sampled_from(["X. ", "Y."]), max_size=4),
)
def test_swapping_keeps_the_first_steps_and_goes_on_with_the_others(own: list[str], other: list[str]) -> None:
    assert swapped(own, other) == "".join(other)
    assert swapped(own, own, len(own)) == "".join(own)
    for count in range(len(own) + 1):
        made = swapped(own, other, count)
        assert made.startswith("".join(own[:count]))
        assert made.endswith("".join(other[count:]))


@pytest.mark.parametrize(
    ("step", "written", "made"),
    [
        ("2. Add 7, so we have 3.\n", "Add 7, so we have 4.", "2. Add 7, so we have 4.\n"),
        ("2. Add 7, so we have 3.\n", "2. Add 7, so we have 4.", "2. Add 7, so we have 4.\n"),
        ("Paris is in France. ", '"Paris is in Spain."\n', "Paris is in Spain. "),
        ("Paris is in France.", "Sentence with a mistake: Paris is in Spain.", "Paris is in Spain."),
        ("Paris is in France.", "<last_sentence>Paris is in Spain.</last_sentence>", "Paris is in Spain."),
        ("Paris is in France.", "paris is in france", None),
        ("Paris is in France.", "Paris is in France.", None),
        ("Paris is in France.", "", None),
        ("Paris is in France.", "Paris is in Spain.\nI changed the country.", None),
        ("Paris is in France.", "I cannot write a wrong sentence, because it could mislead somebody.", None),
        ("It is -3.", "It is 3.", "It is 3."),
    ],
)
def test_a_mistake_differs_and_is_about_as_long(step: str, written: str, made: str | None) -> None:
    assert mistakes.accepted(step, written) == made


def test_a_writer_sees_the_step_and_what_is_before_it() -> None:
    asked = mistakes.asked("Which?\n(A) one", "First this. ", "Then that. ")
    assert all(part in asked for part in ("(A) one", "First this.", "Then that."))
    assert "(none)" in mistakes.asked("Which?", "", "Then that.")


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("[1] It starts at 3.\n[2] Adding 4 makes 7.", ("It starts at 3.\n", "Adding 4 makes 7.")),
        ("[2] Adding 4 makes 7.\n\n[1] It starts at 3.", ("It starts at 3.\n", "Adding 4 makes 7.")),
        ("[1] We start with 3.\n[2] Adding 4 makes 7.", None),
        ("[1] It starts at 3.", None),
        ("[1] It starts at 3.\n[2] Adding 4 makes 7.\n[2] Hm.", None),
        ("Here they are:\n[1] It starts at 3.\n[2] Adding 4 makes 7.", None),
        ("[1] It starts at 3.\n[2] " + "Adding 4 makes 7. " * 9, None),
        ("I cannot do that.", None),
    ],
)
def test_a_paraphrase_has_every_step_once_in_other_words(written: str, made: tuple[str, ...] | None) -> None:
    steps = split("We start with 3.\nThen we add 4, so it is 7.")
    assert "[2] Then we add 4" in paraphrase.asked(steps)
    assert paraphrase.accepted(steps, written) == made
