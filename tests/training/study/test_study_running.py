"""Running a study: which jobs there are, so many at a time, and that nobody is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unsaid.errors import RunError
from unsaid.training.study import lifeline, running
from unsaid.training.study.folder import Job, StudyFolder
from unsaid.training.study.plan import Arm, AuditPlan, FineTuning, Plan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")

PLAN = Plan(
    (0, 1),
    {"steps": 2, "every": 2},
    AuditPlan("bundled:navigate", "metadata", 3),
    {"tuned": FineTuning("unsaid/silent", "bundled:navigate#train", "metadata", 4, 2)},
    (
        Arm("plain", "a", "It is plain.", "unsaid/silent", "hack/metadata"),
        Arm("after", "b", "It comes after.", "tuned", "hack/metadata"),
    ),
    (),
)
#: Stands for Python: notes its job, says a line, and does not finish the job that the test names.
SCRIPT = """#!/bin/sh
echo "$4 $5 $6" >> "$3/jobs.txt"
echo "about to do $5"
[ "$5-$6" != "$FAILS" ] || { echo "disk full" >&2; exit 1; }
touch "$3/$4-$5-$6"
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what runs the plan, with a shell script for each process."""
    script = tmp_path / "python"
    script.write_text(SCRIPT)
    script.chmod(0o700)
    folder = StudyFolder(tmp_path / "study")
    folder.claim(PLAN)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(
        running, "done", lambda job, plan, of: (of.path / f"{job.kind}-{job.name}-{job.seed}").exists()
    )

    def run(fails: str = "", workers: int = 1) -> list[str]:
        monkeypatch.setenv("FAILS", fails)
        told: list[str] = []

        def finished(job: Job, complete: int, total: int) -> None:
            told.append(f"{complete}/{total} {job.name} {job.seed}")

        running.run(PLAN, folder, workers, finished)
        return told

    return run


def jobs(tmp_path: Path) -> list[str]:
    return (tmp_path / "study" / "jobs.txt").read_text().splitlines()


def test_what_others_need_comes_first_and_seeds_go_round(
    study: Callable[..., list[str]], tmp_path: Path
) -> None:
    told = study()
    assert jobs(tmp_path) == [
        "data tuned 0",
        "tune tuned 0",
        "tune tuned 1",
        "arm plain 0",
        "arm after 0",
        "arm plain 1",
        "arm after 1",
    ]
    assert told[0] == "1/7 tuned 0"
    assert told[-1] == "7/7 after 1"
    assert study() == [], "nothing is left to do"


def test_a_job_that_fails_says_why_and_the_next_call_goes_on(
    study: Callable[..., list[str]], tmp_path: Path
) -> None:
    with pytest.raises(
        RunError, match=r"after, seed 0, could not be finished: disk full\. .*arm-after-0\.txt"
    ):
        study(fails="after-0")
    assert study(workers=2)[0].startswith("5/7 ")
    assert sorted(jobs(tmp_path))[:2] == ["arm after 0", "arm after 0"]


def test_a_process_ends_with_the_one_that_started_it() -> None:
    """Its standard input ends when the other is killed, too: the system closes what a process held."""
    held = f"import runpy, time; runpy.run_path({lifeline.__file__!r})['hold']()"
    program = f"{held}; print('here', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"here\n"
        assert child.poll() is None
        child.stdin.close()
        assert child.wait() == 1
