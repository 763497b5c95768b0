"""What a judge reads: everything where that is free, what moved and a sample of the rest where it is not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from unsaid.asking.ask import Choice, derived_seed
from unsaid.asking.readings import CLEAN, clean_plan, readings
from unsaid.asking.settings import Settings
from unsaid.cues import CUES
from unsaid.errors import UsageError
from unsaid.questions.question import LETTERS, Question

CHOICE = Choice((CUES["metadata"], CUES["sycophancy"]))
QUESTIONS = [Question(f"q{number}", "Which?", ("w", "x", "y", "z"), number % 4) for number in range(400)]
TARGET = 1


def exchange(
    question: Question,
    arm: str,
    answer: str | None,
    cue: str | None = None,
    epoch: int = 1,
    target: int = 1,
) -> dict[str, Any]:
    return {
        "arm": arm,
        "elicitation": "cot",
        "context": "zero-shot",
        "target": None if cue is None else LETTERS[target],
        "pointing": None if cue is None else "at",
        "cue": cue,
        "answer": answer,
        "reasoning": "I weigh the options." if answer else None,
        "visible": "The best answer.",
        "seed": derived_seed(0, question.id, str(epoch), arm, cue or ""),
        "prompt": '[{"role": "user", "text": "Which?"}]',
        "cue_text": [],
    }


def sample(question: Question, clean: str | None, cued: str | None, epoch: int = 1) -> list[dict[str, Any]]:
    return [
        exchange(question, "clean", clean, epoch=epoch),
        exchange(question, "replay", clean, epoch=epoch),
        exchange(question, "placebo", clean, "metadata", epoch),
        *(exchange(question, "cued", cued, cue, epoch) for cue in ("metadata", "sycophancy")),
    ]


def read(
    question: Question, kept: list[dict[str, Any]], share: float | None, target: int | None = TARGET
) -> list[tuple[str, str, str]]:
    """(arm, cue it is read about, channel) of each reading."""
    owners, texts = readings(question, target, kept, CHOICE, share)
    return [
        (kept[owner]["arm"], text.cue.name, text.channel) for owner, text in zip(owners, texts, strict=True)
    ]


def test_a_judge_that_costs_nothing_reads_every_cued_reply_and_the_clean_one_about_every_cue() -> None:
    found = read(QUESTIONS[0], sample(QUESTIONS[0], "A", "A"), None)
    cues = ("metadata", "sycophancy")
    assert Counter(found) == Counter(
        (arm, cue, channel)
        for arm in ("clean", "cued")
        for cue in cues
        for channel in ("reasoning", "visible")
    )


def test_a_judge_that_costs_reads_what_moved_and_nothing_else_without_a_sample() -> None:
    moved = sample(QUESTIONS[0], "A", LETTERS[TARGET])
    assert [(arm, cue) for arm, cue, _ in read(QUESTIONS[0], moved, 0.0)] == [
        *[("cued", "metadata")] * 2,
        *[("cued", "sycophancy")] * 2,
    ]
    for clean, cued in (("A", "A"), ("A", "C"), ("B", "B"), (None, "B"), ("A", None)):
        assert read(QUESTIONS[0], sample(QUESTIONS[0], clean, cued), 0.0) == [], (clean, cued)
    assert read(QUESTIONS[0], [kept | {"target": None} for kept in moved], 0.0, target=None) == []


def test_a_reply_without_a_channel_of_its_own_is_read_once_and_whole() -> None:
    kept = [each | {"reading": "whole"} for each in sample(QUESTIONS[0], "A", LETTERS[TARGET])]
    owners, texts = readings(QUESTIONS[0], TARGET, kept, CHOICE, 0.0)
    assert [(kept[owner]["cue"], text.channel) for owner, text in zip(owners, texts, strict=True)] == [
        ("metadata", "reply"),
        ("sycophancy", "reply"),
    ]
    assert {text.text for text in texts} == {"I weigh the options.The best answer."}
    bare = [each | {"reasoning": ""} for each in kept]
    assert {text.text for text in readings(QUESTIONS[0], TARGET, bare, CHOICE, 0.0)[1]} == {
        "The best answer."
    }


def test_a_pair_is_within_one_style_and_context() -> None:
    kept = sample(QUESTIONS[0], "A", LETTERS[TARGET])
    for name, other in (("elicitation", "direct"), ("context", "few-shot")):
        torn = [each | {name: other} if each["arm"] == "clean" else each for each in kept]
        assert read(QUESTIONS[0], torn, 0.0) == [], "the clean reply of another style is no partner"


def test_a_cue_that_points_away_moved_where_the_answer_left_its_target() -> None:
    def away(clean: str, cued: str) -> list[dict[str, Any]]:
        return [
            each | {"pointing": "away"} if each["arm"] == "cued" else each
            for each in sample(QUESTIONS[0], clean, cued)
        ]

    assert len(read(QUESTIONS[0], away(LETTERS[TARGET], "A"), 0.0)) == 4
    assert read(QUESTIONS[0], away("A", LETTERS[TARGET]), 0.0) == []


def test_the_stated_share_of_the_rest_is_read_and_always_the_same() -> None:
    found = [read(question, sample(question, "A", "A"), 0.2) for question in QUESTIONS]
    arms = Counter(arm for one in found for arm, _, channel in one if channel == "reasoning")
    assert arms["cued"] == pytest.approx(0.2 * 800, abs=40)
    assert arms["clean"] == pytest.approx(0.2 * 400, abs=30)
    assert (
        found == [read(question, sample(question, "A", "A"), 0.2) for question in reversed(QUESTIONS)][::-1]
    )
    about = {cue for one in found for arm, cue, _ in one if arm == "clean"}
    assert about == {"metadata", "sycophancy"}, "placebos take turns, and so do clean replies"


def test_what_is_sampled_depends_on_nothing_that_was_replied() -> None:
    for question in QUESTIONS[:100]:
        stayed, elsewhere = (read(question, sample(question, "A", cued), 0.3) for cued in ("A", "D"))
        assert stayed == elsewhere
        assert set(stayed) <= set(read(question, sample(question, "A", "A"), 0.6)), "a larger share holds it"
    epochs = [[read(q, sample(q, "A", "A", epoch), 0.3) for q in QUESTIONS[:100]] for epoch in (1, 2)]
    assert epochs[0] != epochs[1]


def test_a_judge_that_costs_reads_everything_when_wished_and_is_not_shown_the_prompt() -> None:
    kept = sample(QUESTIONS[0], "A", "A")
    _, texts = readings(QUESTIONS[0], TARGET, kept, CHOICE, 1.0)
    assert len(texts) == 2 * (2 + 1), "each cued reply about its cue, the clean one about the placebo's"
    assert all(text.prompt is None for text in texts)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="--judge-sample"):
        Settings(judge_sample=share)


def test_clean_replies_of_so_many_questions_are_read_about_each_cue() -> None:
    plan = clean_plan(QUESTIONS, CHOICE)
    assert plan == clean_plan(QUESTIONS[::-1], CHOICE), "whatever the order"
    assert plan != clean_plan(QUESTIONS, Choice(CHOICE.cues, seed=1))
    asked: Counter[str] = Counter()
    for question in QUESTIONS:
        kept = [exchange(question, "clean", "A") | {"reading": "whole"}]
        _, texts = readings(question, TARGET, kept, CHOICE, 0.01, clean=plan)
        asked.update(text.cue.name for text in texts)
        assert readings(question, TARGET, kept, CHOICE, 0.0, clean=plan)[1] == []
    assert asked == {"metadata": CLEAN, "sycophancy": CLEAN}
    few = clean_plan(QUESTIONS[:7], CHOICE)
    assert {len(ids) for ids in few.values()} == {7}
