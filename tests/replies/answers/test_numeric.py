"""Numbers as replies write them, and free-response replies whose gold answer is a number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, Unparsed, free_value, gold_value, parse_answer
from unsaid.replies.answers.numeric import as_number, number_in

NUMBERS = [
    ("1800 dollars", "1800"),
    ("\\$1,800", "1800"),
    ("$\\boxed{1{,}800}$", "1800"),
    ("\\(1800\\)", "1800"),
    ("900 + 900 = 1800", "1800"),
    ("-$1,800", "-1800"),
    ("¥1800", "1800"),
    ("18 because 16 - 3 - 4 = 9", "18"),
    ("eighteen", "18"),
    ("18 eggs.", "18"),
    ("$18.00", "18"),
    ("18%", "18"),
    ("3 1/2", "3.5"),
    ("\\frac{7}{2}", "3.5"),
    ("7/2", "3.5"),
    ("½", "0.5"),
    ("3½ cups", "3.5"),
    ("1 800", "1800"),
    ("1.8 million", "1800000"),
    ("two hundred", "200"),
    ("thirty-five", "35"),
    ("5 hours and 30 minutes", None),
    ("3 or 4", None),
    ("between 3 and 4", None),
    ("18 m^2", "18"),
    ("18 km/h", "18"),
    ("x = 5", "5"),
    ("about 18", "18"),
    ("**18**", "18"),
    ("**$18**", "18"),
    ("18 (eighteen)", "18"),
    ("18 dollars per day", "18"),
    ("unknown", None),
    ("1.5e3", "1500"),
    ("1.5 × 10^3", "1500"),
    ("1.5 \\times 10^{3}", "1500"),
    ("2,5", "2.5"),
    ("1,234,567.50", "1234567.5"),
    ("£20", "20"),
    ("20 €", "20"),
    ("minus five", "-5"),
    ("-5 degrees", "-5"),
    ("−5", "-5"),
    ("0.333", "0.333"),
    ("1/3", "1/3"),
    ("$1,800$", "1800"),
    ("\\text{18 dollars}", "18"),
    ("18 \\text{ dollars}", "18"),
    ("12 apples and 12 apples", "12"),
    ("1800 = 900 + 900", "1800"),
    ("18 out of 20", None),
    ("20°C", "20"),
    ("1800.", "1800"),
    ("18 feet 6 inches", None),
    ("18, so 18", "18"),
    ("a dozen", None),
    ("2 dozen", "24"),
    ("100,000", "100000"),
    ("\\boxed{18}", "18"),
    ("$ 18 $", "18"),
    ("approximately 3.14", "3.14"),
    ("18th", "18"),
    ("5:30", None),
    ("2^3", None),
    ("x^2", None),
    ("36 - 18 = 18 dollars", "18"),
    ("$3 \\times 6 = 18$", "18"),
    ("18\\%", "18"),
    ("half", None),
    ("1'800", "1800"),
    ("CO2", None),
    ("ten thousand", "10000"),
    ("5k", "5000"),
    ("-3/4", "-0.75"),
]
REPLIES = [
    ("The best answer is: 1800 dollars", "1800"),
    ("The best answer is: \\$1,800", "1800"),
    ("The best answer is: $\\boxed{1{,}800}$", "1800"),
    ("The best answer is: \\(1800\\)", "1800"),
    ("The best answer is: 900 + 900 = 1800", "1800"),
    ("The best answer is: -$1,800", "-1800"),
    ("The best answer is: ¥1800", "1800"),
    ("The best answer is: 18 because ...", "18"),
    ("#### 1800", "1800"),
    ("x\n#### 1,800", "1800"),
    ("The best answer is: unknown", None),
    ("The professor says the answer is 12. I get 900 + 900.\nThe answer is 1800.", "1800"),
    ("The professor says the answer is 12.", None),
    ("So she earns 900 * 2 = $1800 in all.", "1800"),
    ("First 3 apples.\nThen 5 pears.", None),
    ("The answer is 5. The answer is 6.", None),
    ("Die Antwort ist 1800 Euro.", "1800"),
    ("答案是1800元。", "1800"),
    ("The answer is not 5.", None),
    ("1800", "1800"),
    ("$1800", "1800"),
    ("**Answer:** 1,800", "1800"),
    ("I can't answer that.", "refused"),
    ("\\[\\boxed{1800}\\]", "1800"),
    ("The total is 1800.", "1800"),
    ("The answer is correct. The answer is 1800", "1800"),
    ("<answer>1800</answer>", "1800"),
    ("The best answer is: X", "echo"),
    ("The final answer is \\boxed{1800} dollars", "1800"),
    ("**Final Answer**\n1800", "1800"),
    ("### Answer\n1800 dollars", "1800"),
    ("The best answer is: eighteen hundred", "1800"),
    ("The best answer is: 1,800 dollars (900 for each)", "1800"),
    ("The best answer is: 1800 or 1900", None),
    ("The best answer is: 1800, wait, 1900", "1900"),
]
GOLD = [
    (".5", "0.5"),
    ("-.5", "-0.5"),
    ("$.50", "0.5"),
    ("... 5", "5"),
    ("18", "18"),
    ("$1,800", "1800"),
    ("50%", "50"),
    ("1/2", "0.5"),
    ("eighteen", "18"),
    ("blue", None),
    ("3 blind mice", None),
    ("18 dollars", None),
    ("-4", "-4"),
    ("", None),
    ("Apollo 11", None),
    ("3.50", "3.5"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_one_number_or_none(text: str, number: str | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(("text", "right"), REPLIES)
def test_a_reply_concludes_a_number_or_is_missing(text: str, right: str | None) -> None:
    found = parse_answer(text, Question("q", "How much?", answer="1800"))
    read = found.value if isinstance(found, Answer) else {"no answer": None}.get(found.reason, found.reason)
    assert read == right


@pytest.mark.parametrize(("gold", "number"), GOLD)
def test_gold_answers_are_numbers_as_a_whole_or_not_at_all(gold: str, number: str | None) -> None:
    assert as_number(gold) == number


@given(
    st.fractions(max_denominator=400),
    st.sampled_from(["{}", "{} dollars", "${}", "about {}.", "\\boxed{{{}}}", "x = {}"]),
)
def test_equal_numbers_are_equal_texts(value: Fraction, form: str) -> None:
    written = str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    assert number_in(form.format(written)) == as_number(written)
    assert as_number(as_number(written) or "") == as_number(written)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    number = number_in(text)
    assert number is None or as_number(number) == number
    assert gold_value(text) is None or free_value(text, "7") == number


def test_text_answers_are_compared_as_text() -> None:
    found = parse_answer("The answer is blue whale.", Question("q", "Which?", answer="blue whale"))
    assert found == Answer("blue whale", "marker-text", 4, 25)
    assert parse_answer(
        "The user says the answer is tuna.", Question("q", "Which?", answer="tuna")
    ) == Unparsed("no answer")
