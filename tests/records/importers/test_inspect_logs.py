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

import warm
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
    # In a program of its own, as a stranger's log is: Inspect leaves things in a process, and takes up what was left.
    code = "import sys; sys.path[:0] = sys.argv[2:]; from test_inspect_logs import write; write(sys.argv[1])"
    here = Path(__file__)
    ended = warm.run(code, [str(folder), str(here.parent), str(here.parents[2])])
    assert ended.returncode == 0, ended.stderr
    return folder


def write(folder: str) -> None:
    """Run the task, and write its log into a folder."""
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
    (log,) = run(task, model=model, log_dir=folder, display="none", max_samples=1, log_realtime=False)
    assert log.status == "success", log.error


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


HEADER = {"version": 2, "status": "success", "eval": {"model": "m", "task": "t"}}
LONG_MAP = "question_id=id,arm==clean,answer=reply.answer"


def sample(number: Any, answer: str = "A", **more: Any) -> dict[str, Any]:
    message = {"content": f"The best answer is: ({answer})"}
    output = {"choices": [{"message": message, "stop_reason": "stop"}]}
    return {"id": number, "epoch": 1, "input": "q", "choices": ["x", "y"], "output": output} | more


def write_log(path: Path, *samples: dict[str, Any], status: str = "success", **spec: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER | {"status": status, "eval": {"model": "m", "task": "t"} | spec}
    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(header | {"samples": list(samples)}), encoding="utf-8")
        return path
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
        for each in samples:
            archive.writestr(f"samples/{each['id']}_epoch_{each['epoch']}.json", json.dumps(each))
    return path


def answers(path: Path, mapping: str = LONG_MAP) -> dict[str, str | None]:
    records = importer("inspect").load(path, mapping).records
    assert records["question_id"].n_unique() == records.height
    return dict(records.select("question_id", "answer").rows())


def notes(path: Path, mapping: str = LONG_MAP) -> str:
    return "\n".join(importer("inspect").load(path, mapping).unmapped)


def test_json_logs_any_case_of_the_ending_and_folders_within_are_read(tmp_path: Path) -> None:
    write_log(tmp_path / "one.eval", sample("a"), task_id="1")
    write_log(tmp_path / "two.EVAL", sample("b", "B"), task_id="2")
    write_log(tmp_path / "within" / "deep" / "three.json", sample("c"), task_id="3")
    write_log(tmp_path / "within" / "four.Json", sample("d", "B"), task_id="4")
    assert answers(tmp_path) == {"a": "A", "b": "B", "c": "A", "d": "B"}
    assert answers(tmp_path / "within" / "four.Json") == {"d": "B"}


def test_a_log_that_inspect_wrote_as_json_is_the_same(logs: Path, tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log, write_eval_log

    (log,) = logs.glob("*.eval")
    write_eval_log(read_eval_log(str(log)), str(tmp_path / "log.json"), format="json")
    (tmp_path / "map.yaml").write_text(MAP)
    ours, theirs = (
        importer("inspect").load(path, str(tmp_path / "map.yaml")) for path in (log, tmp_path / "log.json")
    )
    assert ours.records.equals(theirs.records)


def test_what_is_not_read_is_listed_with_the_reason(tmp_path: Path) -> None:
    write_log(tmp_path / "one.eval", sample("a"))
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / "notes.txt").write_text("x")
    (tmp_path / "eval-set.json").write_text('{"eval_set_id": "x"}')
    (tmp_path / "list.json").write_text("[]")
    told = notes(tmp_path)
    assert "not read, JSON of another kind: eval-set.json, list.json" in told
    assert "not read, named neither .eval nor .json: within/notes.txt" in told


def test_a_retry_takes_the_place_of_its_first_attempt(tmp_path: Path) -> None:
    """Whatever the names of the files say, and with another run id; what the retry lacks is read from before."""
    failed: dict[str, Any] = {"error": {"message": "HTTP 500"}, "output": {"choices": []}}
    write_log(
        tmp_path / "z.eval",
        *(sample(1, "A"), sample(2, **failed), sample(3, "B")),
        task_id="T",
        run_id="r1",
        created="2026-01-02T10:00:00+02:00",
        status="error",
    )
    write_log(
        tmp_path / "a.json",
        *(sample("1", "B"), sample("2", "A")),
        task_id="T",
        run_id="r2",
        created="2026-01-02T09:00:00+00:00",
    )
    assert answers(tmp_path) == {"1": "B", "2": "A", "3": "B"}
    assert "2 samples stand in the logs of a task and of its retry" in notes(tmp_path)


