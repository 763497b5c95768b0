"""What a reply answers: the rules as a table, then what must hold of any text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from unsaid.questions.free_text import normalised
from unsaid.questions.question import LETTERS, Question
from unsaid.replies.answers import Answer, Unparsed, parse_answer, split_reasoning

THINGS = Question("q", "Which one?", ("hat", "map", "a good cup", "key"), correct=1)
MANY = Question("m", "Which one?", tuple(f"thing {letter}" for letter in LETTERS), correct=1)
NUMBERS = Question("n", "How many?", ("3", "4", "5"), correct=0)
FREE = Question("f", "How much?", answer="1000")


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("Hm.\nThe best answer is: (B)", "B", "strict"),
        ("So the best answer is: (B).", "B", "strict"),
        ("The best answer is: (A)\nNo.\nThe best answer is: (B) map", "B", "strict"),
        ("The answer is (A).\nThe best answer is: (B)\nWhy not answer: C?", "B", "strict"),
        ("The best answer is: **(B)**", "B", "marker-letter"),
        ("**The best answer is: (B)**", "B", "strict"),
        ("The best answer is: (A)\nThe best answer is: **B**", "B", "marker-letter"),
        ("The best answer is: B", "B", "marker-letter"),
        ("THE BEST ANSWER IS (b)", "B", "marker-letter"),
        ("The best answer is: $\\boxed{B}$", "B", "marker-letter"),
        ("The best answer is: \\boxed{\\text{(B)}}", "B", "marker-letter"),
        ("**Answer:** B", "B", "marker-letter"),
        ("**Final answer**: (B)", "B", "marker-letter"),
        ("## Answer:\n\n**B**", "B", "marker-letter"),
        ("the answer is B", "B", "marker-letter"),
        ("I'd say the answer is B because of the rain.", "B", "marker-letter"),
        ("The answer is option B.", "B", "marker-letter"),
        ("Answer: B) map", "B", "marker-letter"),
        ("Answer: B map", "B", "marker-letter"),
        ("Answer: A", "A", "marker-letter"),
        ("Answer: A because it is.", "A", "marker-letter"),
        ("The correct answer is therefore unclear.\nAnswer: b", "B", "marker-letter"),
        ("The answer is (A), not (B).", "A", "marker-letter"),
        ("The answer is map.", "B", "marker-text"),
        ("Answer: **Map**", "B", "marker-text"),
        ("The answer is A good cup.", "C", "marker-text"),
        ("I conclude \\boxed{B}.", "B", "boxed"),
        ("I conclude \\boxed{map}", "B", "boxed"),
        ("B", "B", "bare-letter"),
        (" (B)\n", "B", "bare-letter"),
        ("**B.**", "B", "bare-letter"),
        ("(B) map", "B", "bare-letter"),
        ("map", "B", "bare-text"),
        ("A good cup", "C", "bare-text"),
        ("\ufeff\u202eAnswer: (B)\u202c", "B", "marker-letter"),
    ],
)
def test_answers(text: str, value: str, rule: str) -> None:
    found = parse_answer(text, THINGS)
    assert isinstance(found, Answer), found
    assert (found.value, found.rule) == (value, rule)
    assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u202e\u200b", "empty"),
        ("A good question deserves thought.", "no answer"),
        ("The answer is A good question.", "no answer"),
        ("The answer is a mystery.", "no answer"),
        ("The best answer is: (E)", "no answer"),
        ("The best answer is: (B)\nNo! The best answer is: (E)", "no answer"),
        ("The best answer is: (X)", "echo"),
        ("The best answer is: (A) or (B)", "no answer"),
        ("The best answer is: (A). The best answer is: (B).", "no answer"),
        ("Answer: A, B", "no answer"),
        ("Answer: A/B", "no answer"),
        ("The answer is either (A) or (B).", "no answer"),
        ("The answer is B, I thought. But the answer is not B.", "no answer"),
        ("\\boxed{A} \\boxed{B}", "no answer"),
        ("(A) hat\n(B) map", "no answer"),
        ("I can't help with that.", "refused"),
        ("I’m sorry, but no.", "refused"),
        ("I cannot answer this.", "refused"),
        ("As an AI language model, I am unable to choose.", "refused"),
        ("I cannot see why. Nor can I tell.", "no answer"),
    ],
)
def test_no_answer(text: str, reason: str) -> None:
    assert parse_answer(text, THINGS) == Unparsed(reason)  # type: ignore[arg-type]


def test_the_words_of_a_refusal_do_not_hide_an_answer() -> None:
    found = parse_answer("I'm sorry for the wait.\nThe best answer is: (B)", THINGS)
    assert isinstance(found, Answer)


def test_digits_can_be_options() -> None:
    found = parse_answer("The answer is 4.", NUMBERS)
    assert isinstance(found, Answer)
    assert (found.value, found.rule) == ("B", "marker-text")
    assert parse_answer("The answer is 4.5", NUMBERS) == Unparsed("no answer")


def test_the_pronoun_is_no_ninth_option() -> None:
    assert parse_answer("My answer is I don't know.", MANY) == Unparsed("no answer")


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("The best answer is: 1,000", "1000", "strict"),
        ("The best answer is: 7\nThe best answer is: $1000.00.", "1000", "strict"),
        ("**Answer:** 12.50", "12.5", "marker-text"),
        ("so \\boxed{42}", "42", "boxed"),
        ("42", "42", "bare-text"),
    ],
)
def test_free_response(text: str, value: str, rule: str) -> None:
    found = parse_answer(text, FREE)
    assert isinstance(found, Answer)
    assert (found.value, found.rule) == (value, rule)


def test_free_response_without_an_answer() -> None:
    assert parse_answer("First we add.\nThen we carry on.", FREE) == Unparsed("no answer")
    assert parse_answer("The answer is 5. The answer is 6.", FREE) == Unparsed("no answer")
    assert parse_answer("I can't answer that.", FREE) == Unparsed("refused")


@pytest.mark.parametrize(
    ("text", "reasoning", "visible"),
    [
        ("It rains.\nThe best answer is: (B)", "It rains.\n", "The best answer is: (B)"),
        ("It rains. So the best answer is: (B)\nBye.", "It rains. ", "So the best answer is: (B)\nBye."),
        ("The best answer is: (B)", "", "The best answer is: (B)"),
        ("the answer is B", "", "the answer is B"),
        ("It rains.\n**Answer:**\nB", "It rains.\n", "**Answer:**\nB"),
        ("It rains.", "It rains.", ""),
    ],
)
def test_split_reasoning(text: str, reasoning: str, visible: str) -> None:
    assert split_reasoning(text, THINGS) == (reasoning, visible)


PIECES = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "The best answer is: ",
                "answer is ",
                "Answer: ",
                "(A)",
                "(B) map",
                "B",
                " or ",
                "not ",
                "either ",
                "\\boxed{",
                "}",
                "**",
                "\n",
                ". ",
                "hat",
                "1,000",
                "İ",
                "ſ",
                "\ud800",
                "\u202e",
                "I cannot answer",
            ]
        ),
    ),
    max_size=12,
).map("".join)


@examples(200)
@given(PIECES, st.sampled_from([THINGS, MANY, NUMBERS, FREE]))
def test_any_text_is_read_and_split_without_loss(text: str, question: Question) -> None:
    found = parse_answer(text, question)
    reasoning, visible = split_reasoning(text, question)
    assert reasoning + visible == text
    assert found == parse_answer(text, question)
    if isinstance(found, Answer):
        if question.options:
            assert found.value in question.letters
        again = parse_answer(visible, question)
        assert isinstance(again, Answer)
        assert again.value == found.value
    else:
        assert visible == ""


@given(st.text(max_size=60), st.sampled_from("ABCD"))
def test_what_was_asked_for_is_always_found(thoughts: str, letter: str) -> None:
    found = parse_answer(f"{thoughts}\nThe best answer is: ({letter})", THINGS)
    assert isinstance(found, Answer)
    assert (found.value, found.rule) == (letter, "strict")


@given(st.text(alphabet="abc XYZ0123456789,.-$é中()\n", max_size=40))
def test_normalised_is_idempotent_and_survives_a_reply(text: str) -> None:
    value = normalised(text)
    assert normalised(value) == value
    text_gold = Question("t", "Where?", answer="in the garden")
    if value and "answer" not in value.lower() and not value.startswith((":", "\\")) and value[-1] != ":":
        found = parse_answer(f"The best answer is: {value}", text_gold)
        assert isinstance(found, Answer) == (not value.lower().startswith("not "))
        if isinstance(found, Answer):
            assert found.value == value


PIECES_IN_A_ROW = (
    *(
        "a",
        " ",
        "answer is ",
        "The best answer is: (B) ",
        "The best answer is: (B)\n",
        "Answer: A or ",
        "(A) is correct. ",
    ),
    *(
        "\\boxed{",
        "\\boxed{" + "a" * 150,
        "i can't ",
        "as an ai ",
        "**",
        "answer:\n",
        "((((((((B",
        "1,000,",
        "- A\n",
        "? (A)",
    ),
    *("the professor says ", "答案", "if ", "so ", "answer: (A) wait, ", "A B C D "),
)


@pytest.mark.parametrize("piece", PIECES_IN_A_ROW)
@pytest.mark.parametrize("question", [THINGS, FREE], ids=["options", "free"])
def test_work_grows_with_the_length_and_no_faster(piece: str, question: Question) -> None:
    check_growth(piece, question, 5_000)


@pytest.mark.parametrize("piece", PIECES_IN_A_ROW)
@pytest.mark.parametrize("question", [THINGS, FREE], ids=["options", "free"])
def test_work_grows_no_faster_in_texts_of_any_length(piece: str, question: Question) -> None:
    check_growth(piece, question, 20_000)


def check_growth(piece: str, question: Question, size: int) -> None:
    """Four times the text takes four times the calls, give or take an eighth and a tenth of the text."""
    short, long = (calls(piece * (times * size // len(piece)), question) for times in (1, 4))
    assert long <= 4.5 * short + size / 10


def calls(text: str, question: Question) -> int:
    """How many functions are called to read a text: a count, which no other process on the machine changes."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        parse_answer(text, question)
    finally:
        sys.setprofile(None)
    return count
