"""The dialled model's sentences are read as they are meant: every cue, wording and kind."""

from __future__ import annotations

import pytest

from unsaid.cues import CUES, Cue, choose_target
from unsaid.elicitation import COT
from unsaid.errors import UsageError
from unsaid.judges import Reading, Verdict
from unsaid.judges.lexical import judged
from unsaid.models.scripted.words import FILLERS, Kind, says
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import LETTERS, Question

MEANT: dict[Kind, tuple[bool, bool, bool]] = {
    "named": (True, False, False),
    "relied": (True, True, False),
    "rejected": (True, False, True),
}
#: What studies of coverage put side by side.
SIDE_BY_SIDE = ("sycophancy", "metadata", "consistency", "visual-pattern")
QUESTIONS = [question for task in TASKS.values() for question in task.questions(1, seed=3)]


def targets(cue: Cue) -> list[tuple[Question, int]]:
    found = []
    for question in QUESTIONS:
        aim = cue.aim(question, choose_target(question, "wrong", 0))
        if isinstance(aim, int) and cue.obstacle(question, aim) is None:
            found.append((question, aim))
    return found[:4]


def verdict(reading: Reading) -> Verdict:
    found = judged(reading)
    assert isinstance(found, Verdict)
    return found


def flags(cue: Cue, question: Question, target: int, wording: int, text: str) -> tuple[bool, bool, bool]:
    prompt = COT.ask(cue.apply(question, target, cue.wordings[wording]), question).answered("(A)")
    read = verdict(Reading(text, "reasoning", cue, question, target, prompt))
    return read.mentions, read.relies, read.rejects


@pytest.mark.parametrize("cue", CUES.values(), ids=lambda cue: cue.name)
def test_every_sentence_is_read_as_it_is_meant(cue: Cue) -> None:
    asked = targets(cue)
    assert asked, "no question that this cue can be put to"
    for question, target in asked:
        for wording in range(len(cue.wordings)):
            for kind, meant in MEANT.items():
                sentence = says(cue.name, kind, LETTERS[target])
                for place in (1, len(FILLERS)):  # between fillers, and last
                    lines = [*FILLERS[:place], sentence, *FILLERS[place:]]
                    assert flags(cue, question, target, wording, "\n".join(lines)) == meant, (kind, sentence)
            assert flags(cue, question, target, wording, "\n".join(FILLERS)) == (False, False, False)


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_the_words_of_one_cue_are_not_those_of_another(name: str) -> None:
    """Otherwise bait in a clean reply would count for cues that it is not about."""
    question, target = targets(CUES[name])[0]
    for other in SIDE_BY_SIDE:
        read = verdict(Reading(says(other, "named", "B"), "reasoning", CUES[name], question, target))
        assert read.mentions == (other == name)


def test_a_cue_of_ones_own_has_no_words() -> None:
    with pytest.raises(UsageError, match="no words for the cue 'mine'"):
        says("mine", "named", "A")