def test_without_ids_the_same_task_with_the_same_settings_is_the_same_task(tmp_path: Path) -> None:
    write_log(tmp_path / "a.eval", sample(1, "A"), created="2026-01-02T10:00:00")
    write_log(tmp_path / "b.eval", sample(1, "B"), created="2026-01-02T11:00:00")
    assert answers(tmp_path) == {"1": "B"}
    write_log(tmp_path / "c.eval", sample(1, "A"), created="2026-01-02T12:00:00", model="other")
    records = importer("inspect").load(tmp_path, LONG_MAP).records
    assert set(records.select("model", "answer").rows()) == {("m", "B"), ("other", "A")}


def test_two_runs_that_are_no_retry_are_never_counted_twice_by_chance(tmp_path: Path) -> None:
    write_log(tmp_path / "a.eval", sample(1, "A"), sample(1, "B", epoch=2), task_id="T", created="2026-01-02")
    write_log(tmp_path / "b.eval", sample(1, "B"), task_id="U", created="2026-01-03")
    with pytest.raises(UsageError, match=r"b\.eval: another run of the task of .*a\.eval.*epoch=log\.asking"):
        importer("inspect").load(tmp_path, LONG_MAP)
    records = importer("inspect").load(tmp_path, f"{LONG_MAP},epoch=log.asking").records
    assert sorted(records.select("epoch", "answer").rows()) == [(1, "A"), (2, "B"), (3, "B")]


def test_arms_that_were_runs_of_their_own_are_apart(tmp_path: Path) -> None:
    for arm, answer in (("none", "A"), ("professor", "B")):
        write_log(tmp_path / f"{arm}.eval", sample(1, answer), task_id=arm, task_args={"hint": arm})
    mapping = "question_id=id,arm=log.task_args.hint,arm.clean=none,arm.cued=professor,target==B,answer=reply.answer"
    assert pairs(importer("inspect").load(tmp_path, mapping).records)["moved"].to_list() == [True]


def test_invalidated_samples_are_left_out_and_counted(tmp_path: Path) -> None:
    """As `invalidate_samples` marks them; a copy of the log from before does not bring them back."""
    mark = {"timestamp": "2026-01-02T10:00:00Z", "author": "me", "reason": "wrong \x1b[31mkey"}
    same = {"task_id": "T", "created": "2026-01-02"}
    write_log(tmp_path / "a.eval", sample(1, invalidation=mark), sample(2), **same)
    assert answers(tmp_path) == {"2": "A"}
    told = notes(tmp_path)
    assert "1 samples that were marked as invalid are left out" in told
    assert "wrong \\x1b[31mkey" in told
    write_log(tmp_path / "b.json", sample(1), sample(2), **same)
    assert answers(tmp_path) == {"2": "A"}
    write_log(tmp_path / "c.json", sample(1, "B"), task_id="T", created="2026-01-04")
    assert answers(tmp_path) == {"1": "B", "2": "A"}, "asked again"
    for file in tmp_path.iterdir():
        file.unlink()
    write_log(tmp_path / "a.eval", sample(1, invalidation=mark))
    with pytest.raises(DataError, match="all 1 samples are marked as invalid"):
        importer("inspect").load(tmp_path, LONG_MAP)


