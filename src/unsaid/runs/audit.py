"""The main job: ask a model every arm of every question, read the replies, and conclude.

Resuming needs nothing of its own: Inspect keeps each question's sample whole in the log, `eval_set` asks only
the questions whose sample is missing, and replies of a question that was cut off come from Inspect's cache.
Only what Inspect takes for done and is not (a call that failed for good, a log that broke) is mended first, in
`records/mending.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from unsaid import defaults
from unsaid.accounts import Accounts, take_stock
from unsaid.asking.ask import Ask
from unsaid.asking.following import FollowUps
from unsaid.asking.needs import Need, able
from unsaid.asking.protocol import check_askable, every_ask
from unsaid.asking.settings import Settings
from unsaid.conclude import conclude
from unsaid.corrections import GATE
from unsaid.disk import alone, of_disk, unwritable
from unsaid.errors import Interrupted, RunError, UnsaidError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.gate_file import adopt, version_of_run
from unsaid.judges import Judge
from unsaid.models.calling import Calling
from unsaid.planning.budget import Budget
from unsaid.protocols import protocol
from unsaid.questions.benchmarks.benchmark import Skipped
from unsaid.questions.question import Question
from unsaid.records import schema
from unsaid.records.schema import frame
from unsaid.reread import with_earlier
from unsaid.run import RunFolder
from unsaid.runs.drive import Asked, ask, purse_for, reasons
from unsaid.stopping import check, heard, listening, orderly, run

_UNASKED = "interrupted before any reply was kept in {}. Run the same command again to begin"


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
        most: how many more calls of one epoch may follow from the replies.
    """

    asks: tuple[tuple[Question, tuple[Ask, ...]], ...]
    skipped: tuple[Skipped, ...]
    not_asked: tuple[NotAsked, ...] = ()
    most: int = 0

    @property
    def calls(self) -> int:
        """Calls of one epoch that are known before any reply."""
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

    model: str = defaults.MODEL
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
            if chosen.ask is None:
                raise UsageError(f"protocol {name!r} asks nothing of a model; it reads imported records")
            if chosen.replies > 1 and self.epochs == 1:
                raise UsageError(
                    f"protocol {name!r} compares how often a question gets each answer, so it needs several replies: "
                    f"use --epochs {chosen.replies}, as its paper does"
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
        follow = FollowUps(chosen, choice, styles)
        most = sum(map(follow.most, loaded.questions))
        return Plan(asks, loaded.skipped, not_asked, most)

    def follow(self, can: frozenset[Need]) -> FollowUps:
        """Return what follows from the replies of a model that can do this."""
        chosen = [protocol(name) for name in self.protocols]
        return FollowUps(chosen, self.settings.choice(), self.settings.styles(), can)


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
    from unsaid.models.adapter import resolve
    from unsaid.models.capabilities import probe
    from unsaid.models.dialled import announced
    from unsaid.models.judging import judge_of

    about = folder.claim(audit.request(), command)
    with announced(planned.asks):
        model = resolve(audit.model)
    about |= _beginning(audit, planned, judge_of(listed(audit.settings.judge)[0]), about)
    folder.write(about)  # before anything is asked: a folder that cannot be written to must cost nothing
    if audit.gate is not None:
        adopt(audit.gate, about["judge"], folder.path / GATE)
    check()
    if "capabilities" not in about:
        tell.stage(f"probing {audit.model}")
        about["capabilities"] = run(probe(model)).plain()
        folder.write(about)
    asked = ask(audit, folder, model, planned, about, tell)
    return _conclude(audit, folder, planned, asked, about, tell)


def _beginning(audit: Audit, planned: Plan, judge: Judge, about: dict[str, Any]) -> dict[str, Any]:
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


def _conclude(
    audit: Audit, folder: RunFolder, planned: Plan, asked: Asked, about: dict[str, Any], tell: Progress
) -> list[Estimate]:
    """Hold what the logs have beside the plan, estimate, and report; `finished` is written last, where it is true.

    Raises:
        Interrupted: the user interrupted, and something is missing.
        RunError: something else kept the run from finishing.
    """
    from unsaid.records.from_logs import records_from_logs

    tell.stage("reading the logs")
    records = records_from_logs(folder.logs) if any(folder.logs.glob("*.eval")) else frame([])
    records = with_earlier(records, folder)
    schema.write(records, folder.records)
    reason = reasons(asked, folder.logs)
    follow = audit.follow(able(about["capabilities"]))
    stock = take_stock(planned.asks, audit.epochs, records, asked.wanted, reason, follow)
    about["accounts"] = stock.plain()
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
    about["finished"] = True
    folder.write(about)
    return found


def _missing(stock: Accounts, asked: Asked) -> str:
    """What is missing and why; what went wrong outside of calls is said in full."""
    return "; ".join(dict.fromkeys((*asked.problems, stock.missing))) if asked.problems else stock.missing
