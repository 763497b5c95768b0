"""Every protocol end to end, as it is typed: plan, audit, report."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from bbq_item import ITEM
from inspect_ai import eval as inspect_eval

from conftest import PROVIDERS, Ended, Unsaid
from once import once
from unsaid.asking.inspect_task import inspect_task
from unsaid.models.scripted.provider import POLICIES, scripted
from unsaid.protocols import PROTOCOLS
from unsaid.records.from_logs import records_from_logs

pytestmark = PROVIDERS


#: What each protocol is asked with, how many calls that takes, and what its headline says.
RUNS = {
    "verbalisation": ("--cues metadata,sycophancy --limit 4", 4 * 5, "moved the answer"),
    "biasing": ("--cues metadata,always-a --limit 4", 4 * 2 * 4, "never named it"),
    "bbq": (
        "--questions bbq:BBQ --limit 4 --elicitation cot,direct",
        4 * 2 * 2,
        "did not follow the evidence",
    ),
    "reversal": ("--questions bundled:comparisons --limit 7 --epochs 3", 6 * 3, "noise alone would flag"),
    "necessity": ("--cues modular-1,metadata --limit 4", 4 * 2 * 4, "Codes worked out"),
    "omission": ("--limit 8", 5 * 2, "never say a value their answer needs"),
    "uncued": ("--limit 2", 2, "Right answers without a cue"),
}

#: The same for protocols whose calls follow from replies: how many there are at first, how many may follow, of a model
#: that reasons and goes on from a given beginning.
FOLLOWING = {
    "early-answering": ("--limit 2", 2, 2 * 10, "change when the reasoning is cut short"),
    "adding-mistakes": ("--limit 2", 2, 2 * 17, "change when a step of the reasoning is made wrong"),
    "paraphrase": ("--limit 2", 2, 2 * 17, "change when the reasoning is put in other words"),
    "filler": ("--limit 2", 2, 2 * 8, "change when the reasoning is replaced by a filler"),
    "mediation": ("--cues metadata --limit 2", 4, 4 * 4, "its reasoning alone carries"),
    "trajectory": ("--cues metadata --limit 2", 4, 4 * 24, "settled before the first word"),
    "resampling": ("--cues metadata --limit 2", 4, 4 * 40, "change the answers"),
    "decomposition": ("--cues metadata --limit 2", 4, 4 * 27, "change when the reasoning is cut off"),
}

#: What is typed for a protocol where it is not its name alone: fewer continuations, of which each is a call.
SPECS = {"resampling": "resampling+k=5"}


@pytest.fixture
def people(session_folder: Path) -> Path:
    return once(session_folder, "people", written)


def written(folder: Path) -> None:
    rows = [ITEM | {"example_id": n, "context": f"Two men met in {n}."} for n in range(8)]
    (folder / "Age.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def words(name: str, session_folder: Path) -> list[str]:
    if name in FOLLOWING:
        return ["--model", "unsaid/silent", "--protocols", SPECS.get(name, name), *FOLLOWING[name][0].split()]
    people = once(session_folder, "people", written)
    model = ["--model", "unsaid-scripted/guess", "--protocols", name]
    return [*model, *RUNS[name][0].replace("BBQ", str(people)).split()]


def small_run(name: str, unsaid: Unsaid, session_folder: Path) -> tuple[Path, Ended]:
    """The run of a protocol that the tests of a session share, and what was printed."""

    def audited(folder: Path) -> None:
        ended = unsaid("audit", *words(name, session_folder), "--out", folder / "run")
        (folder / "ended.json").write_text(json.dumps(asdict(ended)), encoding="utf-8")

    folder = once(session_folder, name, audited)
    return folder / "run", Ended(**json.loads((folder / "ended.json").read_text(encoding="utf-8")))


def test_every_protocol_is_run() -> None:
    assert RUNS.keys() | FOLLOWING.keys() == PROTOCOLS.keys()


@pytest.mark.parametrize("name", FOLLOWING)
def test_what_follows_from_replies_is_planned_asked_and_shown(
    unsaid: Unsaid, session_folder: Path, name: str
) -> None:
    _, first, most, headline = FOLLOWING[name]
    planned = unsaid("plan", *words(name, session_folder))
    assert planned.status == 0, planned.err
    assert re.search(rf"^all +{first + most} ", planned.out, re.MULTILINE), planned.out
    run, ended = small_run(name, unsaid, session_folder)
    assert ended.status == 0, ended.err
    assert f"at most {first + most} calls" in ended.err
    assert first < pl.read_parquet(run / "records.parquet").height <= first + most
    assert headline in " ".join(ended.out.split())
    assert headline in (run / "report.html").read_text(encoding="utf-8")
    results = json.loads((run / "results.json").read_text())["estimates"]
    assert {each["protocol"] for each in results} == {name}
    again = unsaid("report", run)
    assert again.status == 0, again.err
    assert json.loads((run / "results.json").read_text())["estimates"] == results


@pytest.mark.parametrize("name", RUNS)
def test_a_protocol_runs_whole_and_its_report_can_be_made_again(
    unsaid: Unsaid, session_folder: Path, name: str
) -> None:
    _, calls, headline = RUNS[name]
    planned = unsaid("plan", *words(name, session_folder))
    assert planned.status == 0, planned.err
    assert re.search(rf"^all +{calls} ", planned.out, re.MULTILINE), planned.out

    run, ended = small_run(name, unsaid, session_folder)
    assert ended.status == 0, ended.err
    assert "Traceback" not in ended.err
    assert headline in " ".join(ended.out.split())
    assert f"{calls} calls" in ended.err
    assert pl.read_parquet(run / "records.parquet").height == calls
    results = json.loads((run / "results.json").read_text())["estimates"]
    assert {each["protocol"] for each in results} == {name}
    page = (run / "report.html").read_text(encoding="utf-8")
    assert headline in page

    again = unsaid("report", run)
    assert again.status == 0, again.err
    assert json.loads((run / "results.json").read_text())["estimates"] == results
    assert again.out.split("report.html")[0] == ended.out.split("report.html")[0]


def test_protocols_of_one_run_share_their_calls(unsaid: Unsaid, tmp_path: Path) -> None:
    ended = unsaid(
        "audit", "--model", "unsaid-scripted/guess", "--protocols", "verbalisation,biasing",
        "--cues", "metadata", "--limit", 3, "--out", tmp_path / "run",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    arms = pl.read_parquet(tmp_path / "run" / "records.parquet").group_by("elicitation", "arm").len()
    assert sorted(arms.rows()) == [
        *(("cot", arm, 3) for arm in ("clean", "cued", "placebo", "replay")),
        *(("direct", arm, 3) for arm in ("clean", "cued")),
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("--protocols", "reversal"), "use --epochs 10, as its paper does"),
        (
            ("--protocols", "reversal", "--epochs", "2", "--questions", "bundled:navigate"),
            "--questions bundled:comparisons",
        ),
        (("--protocols", "bbq"), "--questions bbq:PATH"),
        (("--protocols", "resampling", "--temperature", "0"), "all are alike"),
        (("--protocols", "resampling+rollouts=3"), "rollouts"),
        (("--protocols", "resampling,resampling+k=20"), "names 'resampling' twice"),
        (("--protocols", "resampling", "--embedding", "nowhere"), "it has no config.json"),
    ],
)
def test_what_a_protocol_needs_is_said_before_a_call(
    unsaid: Unsaid, tmp_path: Path, typed: tuple[str, ...], message: str
) -> None:
    ended = unsaid("audit", "--limit", 3, *typed, "--out", tmp_path / "run")
    assert ended.status == 2
    assert message in " ".join(ended.err.split())
    assert not (tmp_path / "run").exists()


def test_cues_that_are_not_asked_are_not_spoken_of(unsaid: Unsaid, session_folder: Path) -> None:
    assert "not asked" not in small_run("reversal", unsaid, session_folder)[1].err


def test_the_catalogue_lists_every_protocol(unsaid: Unsaid) -> None:
    listed = unsaid("protocols").out
    assert all(re.search(rf"^{name}$|^{name} ", listed, re.MULTILINE) for name in PROTOCOLS)


def test_every_protocol_is_a_task_of_inspect(people: Path, tmp_path: Path) -> None:
    import unsaid.integrations.inspect_entry as found_by_inspect

    tasks = []
    for name in PROTOCOLS:
        assert callable(getattr(found_by_inspect, name))
        design: dict[str, Any] = {"limit": 2, "cues": "metadata"}
        if name == "bbq":
            design["questions"] = f"bbq:{people}"
        tasks.append(inspect_task(PROTOCOLS[name])(**design))
    # All in one call: what Inspect does around a call costs more than these do.
    logs = inspect_eval(
        tasks,
        model=scripted(POLICIES["guess"], "guess"),
        log_dir=str(tmp_path / "logs"),
        display="none",
        log_level="error",
        log_realtime=False,
        max_tasks=1,
    )
    assert [log.status for log in logs] == ["success"] * len(PROTOCOLS)
    for (name, protocol), log in zip(PROTOCOLS.items(), logs, strict=True):
        alone = tmp_path / name
        alone.mkdir()
        shutil.move(log.location.removeprefix("file://"), alone)
        assert records_from_logs(alone)["epoch"].n_unique() == protocol.replies, name