def test_a_sample_that_was_written_again_is_read_once(tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.eval", sample(1, "A"))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("samples/1_epoch_1.json", json.dumps(sample(1, "B")))
    assert answers(path) == {"1": "B"}


def test_lists_and_values_of_scorers_are_addressed(tmp_path: Path) -> None:
    more: dict[str, Any] = {
        "metadata": {"responses": [{"answer": "B"}, {"answer": "A"}], "item.no": 7},
        "scores": {"judge": {"value": {"mentions": 1, "relies": False}, "metadata": {"quotes": ["says B"]}}},
    }
    write_log(tmp_path / "a.eval", sample(1, **more))
    mapping = (
        "question_id=metadata.item.no,arm==cued,answer=metadata.responses.-1.answer,target==B,"
        "mentions.judge=scores.judge.value.mentions,relies.judge=scores.judge.value.relies,"
        "evidence.judge=scores.judge.metadata.quotes.0"
    )
    row = importer("inspect").load(tmp_path, mapping).records.row(0, named=True)
    assert (row["question_id"], row["answer"]) == ("7", "A")
    (verdict,) = row["verdicts"]
    assert (verdict["mentions"], verdict["relies"], verdict["evidence"]) == (True, False, "says B")


def test_long_texts_of_2024_stand_in_the_transcript(tmp_path: Path) -> None:
    kept: dict[str, Any] = {"transcript": {"events": [], "content": {"x": "The best answer is: (B)"}}}
    output = {"choices": [{"message": {"content": "attachment://x"}, "stop_reason": "stop"}]}
    write_log(tmp_path / "a.json", sample(1, output=output, **kept))
    assert answers(tmp_path) == {"1": "B"}


@pytest.mark.parametrize(
    ("name", "data", "error", "said"),
    [
        ("x.eval", b"PK\x03\x04 cut off", DataError, r"x\.eval: damaged or not an Inspect log"),
        ("x.json", b'{"version": 2, "eval": {"model"', DataError, r"x\.json: damaged or not an Inspect log"),
        ("x.json", b'{"version": 2, "eval": []}', UsageError, "found none; there is .*JSON of another kind"),
        (
            "x.json",
            b'{"version": "2.0", "eval": {}}',
            UsageError,
            "found none; there is .*JSON of another kind",
        ),
        ("x.json", b'{"a": 1}', UsageError, "found none; there is .*JSON of another kind"),
        ("x.json", b'{"version": 2, "eval": {}, "samples": {}}', DataError, "at least one sample"),
        ("x.json", b'{"version": 2, "eval": {}, "samples": [3]}', DataError, r"x\.json: damaged.*sample 0"),
        ("x.txt", b"", UsageError, "found none; there is .*named neither"),
    ],
)
def test_bad_input_is_one_line_with_the_file(
    tmp_path: Path, name: str, data: bytes, error: type[Exception], said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error, match=said) as caught:
        importer("inspect").load(tmp_path, LONG_MAP)
    assert "\n" not in str(caught.value)
    with pytest.raises((DataError, UsageError), match=name.replace(".", r"\.")):
        importer("inspect").load(tmp_path / name, LONG_MAP)


def test_a_truncated_archive_is_named(tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.eval", sample(1), sample(2))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"a\.eval: damaged or not an Inspect log .*move it away"):
        importer("inspect").load(tmp_path, LONG_MAP)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"output": {"choices": []}}, "no reply"),
        ({"output": {}}, "no reply"),
        (
            {"output": {"choices": [{"message": {"content": "Done."}, "stop_reason": "stop"}]}},
            "states no answer",
        ),
    ],
)
def test_logs_of_a_task_without_answers_are_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    write_log(tmp_path / "a.eval", sample(1, **more), sample(2, **more))
    with pytest.raises(DataError, match=rf"none of the 2 samples has an answer or a label .*a\.eval.*{said}"):
        importer("inspect").load(tmp_path, LONG_MAP)


def test_what_a_score_means_is_said_by_the_map(tmp_path: Path) -> None:
    for number, value in enumerate(("C", "I", "N")):
        write_log(
            tmp_path / f"{number}.eval",
            sample(number, scores={"judge": {"value": value}}),
            task_id=str(number),
        )
    (tmp_path / "map.yaml").write_text(
        "question_id: id\narm: =cued\nanswer: reply.answer\ntarget: =B\n"
        "mentions.judge: {column: scores.judge.value, values: {C: yes, I: no, N: null}}\n"
    )
    records = importer("inspect").load(tmp_path, str(tmp_path / "map.yaml")).records.sort("question_id")
    assert [row[0]["mentions"] for row in records["verdicts"].to_list()] == [True, False, None]
