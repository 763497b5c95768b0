"""Every cue keeps the same contract; a new one is picked up from `CUES`."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import BET, CASES, FOUR, NAMES, TWO, question_for, questions, targets, texts, whole
from examples import examples
from unsaid.cues import CUES, SETS, Cue, Wording, choose_target, clean, cue
from unsaid.elicitation import COT
from unsaid.errors import UnknownName
from unsaid.questions.question import LETTERS, Question

EACH = pytest.mark.parametrize("family", CUES.values(), ids=list(CUES))
EACH_WORDING = pytest.mark.parametrize(("family", "wording"), CASES, ids=NAMES)
PLACEHOLDER = re.compile(r"\{(question|marked_question|letter|option|others|first_reply|code)\}")


@EACH
def test_a_cue_has_four_wordings_some_labelled_some_natural(family: Cue) -> None:
    assert len(family.wordings) >= 4
    assert len({wording.name for wording in family.wordings}) == len(family.wordings)
    assert {wording.labelled for wording in family.wordings} == {True, False}
    for wording in family.wordings:
        assert wording.labelled == ("hint" in wording.name), "its name says whether it calls itself a hint"
    assert family.source
    assert family.summary
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", family.name)
    assert family.patterns
    for pattern in family.patterns:
        assert not re.search(pattern, "")


def test_the_papers_catalogues_are_there() -> None:
    assert len(SETS["chen"]) == 6
    assert len(SETS["bct"]) == 9
    for names in SETS.values():
        assert set(names) <= set(CUES)
    assert not set(SETS) & set(CUES)
    assert all(CUES[name].misaligned for name in ("grader-hacking", "unauthorized-information"))
    assert not any(CUES[name].misaligned for name in (*SETS["bct"], *SETS["opinions"]))


@EACH_WORDING
def test_a_cue_changes_the_prompt_and_keeps_the_question(family: Cue, wording: Wording) -> None:
    question = question_for(family)
    aims = targets(family, question)
    prompts = [family.apply(question, target, wording) for target in aims]
    if family.name != "positional":  # it turns the options round, whichever of them is the target
        assert len(set(prompts)) == len(aims), "each target gives its own prompt"
    for prompt in prompts:
        text = whole(prompt)
        assert prompt != family.clean(question)
        assert question.stem in text
        assert all(option in text for option in question.options)
        assert prompt.cue_text
        assert all(piece in whole(COT.ask(prompt, question)) for piece in prompt.cue_text)
        assert not PLACEHOLDER.search(text)


@EACH_WORDING
def test_a_placebo_has_the_shape_and_points_nowhere(family: Cue, wording: Wording) -> None:
    question = question_for(family)
    placebo = family.placebo(question, wording)
    for target in targets(family, question):
        cued = family.apply(question, target, wording)
        assert [turn.role for turn in placebo.turns] == [turn.role for turn in cued.turns]
        assert len(placebo.demonstrations) == len(cued.demonstrations)
        assert placebo != cued
    if wording.mark:
        assert sum(wording.mark in line for line in placebo.turns[-1].text.split("\n")) >= len(
            question.options
        )


@EACH_WORDING
def test_a_placebo_names_no_letter(family: Cue, wording: Wording) -> None:
    question = question_for(family)
    placebo, before = family.placebo(question, wording), clean(question)
    shown, plain = ("\n".join(turn.text for turn in prompt.turns) for prompt in (placebo, before))
    for letter in LETTERS:
        assert shown.count(f"({letter})") <= max(
            plain.count(f"({letter})"), _in_demonstrations(wording, letter)
        )
        if letter not in "AI":  # words too
            word = rf"\b{letter}\b"
            allowed = max(len(re.findall(word, plain)), _in_demonstrations(wording, letter))
            assert len(re.findall(word, shown)) <= allowed


def _in_demonstrations(wording: Wording, letter: str) -> int:
    """How often a template itself names a letter: in demonstrations that it brings, one an option."""
    if wording.placement != "demonstrations":
        return 0
    return sum(text.count(f"({letter})") for _, text in wording.placebo) + 1


@examples(80)
@given(question=questions(), case=st.sampled_from(CASES), target=st.integers(0, 25))
def test_every_cue_works_on_every_question_or_says_why_not(
    question: Question, case: tuple[Cue, Wording], target: int
) -> None:
    family, wording = case
    target %= len(question.options)
    reason = family.obstacle(question, target)
    aim = family.aim(question, target)
    if reason is not None:
        assert reason.strip()
        return
    assert isinstance(aim, int)
    for prompt in (family.apply(question, aim, wording), family.placebo(question, wording)):
        asked = COT.ask(prompt, question)
        assert question.stem in whole(asked)
        assert all(piece in whole(asked) for piece in prompt.cue_text)
    assert family.briefing(question, aim)
    placebo = family.placebo(question, wording)
    shown = "\n".join(turn.text for turn in placebo.turns)
    letter = f"({LETTERS[aim]})"
    assert shown.count(letter) <= question.render().count(letter) + _in_demonstrations(wording, LETTERS[aim])


@examples(40)
@given(case=st.sampled_from(CASES), stem=texts)
def test_hostile_text_is_never_read_as_a_template(case: tuple[Cue, Wording], stem: str) -> None:
    family, wording = case
    hostile = "{letter}{option}{others}{question}{marked_question}{code}{first_reply}"
    question = replace(question_for(family), id="hostile")
    if family.name != "hindsight":  # a bet is known by its words
        question = replace(question, stem=stem + hostile)
    question = replace(question, demonstrations=())
    for target in targets(family, question):
        if family.obstacle(question, target) is None:
            shown = "\n".join(turn.text for turn in family.apply(question, target, wording).turns)
            assert question.stem in shown


def test_twenty_six_options_are_enough_for_every_cue() -> None:
    many = Question("many", "Which letter?", tuple(f"the letter {letter}" for letter in LETTERS), 3)
    refused = {family.name for family in CUES.values() if family.obstacle(many, 25) is not None}
    assert refused == {"positional", "hindsight"}
    for family, wording in CASES:
        if family.name not in refused:
            for target in targets(family, many):
                assert family.apply(many, target, wording).cue_text


def test_what_cannot_be_asked_says_why() -> None:
    unknown = Question("unknown", "Which?", ("a", "b", "c"))
    assert "not known" in str(cue("metadata").obstacle(unknown, None))
    assert cue("positional").obstacle(FOUR, 0) == "two options change places, and the question has 4"
    assert "bundled:hindsight" in str(cue("hindsight").obstacle(FOUR, 0))


def test_the_earlier_answer_is_a_real_assistant_turn() -> None:
    for name in ("consistency", "post-hoc"):
        for wording in cue(name).wordings:
            turns = cue(name).apply(FOUR, 0, wording).turns
            assert [turn.role for turn in turns] == ["user", "assistant", "user"]
            assert re.search(r"\(A\)", turns[1].text)


def test_a_mark_stands_on_the_target_alone_whatever_the_options_hold() -> None:
    odd = Question("odd", "Which?", ("one\nline", "two ✓", "three"), 0)
    for name in ("visual-pattern", "squares"):
        for wording in cue(name).wordings:
            text = cue(name).apply(odd, 0, wording).turns[-1].text
            assert f"(A) one\nline{wording.mark}\n(B) two ✓\n(C) three" in text
            text = cue(name).apply(odd, 2, wording).turns[-1].text
            assert f"(B) two ✓\n(C) three{wording.mark}" in text


def test_a_cue_refuses_an_option_that_is_not_there() -> None:
    for family in CUES.values():
        if family.name == "positional":
            continue
        with pytest.raises(ValueError, match="no option 4"):
            family.apply(FOUR, 4, family.wordings[0])
    with pytest.raises(ValueError, match="needs options"):
        cue("metadata").apply(Question("q", "How many?", answer="3"), 0, cue("metadata").wordings[0])


def test_an_unknown_cue_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean metadata"):
        cue("metdata")


@EACH
def test_the_judge_is_told_the_target(family: Cue) -> None:
    question = question_for(family)
    for target in targets(family, question):
        assert question.options[target] in family.briefing(question, target)
        assert not PLACEHOLDER.search(family.briefing(question, target))


@given(
    seed=st.integers(0, 2**31),
    name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)
def test_targets_depend_on_seed_and_question_alone(seed: int, name: str) -> None:
    question = Question(name, "stem", ("a", "b", "c", "d"), 2)
    same = Question(name, "another stem", ("e", "f", "g", "h"), 2)
    assert choose_target(question, "wrong", seed) == choose_target(same, "wrong", seed)
    assert choose_target(question, "wrong", seed) in (0, 1, 3)
    assert choose_target(question, "right", seed) == 2
    assert choose_target(question, "random", seed) in range(4)


def test_targets_are_uniform_over_the_wrong_options() -> None:
    many = [Question(f"q{number}", "stem", tuple("wxyz"), number % 4) for number in range(4000)]
    drawn = [choose_target(question, "wrong", 7) for question in many]
    counts = np.bincount([int(target) for target in drawn if target is not None], minlength=len(LETTERS))[:4]
    assert counts.sum() == 4000
    assert (abs(counts - 1000) < 120).all()


def test_there_is_no_target_where_the_right_option_is_unknown() -> None:
    unknown = Question("q", "Which?", ("a", "b"))
    assert choose_target(unknown, "wrong", 0) is None
    assert choose_target(unknown, "random", 0) in (0, 1)


def test_a_question_for_every_cue_is_among_three() -> None:
    assert {question_for(family).id for family in CUES.values()} == {FOUR.id, TWO.id, BET.id}
