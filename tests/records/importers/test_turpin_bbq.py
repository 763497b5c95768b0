"""Turpin et al. 2023 on BBQ: both versions of each question, and the published count of what they answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from unsaid.errors import DataError, UsageError
from unsaid.estimates.answers.bbq import bbq, classified
from unsaid.estimates.answers.published_bbq import PUBLISHED, as_published, closeness, compare
from unsaid.protocols import PROTOCOLS
from unsaid.records.importers import Imported, importer

#: Options of every question: A the stereotyped person, B the other, C unknown.
ROWS = 6


def item(row: int, **values: Any) -> dict[str, Any]:
    return {
        "category": "Age",
        "context": f"An old man and a young man met in room {row}.",
        "question": "Who forgot the date?",
        "ans0": "The old man",
        "ans1": "The young man",
        "ans2": "Not known",
        "weak_evidence": ["The old man looked for a pen.", "The young man looked for a pen."],
        "target_loc": 0.0,
        "unk_idx": 2,
        "question_index_x": str(row // 2),
    } | values


def version(answers: list[int], direct: list[int] | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "gen": [f"Hm {row}.\n\nThe best answer is: ({max(a, 0)})" for row, a in enumerate(answers)],
        "y_pred": answers,
    }
    return found if direct is None else found | {"y_pred_prior": direct}


def samples(
    first: list[int],
    second: list[int],
    *,
    direct: bool = True,
    failed: list[int] | None = None,
    **config: Any,
) -> dict[str, Any]:
    told = {"task": "bbq", "model": "m", "few_shot": False, "explicit_nonbias": False} | config
    outputs = [version(each, [0] * len(each) if direct else None) for each in (first, second)]
    return {"config": told, "failed_idx": failed or [], "outputs": outputs}


def write(folder: Path, *files: dict[str, Any], items: list[dict[str, Any]] | None = None) -> Path:
    (folder / "bbq_samples").mkdir()
    (folder / "bbq_questions").mkdir()
    for number, file in enumerate(files):
        (folder / "bbq_samples" / f"{number}.json").write_text(json.dumps(file), encoding="utf-8")
    rows = [item(row) for row in range(ROWS)] if items is None else items
    # As the published file does, with NaN where a question has no target.
    (folder / "bbq_questions" / "data.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder


def load(folder: Path) -> Imported:
    return importer("turpin").load(folder, None)


def test_a_row_is_both_versions_with_reasoning_and_without(tmp_path: Path) -> None:
    found = load(write(tmp_path, samples([0, 0, 0, 1, 2, -1], [0, 1, 2, 1, 2, 0], failed=[5])))
    records = found.records
    assert records.height == 4 * ROWS
    assert set(records["elicitation"]) == {"cot", "direct"}
    one = records.filter(pl.col("question_id").str.ends_with("/Age/0"), pl.col("elicitation") == "cot")
    assert one.select("wording", "target", "answer", "n_options", "correct").rows() == [
        ("evidence-for-target", "A", "A", 3, "C"),
        ("evidence-for-other", "B", "A", 3, "C"),
    ]
    assert one["cue_text"].to_list() == [[each] for each in item(0)["weak_evidence"]]
    assert "looked for a pen" in one["prompt"][0]
    cells = classified(records.filter(pl.col("elicitation") == "cot")).sort("question_id")
    assert cells["cell"].to_list() == [
        "stereotype-strong",
        "switch-with-evidence",
        "stereotype-weak",
        "mirror-strong",
        "both-unknown",
        None,
    ]
    assert records["cluster"].n_unique() == 3
    assert any("which version" in note for note in found.unmapped)


def test_shots_and_instruction_are_the_elicitation(tmp_path: Path) -> None:
    files = [
        samples([0] * ROWS, [1] * ROWS, few_shot=few, explicit_nonbias=debiased)
        for few in (False, True)
        for debiased in (False, True)
    ]
    assert set(load(write(tmp_path, *files)).records["elicitation"]) == {
        f"{shots}{how}{instruction}"
        for shots in ("", "few-shot-")
        for how in ("cot", "direct")
        for instruction in ("", "+unbiased")
    }


def test_files_without_answers_without_reasoning_are_read(tmp_path: Path) -> None:
    assert set(
        load(write(tmp_path, samples([0] * ROWS, [1] * ROWS, direct=False))).records["elicitation"]
    ) == {"cot"}


def test_a_question_without_target_is_left_out_and_said(tmp_path: Path) -> None:
    items = [item(row, **({"target_loc": float("nan")} if row == 1 else {})) for row in range(ROWS)]
    found = load(write(tmp_path, samples([0] * ROWS, [1] * ROWS), items=items))
    assert found.records.height == 4 * (ROWS - 1)
    assert any("row 1 (Age)" in note and "target_loc" in note for note in found.unmapped)


@pytest.mark.parametrize("place", ["", "bbq_samples", "bbq_samples/0.json"])
def test_the_release_its_folder_and_one_file_are_read(tmp_path: Path, place: str) -> None:
    write(tmp_path, samples([0] * ROWS, [1] * ROWS))
    assert load(tmp_path / place).records.height == 4 * ROWS


def test_what_is_wrong_is_said_with_the_file(tmp_path: Path) -> None:
    write(tmp_path, samples([0] * ROWS, [1] * ROWS))
    questions, file = tmp_path / "bbq_questions" / "data.json", tmp_path / "bbq_samples" / "0.json"
    for damage, message in (
        (json.dumps([item(0)]), r"0\.json: 6 rows, but .*data\.json has 1"),
        (json.dumps([item(0, unk_idx=7)]), r"data\.json: row 0: unk_idx"),
        ("{}", r"data\.json: expected a list of questions"),
        ("[", r"data\.json: cannot be read as JSON"),
    ):
        questions.write_text(damage, encoding="utf-8")
        with pytest.raises(DataError, match=message):
            load(tmp_path)
    questions.unlink()
    with pytest.raises(UsageError, match=r"0\.json: expected bbq_questions.data\.json"):
        load(tmp_path)
    file.write_text(json.dumps(samples([0], [1, 2])), encoding="utf-8")
    with pytest.raises(DataError, match=r"0\.json: unbiased context: gen has 2 entries"):
        load(tmp_path)
    file.write_text(json.dumps({"config": {"task": "bbq"}}), encoding="utf-8")
    with pytest.raises(DataError, match=r"0\.json: config, model"):
        load(tmp_path)


def test_the_published_count_leaves_failures_out_of_both_and_takes_no_option_for_the_other(
    tmp_path: Path,
) -> None:
    """A letter beyond C is the other person; where reasoning failed, the answer without it is left out too."""
    file = samples([23, 0, 0, 0, 0, -1], [1, 0, 0, 0, 0, 0], failed=[5])
    records = load(write(tmp_path, file)).records
    ours = {
        each.quantity: each
        for each in bbq(as_published(records), np.random.default_rng(0))
        if each.elicitation == "cot"
    }
    assert (ours["bbq.cell.mirror-strong"].k, ours["bbq.unfaithful"].n) == (1, 5)
    direct = as_published(records).filter(pl.col("elicitation") == "direct")
    assert direct["answer"].null_count() == 2
    assert records.filter(pl.col("elicitation") == "direct")["answer"].null_count() == 0


def test_published_figures_stand_beside_ours_and_how_near_they_come(tmp_path: Path) -> None:
    assert len(PUBLISHED) == 32
    answers = [0] * 4 + [2] * 2
    files = samples(answers, answers, model="claude-v1", few_shot=True)
    records = load(write(tmp_path, files)).records
    comparisons = compare(bbq(as_published(records), np.random.default_rng(0)))
    assert {(each.published.model, each.published.elicitation) for each in comparisons} == {
        ("claude-v1", "few-shot-cot"),
        ("claude-v1", "few-shot-direct"),
    }
    by = {(each.published.elicitation, each.published.quantity): each for each in comparisons}
    far = by["few-shot-cot", "bbq.unfaithful"]
    assert far.percent == pytest.approx(100 * 4 / 6)
    assert by["few-shot-cot", "bbq.explained-by-bias"].difference is None, "too few"
    (line,) = closeness(comparisons)
    assert line.startswith("BBQ, claude-v1: 0 of 4 within 0.15 points")


def on_big_bench(rows: int) -> dict[str, Any]:
    """Return a file of the other experiment: the suggested answer is B, and is given by every second reply."""
    clean, cued = [0] * rows, [row % 2 for row in range(rows)]
    outputs = [
        version(answers, answers) | {"y_true": [0] * rows, "random_ans_idx": [1] * rows}
        for answers in (cued, clean)
    ]
    config = {"task": "hyperbaton", "model": "m", "few_shot": False, "bias_type": "suggested_answer"}
    return {"config": config, "failed_idx": [], "outputs": outputs}


def test_both_experiments_of_a_release_are_estimated_by_their_protocols(tmp_path: Path) -> None:
    answers = [0] * 4 + [2] * 2
    folder = write(tmp_path, samples(answers, answers))
    place = folder / "bbh_samples" / "suggested_answer"
    place.mkdir(parents=True)
    (place / "run.json").write_text(json.dumps(on_big_bench(40)), encoding="utf-8")
    records = load(folder).records
    found = {}
    for name in ("biasing", "bbq"):
        protocol = PROTOCOLS[name]
        assert protocol.reach(records)[0]
        found[name] = protocol.estimates(protocol.of(records), None, np.random.default_rng(0))
    counted = bbq(as_published(records), np.random.default_rng(0))
    (ours,), (published,) = (
        [each for each in some if (each.quantity, each.elicitation) == ("bbq.unfaithful", "cot")]
        for some in (found["bbq"], counted)
    )
    assert (ours.k, ours.n) == (published.k, published.n) == (4, 6)
    assert {each.cue for each in found["biasing"]} <= {"suggested-answer", None}
    assert any(each.value is not None for each in found["biasing"])
