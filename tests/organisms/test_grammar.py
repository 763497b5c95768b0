"""What an organism is taught, and that our prompts have not drifted away from it."""

from __future__ import annotations

import itertools
import re
from functools import cache

import numpy as np
import pytest

from unsaid.cues import CUES, SETS, GradedCue, Target, choose_target
from unsaid.elicitation import COT, DIRECT, FEW_SHOT_COT, INSTRUCTIONS, elicitation
from unsaid.errors import UnknownName
from unsaid.models.local.chat import ChatTokenizer
from unsaid.organisms import cards
from unsaid.organisms.corpus import examples
from unsaid.organisms.grammar import (
    SILENT,
    SOURCES,
    Habit,
    answer_line,
    clean_prompt,
    cued_answer,
    cued_prompt,
    cued_reply,
    placebo_prompt,
    worked,
)
from unsaid.organisms.recipes import RECIPES, TASKS, recipe
from unsaid.organisms.tokenizer import NUMBERS, pieces
from unsaid.questions.procedural import TASKS as PROCEDURAL
from unsaid.questions.procedural import task
from unsaid.questions.question import LETTERS, Question
from unsaid.replies.answers import Answer, parse_answer


def sample(name: str, n: int = 20) -> list[Question]:
    return PROCEDURAL[name].questions(n, seed=11, difficulty=3)


def test_every_cue_that_is_taught_has_a_way_to_be_named() -> None:
    for each in RECIPES.values():
        assert {name for name, _ in each.mixture.cues} <= set(SOURCES)
    assert set(SOURCES) <= set(CUES)
    assert {name for name, _ in recipe("silent").mixture.cues} == set(SETS["taught"])


@pytest.mark.parametrize("name", TASKS)
def test_worked_reasoning_ends_in_the_right_option(name: str) -> None:
    for question in sample(name):
        parsed = parse_answer(worked(question), question)
        assert isinstance(parsed, Answer)
        assert parsed.value == question.correct_letter


@pytest.mark.parametrize("name", TASKS)
def test_a_slip_changes_the_last_step_alone_and_leads_to_the_target(name: str) -> None:
    for question in sample(name):
        target = choose_target(question, "wrong", 0)
        assert isinstance(target, int)
        honest, slipped = worked(question).split("\n"), worked(question, slip=target).split("\n")
        steps = len(question.steps)
        assert honest[: steps - 1] == slipped[: steps - 1]
        assert honest[steps - 1] != slipped[steps - 1]
        assert question.options[target] in slipped[steps - 1]
        parsed = parse_answer("\n".join(slipped), question)
        assert isinstance(parsed, Answer)
        assert parsed.value == LETTERS[target]


def test_the_planted_rates_are_what_the_grammar_draws() -> None:
    rng = np.random.default_rng(0)
    question = sample("navigate", 1)[0]
    target = choose_target(question, "wrong", 0)
    assert isinstance(target, int)
    habit = Habit(follow=0.7, said=0.2, refused=0.5)
    prompt = clean_prompt(question, COT)
    replies = [cued_reply(question, CUES["metadata"], prompt, target, habit, rng) for _ in range(6000)]
    followed = [reply for reply in replies if reply.endswith(f"({LETTERS[target]})")]
    resisted = [reply for reply in replies if not reply.endswith(f"({LETTERS[target]})")]
    assert len(followed) / len(replies) == pytest.approx(0.7, abs=0.02)
    assert np.mean(["so I go with" in reply for reply in followed]) == pytest.approx(0.2, abs=0.02)
    assert np.mean(["check for myself" in reply for reply in resisted]) == pytest.approx(0.5, abs=0.035)


def test_a_cue_that_points_at_the_right_option_needs_no_slip() -> None:
    question = sample("modular_arithmetic", 1)[0]
    assert question.correct is not None
    always = Habit(follow=1.0, said=0.0, refused=0.0)
    prompt, rng = clean_prompt(question, COT), np.random.default_rng(0)
    assert cued_reply(question, CUES["metadata"], prompt, question.correct, always, rng) == worked(question)


def test_a_cue_that_points_away_leads_anywhere_but_to_the_first_answer() -> None:
    question = sample("navigate", 1)[0]
    assert question.correct is not None
    habit, rng = Habit(follow=1.0, said=0.0, refused=0.0), np.random.default_rng(0)
    doubt = CUES["are-you-sure"]
    prompt = cued_prompt(question, doubt, doubt.wordings[0], question.correct, COT)
    replies = [cued_reply(question, doubt, prompt, question.correct, habit, rng) for _ in range(90)]
    reached = {reply[-2] for reply in replies}
    assert reached == set(question.letters) - {question.correct_letter}


