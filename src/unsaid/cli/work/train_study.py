"""What `unsaid train study` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from unsaid.errors import UsageError
from unsaid.store.disk import alone
from unsaid.training.study.findings import counted
from unsaid.training.study.folder import Job, StudyFolder
from unsaid.training.study.plan import Plan, bundled, read
from unsaid.training.study.result import write
from unsaid.training.study.running import run

__all__ = ["studied"]


def studied(
    out: Path,
    path: Path | None,
    smaller: tuple[int | None, int | None, Sequence[str]],
    workers: int,
    command: str,
    say: Callable[[str], None],
) -> Iterator[str]:
    """Run a study, or what is left of it; write its page after each part, and yield what came of each expectation.

    Raises:
        UsageError: the plan is wrong.
        FolderInUse: the same study is running there.
        RunError: a part could not be finished; what was done is kept.
    """
    if workers < 1:
        raise UsageError(f"--workers is {workers}; at least one is needed")
    plan = (bundled() if path is None else read(path)).smaller(*smaller)
    folder = StudyFolder(out)
    with alone(out, "study"):
        folder.claim(plan)
        yield from _studied(plan, folder, workers, command, say)


def _studied(
    plan: Plan, folder: StudyFolder, workers: int, command: str, say: Callable[[str], None]
) -> Iterator[str]:
    say(
        f"{len(plan.arms)} trainings with {len(plan.seeds)} seeds each, plan {plan.digest}; {folder.page} follows them"
    )
    write(plan, folder, command, live=True)

    def finished(job: Job, done: int, total: int) -> None:
        say(f"{done} of {total}: {job.name}" + ("" if job.kind == "data" else f", seed {job.seed}"))
        write(plan, folder, command, live=True)

    run(plan, folder, workers, finished)
    found = write(plan, folder, command, live=False)
    yield f"of {len(found)} expectations: {counted(found)}"
    yield f"{folder.page} has the curves; {folder.results} has the numbers"
