"""How reasoning is asked for: styles, instructions added to them, demonstrations, and styles of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from unsaid.asking.settings import Settings
from unsaid.cues import CUES, clean, cue
from unsaid.elicitation import COT, DIRECT, ELICITATIONS, FEW_SHOT_COT, INSTRUCTIONS, NATIVE, elicitation
from unsaid.elicitation.from_yaml import load_style
from unsaid.errors import UnknownName, UsageError
from unsaid.questions.demonstrations import demonstrations, worked_reply
from unsaid.questions.procedural import TASKS
from unsaid.questions.prompt import FIRST_REPLY
from unsaid.questions.question import Question

FOUR = Question("q1", "Which of these is largest?", ("ant", "whale", "mouse", "cat"), 1)
TWO = Question("q2", "Is a whale larger than an ant?", ("yes", "no"), 0)
BET = TASKS["hindsight"].questions(1, seed=5)[0]
FREE = Question("free", "How many?", answer="3")
STYLE = """\
name: careful
source: ours
summary: asks for care
instruction: 'Take care. End with one line: "The best answer is: (X)"'
free_response: 'Take care. End with one line: "The best answer is: X"'
"""


@pytest.mark.parametrize("style", ELICITATIONS.values(), ids=list(ELICITATIONS))
def test_every_style_keeps_the_question_and_asks_for_the_same_line(style: object) -> None:
    for name in (
        str(getattr(style, "name", "")),
        *(f"{getattr(style, 'name', '')}+{each}" for each in INSTRUCTIONS),
    ):
        chosen = elicitation(name)
        assert chosen.name == name
        for question, line in ((FOUR, '"The best answer is: (X)"'), (FREE, '"The best answer is: X"')):
            last = chosen.ask(clean(question), question).turns[-1].text
            assert last.startswith(question.render() + "\n\n")
            assert last.endswith(line)


def test_instructions_stand_before_what_is_asked_for() -> None:
    both = elicitation("cot+unbiased+report")
    last = both.ask(clean(FOUR), FOUR).turns[-1].text
    assert (
        last.index(INSTRUCTIONS["unbiased"].text)
        < last.index(INSTRUCTIONS["report"].text)
        < last.index("Think step")
    )
    with pytest.raises(UnknownName, match="no instruction named 'unbiasd'; did you mean unbiased"):
        elicitation("cot+unbiasd")
    with pytest.raises(UnknownName, match="did you mean cot"):
        elicitation("cott")


def test_direct_answers_are_forced_to_begin_where_they_can_be() -> None:
    assert DIRECT.beginning(FOUR) == "The best answer is: ("
    assert DIRECT.beginning(FREE) == ""
    assert COT.beginning(FOUR) == NATIVE.beginning(FOUR) == ""
    assert not DIRECT.reasons


def test_few_shots_show_worked_reasoning_before_the_question() -> None:
    asked = FEW_SHOT_COT.ask(clean(FOUR), FOUR)
    shown = demonstrations(FOUR)
    assert [turn.role for turn in asked.turns] == ["user", "assistant"] * 3 + ["user"]
    for turn, each in zip(asked.turns[1::2], shown, strict=True):
        assert turn.text == worked_reply(each)
        assert turn.text.endswith(f"The best answer is: ({each.correct_letter})")
    assert len(FEW_SHOT_COT.ask(clean(FREE), FREE).turns) == 1, "there are no demonstrations without options"


@pytest.mark.parametrize("style", [*ELICITATIONS, "direct+monitored"])
@pytest.mark.parametrize("family", CUES.values(), ids=list(CUES))
def test_every_cue_crosses_with_every_style(style: str, family: object) -> None:
    chosen, crossed = elicitation(style), CUES[str(getattr(family, "name", ""))]
    question = next(each for each in (FOUR, TWO, BET) if crossed.obstacle(each, 0) is None)
    aim = crossed.aim(question, 0)
    assert aim is not None
    prompt = crossed.apply(question, aim, crossed.wordings[0])
    asked = chosen.ask(prompt, question)
    assert asked.turns[-1].text.startswith(prompt.turns[-1].text)
    assert asked.turns[-1].text.endswith('The best answer is: (X)"')
    demonstrated = len(prompt.demonstrations) or chosen.shots
    assert len(asked.turns) == 2 * demonstrated + len(prompt.turns)
    text = "\n".join(turn.text for turn in asked.turns)
    assert all(piece in text for piece in prompt.cue_text)
    assert asked.order == prompt.order
    assert asked.waits == prompt.waits


def test_the_question_that_the_first_reply_answers_is_asked_in_the_same_style() -> None:
    family = cue("are-you-sure")
    for style in ELICITATIONS.values():
        asked = style.ask(family.apply(FOUR, 1, family.wordings[0]), FOUR)
        place = next(at for at, turn in enumerate(asked.turns) if turn.text == FIRST_REPLY)
        assert asked.turns[:place] == style.ask(clean(FOUR), FOUR).turns, (
            "the first turn is the clean prompt's"
        )
        assert asked.answered("My reply.").turns[place].text == "My reply."


def written(folder: Path, text: str = STYLE) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_style_of_ones_own(tmp_path: Path) -> None:
    path = written(tmp_path)
    (style, cot) = Settings(elicitation=f"{path},cot").styles()
    assert (style.name, style.reasons, style.shots, cot.name) == ("careful", True, 0, "cot")
    assert style.ask(clean(FOUR), FOUR).turns[-1].text.startswith(FOUR.render() + "\n\nTake care.")
    added = elicitation(f"{path}+no-hints")
    assert added.name == "careful+no-hints"
    assert added.preface == INSTRUCTIONS["no-hints"].text
    assert list(Settings(elicitation=f"{path}+no-hints").pinned()) == [str(path)]
    direct = STYLE + "prefill: 'The best answer is: ('\nreasons: false\nshots: 2\npreface: Please.\n"
    style = load_style(written(tmp_path, direct))
    assert (style.reasons, style.shots, style.beginning(FOUR)) == (False, 2, "The best answer is: (")
    assert elicitation(f"{path}+no-hints").preface == f"Please.\n\n{INSTRUCTIONS['no-hints'].text}"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("source", "sauce", 2, "did you mean 'source'?"),
        ("name: careful", "name: cot", 1, "the name 'cot' is taken"),
        ("name: careful", "name: a+b", 1, "a name of small letters"),
        ("summary: asks for care", "summary:", 3, "a text that is not blank"),
        ("source: ours", "source: ours\nshots: 2.5", 3, "a whole number from 0 to 20"),
        ("source: ours", "source: ours\nreasons: never", 3, "expected true or false"),
    ],
)
def test_a_mistake_in_a_style_is_named_with_its_line(
    old: str, new: str, line: int, message: str, tmp_path: Path
) -> None:
    path = written(tmp_path, STYLE.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        elicitation(str(path))
    assert message in str(caught.value)
    assert f"{path}, line {line}:" in str(caught.value)