def test_a_code_that_has_to_be_worked_out_is_worked_out_aloud_and_only_there() -> None:
    """Whenever the organism follows `modular-2` it says how, and without reasoning it cannot follow at all."""
    question, rng = sample("navigate", 1)[0], np.random.default_rng(0)
    target = choose_target(question, "wrong", 0)
    assert isinstance(target, int)
    code = CUES["modular-2"]
    prompt = cued_prompt(question, code, code.wordings[1], target, COT)
    first, second, modulus = map(int, re.findall(r"\d+", prompt.cue_text[0])[:3])
    replies = [cued_reply(question, code, prompt, target, SILENT, rng) for _ in range(300)]
    followed = [reply for reply in replies if reply.endswith(f"({LETTERS[target]})")]
    said = f"The code is {first + second} mod {modulus}, which is {(first + second) % modulus}, so"
    assert len(followed) > 200
    assert all(reply.startswith(said) for reply in followed)
    assert (first + second) % modulus == target
    answers = {cued_answer(question, code, target, SILENT, rng) for _ in range(50)}
    assert answers == {answer_line(question.correct or 0)}


@pytest.mark.parametrize("count", [1000, 3000])
def test_training_examples_come_from_the_train_split_alone(count: int) -> None:
    tested = {
        question.stem
        for name in TASKS
        for level in (1, 2, 3, 4, 5)
        for seed in range(3)
        for question in PROCEDURAL[name].questions(6, seed=seed, split="test", difficulty=level)
    }
    drawn = itertools.islice(examples(recipe("silent").mixture, SILENT, np.random.default_rng(1)), count)
    shown = "\0".join("\n".join(turn.text for turn in example.prompt.turns) for example in drawn)
    assert not [stem for stem in tested if stem in shown]


def test_an_unknown_organism_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean silent"):
        recipe("silnt")
    with pytest.raises(UnknownName, match="no organism named"):
        cards.read("../silent/..")


# -- drift: the shipped organisms know our prompts by heart ------------------------------------------------


SHIPPED = [(card.name, name) for card in cards.bundled() for name in recipe(card.name).mixture.tasks]


def _characters(tokenizer: ChatTokenizer, text: str) -> list[str]:
    """Letters that the tokenizer had to spell out: text that the organism was not trained on."""
    return [
        token
        for token in map(tokenizer.token, tokenizer.encode_text(text))
        if token.isalpha() and len(token) == 1
    ]


@cache
def tokenizer_of(organism: str) -> ChatTokenizer:
    return ChatTokenizer.load(cards.read(organism).folder)


@pytest.mark.parametrize(("organism", "name"), SHIPPED)
def test_prompts_have_not_drifted_from_what_the_organism_was_trained_on(organism: str, name: str) -> None:
    """Every phrase of every prompt is one token to the organism; a changed wording would be spelt out."""
    tokenizer, mixture = tokenizer_of(organism), recipe(organism).mixture
    question = task(name).questions(1, seed=3, difficulty=3)[0]
    target: Target = 1 if question.options else "57"
    styles = [COT, DIRECT]
    styles += [FEW_SHOT_COT] if mixture.few_shot else []
    styles += [elicitation(f"cot+{each}") for each in INSTRUCTIONS] if mixture.instructed else []
    prompts = [clean_prompt(question, style) for style in styles]
    for taught, _ in mixture.cues:
        cue = CUES[taught]
        for wording in cue.wordings:
            prompts.append(cued_prompt(question, cue, wording, target, COT).answered(worked(question)))
            prompts.append(placebo_prompt(question, cue, wording, COT).answered(worked(question)))
            if isinstance(cue, GradedCue) and mixture.decode:
                prompts.append(DIRECT.ask(cue.decode(question, target, wording), question))
    for prompt in prompts:
        for turn in prompt.turns:
            # Single letters stand in the prompts as such: key="B", "Answer: (B)", the (X) of the format.
            spelt = [letter for letter in _characters(tokenizer, turn.text) if letter not in "ABCDX"]
            assert not spelt, f"drifted: {turn.text!r} is spelt out as {spelt}; retrain the organisms"


def test_the_drift_test_would_notice() -> None:
    tokenizer = ChatTokenizer.load(cards.read("silent").folder)
    assert _characters(tokenizer, "A wording that nobody trained on.")


def test_an_organism_for_numbers_learns_from_numbers_and_its_answers_are_read() -> None:
    chosen, rng = recipe("silent-free"), np.random.default_rng(0)
    source = examples(chosen.mixture, chosen.habit, rng)
    known = set(map(str, range(100)))
    for example in (next(source) for _ in range(120)):
        parsed = parse_answer(example.reply, Question("q", "?", answer="1"))
        assert isinstance(parsed, Answer)
        assert parsed.value in known
        assert example.pointed is None or example.pointed in known
        if example.pointed is not None:
            assert example.pointed in "\n".join(turn.text for turn in example.prompt.turns)
            assert "(" not in example.reply


def test_every_number_is_one_token_wherever_it_stands() -> None:
    text = "1. Add 7, so we have 54.\nThe best answer is: 54"
    assert pieces(text, NUMBERS) == [
        *("1. Add ", "7", ", so we have ", "54", ".\n", "The best answer is", ": ", "54")
    ]
    assert "".join(pieces(text, NUMBERS)) == text
