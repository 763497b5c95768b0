"""Run a study: all jobs that are left, so many at a time, each in a process of its own (`job.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from unsaid.errors import RunError
from unsaid.store.write import open_shared
from unsaid.training.study.folder import Job, StudyFolder
from unsaid.training.study.job import done
from unsaid.training.study.plan import Plan

__all__ = ["jobs", "run"]

#: One thread a process: two spinning pools beside each other make the same work several times slower.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: Seconds between two looks at the processes.
_LOOK = 0.2


def jobs(plan: Plan) -> list[list[Job]]:
    """Return the jobs of a plan, in phases: those of one need what those before it made.

    Seeds go round before arms do, so that a study that is stopped early has some of every arm.
    """
    needed = [name for name in plan.fine_tunings if any(arm.model == name for arm in plan.arms)]
    return [
        [Job("data", name) for name in needed],
        [Job("tune", name, seed) for seed in plan.seeds for name in needed],
        [Job("arm", arm.name, seed) for seed in plan.seeds for arm in plan.arms],
    ]


@dataclass
class _Pool:
    """The processes that are under way."""

    folder: StudyFolder
    running: dict[Job, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, job: Job) -> None:
        words = [sys.executable, "-m", "unsaid.training.study.job", str(self.folder.path)]
        with os.fdopen(open_shared(self.folder.log(job)), "ab") as said:
            self.running[job] = subprocess.Popen(  # noqa: S603 - our own program and names
                [*words, job.kind, job.name, str(job.seed)],
                stdin=subprocess.PIPE,  # its end tells the process that this one is gone
                stdout=said,
                stderr=subprocess.STDOUT,
                env=os.environ | _ONE_THREAD,
                start_new_session=True,  # Ctrl-C is for the process that was started by a person
            )

    def ended(self) -> Job | None:
        """Wait until one ends, and return its job; None where none is under way.

        Raises:
            RunError: it did not finish.
        """
        while self.running:
            for job, process in self.running.items():
                if process.poll() is not None:
                    self._let_go(job)
                    if process.returncode:
                        raise RunError(self._why(job))
                    return job
            time.sleep(_LOOK)
        return None

    def stop(self) -> None:
        for job in list(self.running):
            self.running[job].kill()
            self.running[job].wait()
            self._let_go(job)

    def _let_go(self, job: Job) -> None:
        pipe = self.running.pop(job).stdin
        if pipe is not None:
            pipe.close()

    def _why(self, job: Job) -> str:
        path = self.folder.log(job)
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = lines[-1] if lines else "it said nothing"
        return (
            f"{job.name}, seed {job.seed}, could not be finished: {last}. What was done is kept; all that was said is "
            f"in {path}. Run the same command again to go on"
        )


def run(plan: Plan, folder: StudyFolder, workers: int, finished: Callable[[Job, int, int], None]) -> None:
    """Do everything of a plan that is left.

    Args:
        plan: what is done.
        folder: its folder, claimed for this plan.
        workers: how many processes at a time.
        finished: is told of each job that ended in this call, how many are done by then, and how many there are.

    Raises:
        RunError: a job could not be finished; the others that were under way are stopped, and what they did is kept.
    """
    phases = jobs(plan)
    total = sum(map(len, phases))
    complete = sum(done(job, plan, folder) for phase in phases for job in phase)
    for phase in phases:
        for job in _ended(phase, plan, folder, workers):
            complete += 1
            finished(job, complete, total)


def _ended(phase: Sequence[Job], plan: Plan, folder: StudyFolder, workers: int) -> Iterator[Job]:
    """Do the jobs of a phase that are left, and yield each when it has ended."""
    waiting = [job for job in phase if not done(job, plan, folder)]
    pool = _Pool(folder)
    try:
        while waiting or pool.running:
            while waiting and len(pool.running) < workers:
                pool.start(waiting.pop(0))
            if (job := pool.ended()) is not None:
                yield job
    finally:
        pool.stop()
