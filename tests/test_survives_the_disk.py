"""Full and read-only disks, damaged and foreign files, two audits at once: a clear message, nothing lost."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from conftest import PROVIDERS, Provider, Serve, Unsaid
from loopback import Faults, Judging, Loopback, Scripted
from unsaid.asking.settings import Settings
from unsaid.errors import DataError, FolderInUse, RunConflict, RunError
from unsaid.models.inspect.calling import Calling
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs.audit import Progress, run_audit
from unsaid.runs.resume import mend
from unsaid.store import disk
from unsaid.store.disk import alone
from unsaid.store.run_folder import RunFolder

pytestmark = PROVIDERS

CUES, QUESTIONS, CALLS, CONNECTIONS = "metadata,sycophancy", 6, 30, 2
#: The reply at which something happens to the disk.
AMID = 12
#: Replies that may come after the last one that was kept: of calls in flight, and of those that took their places
#: before the interruption was heard.
IN_FLIGHT = 2 * CONNECTIONS + 1
MB = 2**20
MOUNT, UMOUNT, CHATTR = (shutil.which(name) or name for name in ("mount", "umount", "chattr"))


def audit(
    model: str,
    folder: Path,
    judge: str = "lexical",
    replied: Callable[[], None] = lambda: None,
    **settings: Any,
) -> list[str]:
    """Run an audit; the stages that were told of."""
    chosen: dict[str, Any] = {"limit": QUESTIONS, "cues": CUES, "judge": judge} | settings
    wanted = Audit(
        model, Settings(**chosen), calling=Calling(max_connections=CONNECTIONS, max_retries=0, timeout=600)
    )
    said: list[str] = []
    run_audit(
        wanted, RunFolder(folder), command="unsaid audit", progress=Progress(said.append, replied=replied)
    )
    return said


def records(folder: Path) -> pl.DataFrame:
    return schema.read(folder / "records.parquet")


class Mounted:
    """A small file system that can be filled, emptied and write-protected."""

    def __init__(self, path: Path) -> None:
        self.path, self._ballast = path, path / "ballast"

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        size = shutil.disk_usage(self.path).free - left
        with self._ballast.open("wb") as file:
            while size > 0:
                size -= file.write(b"\0" * min(size, MB))

    def empty(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        """Read-only ("ro") or not ("rw")."""
        subprocess.run([MOUNT, "-o", f"remount,{how}", str(self.path)], check=True)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mounted]:
    path = tmp_path / "mounted"
    path.mkdir()
    command = [MOUNT, "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here (root only): {error}")
    try:
        yield Mounted(path)
    finally:
        subprocess.run([UMOUNT, "--lazy", str(path)], check=True)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the disk at every reply: these runs last less than a second."""
    monkeypatch.setattr(disk, "_BETWEEN", 0.0)


def after(replies: int, do: Callable[[], None]) -> Callable[[], None]:
    """Do something at the so-many-th reply."""
    seen: list[None] = []

    def replied() -> None:
        seen.append(None)
        if len(seen) == replies:
            do()

    return replied


@pytest.fixture(scope="module")
def steady() -> Iterator[Loopback]:
    """One model for all tests, so that one undisturbed run is what each is compared with."""
    with Loopback(Scripted(susceptibility=0.6), latency=0.01) as server:
        yield server


def reached(server: Loopback, patched: pytest.MonkeyPatch) -> Provider:
    """Return the model as Inspect finds it."""
    patched.setenv("LOOPBACK_BASE_URL", server.url)
    patched.setenv("LOOPBACK_API_KEY", "no secret")
    return Provider(server, f"openai-api/loopback/{server.name}")


