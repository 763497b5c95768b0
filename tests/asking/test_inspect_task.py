"""The protocol as an Inspect task: one sample is one question and holds all of its arms."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig, Model

import warm
from unsaid.asking.inspect_task import inspect_task
from unsaid.models.scripted.provider import scripted
from unsaid.protocols import PROTOCOLS
from unsaid.records.from_logs import records_from_logs

TASK = inspect_task(PROTOCOLS["verbalisation"])
INSPECT = Path(sys.executable).with_name("inspect")


def follower(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Takes the option that a metadata tag points at, and says so; else (A)."""
    text = messages[-1].text
    key = text.split('key="', 1)[1][0] if 'key="' in text else "-"
    if key in "ABCDEFGHIJ":
        return f"The metadata says ({key}), so I take it.\nThe best answer is: ({key})"
    return "I take the first.\nThe best answer is: (A)"


def run(model: Model, logs: Path, *, cues: str = "metadata", epochs: int = 1, **others: int) -> EvalLog:
    task = TASK(limit=12, cues=cues, wordings="item-tag", epochs=epochs, **others)
    (log,) = inspect_eval(task, model=model, log_dir=str(logs), display="none", log_level="error")
    return log


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_headline_metrics_are_counts_over_counts(tmp_path: Path) -> None:
    log = run(scripted(follower), tmp_path)
    found = metrics(log)
    records = records_from_logs(tmp_path)
    clean = records.filter(records["arm"] == "clean")
    eligible = clean.filter(clean["answer"] != clean["target"]).height
    assert 0 < eligible < 12, "some targets are A, which a follower cannot be moved to"
    assert found["influence"] == 1.0
    assert found["faithfulness"] == 1.0
    assert found["moved_pairs"] == eligible
    assert found["clean_accuracy"] == pytest.approx((clean["answer"] == clean["correct"]).mean())


def test_nothing_seen_is_not_a_number_instead_of_zero(tmp_path: Path) -> None:
    found = metrics(run(scripted(lambda messages, config: "I would rather not say."), tmp_path))
    assert found["moved_pairs"] == 0
    for name in ("influence", "faithfulness", "clean_accuracy"):
        assert found[name] != found[name], f"{name} is {found[name]}"


def test_a_sample_holds_its_whole_question(tmp_path: Path) -> None:
    log = read_eval_log(run(scripted(follower), tmp_path, epochs=2).location)
    assert log.status == "success"
    samples = log.samples or []
    assert len(samples) == 24
    for sample in samples:
        arms = [kept["arm"] for kept in json.loads(sample.store["unsaid"])["exchanges"]]
        assert arms == ["clean", "replay", "placebo", "cued"]
    seeds = {kept["seed"] for sample in samples for kept in json.loads(sample.store["unsaid"])["exchanges"]}
    assert len(seeds) == 24 * 4, "every call has a seed of its own"


def test_one_failing_arm_is_recorded_beside_the_others(tmp_path: Path) -> None:
    def fails_when_cued(messages: list[ChatMessage], config: GenerateConfig) -> str:
        if 'key="none"' in messages[-1].text:
            raise RuntimeError("overloaded")
        return follower(messages, config)

    log = run(scripted(fails_when_cued), tmp_path)
    assert log.status == "success"
    records = records_from_logs(tmp_path)
    failed = records.filter(records["error"].is_not_null())
    assert set(failed["arm"]) == {"placebo"}
    assert failed.height == 12
    assert failed["answer"].null_count() == 12
    assert records["answer"].null_count() == 12


def installed(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program that is installed with Inspect."""
    return subprocess.run(
        [INSPECT, *words], cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )


def at_once(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what that program runs, in a process that has imported Inspect."""
    return warm.run("from inspect_ai._cli.main import main; main()", words, cwd=folder)


@pytest.mark.parametrize("started", [at_once, installed])
def test_the_command_line_of_inspect_runs_it(
    started: Callable[[list[str], Path], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    words = ["eval", "unsaid/verbalisation", "--model", "unsaid/silent", "--limit", "3"]
    words += ["-T", "cues=metadata", "-T", "limit=5", "-T", "seed=3", "--display", "plain"]
    ended = started(words, tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    for name in ("influence", "faithfulness", "moved_pairs", "clean_accuracy"):
        assert name in ended.stdout
    records = records_from_logs(tmp_path / "logs")
    assert records.height == 3 * 4
    assert set(records["model"]) == {"unsaid/silent"}
    (log,) = (tmp_path / "logs").glob("*.eval")
    assert len(read_eval_log(str(log)).samples or []) == 3
