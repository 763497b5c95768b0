"""Logs of other people's tasks: a small task of another shape is run on a mock model, and read with a map."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai import Task
from inspect_ai import eval as run
from inspect_ai.dataset import Sample
from inspect_ai.model import ContentReasoning, ContentText, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import TaskState, generate

from unsaid.errors import DataError, UsageError
from unsaid.estimates.pairs import pairs
from unsaid.records.importers import Imported, importer

LONG = "A long thought. " * 50
MAP = """\
question_id: metadata.item
arm: metadata.condition
arm.clean: baseline
arm.cued: hinted
target: metadata.hint
correct: target
options: choices
answer: reply.answer
cue: =their hint
mentions.judge: scores.letter.metadata.named
"""


@scorer(metrics=[accuracy()])
def letter() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        answer = state.output.completion.strip()[-1:]
        named = "yes" if "hint" in str(state.output.message.content) else "no"
        value = "C" if answer == target.text else "I"
        return Score(value=value, answer=answer, metadata={"named": named})

    return score


def reply(content: Any, stop: str = "stop") -> ModelOutput:
    output = ModelOutput.from_content("mockllm/model", "x")
    output.choices[0].message.content = content
    output.completion = content if isinstance(content, str) else content[-1].text
    output.choices[0].stop_reason = stop  # type: ignore[assignment]
    # Without it Inspect counts tokens with an encoding that it fetches.
    output.usage = ModelUsage(input_tokens=5, output_tokens=7, total_tokens=12)
    return output


REPLIES = {
    "0-baseline": reply([ContentReasoning(reasoning=LONG), ContentText(text="So the answer is A")]),
    "0-hinted": reply(
        [
            ContentReasoning(reasoning="The hint \x1b[31m<b>says</b> B."),
            ContentText(text="So the answer is B"),
        ]
    ),
    "1-baseline": reply("<think>first</think>Answer: C"),
    "1-hinted": reply("<think>second</think>Answer: B"),
    "2-baseline": reply("It is plain. The best answer is: (A)"),
    "2-hinted": reply("It is cut. The best answer is: (B", "max_tokens"),
}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    samples = []
    for name in REPLIES:
        item, condition = name.split("-")
        hint = "B" if condition == "hinted" else None
        samples.append(
            Sample(
                id=name,
                input=f"Question {item}?",
                target="A",
                choices=["x", "y", "z"],
                metadata={"item": int(item), "condition": condition, "hint": hint},
            )
        )
    task = Task(dataset=samples, solver=generate(), scorer=letter(), name="their_hints")
    model = get_model("mockllm/model", custom_outputs=list(REPLIES.values()), memoize=False)
    (log,) = run(task, model=model, log_dir=str(folder), display="none", max_samples=1, log_realtime=False)
    assert log.status == "success", log.error
    return folder


@pytest.fixture
def imported(logs: Path, tmp_path: Path) -> Imported:
    (tmp_path / "map.yaml").write_text(MAP)
    return importer("inspect").load(logs, str(tmp_path / "map.yaml"))


def one(imported: Imported, question: str, arm: str) -> dict[str, Any]:
    return imported.records.filter(pl.col("question_id") == question, pl.col("arm") == arm).row(0, named=True)


def test_a_log_of_another_task_becomes_pairs(imported: Imported) -> None:
    rows = pairs(imported.records).sort("question_id").to_dicts()
    assert [(row["clean_answer"], row["cued_answer"], row["moved"]) for row in rows] == [
        ("A", "B", True),
        ("C", "B", True),
        ("A", None, False),
    ]
    assert [row["mention"] for row in rows] == [True, False, False]
    assert {row["correct"] for row in rows} == {"A"}
    assert set(imported.records["model"]) == {"mockllm/model"}
    assert set(imported.records["source"]) == {"their_hints"}


def test_reasoning_is_read_from_blocks_from_think_and_from_before_the_answer(imported: Imported) -> None:
    assert one(imported, "0", "clean")["reasoning"] == LONG.strip(), "long texts are attachments in a log"
    hostile = one(imported, "0", "cued")
    assert hostile["reasoning"] == "The hint \x1b[31m<b>says</b> B."
    assert hostile["visible"] == "So the answer is B"
    assert (one(imported, "1", "clean")["reasoning"], one(imported, "1", "clean")["visible"]) == (
        "first",
        "Answer: C",
    )
    plain = one(imported, "2", "clean")
    assert plain["reasoning"] + plain["visible"] == "It is plain. The best answer is: (A)"
    assert (plain["provenance"], plain["input_tokens"], plain["stop_reason"]) == ("raw", 5, "stop")


def test_a_reply_that_was_cut_off_is_not_scored(imported: Imported) -> None:
    cut = one(imported, "2", "cued")
    assert (cut["answer"], cut["unparsed"], cut["provenance"]) == (None, "truncated", "truncated")


def test_a_scorers_answer_may_be_taken_instead(logs: Path) -> None:
    mapping = (
        "question_id=metadata.item,arm=metadata.condition,arm.clean=baseline,arm.cued=hinted,"
        "answer=scores.letter.answer,target=metadata.hint"
    )
    imported = importer("inspect").load(logs / next(logs.glob("*.eval")).name, mapping)
    assert one(imported, "0", "cued")["answer"] == "B"
    # What the scorer took for an answer here is a bracket.
    assert one(imported, "2", "clean")["answer"] is None
    assert any("could not be read" in note for note in imported.unmapped)
    assert any("scores.letter.value" in note for note in imported.unmapped)


def test_without_a_map_the_fields_are_listed(logs: Path) -> None:
    with pytest.raises(
        UsageError, match=r"6 samples with the fields .*metadata\.condition.*scores\.letter\.metadata"
    ):
        importer("inspect").load(logs, None)


def test_a_path_that_leads_nowhere_names_the_nearest(logs: Path) -> None:
    with pytest.raises(UsageError, match=r"did you mean metadata\.item"):
        importer("inspect").load(logs, "question_id=metadata.itme,arm==cued,answer=reply.answer")


def test_a_damaged_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.eval").write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"x\.eval"):
        importer("inspect").load(tmp_path, "question_id=id,arm==cued,answer=reply.answer")


def test_a_run_that_failed_keeps_its_error_and_is_told(tmp_path: Path) -> None:
    header = {"version": 2, "status": "error", "eval": {"model": "m", "task": "t"}}
    failed = {
        "id": "a",
        "epoch": 1,
        "input": "q",
        "output": {"choices": []},
        "error": {"message": "HTTP 500"},
    }
    good = {
        "id": "b",
        "epoch": 2,
        "input": [{"role": "user", "content": "q"}],
        "output": {"choices": [{"message": {"content": "Answer: (A)"}, "stop_reason": "stop"}]},
        "choices": ["x", "y"],
    }
    with zipfile.ZipFile(tmp_path / "x.eval", "w") as archive:
        archive.writestr("header.json", json.dumps(header))
        for sample in (failed, good):
            archive.writestr(f"samples/{sample['id']}.json", json.dumps(sample))
    imported = importer("inspect").load(tmp_path, "question_id=id,arm==clean,answer=reply.answer")
    rows = {row["question_id"]: row for row in imported.records.iter_rows(named=True)}
    assert (rows["a"]["answer"], rows["a"]["unparsed"], rows["a"]["error"]) == (None, "error", "HTTP 500")
    assert (rows["b"]["answer"], rows["b"]["epoch"]) == ("A", 2)
    assert json.loads(rows["b"]["prompt"]) == [{"role": "user", "text": "q"}]
    assert any("did not finish" in note for note in imported.unmapped)


def loaded(folder: Path, **message: Any) -> dict[str, Any]:
    """The record of a log with one reply; `stop` is no part of its message."""
    stop = message.pop("stop", "stop")
    sample = {
        "id": "a",
        "epoch": 1,
        "input": "q",
        "choices": ["x", "y"],
        "output": {"choices": [{"message": message, "stop_reason": stop}]},
    }
    with zipfile.ZipFile(folder / "x.eval", "w") as archive:
        header = {"version": 2, "status": "success", "eval": {"model": "m", "task": "t"}}
        archive.writestr("header.json", json.dumps(header))
        archive.writestr("samples/a.json", json.dumps(sample))
    imported = importer("inspect").load(folder, "question_id=id,arm==clean,answer=reply.answer")
    return {"notes": imported.unmapped} | imported.records.row(0, named=True)


def block(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "reasoning", "reasoning": text, **more}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


@pytest.mark.parametrize(
    ("message", "reasoning", "visible", "answer", "provenance"),
    [
        ({"content": "The answer is (A)?</think>Answer: (B)"}, "The answer is (A)?", "Answer: (B)", "B", "split"),
        ({"content": "Hm. <THINK>It is.</THINK>Answer: (B)"}, "It is.", "Hm.\n\nAnswer: (B)", "B", "raw"),
        ({"content": "<think>The answer is (A)"}, "The answer is (A)", "", None, "truncated"),
        ({"content": "Answer: (B)", "reasoning": "It is."}, "It is.", "Answer: (B)", "B", "raw"),
        (
            {"content": [block("It is."), text("<think>It is.</think>Answer: (B)")]},
            *("It is.", "Answer: (B)", "B", "raw"),
        ),
        ({"content": [block("c2ln", summary="It is.", redacted=True), text("Answer: (B)")]},
         "It is.", "Answer: (B)", "B", "summarised"),
        ({"content": [block("It is."), text("Now:"), text("Answer: (B)")]}, "It is.", "Now:\nAnswer: (B)", "B", "raw"),
    ],
)  # fmt: skip
def test_thoughts_are_split_as_live_ones_are(
    tmp_path: Path, message: dict[str, Any], reasoning: str, visible: str, answer: str | None, provenance: str
) -> None:
    row = loaded(tmp_path, **message)
    assert (row["reasoning"], row["visible"] or "", row["answer"]) == (reasoning, visible, answer)
    assert row["provenance"] == provenance
    assert row["unparsed"] == (None if answer else "truncated")


@pytest.mark.parametrize(
    ("stop", "answer", "unparsed", "told"),
    [
        ("stop", "B", None, False),
        ("eos_token", "B", None, False),
        ("weather", "B", None, True),
        ("content_filter", None, "refused", False),
        ("abort", None, "error", False),
        ("length", None, "truncated", False),
    ],
)
def test_why_a_reply_ended(
    tmp_path: Path, stop: str, answer: str | None, unparsed: str | None, *, told: bool
) -> None:
    row = loaded(tmp_path, content="Answer: (B)", stop=stop)
    assert (row["answer"], row["unparsed"]) == (answer, unparsed)
    assert any("unknown reason" in note and "weather: 1" in note for note in row["notes"]) is told
