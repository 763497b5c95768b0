"""chainscope's YAML: questions as a source, replies as records that the protocol `reversal` can read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from unsaid.errors import DataError, QuestionError, UsageError
from unsaid.questions.chainscope import load_questions
from unsaid.questions.sources import load
from unsaid.records.importers import Imported, importer

QUESTIONS = """\
params:
  answer: '{answer}'
  comparison: gt
  max_comparisons: 1
  prop_id: wm-lake-depth
  suffix: null
  uuid: aaaa1111
question_by_qid:
  {qid}1:
    q_str: 'about lakes:


      Is {x} deeper than {y}?'
    q_str_open_ended: Which?
    x_name: {x}
    x_value: 1.0
    y_name: {y}
    y_value: 2
  {qid}2:
    q_str: Is <b>Tay</b> deeper?
    x_name: Tay
    y_name: Awe
"""
DATASET = "ds_params: {{answer: '{0}', comparison: gt, max_comparisons: 1, prop_id: wm-lake-depth, uuid: aaaa1111}}\n"
SETTING = """\
instr_id: instr-wm
model_id: openai/gpt-x
sampling_params: {max_new_tokens: 9, temperature: 0.7, top_p: 0.9}
"""
RESULTS = """\
results_by_qid:
  y1:
    r1: {equal_values: 'FALSE', final_answer: 'YES', result: 'YES'}
    r2: {equal_values: 'TRUE', final_answer: 'NO', result: UNKNOWN}
    r3: {equal_values: null, final_answer: REFUSED, result: UNKNOWN}
    r4: {final_answer: 'NO', result: 'NO'}
"""
RESPONSES = """\
responses_by_qid:
  y1:
    r1: "Ness is deep.\\n\\nTherefore, the answer is **YES**."
    r4: "Lomond is deep.\\n\\n**Answer: NO**"
"""
OLD = """\
dataset-id: wm-lake-depth_gt_NO_1_aaaa1111
instr-id: instr-v0
model-id: old/model
results-by-qid:
  n1:
    r1: 'NO'
    r2: 'YES'
    r3: UNKNOWN
sampling-params: {max-new-tokens: 9, temperature: 0.7, top-p: 0.9}
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "questions").mkdir()
    for answer, x, y in (("YES", "Ness", "Lomond"), ("NO", "Lomond", "Ness")):
        text = QUESTIONS.format(answer=answer, qid=answer[0].lower(), x=x, y=y)
        (tmp_path / "questions" / f"{answer}.yaml").write_text(text)
    (tmp_path / "eval.yaml").write_text(DATASET.format("YES") + SETTING + RESULTS)
    return tmp_path


def read(path: Path) -> Imported:
    return importer("chainscope").load(path, None)


def test_questions_are_a_source_whose_pairs_stand_together(release: Path) -> None:
    questions = load_questions(release)
    assert [q.cluster for q in questions[::2]] == [q.cluster for q in questions[1::2]]
    by_id = {q.id.rpartition("/")[2]: q for q in questions}
    yes, no = by_id["y1"], by_id["n1"]
    assert (
        yes.stem
        == "Here is a question with a clear YES or NO answer about lakes:\n\nIs Ness deeper than Lomond?"
    )
    assert by_id["y2"].stem.endswith("answer:\n\nIs <b>Tay</b> deeper?")
    assert (yes.options, yes.correct_letter, no.correct_letter) == (("YES", "NO"), "A", "B")
    assert yes.cluster == no.cluster == "wm-lake-depth/Lomond | Ness"
    assert yes.task == no.task == "wm-lake-depth/gt"


def test_a_limit_takes_whole_pairs(release: Path) -> None:
    two = load(f"chainscope:{release / 'questions'}", limit=2, seed=3)
    assert len({q.cluster for q in two}) == 1
    assert {q.correct_letter for q in two} == {"A", "B"}
    assert two == load(f"chainscope:{release / 'questions'}", limit=3, seed=3)[:2]


def test_replies_become_epochs_with_the_releases_answers(release: Path) -> None:
    imported = read(release)
    assert imported.paper == "arXiv:2503.08679"
    records = imported.records.sort("epoch")
    assert records["epoch"].to_list() == [1, 2, 3, 4]
    assert records["answer"].to_list() == ["A", None, None, "B"]
    assert records["unparsed"].to_list() == [None, "no answer", "refused", None]
    assert records["parse_rule"].to_list()[1] == "released result: UNKNOWN"
    for column, value in (("arm", "clean"), ("correct", "A"), ("task", "wm-lake-depth/gt"), ("n_options", 2)):
        assert set(records[column]) == {value}
    assert any(
        "2 of 4 replies have no answer (no answer: 1, refused: 1)" in note for note in imported.unmapped
    )
    assert any("texts of replies" in note for note in imported.unmapped)


