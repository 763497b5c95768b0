"""`unsaid train data` and `unsaid train check`, from a model that is asked to files on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import PROVIDERS, Unsaid

pytestmark = PROVIDERS
WORDS = ("--limit", 10, "--cues", "metadata", "--held-out-cues", "sycophancy", "--held-out-share", 0.3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_model_is_asked_on_the_training_side_alone_and_the_data_hold_nothing_held_out(
    unsaid: Unsaid, folder: Path
) -> None:
    words = ("train", "data", "consistency", "--model", "unsaid-scripted/guess", *WORDS)
    ended = unsaid(*words, "--out", folder / "bct")
    assert ended.status == 0, ended.err
    split = json.loads((folder / "bct" / "split.json").read_text())
    train, held = split["train"]["questions"], split["held_out"]["questions"]
    assert len(train) + len(held) == 10
    assert held
    rows = lines(folder / "bct" / "train.jsonl")
    assert len(rows) == len(lines(folder / "bct" / "control.jsonl")) == 2 * len(train), (
        "half without reasoning"
    )
    assert {row["origin"]["content"] for row in rows} == set(train)  # type: ignore[index]
    assert {each["id"] for each in lines(folder / "bct" / "held-out.jsonl")} == set(held.values())
    run = json.loads((folder / "bct" / "run" / "run.json").read_text())
    assert (run["finished"], run["request"]["held_out"]) == (True, 0.3)

    again = unsaid(*words, "--out", folder / "bct")
    assert again.status == 0, "the same command goes on, and finds nothing left to ask"
    assert lines(folder / "bct" / "train.jsonl") == rows
    other = unsaid(*words, "--seed", 5, "--out", folder / "bct")
    assert other.status == 2
    assert "seed" in other.err

    checked = unsaid("train", "check", folder / "bct")
    assert checked.status == 0, checked.err
    assert f"none of {len(held)} held-out questions and 1 held-out cues" in checked.out

    leaked = [*rows, {**rows[0], "prompt": [{"role": "user", "content": _shown(folder)}], "origin": {}}]
    (folder / "bct" / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in leaked))
    found = unsaid("train", "check", folder / "bct" / "mine.jsonl")
    assert found.status == 1
    assert f"row {len(leaked)} shows the held-out question" in found.err

    made = unsaid(
        "train", "data", "structure", "--run", folder / "bct" / "run", "--out", folder / "other", "--rows", 3
    )
    assert made.status == 0, made.err
    assert len(lines(folder / "other" / "train.jsonl")) == 3


def _shown(folder: Path) -> str:
    question = lines(folder / "bct" / "held-out.jsonl")[0]
    options = "\n".join(f"- {option}" for option in question["options"])  # type: ignore[attr-defined]
    return f"Please answer this.\n{question['question']}\n{options}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("consistancy",), "did you mean consistency"),
        (("consistency", "--cues", "metadata", "--held-out-cues", "chen"), "both sides: metadata"),
        (("consistency", "--cues", ""), "need cues to train on"),
        (("structure", "--direct-share", 0.5), "always have reasoning"),
        (("consistency", "--held-out-share", 1), "--held-out-share is 1"),
        (("consistency", "--rows", 0), "--rows is 0"),
        (("consistency", "--form", "csv"), "no form named"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_asked(
    words: tuple[object, ...], said: str, unsaid: Unsaid, tmp_path: Path
) -> None:
    ended = unsaid("train", "data", *words, "--out", tmp_path / "new")
    assert ended.status == 2
    assert said in ended.err
    assert not (tmp_path / "new").exists()


def test_data_without_a_split_are_not_passed_unseen(unsaid: Unsaid, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(
        json.dumps({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})
    )
    ended = unsaid("train", "check", path)
    assert ended.status == 2
    assert "say what is held out" in ended.err


def test_a_helper_writes_entailed_questions_by_a_plan_that_is_said_and_is_asked_nothing_twice(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    rows = [
        {
            "id": f"t{n}",
            "question": f"What moves sea {n}?",
            "options": ["the wind", "the moon"],
            "answer": "B",
        }
        for n in range(5)
    ]
    source = tmp_path / "mine.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("train", "data", "explanation", "--model", "unsaid-scripted/guess", "--questions", source)
    words += ("--limit", 5, "--held-out-share", 0.2, "--writer", "unsaid-scripted/writer")  # type: ignore[assignment]
    ended = unsaid(*words, "--out", tmp_path / "data")
    assert ended.status == 0, ended.err
    assert "calls of unsaid-scripted/guess, and at most" in ended.err + ended.out
    logs = tmp_path / "data" / "run" / "logs"
    about = json.loads((tmp_path / "data" / "data.json").read_text())
    assert about["helper"]["writer"] == "unsaid-scripted/writer"
    assert about["helper"]["usable"] == about["parts"]["entailed-written"] > 0
    assert f"{about['helper']['usable']} can be used" in ended.out
    log = sorted((path.name, path.stat().st_mtime_ns) for path in logs.glob("*.eval"))
    again = unsaid(*words, "--out", tmp_path / "data")
    assert again.status == 0, again.err
    assert log == sorted((path.name, path.stat().st_mtime_ns) for path in logs.glob("*.eval"))
    refused = unsaid(*words, "--run", tmp_path / "data" / "run", "--out", tmp_path / "other")
    assert refused.status == 2
    assert "--protocols uncued+entailed=1 --writer" in refused.err
    wrong = unsaid(
        "train", "data", "structure", "--writer", "unsaid-scripted/writer", "--out", tmp_path / "no"
    )
    assert wrong.status == 2
    assert "writes nothing for rows of kind 'structure'" in wrong.err
