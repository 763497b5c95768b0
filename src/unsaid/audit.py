"""The main job: ask a model every arm of every question, read the replies, and conclude.

Resuming needs nothing of its own: Inspect keeps each question's sample whole in the log, `eval_set` asks only
the questions whose sample is missing, and replies of a question that was cut off come from Inspect's cache.
Only what Inspect takes for done and is not (a call that failed for good, a log that broke) is mended first, in
`records/mending.py`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import polars as pl

from unsaid.conclude import conclude
from unsaid.corrections import GATE
from unsaid.disk import Room, alone, interrupt, of_disk, unwritable
from unsaid.errors import DataError, RunError, UnsaidError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs
from unsaid.estimates.sequential import Rule
from unsaid.gate_file import adopt, version_of_run
from unsaid.models.calling import Calling
from unsaid.planning.budget import Budget
from unsaid.planning.earlier import Tokens, spent
from unsaid.planning.prices import load_prices
from unsaid.planning.purse import Purse, purse_of
from unsaid.protocols import protocol
from unsaid.protocols.ask import Ask
from unsaid.protocols.protocol import check_askable, every_ask
from unsaid.protocols.settings import Settings
from unsaid.questions.benchmarks.benchmark import Skipped
from unsaid.questions.question import Question
from unsaid.records import schema
from unsaid.reread import carried
from unsaid.run import RunFolder
from unsaid.shortfall import shortfall
from unsaid.until import Rounds, in_rounds

DEFAULT_MODEL = "unsaid/silent"


@dataclass(frozen=True)
class NotAsked:
    """A cue that could not be put to some questions.

    Attributes:
        cue: its name.
        reason: why not.
        questions: how many of them.
    """

    cue: str
    reason: str
    questions: int


@dataclass(frozen=True)
class Plan:
    """What an audit will ask, before it asks.

    Attributes:
        asks: each question with its calls of one epoch.
        skipped: published items that cannot be asked, and why.
        not_asked: cues that cannot be put to some of the questions, why, and to how many.
    """

    asks: tuple[tuple[Question, tuple[Ask, ...]], ...]
    skipped: tuple[Skipped, ...]
    not_asked: tuple[NotAsked, ...] = ()

    @property
    def calls(self) -> int:
        """Calls of one epoch."""
        return sum(len(asks) for _, asks in self.asks)


@dataclass(frozen=True)
class Audit:
    """What to audit, and how.

    Attributes:
        model: any model Inspect reaches.
        settings: the design.
        protocols: which experiments.
        epochs: how often each question is asked.
        calling: how many calls at once, and how long to insist; no part of the request.
        until: stop asking a cue at this half-width, in points; None asks every cue of every question.
        budget: stop before it is passed; no part of the request, so that a larger one goes on.
        prices: the user's price file.
        gate: what `unsaid gate` found of the judge; no part of the request.
    """

    model: str = DEFAULT_MODEL
    settings: Settings = field(default_factory=Settings)
    protocols: tuple[str, ...] = ("verbalisation",)
    epochs: int = 1
    calling: Calling = field(default_factory=Calling)
    until: float | None = None
    budget: Budget | None = None
    prices: Path | None = None
    gate: Path | None = None

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise UsageError(f"--epochs is {self.epochs}; at least one is needed")
        if self.until is not None and not 1 <= self.until < 50:
            raise UsageError(f"--until is {self.until:g}; it is a half-width in points, from 1 to below 50")
        for name in self.protocols:
            chosen = protocol(name)
            if chosen.arms is None:
                raise UsageError(f"protocol {name!r} asks nothing of a model; it reads imported records")
            if chosen.replies > 1 and self.epochs == 1:
                raise UsageError(
                    f"protocol {name!r} compares how often a question gets an answer, which one reply cannot tell: "
                    f"--epochs {chosen.replies} is what its paper has"
                )

    def request(self) -> dict[str, Any]:
        """What decides the numbers, as `run.json` keeps it; another request is another run.

        `pinned` holds the digests of the user's own files of cues and styles, where there are some.
        """
        pinned = self.settings.pinned()
        return {
            "model": self.model,
            "protocols": list(self.protocols),
            "epochs": self.epochs,
            **asdict(self.settings),
            **({} if self.until is None else {"until": self.until}),
            **({"pinned": pinned} if pinned else {}),
        }

    def plan(self) -> Plan:
        """Every call of one epoch, without making any.

        Raises:
            UsageError: something in the request does not exist.
        """
        choice, styles = self.settings.choice(), self.settings.styles()
        chosen = [protocol(name) for name in self.protocols]
        loaded = self.settings.load()
        check_askable(chosen, loaded.questions, choice, styles)
        asks = tuple(
            (question, tuple(every_ask(chosen, question, choice, styles))) for question in loaded.questions
        )
        without = Counter(
            (name, reason)
            for question in loaded.questions
            for name, reason in choice.not_asked(question).items()
            if any(each.cued for each in chosen)
        )
        not_asked = tuple(NotAsked(cue, reason, n) for (cue, reason), n in sorted(without.items()))
        return Plan(asks, loaded.skipped, not_asked)


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
        KeyboardInterrupt: the user interrupted; the same command continues.
    """
    planned = audit.plan()
    _purse(audit)  # a cost that cannot be limited is said before anything is asked
    with alone(folder.path):
        try:
            return _run(audit, folder, planned, command, progress or Progress())
        except UnsaidError:
            raise
        except Exception as error:
            if of_disk(error):
                raise unwritable(folder.path, error) from error
            raise


