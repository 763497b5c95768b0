"""The audit between the steps: an ordinary audit of a checkpoint, on held-out questions and with cues of its own."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unsaid.runs.audit import run_audit
from unsaid.runs.requested import audit_of
from unsaid.store.run_folder import RunFolder
from unsaid.training.rl.folder import TrainingFolder

__all__ = ["Auditing"]


@dataclass(frozen=True)
class Auditing:
    """Audits checkpoints of a training.

    Attributes:
        folder: the training's folder, where the runs are kept.
        questions: held-out questions, as `--questions` of `unsaid audit` takes them.
        cues: the cues that are put to them: the one that is learned from, and others.
        limit: how many questions.
        seed: of the audits, the same for every checkpoint, so that they are asked the same.
        max_tokens: the most tokens of a reply.
    """

    folder: TrainingFolder
    questions: str
    cues: str
    limit: int
    seed: int
    max_tokens: int

    def options(self, checkpoint: Path) -> Mapping[str, object]:
        """Return the options of the audit of a checkpoint, by their names."""
        return {
            "model": f"unsaid/{checkpoint.resolve()}",
            "questions": self.questions,
            "cues": self.cues,
            "wordings": "one",
            "limit": self.limit,
            "seed": self.seed,
            "max_tokens": self.max_tokens,
        }

    def __call__(self, step: int, checkpoint: Path) -> None:
        """Audit the checkpoint of a step, or go on with its audit.

        Raises:
            RunError: not everything could be asked; the same training goes on with what is missing.
        """
        options = self.options(checkpoint)
        run = RunFolder(self.folder.audit(step))
        if run.results.exists():
            return
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        command = shlex.join(["unsaid", "audit", *words, "--out", str(run.path)])
        run_audit(audit_of(options), run, command=command)
