"""Logs into records: the quick way and Inspect's own say the same; what cannot be read is named."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log

from unsaid.asking.inspect_task import inspect_task
from unsaid.errors import DataError
from unsaid.models.scripted.provider import scripted
from unsaid.protocols import PROTOCOLS
from unsaid.records import from_logs, schema
from unsaid.records.from_logs import records_from_logs
from unsaid.runs.resume import mend

LONG = "I repeat myself. " * 400 + "\nThe best answer is: (A)"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    _run(folder, seed=0)
    return folder


def _run(folder: Path, seed: int, limit: int = 6) -> Path:
    task = inspect_task(PROTOCOLS["verbalisation"])(limit=limit, cues="metadata,consistency", seed=seed)
    model = scripted(lambda messages, config: LONG)
    (log,) = inspect_eval(task, model=model, log_dir=str(folder), display="none", log_level="error")
    return Path(log.location)


@pytest.fixture
def copied(logs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(logs, tmp_path / "logs"))


def test_records_are_whole_and_fit_the_schema(logs: Path, tmp_path: Path) -> None:
    records = records_from_logs(logs)
    assert records.height == 6 * 5
    assert records["reasoning"].str.starts_with("I repeat myself. I repeat").all(), "long texts are put back"
    assert not records["prompt"].str.contains("attachment://").any()
    assert records.filter(records["arm"] == "cued")["verdicts"].list.len().to_list() == [1] * 12
    schema.write(records, tmp_path / "records.parquet")
    assert schema.read(tmp_path / "records.parquet").equals(records)


def test_inspects_own_reader_gives_the_same_records(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = records_from_logs(logs)
    monkeypatch.setattr(from_logs, "TESTED_LOG_VERSION", -1)
    assert records_from_logs(logs).equals(quick)


def test_the_later_of_two_logs_wins_and_nothing_is_doubled(copied: Path) -> None:
    before = records_from_logs(copied)
    (log,) = copied.glob("*.eval")
    shutil.copy(log, copied / f"9999-{log.name}")
    assert records_from_logs(copied).equals(before)


def test_a_log_that_was_not_finished_gives_what_it_has(copied: Path) -> None:
    (log,) = copied.glob("*.eval")
    unfinished = copied / "unfinished.eval"
    with zipfile.ZipFile(log) as whole, zipfile.ZipFile(unfinished, "w") as part:
        names = [name for name in whole.namelist() if name.startswith("samples/")][:2]
        for name in ["_journal/start.json", *names]:
            part.writestr(name, whole.read(name))
    log.unlink()
    assert records_from_logs(copied).height == 2 * 5


@pytest.mark.parametrize("damage", ["cut", "garbage", "nothing", "flipped"])
def test_a_damaged_log_is_named(copied: Path, damage: str) -> None:
    (log,) = copied.glob("*.eval")
    whole = log.read_bytes()
    middle = len(whole) // 3
    flipped = (
        whole[:middle] + bytes(byte ^ 0x5A for byte in whole[middle : middle + 400]) + whole[middle + 400 :]
    )
    log.write_bytes({"cut": whole[:-300], "garbage": b"no log", "nothing": b"", "flipped": flipped}[damage])
    with pytest.raises(DataError, match=log.name):
        records_from_logs(copied)
    mended = mend(copied)
    assert [path.name for path in mended.set_aside] == [f"{log.name}.damaged"]
    assert mended.whole == 0
    assert log.name in "".join(mended.told())


def test_nothing_to_mend_changes_nothing(copied: Path) -> None:
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    mended = mend(copied)
    assert (mended.set_aside, mended.asked_again, mended.whole) == ((), 0, 30)
    assert not list(mended.told())
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before


def test_a_folder_without_a_log_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \.eval log"):
        records_from_logs(tmp_path)


def test_a_log_of_another_task_is_refused_and_not_renamed(tmp_path: Path) -> None:
    task = Task(dataset=[Sample("2 + 2?")], name="other")
    inspect_eval(
        task,
        model=scripted(lambda messages, config: "4"),
        log_dir=str(tmp_path),
        display="none",
        log_level="error",
    )
    for read in (records_from_logs, mend):
        with pytest.raises(DataError, match="another task"):
            read(tmp_path)
    (log,) = tmp_path.glob("*.eval")
    assert read_eval_log(str(log)).status == "success"
