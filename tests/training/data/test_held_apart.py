"""Train and held-out are apart by construction, and the check finds them where they are not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.cues import CUES
from unsaid.errors import DataError, UsageError
from unsaid.questions.procedural import task
from unsaid.questions.prompt import Turn
from unsaid.questions.question import Question
from unsaid.training.data.content import content_of
from unsaid.training.data.overlap import overlaps
from unsaid.training.data.rows import Origin, Row
from unsaid.training.data.split import apart, read_split, sides

QUESTIONS = task("navigate").questions(40)


def row(question: Question, cue: str | None = None, said: str = "", *, ours: bool = True) -> Row:
    origin = Origin("consistency", "biased", "m", "r", "1", question.id, content_of(question), "cot", cue=cue)
    return Row(
        (Turn("user", f"{question.render()}\n\n{said}"),),
        "So.\nThe best answer is: (A)",
        None,
        origin if ours else None,
    )


def test_the_same_text_is_the_same_question_whatever_its_id_source_and_order_of_options() -> None:
    one = QUESTIONS[0]
    other = replace(one, id="x", source="mine", options=one.options[::-1], stem=one.stem.upper() + "  ")
    assert content_of(one) == content_of(other)
    assert content_of(one) != content_of(QUESTIONS[1])


@given(share=st.floats(0, 0.99), order=st.randoms(use_true_random=False))
def test_every_question_is_on_one_side_which_no_order_changes(share: float, order: object) -> None:
    shuffled = list(QUESTIONS)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    train, held = sides(shuffled, share)
    assert {each.id for each in train} == {each.id for each in sides(QUESTIONS, share)[0]}
    assert not {content_of(each) for each in train} & {content_of(each) for each in held}
    assert len(train) + len(held) == len(QUESTIONS)


def test_a_passage_and_a_text_in_two_sources_stay_on_one_side() -> None:
    passage = [replace(each, cluster="passage") for each in QUESTIONS[:10]]
    twin = replace(QUESTIONS[3], id="twin", source="elsewhere", cluster="other")
    more = replace(QUESTIONS[30], id="more", source="elsewhere", cluster="other")
    for share in (0.05, 0.3, 0.7):
        train, held = sides([*passage, twin, more], share)
        assert not (train and held)


def test_a_larger_share_holds_out_more_and_none_comes_back() -> None:
    fewer, more = ({each.id for each in sides(QUESTIONS, share)[1]} for share in (0.2, 0.5))
    assert fewer < more


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="held-out-share"):
        sides(QUESTIONS, share)


def test_a_cue_on_both_sides_is_refused() -> None:
    with pytest.raises(UsageError, match="both sides: metadata"):
        apart(QUESTIONS, 0.2, ["squares", "metadata"], ["metadata"])


def test_a_split_is_read_back_and_a_damaged_one_said(tmp_path: Path) -> None:
    split = apart(QUESTIONS, 0.3, ["squares"], ["metadata"])
    split.write(tmp_path)
    assert read_split(tmp_path) == split
    assert not split.faults()
    (tmp_path / "split.json").write_text(json.dumps({"schema_version": 9}))
    with pytest.raises(DataError, match="schema version 9"):
        read_split(tmp_path)
    assert read_split(tmp_path / "nowhere") is None


def test_what_is_held_out_is_found_by_digest_by_name_and_by_text() -> None:
    split = apart(QUESTIONS, 0.3, ["suggested-answer"], ["metadata"])
    train, held = sides(QUESTIONS, 0.3)
    good = [row(each, "suggested-answer") for each in train]
    assert overlaps(good, split, held, [CUES["metadata"]]) == []
    assert "about the held-out question" in overlaps([*good, row(held[0])], split)[0]
    assert "held-out cue 'metadata'" in overlaps([*good, row(train[0], "metadata")], split)[0]


def test_what_is_held_out_is_found_in_somebody_elses_rows_by_its_words() -> None:
    shown = replace(QUESTIONS[0], stem=QUESTIONS[0].stem.replace("\n", "   "))
    rows = [row(each, ours=False) for each in (QUESTIONS[5], shown)]
    assert overlaps(rows, None, [QUESTIONS[0]]) == [f"row 2 shows the held-out question {QUESTIONS[0].id!r}"]
    biased = [
        row(
            QUESTIONS[5], said="I think the answer is (B) but I'm curious to hear what you think.", ours=False
        )
    ]
    cue = CUES["suggested-answer"]
    assert overlaps(biased, None, [], [cue]) == [
        "row 1 holds the words of the held-out cue 'suggested-answer'"
    ]
    assert overlaps(rows, None, [], [cue]) == []


def test_a_short_stem_is_found_only_with_its_options() -> None:
    short = Question("s", "Which is it?", ("a red hat", "a blue hat"), 0)
    other = Question("o", "Which is it?", ("a red map", "a blue map"), 0)
    assert overlaps([row(other, ours=False)], None, [short]) == []
    assert len(overlaps([row(short, ours=False)], None, [short])) == 1
