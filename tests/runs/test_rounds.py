"""Fewest calls for the same interval: rounds that stop, go on and decide the same; judges that read less."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.model import ChatMessage, GenerateConfig

from conftest import PROVIDERS, Provider, Serve
from loopback import Judging, Scripted
from unsaid.asking import readings
from unsaid.asking.driver import Driver
from unsaid.asking.inspect_task import build
from unsaid.asking.readings import CLEAN
from unsaid.asking.settings import Settings
from unsaid.errors import RunConflict, UsageError
from unsaid.estimates import sequential
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.flow import flow
from unsaid.estimates.sequential import MIN_QUESTIONS, Rule
from unsaid.models.inspect.adapter import resolve
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.evaluation import Outcome, evaluate
from unsaid.models.scripted.provider import scripted
from unsaid.planning.request import Audit
from unsaid.protocols import PROTOCOLS
from unsaid.records import schema
from unsaid.runs.audit import Progress, run_audit
from unsaid.runs.rounds import Rounds
from unsaid.store.run_folder import RunFolder
from warm import MAIN, popen

pytestmark = PROVIDERS

CUES = "metadata,sycophancy"
HASTY = Calling(max_connections=16, max_retries=0, timeout=600)
STEADY = Scripted(susceptibility=1.0, mention=0.0)
#: The same in this process, where nothing depends on what a provider was sent: half the CPU time of a call.
HERE = "unsaid-scripted/dials+noise=0+mention=0+susceptibility=1"

#: What takes `Scripted(susceptibility=0.6, ...)` two looks.
UNCLEAR: dict[str, Any] = {"limit": 62, "cues": "metadata", "until": 15, "judge": "lexical,learned"}


def audit(
    model: Provider | str,
    folder: Path,
    judge: Provider | str = "lexical",
    until: float | None = 15,
    progress: Progress | None = None,
    **settings: Any,
) -> list[Estimate]:
    chosen: dict[str, Any] = {"limit": 70, "cues": CUES, "judge": named(judge)} | settings
    wanted = Audit(named(model), Settings(**chosen), calling=HASTY, until=until)
    return run_audit(wanted, RunFolder(folder), command="unsaid audit", progress=progress or Progress())


def named(model: Provider | str) -> str:
    return model if isinstance(model, str) else model.model


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return found


def cued(folder: Path) -> dict[str, int]:
    rows = schema.read(folder / "records.parquet").filter(pl.col("arm") == "cued").group_by("cue").len()
    return dict(rows.sort("cue").iter_rows())


@pytest.mark.parametrize("cues", [("metadata",), ("metadata", "sycophancy")], ids=["one", "two"])
def test_a_cue_that_is_clear_is_asked_of_40_questions_and_the_rest_is_never_asked(
    cues: tuple[str, ...], tmp_path: Path
) -> None:
    calls: list[int] = []
    counted = Progress(replied=lambda: calls.append(1))
    found = audit(HERE, tmp_path, cues=",".join(cues), progress=counted)
    until = told(tmp_path)["until"]
    assert until["looks"] == [40, 60]
    assert until["looked"] == 1
    assert {cue: stop["questions"] for cue, stop in until["stopped"].items()} == dict.fromkeys(cues, 40)
    assert cued(tmp_path) == dict.fromkeys(cues, 40)
    records = schema.read(tmp_path / "records.parquet")
    assert records["question_id"].n_unique() == 40
    asked = 40 * (3 + len(cues))
    assert len(calls) == asked, "70 questions would be more calls"
    assert set(flow(records).filter(pl.col("arm") == "cued")["asked"]) == {40}, "not asked is not missing"
    influence = next(each for each in found if each.quantity == "influence" and each.cue == "metadata")
    assert influence.value == 1.0
    assert influence.missing == 0
    assert "asked of 40 of 70 questions; stopped at half-width" in influence.note
    assert influence.low is not None
    assert (1 - influence.low) / 2 <= 0.15
    assert told(tmp_path)["finished"] is True

    assert audit(HERE, tmp_path, cues=",".join(cues), progress=counted) == found, (
        "the same command decides the same"
    )
    assert len(calls) == asked


@pytest.mark.parametrize(
    ("first", "until", "limit", "looks"), [(12, 20, 18, "once"), (MIN_QUESTIONS, 9, 70, "2 times")]
)
def test_a_cue_that_is_not_clear_goes_on_alone_with_the_arms_that_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, until: float, limit: int, looks: str
) -> None:
    monkeypatch.setattr(sequential, "MIN_QUESTIONS", first)
    model = HERE.replace("susceptibility", "metadata.susceptibility") + "+sycophancy.susceptibility=0.5"
    both = "metadata/item-tag,sycophancy/user-opinion"
    found = audit(model, tmp_path, until=until, limit=limit, wordings=both)
    stopped = told(tmp_path)["until"]["stopped"]
    assert list(stopped) == ["metadata"]
    asked = stopped["metadata"]["questions"]
    assert cued(tmp_path) == {"metadata": asked, "sycophancy": limit}
    records = schema.read(tmp_path / "records.parquet")
    assert set(records.filter(pl.col("arm") != "cued").group_by("arm").len()["len"]) == {limit}
    open_one = next(each for each in found if each.quantity == "influence" and each.cue == "sycophancy")
    assert f"asked of all {limit} questions; interval corrected for looking {looks}" in open_one.note


@pytest.mark.parametrize("limit", [3, 41])
def test_without_until_nothing_is_looked_at(tmp_path: Path, limit: int) -> None:
    found = audit(HERE, tmp_path, until=None, limit=limit, cues="metadata")
    assert "until" not in told(tmp_path)
    assert "until" not in told(tmp_path)["request"]
    assert not any("looking" in each.note + each.method for each in found)
    assert schema.read(tmp_path / "records.parquet").height == limit * 4


def test_a_run_that_was_killed_and_then_lost_power_ends_like_an_undisturbed_one(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = serve(Scripted(susceptibility=0.6, mention=0.05, seed=2), latency=0.02)
    folder = tmp_path / "run"
    words = ["audit", "--model", model.model, "--limit", "62", "--cues", "metadata", "--until", "15"]
    words += ["--max-connections", "16", "--max-tokens", "none", "--out", str(folder)]
    model.server.hold(after=200)
    with (tmp_path / "said").open("w+b") as said:
        process = popen(MAIN, words, (said.fileno(),) * 3)
        model.server.wait_until_held(lambda: process.poll() is None)
        process.kill()
        process.wait()
    model.server.release()
    assert told(folder)["until"]["looked"] == 1, "the second round was cut off"

    write = RunFolder.write

    def no_power_at_the_second_decision(folder: RunFolder, data: dict[str, Any]) -> None:
        if data["until"]["looked"] == 2:
            raise RuntimeError("no power")
        write(folder, data)

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "write", no_power_at_the_second_decision)
        with pytest.raises(RuntimeError, match="no power"):
            audit(model, folder, **UNCLEAR)
    assert told(folder)["until"]["looked"] == 1

    found = audit(model, folder, **UNCLEAR)
    assert len(model.server.repeated()) <= 16, "more than what was in flight was asked twice"
    assert audit(model, tmp_path / "undisturbed", **UNCLEAR) == found
    assert told(folder)["until"] == told(tmp_path / "undisturbed")["until"]
    assert told(folder)["until"]["looked"] == 2
    killed, whole = (schema.read(path / "records.parquet") for path in (folder, tmp_path / "undisturbed"))
    assert killed.equals(whole)


@pytest.mark.parametrize("points", [0, 0.5, 50, -3, float("nan")])
def test_a_width_that_cannot_be_is_refused(points: float) -> None:
    with pytest.raises(UsageError, match="half-width in points"):
        Audit(until=points)


def test_another_width_is_another_run(tmp_path: Path) -> None:
    audit(HERE, tmp_path, limit=2, cues="metadata")
    with pytest.raises(RunConflict, match="until: 15 there, 20 now"):
        audit(HERE, tmp_path, limit=2, cues="metadata", until=20)


def test_rounds_that_are_resumed_are_the_rounds_that_were_kept() -> None:
    names = [f"q{number}" for number in range(100)]
    rounds = Rounds(Rule(0.1, 100), names, ["metadata"])
    assert (rounds.limit, rounds.last, rounds.over) == (40, False, False)
    stop = {"questions": 60, "looks": 2, "influence": 0.08, "faithfulness": None}
    kept = rounds.plain() | {"looked": 2, "stopped": {"metadata": stop}}
    again = Rounds(Rule(0.1, 100), names, ["metadata"]).resume(json.loads(json.dumps(kept)))
    assert again.plain() == kept
    assert (again.limit, again.last, again.over) == (60, True, True)
    assert Rounds(None, names, ["metadata"]).limit == 100


@pytest.mark.parametrize(("limit", "clean"), [(12, 6), (30, CLEAN)])
def test_a_judge_that_costs_reads_the_moved_and_a_tenth_of_the_rest(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, clean: int
) -> None:
    monkeypatch.setattr(readings, "CLEAN", clean)
    model, judge = serve(Scripted(susceptibility=0.4, mention=0.3, seed=3)), serve(Judging())
    asked: dict[str, Any] = {"until": None, "limit": limit, "cues": "metadata"}
    whole = audit(model, tmp_path / "whole", judge, judge_sample=1.0, **asked)
    everything = len(judge.server.received)
    judge.server.forget()
    thrifty = audit(model, tmp_path / "thrifty", judge, **asked)
    assert len(judge.server.received) < 0.75 * everything
    judged = ("faithfulness", "influence", "length.difference")
    for every, some in zip(whole, thrifty, strict=True):
        if every.quantity.startswith(judged):
            assert some == every, "what moved was read, all of it"
    positives = [each for each in thrifty if each.quantity == "judge.false-positives" and each.cue is None]
    assert {(each.n, each.missing) for each in positives} == {(clean, 0)}, "of the cue's clean replies"
    table = flow(schema.read(tmp_path / "thrifty" / "records.parquet"))
    assert table.filter(pl.col("judged") >= pl.col("parsed")).is_empty()
    assert told(tmp_path / "thrifty")["request"]["judge_sample"] == 0.1


def test_a_later_protocol_takes_its_clean_replies_from_the_cache(serve: Serve, tmp_path: Path) -> None:
    model = serve(STEADY)
    first = PROTOCOLS["verbalisation"]
    later = replace(first, name="later", ask=lambda *about: first.ask(*about)[:2])  # type: ignore[misc]
    driver, settings = Driver(lambda: None, cached=True), Settings(limit=6, cues=CUES)
    tasks = [build([protocol], settings, 1, driver) for protocol in (first, later)]
    outcome = evaluate(
        tasks, resolve(model.model), tmp_path / "logs", cache=tmp_path / "cache", calling=HASTY
    )
    assert outcome == Outcome(())
    assert len(list((tmp_path / "logs").glob("*.eval"))) == 2
    assert len(model.server.asked()) == 6 * 5, "the later one asks nothing that is known"
    heard: list[GenerateConfig] = []

    def hearing(messages: list[ChatMessage], config: GenerateConfig) -> str:
        heard.append(config)
        return "yes"

    asyncio.run(scripted(hearing).generate("Is it so?"))
    assert (heard[0].max_connections, heard[0].max_retries, heard[0].attempt_timeout) == (None, None, None), (
        "who calls a model next gets nothing of this run's settings"
    )
