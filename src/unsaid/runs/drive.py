"""The asking of a run: what is not yet answered is asked, round by round, until all is asked or something ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unsaid.asking.ask import Ask
from unsaid.asking.needs import able, check_needs
from unsaid.estimates.pairs import pairs
from unsaid.estimates.sequential import Rule
from unsaid.models.inspect.calling import Calling
from unsaid.models.names import is_ours
from unsaid.planning.earlier import Tokens, spent
from unsaid.planning.prices import load_prices
from unsaid.protocols import protocol
from unsaid.questions.benchmarks.benchmark import counted
from unsaid.runs.rounds import Rounds, in_rounds
from unsaid.runs.screening import Screen, screening_logs
from unsaid.runs.spending import Purse, purse_of
from unsaid.stopping import call_off, heard
from unsaid.store.accounts import INTERRUPTED, UNKNOWN
from unsaid.store.disk import Room
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

if TYPE_CHECKING:
    import polars as pl

    from unsaid.planning.request import Audit, Plan
    from unsaid.runs.audit import Progress

__all__ = ["Asked", "ask", "purse_for", "reasons"]


@dataclass(frozen=True)
class Asked:
    """How the asking ended.

    Attributes:
        problems: what went wrong outside of single calls, a line each.
        ended: whether the first of them ended the run, so that every call that is missing was not asked for it.
        wanted: whether a call of a question (by its id) was to be made.
        about: what `run.json` holds now.
    """

    problems: tuple[str, ...]
    ended: bool
    wanted: Callable[[str, Ask], bool]
    about: RunInfo


def ask(audit: Audit, folder: RunFolder, model: Any, planned: Plan, about: RunInfo, tell: Progress) -> Asked:
    """Ask what is not yet answered."""
    from unsaid.asking.driver import Driver
    from unsaid.asking.inspect_task import build
    from unsaid.models.inspect.evaluation import evaluate

    can = able(about["capabilities"])
    check_needs([protocol(name) for name in audit.protocols], can, audit.model)
    screen = Screen(audit, folder, about)
    _tell_plan(audit, planned, folder, tell, screen)
    _tell_means(audit, about["capabilities"], tell)
    rounds, purse = _rounds(audit, planned, about), purse_for(audit, folder)
    room, ended, cache = Room(folder.path), False, folder.path / "cache"

    def replied() -> None:
        tell.replied()
        if room.look() is not None:
            call_off()

    driver = Driver(
        replied,
        cached=not is_ours(audit.model),
        refused=cache.resolve() / "refused",
        calling=audit.calling,
        asks=lambda question, ask: screen.asks(question, ask) and rounds.asks(question, ask),
        purse=purse,
        can=can,
        means=about["capabilities"].get("continues", {}).get("value", "none"),
        opens=about["capabilities"].get("thoughts", {}).get("value") == "closing tag alone",
    )

    def evaluated(tasks: list[Any], logs: Path, limit: int | None = None) -> list[str]:
        nonlocal ended
        calling = _calling(audit, model)
        if heard() is None and room.look() is None:
            outcome = evaluate(tasks, model, logs, cache=cache, calling=calling, limit=limit)
        if room.problem is not None:
            raise room.problem
        ended = True
        if heard() is not None:
            return [INTERRUPTED]
        if driver.fatal:
            return [str(driver.fatal[0])]
        if purse is not None and purse.account.stopped:
            return [purse.sentence()]
        ended = False
        return list(outcome.problems)

    def keep(decided: list[str]) -> None:
        nonlocal about
        about |= {"until": rounds.plain()}
        folder.write(about)
        for line in decided:
            tell.stage(line)

    tasks = [build([protocol(name) for name in audit.protocols], audit.settings, audit.epochs, driver)]
    problems = screen.run(evaluated, driver, len(planned.asks), tell.stage)
    about = screen.about
    problems = problems or in_rounds(
        rounds,
        lambda limit: evaluated(tasks, folder.logs, limit),
        lambda: _seen(folder, about["judge"]),
        keep,
    )

    def wanted(question: str, ask: Ask) -> bool:
        return screen.asks(question, ask) and rounds.wanted(question, ask)

    return Asked(tuple(problems), ended, wanted, about)


def _seen(folder: RunFolder, judge: str) -> pl.DataFrame:
    """The pairs of everything answered so far, by the verdicts of the run's own judge; nobody's before its first."""
    from unsaid.records.from_logs import records_from_logs

    records = records_from_logs(folder.logs)
    return pairs(records, judge if records["verdicts"].list.len().sum() else None)


def _tell_plan(audit: Audit, planned: Plan, folder: RunFolder, tell: Progress, screen: Screen) -> None:
    """Mend the logs that are there, and tell what will be asked."""
    from unsaid.runs.resume import mend

    calls, kept = audit.epochs * planned.calls, 0
    if folder.logs.is_dir():
        mended = mend(folder.logs, audit.model, asdict(audit.settings))
        kept = mended.whole
        for line in mended.told():
            tell.stage(line)
    for line in counted(planned.skipped):
        tell.stage(f"left out: {line}")
    for each in planned.not_asked:
        tell.stage(
            f"not asked: {each.cue} on {each.questions} of {len(planned.asks)} questions: {each.reason}"
        )
    calls += audit.epochs * planned.most
    certain = audit.until is None and audit.only_unsolved is None and not planned.most
    most = "" if certain else "at most "
    tell.stage(f"asking {audit.model}: {len(planned.asks)} questions, {most}{calls} calls")
    if before := screen.open(len(planned.screening)):
        tell.stage(
            f"first {before} clean calls that screen the questions (--only-unsolved {audit.only_unsolved})"
        )
    tell.expect(calls - kept + before)


def _tell_means(audit: Audit, found: Mapping[str, Any], tell: Progress) -> None:
    """Tell how the model goes on from a given beginning, where a protocol gives one."""
    if not any("prefill" in protocol(name).needs for name in audit.protocols):
        return
    means = found.get("continues", {}).get("value", "unknown")
    scored = "" if found.get("logprobs", {}).get("value") else "out"
    if "prefill" in able(found):
        tell.stage(f"given beginnings are continued by: {means}, with{scored} log-probabilities")
    else:
        tell.stage(
            "given beginnings are not continued: the text is shown to the model as its own earlier turn"
        )


def _rounds(audit: Audit, planned: Plan, about: RunInfo) -> Rounds:
    """The looks of this run; a run without `until` is one round, and nothing is looked at."""
    names = [question.id for question, _ in planned.asks]
    rule = None if audit.until is None else Rule(audit.until / 100, len(names))
    cues = [cue.name for cue in audit.settings.choice().cues]
    return Rounds(rule, names, cues).resume(about.get("until"))


def purse_for(audit: Audit, folder: RunFolder | None = None) -> Purse | None:
    """What keeps the budget, knowing what the run has spent before; None where nothing is limited."""
    if audit.budget is None:
        return None
    before = (Tokens(), Tokens(), Tokens())
    for logs in () if folder is None else (folder.logs, screening_logs(folder)):
        of_model, of_judge, of_writer = spent(logs)
        before = (before[0] + of_model, before[1] + of_judge, before[2] + of_writer)
    return purse_of(audit.budget, audit.model, audit.settings, load_prices(audit.prices), before)


def _calling(audit: Audit, model: Any) -> Calling:
    """Calls in flight: Inspect's adaptive start of 20 would leave an organism's batches half empty."""
    if audit.calling.max_connections is not None or not is_ours(audit.model):
        return audit.calling
    return replace(audit.calling, max_connections=int(model.api.max_connections()))


def reasons(asked: Asked, logs: Path) -> Callable[[str, int], str]:
    """Why a question was not asked: what ended the run, or its own error."""
    if heard() is not None:
        return lambda question, epoch: INTERRUPTED
    if asked.ended:
        return lambda question, epoch: asked.problems[0]
    default = asked.problems[0] if asked.problems else UNKNOWN
    errors: dict[tuple[str, int], str] | None = None

    def own(question: str, epoch: int) -> str:
        from unsaid.runs.resume import errors_of

        nonlocal errors
        if errors is None:  # read only where something is missing
            errors = errors_of(logs)
        return errors.get((question, epoch)) or default

    return own
