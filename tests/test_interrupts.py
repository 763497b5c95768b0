"""Ctrl-C, SIGTERM and SIGHUP in the phases of a command: what is said, what is kept, and how it goes on.

Every interrupt comes at an event (a request that a server holds, a line that was printed), never after a time.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import PROVIDERS, Provider, Serve, Unsaid
from loopback import Judging, Scripted
from loopback.terminal import CTRL_C, Terminal
from warm import MAIN, run

pytestmark = [
    *PROVIDERS,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
]

TALKS = Scripted(susceptibility=0.6, mention=0.4, seed=1)


def words(model: Provider, *more: str) -> list[str]:
    return ["audit", "--model", model.model, "--cues", "metadata", "--max-connections", "4", *more]


def about(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return found


def to_its_end(command: list[str]) -> str:
    ended = run(MAIN, command, env=os.environ | {"COLUMNS": "120"})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return " ".join((ended.stdout + ended.stderr).split())


def same_files(one: Path, other: Path) -> bool:
    return (one / "results.json").read_bytes() == (other / "results.json").read_bytes() and pl.read_parquet(
        one / "records.parquet"
    ).equals(pl.read_parquet(other / "records.parquet"))


def by_key(shell: Terminal) -> None:
    shell.press(CTRL_C)


def by_sigterm(shell: Terminal) -> None:
    shell.send(signal.SIGTERM)


def test_ctrl_c_while_asking_ends_an_unfinished_run_that_says_so_and_goes_on(
    serve: Serve, unsaid: Unsaid, tmp_path: Path
) -> None:
    def here(*command: str) -> str:
        ended = unsaid(*command)
        assert ended.status == 0, ended.err
        return " ".join((ended.out + ended.err).split())

    model, run, whole = serve(TALKS), tmp_path / "run", tmp_path / "whole"
    limit = ["--limit", "6"]
    model.server.hold(after=20)
    with Terminal([*words(model, *limit), "--out", str(run)]) as shell:
        model.server.wait_until_held()
        shell.wait_for("asking")
        asked = model.server.arrivals
        shell.press(CTRL_C)
        assert shell.ended() == 130, shell.text
    said = shell.text
    assert "stopping: no further call is made" in said
    assert "interrupted: " in said
    assert "of 6 questions are kept in" in said
    assert "Run the same command again to ask only what is missing" in said
    assert "Traceback" not in said
    # What Inspect had handed to the client before the key was pressed may still have been on its way.
    assert model.server.arrivals <= asked + 4
    accounts = about(run)["accounts"]
    assert about(run)["finished"] is False
    assert accounts["planned"] == {"questions": 6, "calls": 24}
    kept = accounts["recorded"]["questions"]
    assert 0 < kept < 6
    assert accounts["not_asked"] == {"interrupted": 24 - 4 * kept}
    page = (run / "report.html").read_text(encoding="utf-8")
    assert f"This run is not finished: its numbers are of {kept} of 6 questions" in page

    model.server.release()
    again = here("report", str(run))
    assert f"This run is not finished: its numbers are of {kept} of 6 questions" in again
    here(*words(model, *limit), "--out", str(run))
    here(*words(model, *limit), "--out", str(whole))
    assert about(run)["finished"] is True
    assert "not finished" not in (run / "report.html").read_text(encoding="utf-8")
    assert same_files(run, whole)


def test_sigterm_while_a_judge_reads_is_the_same(serve: Serve, tmp_path: Path) -> None:
    model, judge = serve(TALKS), serve(Judging())
    command = [*words(model, "--limit", "4", "--judge", judge.model, "--judge-sample", "1"), "--out"]
    judge.server.hold(after=2)
    with Terminal([*command, str(tmp_path / "run")]) as shell:
        judge.server.wait_until_held()
        shell.send(signal.SIGTERM)
        assert shell.ended() == 130, shell.text
    # Whether a question was whole by then depends on which of its readings came first.
    assert "unsaid: interrupted" in shell.text
    assert "Traceback" not in shell.text
    assert about(tmp_path / "run")["finished"] is False
    judge.server.release()
    for name in ("run", "whole"):
        to_its_end([*command, str(tmp_path / name)])
    assert about(tmp_path / "run")["finished"] is True
    assert same_files(tmp_path / "run", tmp_path / "whole")


def test_sighup_stops_a_run_with_until_in_its_second_round(serve: Serve, tmp_path: Path) -> None:
    model = serve(TALKS)
    command = [*words(model, "--limit", "44", "--until", "15", "--max-connections", "16"), "--out"]
    model.server.hold(after=41 * 4)
    with Terminal([*command, str(tmp_path / "run")]) as shell:
        model.server.wait_until_held()
        shell.send(signal.SIGHUP)
        assert shell.ended() == 130, shell.text
    assert "Traceback" not in shell.text
    kept = about(tmp_path / "run")
    assert kept["finished"] is False
    assert set(kept["accounts"]["not_asked"]) == {"interrupted"}
    model.server.release()
    for name in ("run", "whole"):
        to_its_end([*command, str(tmp_path / name)])
    done = about(tmp_path / "run")
    assert done["finished"] is True
    accounts = done["accounts"]
    spared = sum(accounts["spared"].values())
    assert accounts["recorded"]["calls"] + spared == accounts["planned"]["calls"]
    assert same_files(tmp_path / "run", tmp_path / "whole")


def test_five_quick_ctrl_c_end_it_at_once_without_a_traceback(serve: Serve, tmp_path: Path) -> None:
    model = serve(TALKS)
    model.server.hold(after=3)
    with Terminal([*words(model, "--limit", "4"), "--out", str(tmp_path / "run")]) as shell:
        model.server.wait_until_held()
        shell.press(CTRL_C, 5)
        assert shell.ended() == 130, shell.text
    assert "Traceback" not in shell.text
    assert about(tmp_path / "run")["finished"] is False
    model.server.release()


@pytest.mark.parametrize("interrupt", [by_key, by_sigterm])
def test_a_gate_that_is_interrupted_decides_nothing_and_goes_on(
    serve: Serve, tmp_path: Path, interrupt: Callable[[Terminal], None]
) -> None:
    judge = serve(Judging())
    command = ["gate", "--judge", judge.model, "--limit", "8", "--repeat", "1", "--out"]
    judge.server.hold(after=3)
    with Terminal([*command, str(tmp_path / "gate")]) as shell:
        judge.server.wait_until_held()
        interrupt(shell)
        assert shell.ended() == 130, shell.text
    assert "interrupted: nothing was decided" in shell.text
    assert "Traceback" not in shell.text
    assert not (tmp_path / "gate" / "gate.json").exists()
    judge.server.release()


def test_a_calibration_that_is_interrupted_writes_no_page(tmp_path: Path) -> None:
    command = ["calibrate", "--organisms", "silent", "--limit", "5", "--cues", "metadata", "--organisms-only"]
    with Terminal([*command, "--out", str(tmp_path)]) as shell:
        shell.wait_for("asking unsaid/silent")
        shell.press(CTRL_C)
        assert shell.ended() == 130, shell.text
    assert "interrupted: no page was written" in shell.text
    assert "Traceback" not in shell.text
    assert not (tmp_path / "calibrate.html").exists()
    assert not (tmp_path / "calibrate.json").exists()