def _run(audit: Audit, folder: RunFolder, planned: Plan, command: str, tell: Progress) -> list[Estimate]:
    """The audit, in a folder that nobody else writes to."""
    from unsaid.judges import listed
    from unsaid.judges.gate import judge_version
    from unsaid.models.adapter import resolve
    from unsaid.models.capabilities import probe
    from unsaid.models.dialled import announced
    from unsaid.models.judging import judge_of
    from unsaid.records.from_logs import records_from_logs

    about = folder.claim(audit.request(), command)
    with announced(planned.asks):
        model = resolve(audit.model)
    judge = judge_of(listed(audit.settings.judge)[0])
    version = version_of_run(about, judge_version(judge))
    about |= {"model": audit.model, "judge": judge.name, "judge_version": version, "finished": False}
    about |= {"skipped": [asdict(skipped) for skipped in planned.skipped]}
    about |= {"not_asked": [asdict(each) for each in planned.not_asked]}
    folder.write(about)  # before anything is asked: a folder that cannot be written to must cost nothing
    if audit.gate is not None:
        adopt(audit.gate, judge.name, folder.path / GATE)
    if "capabilities" not in about:
        tell.stage(f"probing {audit.model}")
        about["capabilities"] = asyncio.run(probe(model)).plain()
        folder.write(about)
    problems = _ask(audit, folder, model, planned, about, tell)
    tell.stage("reading the logs")
    records = _with_earlier(records_from_logs(folder.logs), folder)
    schema.write(records, folder.records)
    missing = shortfall(problems, records)
    about["finished"] = not missing
    folder.write(about)
    if records.is_empty():
        raise RunError(f"nothing was answered: {missing.sentence}; the same command tries again")
    tell.stage("estimating")
    found = conclude(folder, records, about)
    if missing:
        raise RunError(
            f"the run could not finish: {missing.sentence}. {records['question_id'].n_unique()} of "
            f"{len(planned.asks)} questions are kept in {folder.path} and stand in its report (a call that failed "
            "is in no rate); the same command goes on with what is missing"
        )
    return found


def _with_earlier(records: pl.DataFrame, folder: RunFolder) -> pl.DataFrame:
    """The records with what judges said of them since (`unsaid judge`), which no log holds."""
    if not folder.records.is_file():
        return records
    try:
        return carried(records, schema.read(folder.records))
    except DataError:  # damaged: the logs are the source, and the judge can be asked again
        return records


