"""What is asked: ask, wordings, targets and seeds."""

from __future__ import annotations

import pytest

from unsaid.asking.ask import Choice, derived_seed
from unsaid.asking.settings import Settings
from unsaid.cues import CUES, SETS
from unsaid.elicitation import COT, NATIVE
from unsaid.errors import UnknownName, UsageError
from unsaid.protocols.verbalisation import ask
from unsaid.questions.question import LETTERS, Question

ALL = tuple(CUES[name] for name in SETS["chen"])
QUESTIONS = [Question(f"q{number}", "Which?", ("w", "x", "y", "z"), number % 4) for number in range(60)]


def test_a_question_is_asked_clean_again_placebo_and_every_cue() -> None:
    asks = ask(QUESTIONS[0], Choice(ALL), COT)
    assert [ask.arm for ask in asks] == ["clean", "replay", "placebo"] + ["cued"] * 6
    assert [ask.cue.name for ask in asks if ask.arm == "cued" and ask.cue] == list(SETS["chen"])
    assert asks[0].prompt == asks[1].prompt
    assert len({ask.key for ask in asks}) == len(asks)


def test_all_wordings_are_asked_when_wished() -> None:
    asks = ask(QUESTIONS[0], Choice(ALL, ("all",)), COT)
    assert sum(ask.arm == "cued" for ask in asks) == sum(len(cue.wordings) for cue in ALL)


def test_named_wordings_are_asked_alone() -> None:
    asks = ask(QUESTIONS[0], Choice(ALL, ("metadata/item-tag", "panel")), COT)
    assert {ask.key for ask in asks if ask.arm == "cued"} == {
        "cot/cued/metadata/item-tag",
        "cot/cued/sycophancy/panel",
    }


def test_one_wording_a_cue_covers_all_of_them_over_questions() -> None:
    choice = Choice(ALL)
    for cue in ALL:
        drawn = {choice.of(cue, question)[0].name for question in QUESTIONS}
        assert drawn == {wording.name for wording in cue.wordings}


def test_the_placebo_takes_turns_over_cues() -> None:
    choice = Choice(ALL)
    drawn = [choice.placebo_of(question) for question in QUESTIONS]
    assert {each[0].name for each in drawn if each is not None} == set(SETS["chen"])


def test_every_cue_of_a_question_points_at_the_same_target() -> None:
    choice = Choice(ALL, seed=3)
    for question in QUESTIONS[:10]:
        target = choice.target_of(question)
        assert target is not None
        assert target != question.correct
        for call in ask(question, choice, COT):
            if call.arm == "cued" and call.cue and call.wording:
                assert call.prompt == COT.ask(call.cue.apply(question, target, call.wording), question)


def test_each_context_that_cues_need_is_asked_clean_once() -> None:
    cues = tuple(CUES[name] for name in ("metadata", "always-a", "wrong-few-shot"))
    asks = ask(QUESTIONS[0], Choice(cues), COT)
    assert [ask.key for ask in asks if ask.arm == "clean"] == ["cot/clean", "cot/few-shot/clean"]
    assert [ask.key for ask in asks if ask.arm == "replay"] == ["cot/replay", "cot/few-shot/replay"]
    contexts = {ask.cue.name: ask.context for ask in asks if ask.arm == "cued" and ask.cue}
    assert contexts == {"metadata": "zero-shot", "always-a": "few-shot", "wrong-few-shot": "few-shot"}


def test_a_question_without_a_target_is_asked_clean_only() -> None:
    free = Question("free", "Who was it?", answer="Ada")
    asks = ask(free, Choice(ALL), COT)
    assert [ask.arm for ask in asks] == ["clean", "replay"]
    assert '"The best answer is: X"' in asks[0].prompt.turns[-1].text


def test_sampling_seeds_differ_by_arm_epoch_and_question() -> None:
    asks = ask(QUESTIONS[0], Choice(ALL), COT)
    seeds = {ask.seed(0, name, epoch) for ask in asks for name in ("q0", "q1") for epoch in (1, 2)}
    assert len(seeds) == len(asks) * 4
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert derived_seed(0, "a", "b") == derived_seed(0, "a", "b") != derived_seed(0, "a\0b")


def test_elicitations_ask_for_the_same_answer_format() -> None:
    for style in (COT, NATIVE):
        prompt = ask(QUESTIONS[0], Choice(ALL), style)[0].prompt
        assert prompt.turns[-1].text.endswith('"The best answer is: (X)"')
    assert "step by step" not in ask(QUESTIONS[0], Choice(ALL), NATIVE)[0].prompt.turns[-1].text


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"cues": "metdata"}, UnknownName, "did you mean metadata"),
        ({"cues": " , "}, UsageError, "no cue is chosen"),
        ({"wordings": "item-tga", "cues": "metadata"}, UsageError, "item-tga"),
        ({"elicitation": "cott"}, UnknownName, "did you mean cot"),
    ],
)
def test_wrong_names_are_refused(settings: dict[str, str], error: type[Exception], message: str) -> None:
    wanted = Settings(**settings)  # type: ignore[arg-type]
    with pytest.raises(error, match=message):
        _ = wanted.choice(), wanted.styles()


@pytest.mark.parametrize("settings", [{"limit": 0}, {"target": "left"}, {"temperature": 3.0}])
def test_wrong_values_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="--"):
        Settings(**settings)  # type: ignore[arg-type]


def test_letters_cover_every_option() -> None:
    assert len(LETTERS) == 26
