"""The folder of a study: its plan, fine-tuned models, a training for each arm and seed, its results and its page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import RunConflict
from unsaid.store.write import make_folder, open_shared, write_text
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.study.plan import Plan, read

__all__ = ["Job", "StudyFolder"]


@dataclass(frozen=True)
class Job:
    """One part of a study, done by a process of its own.

    Attributes:
        kind: "data" of a fine-tuning, the fine-tuning itself ("tune"), or a training ("arm").
        name: of the fine-tuning, or of the arm.
        seed: 0 for data.
    """

    kind: str
    name: str
    seed: int = 0


@dataclass(frozen=True)
class StudyFolder:
    """Where a study stands on disk.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def plan(self) -> Path:
        """The plan that is followed."""
        return self.path / "plan.json"

    @property
    def results(self) -> Path:
        """What came of it, for programs and for `docs/study.md`."""
        return self.path / "study.json"

    @property
    def page(self) -> Path:
        """What came of it, for a reader."""
        return self.path / "study.html"

    @property
    def costs(self) -> Path:
        """A line for every process that took part: its job, its processor time, and how long it was there."""
        return self.path / "costs.jsonl"

    def data(self, fine_tuning: str) -> Path:
        """The rows that a fine-tuning learns."""
        return self.path / "fine-tuned" / fine_tuning / "data"

    def tuned(self, fine_tuning: str, seed: int) -> Path:
        """The model that it leaves."""
        return self.path / "fine-tuned" / fine_tuning / f"seed-{seed}"

    def training(self, arm: str, seed: int) -> TrainingFolder:
        """The training of an arm with a seed."""
        return TrainingFolder(self.path / "arms" / arm / f"seed-{seed}")

    def log(self, job: Job) -> Path:
        """What the process of a job said."""
        return self.path / "said" / f"{job.kind}-{job.name}-{job.seed}.txt"

    def claim(self, plan: Plan) -> None:
        """Make the folder this plan's, or find that it is.

        Raises:
            RunConflict: another plan is followed there.
            OSError: it cannot be written.
        """
        make_folder(self.path)
        make_folder(self.path / "said")
        if self.plan.exists():
            there = read(self.plan)
            if there.digest != plan.digest:
                raise RunConflict(
                    f"{self.path}: another plan is followed in this folder ({there.digest} there, {plan.digest} now); "
                    "name another folder with --out, or give the same plan, seeds, steps and arms"
                )
            return
        write_text(self.plan, json.dumps(asdict(plan), indent=1) + "\n")

    def spent(self, job: Job, cpu: float, seconds: float) -> None:
        """Note what a process took."""
        line = {"kind": job.kind, "name": job.name, "seed": job.seed, "cpu": cpu, "seconds": seconds}
        with os.fdopen(open_shared(self.costs), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def cpu_seconds(self) -> float:
        """Return the processor time of all processes that ended by themselves."""
        if not self.costs.exists():
            return 0.0
        lines: list[dict[str, Any]] = [
            json.loads(line) for line in self.costs.read_text(encoding="utf-8").split("\n")[:-1]
        ]
        return sum(float(line["cpu"]) for line in lines)