def _ask(
    audit: Audit, folder: RunFolder, model: Any, planned: Plan, about: dict[str, Any], tell: Progress
) -> list[str]:
    """Ask what is not yet answered; what kept the run from finishing, a line each."""
    from unsaid.models.evaluation import evaluate
    from unsaid.protocols.task import DRIVER, Driver, build
    from unsaid.records.from_logs import records_from_logs
    from unsaid.records.mending import mend

    calls, kept = audit.epochs * planned.calls, 0
    if folder.logs.is_dir():
        mended = mend(folder.logs, audit.model, asdict(audit.settings))
        kept = mended.whole
        for line in mended.told():
            tell.stage(line)
    for skipped in planned.skipped:
        tell.stage(f"left out: question {skipped.id}: {skipped.reason}")
    for each in planned.not_asked:
        tell.stage(
            f"not asked: {each.cue} on {each.questions} of {len(planned.asks)} questions: {each.reason}"
        )
    most = "" if audit.until is None else "at most "
    tell.stage(f"asking {audit.model}: {len(planned.asks)} questions, {most}{calls} calls")
    tell.expect(calls - kept)
    tasks = [build([protocol(name) for name in audit.protocols], audit.settings, audit.epochs)]
    rounds, purse = _rounds(audit, planned, about), _purse(audit, folder.logs)
    room = Room(folder.path)

    def replied() -> None:
        tell.replied()
        problem = room.look()
        if problem is not None and not driver.fatal:
            cast("list[RunError]", driver.fatal).append(problem)
            interrupt()

    driver = Driver(
        replied,
        cached=not local(audit.model),
        calling=audit.calling,
        asks=rounds.asks,
        purse=purse,
        continues=about["capabilities"]["prefill"]["value"] != "none",
        opens=about["capabilities"].get("thoughts", {}).get("value") == "closing tag alone",
    )

    def ask(limit: int) -> list[str]:
        cache, calling = folder.path / "cache", _calling(audit, model)
        problem = room.look()
        if problem is not None:
            raise problem
        try:
            outcome = evaluate(tasks, model, folder.logs, cache=cache, calling=calling, limit=limit)
        except KeyboardInterrupt:
            if room.problem is None:
                raise
            raise room.problem from None
        if driver.fatal:
            return [str(driver.fatal[0])]
        if purse is not None and purse.account.stopped:
            return [purse.sentence()]
        return list(outcome.problems) or ([] if outcome.finished else ["some questions have no sample"])

    def keep(decided: list[str]) -> None:
        about["until"] = rounds.plain()
        folder.write(about)
        for line in decided:
            tell.stage(line)

    token = DRIVER.set(driver)
    try:
        return in_rounds(rounds, ask, lambda: pairs(records_from_logs(folder.logs)), keep)
    finally:
        DRIVER.reset(token)


def _rounds(audit: Audit, planned: Plan, about: dict[str, Any]) -> Rounds:
    """The looks of this run; a run without `until` is one round, and nothing is looked at."""
    names = [question.id for question, _ in planned.asks]
    rule = None if audit.until is None else Rule(audit.until / 100, len(names))
    cues = [cue.name for cue in audit.settings.choice().cues]
    return Rounds(rule, names, cues).resume(about.get("until"))


def _purse(audit: Audit, logs: Path | None = None) -> Purse | None:
    """What keeps the budget, knowing what the run has spent before; None where nothing is limited."""
    if audit.budget is None:
        return None
    before = spent(logs) if logs is not None else (Tokens(), Tokens())
    return purse_of(audit.budget, audit.model, audit.settings, load_prices(audit.prices), before)


def local(model: str) -> bool:
    """Whether asking again costs nothing, so that keeping every reply on disk would only cost time."""
    return model.partition("/")[0] in {"unsaid", "unsaid-hf", "unsaid-scripted", "mockllm"}


def _calling(audit: Audit, model: Any) -> Calling:
    """Calls in flight: Inspect's adaptive start of 20 would leave an organism's batches half empty."""
    if audit.calling.max_connections is not None or not local(audit.model):
        return audit.calling
    return replace(audit.calling, max_connections=int(model.api.max_connections()))
