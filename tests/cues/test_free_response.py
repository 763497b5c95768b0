"""Cues put to questions whose answer is a number: what they state, and which of them cannot be asked."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.cues import CUES, Cue, GradedCue, choose_target, cue, recorded
from unsaid.cues.target import check_targets
from unsaid.cues.wrong_number import wrong_number
from unsaid.elicitation import COT
from unsaid.errors import QuestionError
from unsaid.questions.procedural import task
from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, as_number, parse_answer

GRADED_CUES = [family for family in CUES.values() if isinstance(family, GradedCue)]
SUM = Question("sum", "900 + 900 = ?", answer="1,800")
#: Cues that point at an option by its place, its letter or its line, or teach by questions with options.
NEED_OPTIONS = {
    "always-a",
    "distractor-fact",
    "hindsight",
    "positional",
    "squares",
    "visual-pattern",
    "wrong-few-shot",
}
STATING = [family for name, family in CUES.items() if name not in NEED_OPTIONS]

NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.integers(0, 10**9).map(lambda value: f"{value:,}"),
    st.decimals(-(10**6), 10**6, places=2).map(lambda value: f"{value:f}"),
    st.decimals(0, 10**5, places=2).map(lambda value: f"${value:,.2f}"),
    st.integers(0, 100).map(lambda value: f"{value}%"),
    st.tuples(st.integers(1, 99), st.integers(2, 99)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.tuples(st.integers(1, 9), st.integers(1, 2)).map(lambda pair: f"{pair[0]} {pair[1]}/3"),
    st.sampled_from(["eighteen", "2 million", "1e5", r"\frac{3}{4}", ".5", "0.05", "¥1800", "−5", "0"]),
)


def form(number: str) -> str:
    """Return what is left of a number's text without its digits, signs of more thousands included."""
    return re.sub(r"\d[\d,]*", "0", number)


@given(NUMBERS, st.integers(0, 2**31))
def test_a_wrong_number_is_a_number_of_the_same_form_and_never_the_right_one(right: str, seed: int) -> None:
    wrong = wrong_number(right, np.random.default_rng(seed))
    assert wrong is not None
    assert as_number(wrong) is not None
    assert as_number(wrong) != as_number(right)
    if re.search(r"[a-z\\]", right) is not None:
        return  # in words: answered in plain digits, or so many millions
    assert form(wrong) == form(right)
    value, other = (Fraction(as_number(text) or "") for text in (right, wrong))
    assert (other < 0) == (value < 0) or value == 0
    places = len(right.partition(".")[2].strip("%")) if "/" not in right else 0
    assert abs(other - value) <= max(
        abs(value) * 3 / 4, Fraction(5, 10**places), Fraction(6 if "/" in right else 0)
    )


@given(NUMBERS, st.integers(0, 2**31))
def test_a_target_depends_on_seed_and_id_and_is_read_from_a_reply_as_it_is_recorded(
    right: str, seed: int
) -> None:
    question = Question("q", "How many?", answer=right)
    target = choose_target(question, "wrong", seed)
    assert target == choose_target(Question("q", "Other words", answer=right), "wrong", seed)
    assert isinstance(target, str)
    reply = parse_answer(f"I count.\nThe best answer is: {target}", question)
    assert isinstance(reply, Answer)
    assert reply.value == recorded(target)


def test_a_target_of_another_question_or_seed_is_another() -> None:
    many = {choose_target(Question(f"q{number}", "?", answer="500"), "wrong", 0) for number in range(50)}
    seeds = {choose_target(SUM, "wrong", seed) for seed in range(50)}
    assert len(many) > 4
    assert len(seeds) > 4


def test_the_source_may_name_the_target_and_right_is_the_answer() -> None:
    named = Question("q", "?", answer="18", target="24")
    assert choose_target(named, "wrong", 5) == "24"
    assert choose_target(named, "right", 5) == "18"
    assert choose_target(named, "random", 5) is None
    assert choose_target(Question("q", "Who?", answer="Ada"), "wrong", 0) is None
    assert choose_target(Question("q", "Who?", answer="Ada", target="Bob"), "wrong", 0) == "Bob"


@pytest.mark.parametrize(
    ("question", "kind", "why"),
    [
        (Question("q", "?"), "wrong", "not known"),
        (Question("q", "?", answer="Ada"), "wrong", "no number"),
        (SUM, "random", "wrong or right"),
    ],
)
def test_a_question_without_a_target_says_why(question: Question, kind: str, why: str) -> None:
    target = choose_target(question, kind, 0)  # type: ignore[arg-type]
    assert target is None
    assert why in str(cue("metadata").obstacle(question, target))


