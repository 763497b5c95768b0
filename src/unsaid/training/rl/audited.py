"""The audit between the steps: an ordinary audit of a checkpoint, on held-out questions and with cues of its own."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.report.files.results import write_results
from unsaid.runs.audit import run_audit
from unsaid.runs.requested import audit_of
from unsaid.store.run_folder import RunFolder
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.measured import measured

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
        protocols: what is asked, as `--protocols` takes it.
        elicitation: how reasoning is asked for.
        provider: what serves the checkpoints: "unsaid" for organisms, "unsaid-hf" for checkpoints of Transformers.
    """

    folder: TrainingFolder
    questions: str
    cues: str
    limit: int
    seed: int
    max_tokens: int
    protocols: str = "verbalisation"
    provider: str = "unsaid"
    elicitation: str = "cot"

    def options(self, checkpoint: Path) -> Mapping[str, object]:
        """Return the options of the audit of a checkpoint, by their names."""
        return {
            "model": f"{self.provider}/{checkpoint.resolve()}",
            "questions": self.questions,
            "protocols": self.protocols,
            "cues": self.cues,
            "elicitation": self.elicitation,
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
        audit = audit_of(options)
        if not run.results.exists():
            self._ask(options, audit, run)
        if not self.folder.measured(step).exists():
            records, questions = schema.read(run.records), audit.settings.load().questions
            write_results(measured(records, questions, run.read().judge), self.folder.measured(step))

    def _ask(self, options: Mapping[str, object], audit: Audit, run: RunFolder) -> None:
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        command = shlex.join(["unsaid", "audit", *words, "--out", str(run.path)])
        run_audit(audit, run, command=command)
