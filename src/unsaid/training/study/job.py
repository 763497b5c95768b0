"""One part of a study, in a process of its own: `python -m unsaid.training.study.job FOLDER KIND NAME SEED`.

Every part goes on where it was stopped. The process ends when the one that started it does, however that ended: its
standard input is then at its end. So a study that was killed leaves nobody behind who writes to its folder.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from unsaid.errors import UnsaidError
from unsaid.models.organism.provider import organism_folder
from unsaid.runs.audit import run_audit
from unsaid.store.disk import alone
from unsaid.training.data.kinds import kind
from unsaid.training.data.make import TRAIN, Design, audit_for, make
from unsaid.training.data.rows import read_rows
from unsaid.training.rl.audited import Auditing
from unsaid.training.sft.tuning import Tuning
from unsaid.training.study.folder import Job, StudyFolder
from unsaid.training.study.lifeline import hold
from unsaid.training.study.plan import Plan, read

__all__ = ["do", "done", "main"]

#: Of the audits, the same for all arms, so that those with the same questions are asked the same.
_AUDIT_SEED = 10_007


def done(job: Job, plan: Plan, folder: StudyFolder) -> bool:
    """Return whether a job has nothing left to do."""
    if job.kind == "data":
        return (folder.data(job.name) / TRAIN).is_file()
    if job.kind == "tune":
        return (folder.tuned(job.name, job.seed) / "model.safetensors").is_file()
    training = folder.training(job.name, job.seed)
    last = int(plan.training.get("steps", 0))
    return training.measured(last).is_file()


def do(job: Job, plan: Plan, folder: StudyFolder) -> None:
    """Do a job, or what is left of it.

    Raises:
        UnsaidError: the plan is wrong, or it could not be finished.
    """
    {"data": _data, "tune": _tune, "arm": _arm}[job.kind](job, plan, folder)


def _data(job: Job, plan: Plan, folder: StudyFolder) -> None:
    told = plan.fine_tunings[job.name]
    design = Design(kind("verbalisation"), told.cues)
    audit = audit_for(
        design,
        {"model": told.model, "questions": told.questions, "limit": told.limit, "seed": 0},
    )
    command = f"unsaid train data verbalisation --cues {told.cues} --out {folder.data(job.name)}"
    make(design, audit, folder.data(job.name), lambda audit, run: run_audit(audit, run, command=command))


def _tune(job: Job, plan: Plan, folder: StudyFolder) -> None:
    from unsaid.training.sft.organism import tune  # needs PyTorch

    told = plan.fine_tunings[job.name]
    rows = read_rows(folder.data(job.name) / TRAIN)
    tuning = Tuning(steps=told.steps, batch=told.batch, rate=told.rate, seed=job.seed, save_every=20)
    base = organism_folder(told.model.partition("/")[2])
    tune(base, rows, tuning, folder.tuned(job.name, job.seed), say=print)


def _arm(job: Job, plan: Plan, folder: StudyFolder) -> None:
    from unsaid.training.rl.train import train  # needs PyTorch

    arm = next(each for each in plan.arms if each.name == job.name)
    model = arm.model
    if model in plan.fine_tunings:
        model = f"unsaid/{folder.tuned(model, job.seed).resolve()}"
    request = plan.request(arm, job.seed, model)
    training = folder.training(job.name, job.seed)
    auditing = Auditing(
        training,
        arm.audit_questions or plan.audit.questions,
        plan.audit.cues,
        plan.audit.limit,
        seed=_AUDIT_SEED,
        max_tokens=request.most,
        protocols=plan.audit.protocols,
        elicitation=request.elicitation,
    )
    with alone(training.path, "training"):
        train(request, training, audited=auditing)


def main(words: list[str]) -> int:
    """Do one job; 1 where it could not be finished, with a line on standard error."""
    path, kind_, name, seed = words
    job, folder = Job(kind_, name, int(seed)), StudyFolder(Path(path))
    hold()
    began = time.monotonic()
    try:
        do(job, read(folder.plan), folder)
    except UnsaidError as error:
        print(f"{job.name}, seed {job.seed}: {error}", file=sys.stderr)
        return 1
    folder.spent(job, time.process_time(), time.monotonic() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
