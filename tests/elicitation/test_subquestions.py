"""Reasoning in tags: what is read of it, whatever stands there, and what becomes of it when a part is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.elicitation.subquestions import (
    FINISHED,
    Listing,
    after_units,
    answers_in,
    body,
    closed,
    defused,
    resumed,
    units,
    with_body,
)

LIST = (
    "<sub_q_1>How many cups?</sub_q_1>\n<sub_a_1>12.</sub_a_1>\n"
    "<sub_q_2>What is <sub_a_1>12.</sub_a_1> less 5?</sub_q_2>\n<sub_a_2>7.</sub_a_2>\n"
    "<sub_q_3>How many shelves?</sub_q_3>\n<sub_a_3>One.</sub_a_3>\n"
)
_TAGS = "<sub_q_1> </sub_q_1> <sub_a_1> </sub_a_1> <sub_q> </sub_q> <sub_a> </sub_a> "
_TAGS += "<sub_q_2> </sub_q_2> <sub_a_2> </sub_a_2>"
PIECES = st.sampled_from([*_TAGS.split(), FINISHED, "<FIN>", "`", "```", "\n", " x", "Why?", "é"])


def test_a_list_is_read_and_written_back() -> None:
    listing = Listing.read(LIST + FINISHED)
    assert [item.answer for item in listing.items] == ["12.", "7.", "One."]
    assert listing.finished
    assert listing.text == LIST + FINISHED
    assert not Listing.read(LIST).finished


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_and_reading_again_what_was_written_is_the_same(text: str) -> None:
    listing = Listing.read(text)
    again = Listing.read(listing.text)
    assert [item.number for item in again.items] == [item.number for item in listing.items]
    assert [item.answer for item in again.items] == [item.answer for item in listing.items]
    assert text.startswith("".join(units(text)))
    assert 0 <= after_units(text) <= len(text)


@given(st.text(alphabet="<>/_subqaFIN12 \n", max_size=60))
def test_an_answer_with_our_tags_in_it_is_no_list(answer: str) -> None:
    listing = Listing.read(LIST).answered({2: answer})
    read = Listing.read(listing.text)
    assert [item.number for item in read.items] == [1, 2, 3]
    assert read.answers.get(2, "") == defused(answer)


def test_units_are_questions_with_their_answers_and_leave_out_what_follows() -> None:
    found = units(f"First.\n{LIST}{FINISHED}\nSo it fits.")
    assert len(found) == 3
    assert found[0].startswith("First.\n<sub_q_1>")
    assert [body(each) for each in found] == ["12.", "7.", "One."]
    assert body(with_body(found[1], "8.")) == "8."
    assert with_body(found[1], "8.").startswith("<sub_q_2>What is <sub_a_1>12.</sub_a_1> less 5?")
    assert units("I think. Then (A).") == ()
    assert answers_in(LIST) == "12.\n7.\nOne."
    assert answers_in("no tags") == "no tags"


def test_tags_without_numbers_are_numbered_and_a_list_is_closed_once() -> None:
    plain = "<sub_q>a?</sub_q><sub_a>b</sub_a><sub_q>c?</sub_q><sub_a>d</sub_a>"
    assert Listing.read(plain).answers == {1: "b", 2: "d"}
    assert closed(plain) == f"{plain}\n{FINISHED}"
    assert closed(closed(plain)) == closed(plain)
    assert closed(" ") == " "


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("I write `<sub_q_1>` and `</sub_q_1>`.", {}),
        ("```xml\n<sub_q_1>a?</sub_q_1>\n<sub_a_1>b</sub_a_1>\n```", {1: "b"}),
        ("<sub_q_1>a <sub_q_1>b?</sub_q_1></sub_q_1><sub_a_1>c</sub_a_1>", {1: "c"}),
        ("<sub_q_1>never closed <sub_a_1>x</sub_a_1>", {}),
        ("<sub_q_1>a?</sub_q_1><sub_a_1>never closed <sub_q_2>b?</sub_q_2><sub_a_2>c</sub_a_2>", {2: "c"}),
        (
            f"<sub_q_1>a?</sub_q_1><sub_a_1>b</sub_a_1>{FINISHED}<sub_q_2>c?</sub_q_2><sub_a_2>d</sub_a_2>",
            {1: "b"},
        ),
        ("<sub_a_7>of nothing</sub_a_7>", {}),
        ("<SUB_Q_1>a?</SUB_Q_1> <Sub_A_1>b</Sub_A_1>", {1: "b"}),
    ],
)
def test_bad_lists_are_read_as_far_as_they_go(text: str, read: dict[int, str]) -> None:
    assert Listing.read(text).answers == read


def test_two_hundred_sub_questions_are_read_and_cut_at_the_most() -> None:
    text = "".join(f"<sub_q_{n}>{n}?</sub_q_{n}>" for n in range(1, 201)) + FINISHED
    assert len(Listing.read(text).items) == 200
    ten = Listing().also(text, 10)
    assert [item.number for item in ten.items] == list(range(1, 11))
    assert not ten.finished, "the rest was left out"


def test_only_what_depends_on_a_change_is_answered_again() -> None:
    mistake = with_body(units(LIST)[0], "13.")
    after = Listing.read(resumed(mistake, LIST))
    assert after.answers == {1: "13.", 3: "One."}
    assert after.finished
    assert after.question(after.items[1]) == "What is 13. less 5?"
    assert Listing.read(resumed(units(LIST)[0], LIST)).answers == Listing.read(LIST).answers


def test_a_placeholder_without_an_answer_stays_as_it_is_and_is_told() -> None:
    listing = Listing.read(
        "<sub_q_1>What is <sub_a_9></sub_a_9>?</sub_q_1><sub_q_2>And <sub_a_1></sub_a_1>?</sub_q_2>"
    )
    first, second = listing.items
    assert [item.number for item in listing.open()] == [1]
    assert listing.question(first) == "What is <sub_a_9></sub_a_9>?"
    assert listing.missing(first)
    assert not listing.missing(second)
    assert listing.answered({1: ""}).open()[0] == second, "an empty answer holds nothing up"