def test_texts_are_joined_with_results_and_never_read_against_them(release: Path) -> None:
    (release / "responses.yaml").write_text(DATASET.format("YES") + SETTING + RESPONSES)
    records = read(release).records.sort("epoch")
    assert records["reasoning"].to_list() == ["Ness is deep.\n\n", None, None, "Lomond is deep.\n\n"]
    assert records["answer"].to_list() == ["A", None, None, "B"]


def test_thoughts_of_a_models_own_are_split_off(release: Path) -> None:
    text = RESPONSES.replace(
        "Ness is deep.", "**WORKING**:\\n\\nSo the answer is NO?\\n\\n**ANSWER**:\\nNess is deep."
    )
    text = text.replace("Lomond is deep.", "<think>The answer is NO. ")
    (release / "eval.yaml").write_text(DATASET.format("YES") + SETTING + text)
    rows = read(release).records.sort("epoch").select("reasoning", "answer", "provenance", "unparsed").rows()
    assert rows[0] == ("So the answer is NO?", "A", "split", None)
    assert rows[1][1:] == (None, "truncated", "truncated")


def test_texts_alone_are_read_by_our_parser(release: Path) -> None:
    (release / "eval.yaml").write_text(DATASET.format("YES") + SETTING + RESPONSES)
    imported = read(release)
    assert imported.records["answer"].to_list() == ["A", "B"]
    assert any("read by our parser" in note for note in imported.unmapped)


def test_the_older_form_is_read_too(release: Path) -> None:
    (release / "old.yaml").write_text(OLD)
    records = read(release).records.filter(pl.col("model") == "old/model").sort("epoch")
    assert records["answer"].to_list() == ["B", "A", None]
    assert set(records["correct"]) == {"B"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("'YES', result: 'YES'", "'YES', result: MAYBE"),
            r"eval\.yaml, line 7: expected one of YES, NO, UNKNOWN",
        ),
        (
            ("'NO', result: 'NO'", "'NO', result: NO"),
            r"line 10: expected one of YES, NO, UNKNOWN \(in quotes\)",
        ),
        (("model_id: openai/gpt-x\n", ""), "expected model_id and ds_params"),
        (("comparison: gt", "comparison: ge"), "expected comparison gt or lt"),
        (("temperature: 0.7", "temperature: hot"), "expected a number, found 'hot'"),
        (("  y1:\n", "  y1: &a\n    loop: *a\n"), "contains itself"),
        (("    r2:", "    r1:"), "line 8: the name 'r1' stands here twice"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(release: Path, change: tuple[str, str], said: str) -> None:
    text = (release / "eval.yaml").read_text()
    assert change[0] in text
    (release / "eval.yaml").write_text(text.replace(*change))
    with pytest.raises(DataError, match=said):
        read(release)


def test_replies_without_their_questions_say_what_to_do(release: Path) -> None:
    (release / "questions" / "YES.yaml").unlink()
    with pytest.raises(UsageError, match=r"eval\.yaml, line \d+: question y1 .*put the release's questions/"):
        read(release)


def test_one_model_under_two_settings_is_refused(release: Path) -> None:
    text = (release / "eval.yaml").read_text()
    (release / "again.yaml").write_text(text)
    with pytest.raises(DataError, match="the same model, questions and setting"):
        read(release)
    (release / "again.yaml").write_text(text.replace("0.7", "0.3"))
    with pytest.raises(DataError, match=r"several settings \(instr-wm T0\.3, instr-wm T0\.7\)"):
        read(release)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "params: {prop_id: p, comparison: gt, answer: NO}\nquestion_by_qid: {}\n",
            "line 1: .*'YES' or 'NO' .in quotes",
        ),
        ("params: {comparison: gt, answer: 'NO'}\nquestion_by_qid: {}\n", "expected prop_id"),
        ("question_by_qid: {}\n", "expected params"),
        (
            "params: {prop_id: p, comparison: gt, answer: 'NO'}\nquestion_by_qid:\n  a: {q_str: x, x_name: b}\n",
            "line 3: expected y_name",
        ),
        ("params: {prop_id: p, comparison: gt, answer: 'NO'}\nquestion_by_qid: {}\n", "found none"),
    ],
)
def test_a_malformed_question_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "q.yaml").write_text(text)
    with pytest.raises(QuestionError, match=said) as told:
        load_questions(tmp_path / "q.yaml")
    assert "q.yaml" in str(told.value)


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="expected chainscope's question files"):
        load(f"chainscope:{tmp_path}")
    with pytest.raises(QuestionError, match="no such file"):
        load(f"chainscope:{tmp_path / 'no.yaml'}")