@pytest.mark.parametrize("family", STATING, ids=lambda family: family.name)
def test_every_cue_that_states_an_answer_states_the_number(family: Cue) -> None:
    target = choose_target(SUM, "wrong", 3)
    aim = family.aim(SUM, target)
    assert family.obstacle(SUM, target) is None
    assert aim is not None
    for wording in family.wordings:
        cued, placebo = family.apply(SUM, aim, wording), family.placebo(SUM, wording)
        added = "\n".join(turn.text for turn in cued.turns).replace(SUM.stem, "")
        if family.name == "are-you-sure":
            assert aim == SUM.answer
        elif family not in GRADED_CUES:
            assert str(aim) in added
            assert f"({aim})" not in added
        assert not re.search(r"\{\w+\}", added)
        assert len(cued.turns) == len(placebo.turns)
        told = "\n".join(turn.text for turn in placebo.turns).replace(SUM.stem, "")
        assert str(aim) not in told
        assert not re.search(r"\boptions?\b|\ba letter\b|correct choice|\.choice\b", told, re.IGNORECASE)
    assert "{" not in family.briefing(SUM, aim)


@pytest.mark.parametrize("name", sorted(NEED_OPTIONS))
def test_a_cue_that_needs_options_says_so(name: str) -> None:
    reason = CUES[name].obstacle(SUM, "1,900")
    assert reason is not None
    assert "option" in reason or "bets" in reason


@given(st.sampled_from(GRADED_CUES), NUMBERS, st.integers(0, 3), st.text("abc", min_size=1, max_size=5))
def test_a_code_works_out_to_the_number(family: Cue, right: str, wording: int, name: str) -> None:
    question = Question(name, "?", answer=right)
    target = choose_target(question, "wrong", 0)
    assert target is not None
    assert worked_out(family.code(question, target, family.wordings[wording])) == Fraction(
        recorded(target) or ""
    )


def worked_out(code: str) -> Fraction:
    """Work a code out as a reader would, by nothing but its own words."""
    if found := re.fullmatch(r'"(.*)", each digit moved on by (\d) \(0 follows 9\)', code):
        return Fraction("".join(str((int(c) - int(found[2])) % 10) if c.isdigit() else c for c in found[1]))
    if found := re.fullmatch(r'"(.*)", each letter moved on by (\d) places', code):
        words = "".join(
            chr((ord(c) - 97 - int(found[2])) % 26 + 97) if c.isalpha() else c for c in found[1]
        ).split()
        digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
        spoken = {word: str(digit) for digit, word in enumerate(digits)}
        return Fraction("".join(({"minus": "-", "point": ".", "over": "/"} | spoken)[word] for word in words))
    if found := re.fullmatch(
        r"x after: x = (\d+); for _ in range\((\d+)\): x \+= (\d+); then x ([-+])= (.*)", code
    ):
        start, times, step = int(found[1]), int(found[2]), int(found[3])
        return start + times * step + Fraction(found[5]) * (1 if found[4] == "+" else -1)
    sign = -1 if code.startswith("minus one times") else 1
    code = re.sub(r"len\('(\w+)'\)", lambda match: str(len(match[1])), code.removeprefix("minus one times "))
    exact = re.sub(r"\d+(?:\.\d+)?", lambda match: f"Fraction('{match[0]}')", code).replace("mod", "%")
    return Fraction(sign * eval(exact, {"Fraction": Fraction}))  # noqa: S307 - our own code, of figures and signs


def test_a_decoding_task_shows_the_code_alone_and_its_answer_is_read_as_a_number() -> None:
    family = GRADED_CUES[0]
    prompt = COT.ask(family.decode(SUM, "1,900", family.wordings[0]), SUM)
    assert "900 + 900" not in prompt.turns[-1].text
    assert prompt.turns[-1].text.endswith('"The best answer is: X"')
    assert "text" in str(family.obstacle(Question("q", "Who?", answer="Ada", target="Bob"), "Bob"))


@pytest.mark.parametrize(
    ("answer", "target", "why"),
    [
        ("1,800", "1800.0", "the right one"),
        ("18", "many", "expected a number"),
        ("Ada", " Ada. ", "the right one"),
    ],
)
def test_a_target_that_is_no_wrong_answer_is_refused(answer: str, target: str, why: str) -> None:
    with pytest.raises(QuestionError, match=f"question 'q', field target: .*{why}"):
        check_targets([Question("q", "?", answer=answer, target=target, source="mine.jsonl")])


def test_targets_are_for_free_response() -> None:
    with pytest.raises(QuestionError, match="`target` is for free response"):
        Question("q", "?", ("a", "b"), 0, target="b")


def test_the_running_total_has_one_number_for_an_answer_and_worked_steps() -> None:
    for question in task("running_total").questions(20, seed=4):
        assert not question.options
        start, *changes = (
            int(number) for number in re.findall(r"(?:with|[Aa]dd|[Ss]ubtract) (\d+)", question.stem)
        )
        signs = [
            1 if word.lower() == "add" else -1 for word in re.findall(r"[Aa]dd|[Ss]ubtract", question.stem)
        ]
        assert question.answer == str(start + sum(s * c for s, c in zip(signs, changes, strict=True)))
        assert question.steps[-1].value == question.answer
        assert question.answer not in question.steps[-1].alternatives
        assert choose_target(question, "wrong", 0) in question.steps[-1].alternatives
