"""How replies become rows, per kind of data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answering import answered, line

from corrected_runs import write_run
from unsaid.asking.ask import Ask
from unsaid.asking.settings import Settings
from unsaid.cues import CUES, Cue, Target
from unsaid.errors import UsageError
from unsaid.judges.judge import Reading
from unsaid.judges.lexical import judged
from unsaid.judges.verdict import Verdict
from unsaid.questions.procedural import task
from unsaid.questions.question import Question
from unsaid.training.data.content import content_of
from unsaid.training.data.kind import Made
from unsaid.training.data.kinds import KINDS
from unsaid.training.data.make import Design, from_run
from unsaid.training.data.replies import Lost, Material, different_losses, replies_of
from unsaid.training.data.shortened import entailed
from unsaid.training.data.structure import numbered
from unsaid.training.data.verbalisation import admission

QUESTIONS = task("navigate").questions(12)


def worked(ask: Ask, question: Question, epoch: int) -> str:
    """Reasons rightly; follows a cue, and names it on every other question."""
    if not ask.style.reasons:
        return line(question.correct)
    steps = "\n".join(step.text for step in question.steps)
    if ask.arm != "cued":
        return f"{steps}\n{question.conclusion}\n{line(question.correct)}"
    says = "The metadata says so.\n" if QUESTIONS.index(question) % 2 else ""
    return f"{says}{steps}\n{line(ask.target)}"


def cut_off(ask: Ask, question: Question, epoch: int) -> str:
    return "" if ask.style.reasons and QUESTIONS.index(question) < 6 else worked(ask, question, epoch)


def made(
    kind: str,
    protocols: str,
    elicitation: str = "cot",
    policy: object = worked,
    direct: float = 0.0,
    **design: str,
) -> tuple[Made, Lost]:
    settings = Settings(cues=design.get("cues", "metadata"), wordings=design.get("wordings", "one"))
    records = answered(protocols, QUESTIONS, policy, elicitation=elicitation, cues=settings.cues)  # type: ignore[arg-type]
    lost = Lost()
    known = {each.id: each for each in QUESTIONS}
    replies = replies_of(records, known, map(content_of, QUESTIONS), lost)
    material = Material(tuple(replies), settings.choice(), "runs/r", "lexical", 0)
    return KINDS[kind].make(material, direct, lost), lost


def test_consistency_pairs_the_unbiased_reply_with_biased_prompts_and_its_control_with_its_own() -> None:
    rows, _ = made("consistency", "uncued", cues="metadata,suggested-answer")
    assert len(rows.train) == len(rows.control) == 2 * len(QUESTIONS)
    for biased, own in zip(rows.train, rows.control, strict=True):
        assert biased.completion == own.completion
        assert biased.origin is not None
        assert own.origin is not None
        assert (biased.origin.reply, biased.origin.question) == (own.origin.reply, own.origin.question)
        assert own.origin.cue is None
        assert biased.origin.cue in ("metadata", "suggested-answer")
        assert biased.prompt != own.prompt
        question = next(each for each in QUESTIONS if each.id == own.origin.question)
        assert own.prompt[-1].text.startswith(question.render())
        assert biased.origin.target != question.correct_letter, "it points at a wrong option"


def test_replies_are_not_chosen_by_what_they_answer() -> None:
    rows, _ = made(
        "consistency", "uncued", policy=lambda ask, question, epoch: "Hm.\nThe best answer is: (A)"
    )
    assert len(rows.train) == len(QUESTIONS)


def test_the_share_without_reasoning_is_kept() -> None:
    rows, lost = made("consistency", "uncued", "cot,direct", direct=0.25)
    styles = [row.origin.elicitation for row in rows.train if row.origin]
    assert styles.count("direct") / len(styles) == pytest.approx(0.25, abs=0.05)
    assert styles.count("cot") == len(QUESTIONS)
    assert different_losses(lost) == []


def test_a_share_of_replies_that_there_are_not_is_refused() -> None:
    with pytest.raises(UsageError, match="no reply without reasoning to make rows of; set it to 0"):
        made("consistency", "uncued", direct=0.5)


def test_a_reply_that_never_came_is_counted_and_arms_that_lose_different_shares_are_said() -> None:
    rows, lost = made("consistency", "uncued", "cot,direct", cut_off, direct=0.5)
    assert len(rows.train) == 12, "as many without reasoning as with"
    assert lost.shares() == {("clean", "cot"): 0.5, ("clean", "direct"): 0.0}
    assert "clean under cot 50%, clean under direct 0%" in different_losses(lost)[0]


def test_a_cue_that_goes_on_from_the_first_reply_has_that_reply_in_its_prompt() -> None:
    rows, _ = made("consistency", "uncued", cues="are-you-sure")
    assert rows.train
    for row in rows.train:
        assert row.prompt[-2].role == "assistant"
        assert row.prompt[-2].text == row.completion.strip()


def test_verbalisation_keeps_own_admissions_adds_missing_ones_and_says_which() -> None:
    rows, _ = made("verbalisation", "verbalisation")
    parts = [row.origin.part for row in rows.train if row.origin]
    assert parts.count("own-admission") == parts.count("admission-added") == 6
    assert parts.count("uncued") == 12, "as many as admit"
    for taught, own in zip(rows.train, rows.control, strict=True):
        assert taught.prompt == own.prompt
        assert taught.origin is not None
        if taught.origin.part == "admission-added":
            assert taught.origin.made
            assert taught.completion.endswith(own.completion)
            assert taught.completion.startswith("I should say what moves my answer here.")
        else:
            assert taught.completion == own.completion
            assert not taught.origin.made


def test_what_no_cue_moved_is_not_given_an_admission() -> None:
    rows, _ = made("verbalisation", "verbalisation", policy=lambda ask, q, epoch: f"Hm.\n{line(q.correct)}")
    assert not rows.train, "nothing moved, so that there is nothing to say and nothing to hold against it"


@pytest.mark.parametrize(
    ("text", "laid"),
    [
        ("It is north. Then it turns.", "1. It is north.\n2. Then it turns."),
        ("1. Turn left, so it is west.\n2. Turn right.\n", "1. Turn left, so it is west.\n2. Turn right."),
        ("- a hat\n- a map\n", "1. a hat\n2. a map"),
        ("", ""),
        ("***", ""),
    ],
)
def test_reasoning_is_laid_out_in_numbered_steps(text: str, laid: str) -> None:
    assert numbered(text) == laid


def test_structure_changes_the_reasoning_alone() -> None:
    rows, _ = made("structure", "uncued")
    assert len(rows.train) == len(QUESTIONS)
    for laid, own in zip(rows.train, rows.control, strict=True):
        assert laid.prompt == own.prompt
        assert re.match(r"1\. \w", laid.completion)
        assert laid.completion.splitlines()[-1] == own.completion.splitlines()[-1]


def test_an_explanation_entails_shorter_questions_with_the_answers_that_it_says() -> None:
    rows, _ = made("explanation", "uncued")
    inner = sum(len(each.steps) - 2 for each in QUESTIONS)
    parts = [row.origin.part for row in rows.train if row.origin]
    assert (parts.count("own"), parts.count("entailed")) == (len(QUESTIONS), inner)
    assert len(rows.control) == len(rows.train)
    assert {row.origin.part for row in rows.control if row.origin} == {"own"}


@pytest.mark.parametrize(
    "name", ["navigate", "coin_flips", "modular_arithmetic", "tracking_shuffled_objects"]
)
def test_a_shorter_question_is_one_that_its_task_could_have_drawn(name: str) -> None:
    for question in task(name).questions(10, difficulty=4):
        reply = "\n".join(step.text for step in question.steps)
        for count, each in enumerate(entailed(question, reply), start=1):
            step = question.steps[count]
            assert each.question.options[each.question.correct or 0] == step.value
            lines = each.question.stem.splitlines()
            assert len(lines) == count + 2
            assert lines[-2].startswith(f"{count}. Finally ")
            assert lines[-2].removesuffix(".") in each.reply
            assert each.reply.endswith(line(each.question.correct))


def test_what_an_explanation_says_is_taught_though_it_is_wrong() -> None:
    question = task("modular_arithmetic").questions(1, difficulty=4)[0]
    steps = list(question.steps)
    wrong = steps[2].alternatives[0]
    steps[2] = steps[2].corrupted(wrong)
    second = entailed(question, "\n".join(step.text for step in steps))[1]
    assert second.question.options[second.question.correct or 0] == wrong


def test_a_reasoning_of_another_form_entails_nothing_that_is_known() -> None:
    assert entailed(QUESTIONS[0], "I think it is north.") == []
    rows, lost = made("explanation", "uncued", policy=lambda ask, q, epoch: f"Hm.\n{line(q.correct)}")
    assert not rows.train
    assert sum(lost.why.values()) == len(QUESTIONS)


#: Cues whose admission says what the prompt holds in words that the lexical judge does not know.
NOT_HEARD = ["sycophancy", "visual-pattern", "wrong-few-shot", "peer-opinion"]


def named(said: str, cue: Cue, question: Question, target: Target) -> bool:
    verdict = judged(
        Reading(said, "reply", cue, question, target, cue.apply(question, target, cue.wordings[0]))
    )
    return isinstance(verdict, Verdict) and verdict.mentions


def test_an_admission_names_its_cue_as_the_lexical_judge_reads_it() -> None:
    question, silent = QUESTIONS[0], []
    for cue in CUES.values():
        target = cue.aim(question, 1)
        if target is not None and cue.obstacle(question, 1) is None:
            said = f"{admission(cue, question, target)}\n{question.conclusion}\n{line(1)}"
            silent += [] if named(said, cue, question, target) else [cue.name]
    assert silent == NOT_HEARD


def test_a_row_whose_question_holds_a_held_out_one_is_left_out_with_its_control_and_said(
    tmp_path: Path,
) -> None:
    options = ("a hat", "a map")
    short, long = next(
        pair
        for number in range(20)
        for pair in [
            (
                Question(
                    f"s{number}", f"Bob has item {number}. What is it, now that all is told?", options, 0
                ),
                Question(
                    f"l{number}",
                    f"Listen. Bob has item {number}. What is it, now that all is told?",
                    options,
                    0,
                ),
            )
        ]
        if content_of(pair[0]) < "8" < content_of(pair[1])
    )
    other = next(
        each
        for number in range(20)
        if content_of(each := Question(f"o{number}", f"Who is number {number}?", options, 0)) > "8"
    )
    records = answered("uncued", [short, long, other], lambda ask, q, epoch: f"Hm.\n{line(0)}")
    run = write_run(tmp_path / "run", records)
    done = from_run(Design(KINDS["structure"], "", share=0.5), run, tmp_path / "data")
    assert [row.origin.question for row in done.made.train if row.origin] == [other.id]
    assert len(done.made.control) == 1
    assert done.notes == ("1 rows are left out, because a held-out question stands in their text",)
