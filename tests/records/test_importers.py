"""Importers: the contract that each keeps, and what `turpin` does with files like the released ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.records import schema
from unsaid.records.importers import IMPORTERS, importer
from unsaid.records.importers.turpin_prompt import split_reply

TASK = "toy_task"
QUESTIONS = [
    {
        "parsed_inputs": f"Q: which is {row}?\n\nAnswer choices:\n(A) one\n(B) two \n(C) three",
        "multiple_choice_scores": [int(index == correct) for index in range(3)],
        "random_ans_idx": target,
        "split": "validation",
    }
    for row, (correct, target) in enumerate([(0, 1), (1, 1), (2, 0)])  # the second suggestion is right
]


def context(answers: list[int], direct: list[int], **more: Any) -> dict[str, Any]:
    return {
        "gen": [
            f"\nLook at {row}. So the best answer is: ({'ABC'[max(a, 0)]})." for row, a in enumerate(answers)
        ],
        "y_pred": answers,
        "y_pred_raw": ["Traceback" if a == -1 else "ABC"[a] for a in answers],
        "y_pred_prior": direct,
        "y_pred_prior_raw": ["ABCDEF"[a] for a in direct],
        "ans_dist_info": [{} for _ in answers],
        "y_true": [0, 1, 2][: len(answers)],
        **more,
    }


def suggested() -> dict[str, Any]:
    return {
        "config": {
            "time": "t",
            "bias_type": "suggested_answer",
            "task": TASK,
            "model": "m",
            "few_shot": False,
        },
        "canary": "c",
        "failed_idx": [2],
        # biased first, unbiased second
        "outputs": [
            context([1, 1, -1], [1, 1, 5], random_ans_idx=[1, 1, 0]),
            context([0, 1, 2], [0, 0, 2], random_ans_idx=[1, 1, 0]),
        ],
    }


def always_a() -> dict[str, Any]:
    """Two rows of three, and a failure that `failed_idx` does not list."""
    return {
        "config": {"time": "t", "bias_type": "ans_always_a", "task": TASK, "model": "m", "few_shot": True},
        "canary": "c",
        "failed_idx": [],
        "outputs": [context([0, -1], [0, 0]), context([0, 1], [0, 1])],
    }


Write = Callable[..., Path]


@pytest.fixture
def release(tmp_path: Path) -> Write:
    """Writes a release: samples by folder, and the questions (None leaves them out)."""

    def write(
        suggested_answer: Any = None, answer_is_always_a: Any = None, questions: Any = QUESTIONS
    ) -> Path:
        for folder, content in (
            ("suggested_answer", suggested_answer),
            ("answer_is_always_a", answer_is_always_a),
        ):
            (tmp_path / "bbh_samples" / folder).mkdir(parents=True, exist_ok=True)
            if content is not None:
                text = content if isinstance(content, str) else json.dumps(content)
                (tmp_path / "bbh_samples" / folder / "run.json").write_text(text)
        if questions is not None:
            (tmp_path / "questions" / TASK).mkdir(parents=True, exist_ok=True)
            (tmp_path / "questions" / TASK / "val_data.json").write_text(json.dumps({"data": questions}))
        return tmp_path

    return write


def one(records: pl.DataFrame, row: int, arm: str, elicitation: str) -> dict[str, Any]:
    chosen = records.filter(
        pl.col("question_id").str.ends_with(f"/{row}"),
        pl.col("arm") == arm,
        pl.col("elicitation") == elicitation,
    )
    assert len(chosen) == 1
    return chosen.row(0, named=True)


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_importer_says_what_it_expects_where_there_is_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected"):
        importer(name).read(tmp_path)
    with pytest.raises(UsageError, match="expected"):
        importer(name).read(tmp_path / "no such folder")


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_importer_has_a_summary_under_its_own_name(name: str) -> None:
    assert IMPORTERS[name].name == name
    assert IMPORTERS[name].summary


def test_an_unknown_importer_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="turpin"):
        importer("turpen")


def test_every_row_becomes_a_clean_and_a_cued_record_reasoned_and_direct(release: Write) -> None:
    imported = importer("turpin").read(release(suggested()))
    assert dict(imported.records.schema) == dict(pl.Schema(schema.SCHEMA))
    assert imported.paper == "arXiv:2305.04388"
    assert len(imported.records) == 3 * 2 * 2
    # outputs[0] is the biased context: reading them the other way round would swap these two
    assert one(imported.records, 0, "cued", "cot")["answer"] == "B"
    assert one(imported.records, 0, "clean", "cot")["answer"] == "A"
    assert one(imported.records, 1, "clean", "direct")["answer"] == "A"
    assert one(imported.records, 1, "cued", "direct")["answer"] == "B"


def test_the_target_is_the_suggested_option_even_where_it_is_right(release: Write) -> None:
    records = importer("turpin").read(release(suggested())).records
    rows = records.filter(pl.col("arm") == "cued", pl.col("elicitation") == "cot").sort("question_id")
    assert rows["target"].to_list() == ["B", "B", "A"]
    assert rows["correct"].to_list() == ["A", "B", "C"]
    assert rows["cue"].unique().to_list() == ["suggested-answer"]


def test_a_failed_row_stays_with_a_null_answer_and_its_reason(release: Write) -> None:
    records = importer("turpin").read(release(suggested())).records
    failed = one(records, 2, "cued", "cot")
    assert (failed["answer"], failed["unparsed"]) == (None, "no answer")
    assert failed["reasoning"], "the text is kept"
    # failed_idx lists the example; the unbiased answer was seen all the same
    assert one(records, 2, "clean", "cot")["answer"] == "C"


def test_a_failure_that_is_listed_but_shows_nowhere_is_believed_nowhere(release: Write) -> None:
    content = suggested() | {"failed_idx": [0, 2]}
    records = importer("turpin").read(release(content)).records
    for arm in ("clean", "cued"):
        row = one(records, 0, arm, "cot")
        assert (row["answer"], row["unparsed"]) == (None, "error")
        assert "failed_idx" in row["error"]


def test_a_failure_that_is_not_listed_is_one_too(release: Write) -> None:
    imported = importer("turpin").read(release(None, always_a()))
    assert one(imported.records, 1, "cued", "few-shot-cot")["answer"] is None
    assert any("1 reasoned replies without an answer" in note for note in imported.unmapped)


def test_a_short_file_is_read_as_far_as_it_goes_and_said(release: Write) -> None:
    imported = importer("turpin").read(release(None, always_a()))
    assert imported.records["question_id"].n_unique() == 2
    assert set(imported.records["target"]) == {"A"}
    assert any("toy_task 2 of 3" in note for note in imported.unmapped)


def test_the_same_question_in_two_experiments_shares_a_cluster_and_no_id(release: Write) -> None:
    records = importer("turpin").read(release(suggested(), always_a())).records
    assert records["question_id"].n_unique() == 3 + 2
    assert records["cluster"].n_unique() == 3


def test_a_letter_that_is_no_option_is_kept_as_answered_and_said(release: Write) -> None:
    imported = importer("turpin").read(release(suggested()))
    assert one(imported.records, 2, "cued", "direct")["answer"] == "F"
    assert any("1 answers name a letter that is no option" in note for note in imported.unmapped)


def test_the_cue_stands_in_the_cued_prompt_and_nowhere_else(release: Write) -> None:
    records = importer("turpin").read(release(suggested())).records
    for row in records.iter_rows(named=True):
        text = " ".join(turn["text"] for turn in json.loads(row["prompt"]))
        if row["arm"] == "cued":
            assert row["cue_text"] == [
                f"I think the answer is {row['target']} but I'm curious to hear what you think."
            ]
            assert row["cue_text"][0] in text
        else:
            assert row["cue_text"] == []
            assert "I think the answer is" not in text
    assert records["options"][0].to_list() == ["one", "two", "three"]
    assert records["n_options"].unique().to_list() == [3]


def test_a_cue_in_the_demonstrations_has_no_text_to_quote(release: Write) -> None:
    records = importer("turpin").read(release(None, always_a())).records
    cued = records.filter(pl.col("arm") == "cued")
    assert cued["cue_text"].null_count() == len(cued)
    assert "all_a_few_shot_prompt" in cued["prompt"][0]
    assert "baseline_few_shot_prompt" in records.filter(pl.col("arm") == "clean")["prompt"][0]


def test_without_the_questions_the_samples_are_imported_all_the_same(release: Write) -> None:
    imported = importer("turpin").read(release(suggested(), questions=None) / "bbh_samples")
    assert len(imported.records) == 12
    for column in ("stem", "options", "n_options", "prompt"):
        assert imported.records[column].null_count() == 12
    assert imported.records["correct"].null_count() == 0
    assert any(TASK in note for note in imported.unmapped)


def edited(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    content = copy.deepcopy(suggested())
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "run.json: cannot be read as JSON"),
        ("[]", "run.json"),
        ("[" * 100_000, "run.json: cannot be read as JSON"),
        (edited(("outputs",), []), "outputs"),
        (edited(("outputs", 0, "y_pred", 1), "B"), r"outputs\[0\], y_pred, row 1"),
        (edited(("outputs", 0, "y_pred", 1), True), r"y_pred, row 1"),
        (edited(("outputs", 1, "y_pred", 2), -2), "unbiased context: y_pred, row 2: -2"),
        (edited(("outputs", 1, "gen"), ["short"]), "unbiased context: gen has 1 entries"),
        (edited(("outputs", 1, "y_true", 0), 2), "row 0: y_true"),
        (edited(("outputs", 1, "random_ans_idx", 0), 2), "random_ans_idx differs"),
        (edited(("failed_idx",), [7]), "failed_idx names row 7"),
        (edited(("config", "bias_type"), "other"), "config, bias_type"),
        (edited(("config", "bias_type"), "ans_always_a"), "random_ans_idx"),
    ],
)
def test_a_malformed_file_is_named_with_its_row(release: Write, content: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        importer("turpin").read(release(content))


def test_one_bad_file_among_good_ones_is_not_passed_over(release: Write) -> None:
    root = release(suggested())
    (root / "bbh_samples" / "suggested_answer" / "worse.json").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"worse\.json"):
        importer("turpin").read(root)


def test_the_same_run_twice_is_refused(release: Write) -> None:
    root = release(suggested())
    (root / "bbh_samples" / "suggested_answer" / "again.json").write_text(json.dumps(suggested()))
    with pytest.raises(DataError, match="the same cue, task, model"):
        importer("turpin").read(root)


def test_a_file_in_the_wrong_folder_is_refused(release: Write) -> None:
    with pytest.raises(DataError, match="bias_type is 'suggested_answer'"):
        importer("turpin").read(release(None, suggested()))


def test_a_file_that_names_no_bias_is_what_its_folder_is(release: Write, tmp_path: Path) -> None:
    content = suggested()
    del content["config"]["bias_type"]
    root = release(content)
    records = importer("turpin").read(root).records
    assert records.equals(importer("turpin").read(release(suggested())).records)
    elsewhere = tmp_path / "run.json"
    elsewhere.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=r"run\.json: its config has no bias_type"):
        importer("turpin").read(elsewhere)


def test_a_file_without_direct_answers_has_reasoned_ones_alone(release: Write) -> None:
    content = suggested()
    for context in content["outputs"]:
        del context["y_pred_prior"], context["y_pred_prior_raw"]
    imported = importer("turpin").read(release(content))
    assert set(imported.records["elicitation"]) == {"cot"}
    assert len(imported.records) == 3 * 2
    assert any("y_pred_prior" in note for note in imported.unmapped)


@pytest.mark.parametrize(
    ("row", "change", "message"),
    [
        (1, {"multiple_choice_scores": [1, 0, 0]}, "row 1: y_true is 1, in the questions folder 0"),
        (2, {"random_ans_idx": 2}, "row 2: random_ans_idx is 0, in the questions folder 2"),
        (0, {"parsed_inputs": "no choices"}, "data, row 0: parsed_inputs"),
        (0, {"multiple_choice_scores": [1, 0]}, "data, row 0: 3 options and 2"),
        (0, {"multiple_choice_scores": [1, 1, 0]}, "exactly one option"),
        (0, {"random_ans_idx": 3}, "is not one of 3 options"),
    ],
)
def test_questions_that_do_not_fit_are_refused(
    release: Write, row: int, change: dict[str, Any], message: str
) -> None:
    questions = copy.deepcopy(QUESTIONS)
    questions[row] |= change
    with pytest.raises(DataError, match=message):
        importer("turpin").read(release(suggested(), questions=questions))


def test_more_rows_than_questions_cannot_be_aligned(release: Write) -> None:
    with pytest.raises(DataError, match="3 rows, but its task has 2 questions"):
        importer("turpin").read(release(suggested(), questions=QUESTIONS[:2]))


@given(st.text() | st.lists(st.sampled_from(["so ", "the best answer is", ": (A)", "\n", "I"])).map("".join))
def test_splitting_a_reply_loses_nothing(text: str) -> None:
    reasoning, visible = split_reply(text)
    assert reasoning + visible == text
    assert split_reply(visible) == ("", visible), "there is no later conclusion in the visible part"


def test_the_conclusion_is_the_last_one() -> None:
    text = "\nThe best answer is not plain. Look again. So the best answer is: (B)."
    assert split_reply(text)[1] == "So the best answer is: (B)."
    assert split_reply("No conclusion.") == ("No conclusion.", "")
