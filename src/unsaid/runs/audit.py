"""The main job: ask a model every arm of every question, read the replies, and conclude.

Resuming needs nothing of its own: Inspect keeps each question's sample whole in the log, `eval_set` asks only
the questions whose sample is missing, and replies of a question that was cut off come from Inspect's cache.
Only what Inspect takes for done and is not (a call that failed for good, a log that broke) is mended first, in
`runs/resume.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from unsaid.asking.needs import able
from unsaid.errors import Interrupted, RunError, UnsaidError
from unsaid.estimates.estimate import Estimate
from unsaid.judges import Judge
from unsaid.planning.request import Audit, Plan
from unsaid.records import schema
from unsaid.records.schema import frame
from unsaid.runs.conclude import conclude
from unsaid.runs.corrections import GATE
from unsaid.runs.drive import Asked, ask, purse_for, reasons
from unsaid.runs.gate import adopt, version_of_run
from unsaid.runs.reread import with_earlier
from unsaid.runs.stock import take_stock
from unsaid.stopping import check, heard, listening, orderly, run
from unsaid.store.accounts import Accounts
from unsaid.store.disk import alone, of_disk, unwritable
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

_UNASKED = "interrupted before any reply was kept in {}. Run the same command again to begin"


@dataclass(frozen=True)
class Progress:
    """What a caller is told while a run goes on.

    Attributes:
        stage: called with a line when a stage begins.
        expect: called with how many calls are still to be made.
        replied: called at every reply.
    """

    stage: Callable[[str], None] = lambda line: None
    expect: Callable[[int], None] = lambda calls: None
    replied: Callable[[], None] = lambda: None


def run_audit(
    audit: Audit, folder: RunFolder, *, command: str, progress: Progress | None = None
) -> list[Estimate]:
    """Run an audit in a folder, or continue the one that is there; write its records, results and report.

    Args:
        audit: what to ask.
        folder: where; one request a folder.
        command: the command line, kept in `run.json`.
        progress: whom to tell.

    Raises:
        UsageError: the request is wrong, or the folder belongs to another one.
        FolderInUse: another audit is running in the folder.
        ModelError: the model cannot be reached or used at all.
        RunError: not every question could be asked or judged, or the disk does not take what is written; what is
            kept is said in the message.
        Interrupted: the user interrupted; what is kept is said in the message, and the same command continues.
    """
    with listening(), orderly():
        planned = audit.plan()
        purse_for(audit)  # a cost that cannot be limited is said before anything is asked
        with alone(folder.path):
            try:
                return _run(audit, folder, planned, command, progress or Progress())
            except UnsaidError:
                raise
            except Interrupted as stop:
                raise stop if stop.args else Interrupted(_UNASKED.format(folder.path)) from None
            except Exception as error:
                if of_disk(error):
                    raise unwritable(folder.path, error) from error
                raise


def _run(audit: Audit, folder: RunFolder, planned: Plan, command: str, tell: Progress) -> list[Estimate]:
    """The audit, in a folder that nobody else writes to."""
    from unsaid.judges import listed
    from unsaid.models.embedding import embedding
    from unsaid.models.inspect.adapter import resolve
    from unsaid.models.inspect.capabilities import probe
    from unsaid.models.inspect.judging import judge_of
    from unsaid.models.scripted.dialled import announced

    about = folder.claim(audit.request(), command)
    with announced(planned.asks):
        model = resolve(audit.model)
        if audit.settings.writer:  # a helper that cannot be had is said before anything is paid
            resolve(audit.settings.writer)
        if audit.settings.embedding:
            embedding(audit.settings.embedding)
    about |= _beginning(audit, planned, judge_of(listed(audit.settings.judge)[0]), about)
    folder.write(about)  # before anything is asked: a folder that cannot be written to must cost nothing
    if audit.gate is not None:
        adopt(audit.gate, about["judge"], folder.path / GATE)
    check()
    if "capabilities" not in about:
        tell.stage(f"probing {audit.model}")
        about |= {"capabilities": run(probe(model, audit.calling.timeout)).plain()}
        folder.write(about)
    asked = ask(audit, folder, model, planned, about, tell)
    return _conclude(audit, folder, planned, asked, tell)


def _beginning(audit: Audit, planned: Plan, judge: Judge, about: RunInfo) -> dict[str, Any]:
    """What `run.json` says before anything is asked; the accounts of an earlier process stay."""
    from unsaid.judges.gate import judge_version

    nothing = take_stock(
        planned.asks, audit.epochs, frame([]), reason=lambda question, epoch: "not yet asked"
    )
    return {
        "accounts": about.get("accounts") or nothing.plain(),
        "model": audit.model,
        "judge": judge.name,
        "judge_version": version_of_run(about, judge_version(judge)),
        "finished": False,
        "skipped": [asdict(skipped) for skipped in planned.skipped],
        "not_asked": [asdict(each) for each in planned.not_asked],
    }


def _conclude(audit: Audit, folder: RunFolder, planned: Plan, asked: Asked, tell: Progress) -> list[Estimate]:
    """Hold what the logs have beside the plan, estimate, and report; `finished` is written last, where it is true.

    Raises:
        Interrupted: the user interrupted, and something is missing.
        RunError: something else kept the run from finishing.
    """
    from unsaid.models.embedding import embedding
    from unsaid.records.from_logs import records_from_logs
    from unsaid.runs.similar import compared

    tell.stage("reading the logs")
    records = records_from_logs(folder.logs) if any(folder.logs.glob("*.eval")) else frame([])
    records = with_earlier(records, folder)
    if audit.settings.embedding:
        tell.stage("comparing steps of reasoning")
        records = compared(records, embedding(audit.settings.embedding))
    schema.write(records, folder.records)
    reason = reasons(asked, folder.logs)
    about = asked.about
    follow = audit.follow(able(about["capabilities"]))
    solved = (about.get("screening") or {}).get("solved", ())
    stock = take_stock(planned.asks, audit.epochs, records, asked.wanted, reason, follow, solved)
    about |= {"accounts": stock.plain()}
    folder.write(about)
    stopped = heard() is not None and not stock.finished
    if records.is_empty():
        if stopped:
            raise Interrupted
        raise RunError(f"nothing was answered: {_missing(stock, asked)}. Run the same command again to retry")
    tell.stage("estimating")
    # The page says what `run.json` will say once the page is written.
    found = conclude(folder, records, about | {"finished": stock.finished})
    if stopped:
        raise Interrupted(
            f"interrupted: {stock.questions} are kept in {folder.path} and stand in its report, which says so. "
            "Run the same command again to ask only what is missing"
        )
    if not stock.finished:
        raise RunError(
            f"the run could not finish: {_missing(stock, asked)}. {stock.questions} are kept in {folder.path} and "
            "stand in its report, which says so (a call that failed is in no rate). Run the same command again "
            "to ask only what is missing"
        )
    folder.write(about | {"finished": True})
    return found


def _missing(stock: Accounts, asked: Asked) -> str:
    """What is missing and why; what went wrong outside of calls is said in full."""
    return "; ".join(dict.fromkeys((*asked.problems, stock.missing))) if asked.problems else stock.missing