@pytest.fixture(scope="module")
def undisturbed(steady: Loopback, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The records of a run to which nothing happened."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patched:
        audit(reached(steady, patched).model, folder)
    return records(folder)


@pytest.fixture
def model(steady: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    steady.forget()
    yield reached(steady, monkeypatch)
    gc.collect()  # what Inspect left open is reported here, and not in some other test


@pytest.mark.parametrize(("left", "why"), [(4 * MB, "nearly full.*MB are free"), (0, "No space left")])
def test_a_disk_that_fills_up_stops_the_run_and_keeps_what_came(
    undisturbed: pl.DataFrame, model: Provider, mounted: Mounted, left: int, why: str
) -> None:
    run = mounted.path / "run"
    with pytest.raises(RunError, match=rf"{why}.*free some space.*the same command") as stopped:
        audit(model.model, run, replied=after(AMID, lambda: mounted.fill(left)))
    assert str(run) in str(stopped.value)
    asked = len(model.server.answered())
    assert AMID <= asked <= AMID + IN_FLIGHT, "it went on asking"
    assert json.loads((run / "run.json").read_text())["finished"] is False
    with pytest.raises(RunError, match=why):
        audit(model.model, run)
    assert len(model.server.answered()) == asked, "nothing is asked while the disk is full"
    mounted.empty()
    audit(model.model, run)
    assert len(model.server.repeated()) <= IN_FLIGHT
    assert records(run).equals(undisturbed)


def test_a_folder_that_cannot_be_written_to_costs_nothing(model: Provider, mounted: Mounted) -> None:
    mounted.remount("ro")
    with pytest.raises(RunError, match=r"cannot write here \(Read-only file system\).*--out"):
        audit(model.model, mounted.path / "run")
    assert not model.server.received


def immutable(folder: Path, on: bool) -> None:
    """Whether anything in the folder can be changed; by root neither."""
    subprocess.run([CHATTR, "-R", "+i" if on else "-i", str(folder)], check=True, capture_output=True)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be made immutable; it is not, at the end."""
    folder = tmp_path / "locked"
    folder.mkdir()
    try:
        immutable(folder, on=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"folders cannot be made immutable here (root, and a file system that can): {error}")
    yield folder
    immutable(folder, on=False)


def test_a_folder_that_becomes_read_only_keeps_what_it_has(
    undisturbed: pl.DataFrame, model: Provider, locked: Path
) -> None:
    immutable(locked, on=False)
    run = locked / "run"
    with pytest.raises(RunError, match=r"Operation not permitted.*kept.*make it writable.*same command"):
        audit(model.model, run, replied=after(AMID, lambda: immutable(run, on=True)))
    assert len(model.server.answered()) <= AMID + IN_FLIGHT
    immutable(run, on=False)
    audit(model.model, run)
    assert len(model.server.repeated()) <= IN_FLIGHT
    assert records(run).equals(undisturbed)


GUESS = "unsaid-scripted/guess"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a model that costs nothing."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    audit(GUESS, folder)
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def the_log(run: Path) -> Path:
    (log,) = (run / "logs").glob("*.eval")
    return log


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """The bytes cut off, with one bit flipped, or with a block of noise."""
    place, kind = int(rng.integers(len(whole))), int(rng.integers(3))
    if kind == 0:
        return whole[:place]
    if kind == 1:
        return whole[:place] + bytes([whole[place] ^ (1 << int(rng.integers(8)))]) + whole[place + 1 :]
    return whole[:place] + rng.bytes(64) + whole[place + 64 :]


def test_a_log_with_any_damage_is_read_whole_or_set_aside(run: Path) -> None:
    log, rng = the_log(run), np.random.default_rng(0)
    whole, aside = log.read_bytes(), 0
    for _ in range(150):
        log.write_bytes(damaged(whole, rng))
        found = mend(run / "logs")
        assert bool(found.set_aside) == (found.whole == 0)
        assert found.whole in (0, CALLS), "half a log was taken for a whole one"
        aside += len(found.set_aside)
        for each in found.set_aside:
            each.unlink()
    assert aside > 100


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"not a log"], ids=["nothing", "cut", "foreign"])
def test_a_log_that_cannot_be_read_is_set_aside_and_its_questions_asked_again(
    run: Path, content: bytes
) -> None:
    before, log = records(run), the_log(run)
    log.write_bytes(content)
    said = audit(GUESS, run)
    assert any("damaged" in line and log.name in line and "asked again" in line for line in said)
    assert log.with_name(log.name + ".damaged").read_bytes() == content, "nothing is deleted"
    assert records(run).equals(before)


def test_damaged_results_are_made_again_from_the_logs(run: Path) -> None:
    before = records(run)
    for name in ("records.parquet", "results.json", "report.html", "logs/logs.json", "logs/eval-set.json"):
        (run / name).write_bytes(b"\xff{")
    asked: list[None] = []
    audit(GUESS, run, replied=lambda: asked.append(None))
    assert not asked
    assert records(run).equals(before)


def test_a_damaged_run_json_says_how_to_go_on_and_that_works(run: Path) -> None:
    before, about = records(run), run / "run.json"
    about.write_text("")
    with pytest.raises(
        DataError, match=r"run\.json: damaged.*kept.*move this file away.*run its command again"
    ):
        audit(GUESS, run)
    about.unlink()
    asked: list[None] = []
    audit(GUESS, run, replied=lambda: asked.append(None))
    assert not asked
    assert records(run).equals(before)


def test_settings_of_another_run_are_refused_with_the_difference(run: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file() and path.name != ".lock"}
    audit(GUESS, tmp_path / "other", seed=7)
    shutil.copy(tmp_path / "other" / "run.json", run / "run.json")
    with pytest.raises(RunConflict, match=r"(?s)another command.*seed: 7 there, 0 now.*--out"):
        audit(GUESS, run)
    (run / "run.json").unlink()
    with pytest.raises(
        RunConflict, match=r"(?s)\.eval: this log was made by another command.*seed: 0 there, 7 now"
    ):
        audit(GUESS, run, seed=7)
    (run / "run.json").write_bytes(before[run / "run.json"])
    assert {path: path.read_bytes() for path in before} == before, "what is refused changes nothing"


def test_a_log_of_another_model_is_not_mixed_in(run: Path, tmp_path: Path) -> None:
    audit("unsaid-scripted/always-a", tmp_path / "other")
    shutil.copy(the_log(tmp_path / "other"), run / "logs")
    with pytest.raises(RunConflict, match=r"model: 'unsaid-scripted/always-a' there"):
        audit(GUESS, run)


def test_a_folder_in_use_is_refused_and_left_alone(run: Path, unsaid: Unsaid) -> None:
    with alone(run):
        with pytest.raises(FolderInUse):
            audit(GUESS, run)
        ended = unsaid(*("audit", "--model", GUESS, "--limit", QUESTIONS, "--cues", CUES, "--out", run))
        assert ended.status == 1
        assert "another audit is running in this folder" in ended.err
        assert "Traceback" not in ended.err
    assert not audit(GUESS, run)[0].startswith("probing")


def test_a_judge_whose_calls_all_fail_is_said_and_asked_again(
    serve: Serve, model: Provider, tmp_path: Path
) -> None:
    judge = serve(Judging())
    judge.server.faults = Faults(rate=1.0, kinds=("500",), most=None)
    with pytest.raises(
        RunError, match=r"\d+ verdicts are missing because a call of the judge failed.*same command"
    ):
        audit(model.model, tmp_path, judge.model, limit=2, cues="metadata")
    assert json.loads((tmp_path / "run.json").read_text())["finished"] is False
    assert (tmp_path / "report.html").is_file(), "what can be said without a judge is said"
    asked = len(model.server.received)
    judge.server.faults = Faults()
    audit(model.model, tmp_path, judge.model, limit=2, cues="metadata")
    assert json.loads((tmp_path / "run.json").read_text())["finished"] is True
    assert len(model.server.received) == asked, "only the judge is asked again"
