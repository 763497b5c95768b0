"""The accounts of a run: what was planned, what was recorded, and what became of the rest.

A run is finished when every planned call (question x epoch x arm x cue x wording x elicitation) has a record that
holds a reply with its verdicts, or was spared by `--until`. Nothing else decides it: not the status of a log, not
that a library returned without an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from unsaid.asking.replied import Replied

if TYPE_CHECKING:
    from unsaid.asking.ask import Ask
    from unsaid.asking.loop import Follow
    from unsaid.questions.question import Question

__all__ = [
    "INTERRUPTED",
    "UNKNOWN",
    "Accounts",
    "Count",
    "accounts_of",
    "banner",
    "call_of",
    "is_whole",
    "take_stock",
]

#: Why a call was not asked, where nothing else is known.
INTERRUPTED, UNKNOWN = "interrupted", "its question has no sample"
#: What a cue that was asked often enough is not asked any more (`--until`).
_SPARED = "--until: {} was asked often enough"
_SHOWN, _MOST_REASONS = 200, 20

#: question, epoch, elicitation, context, arm, cue, wording; and of a call that followed, the name of its reply
Call: TypeAlias = tuple[str, int, str, str, str, str | None, str | None, str | None]
_REASONS = ("spared", "not_asked", "failed", "unjudged")
_COLUMNS = ("question_id", "epoch", "elicitation", "context", "arm", "cue", "wording")


@dataclass(frozen=True)
class Count:
    """How many questions and calls; a question counts where all of its calls do."""

    questions: int = 0
    calls: int = 0


@dataclass(frozen=True)
class Accounts:
    """What became of every planned call: recorded + spared + not asked = planned.

    Attributes:
        planned: questions, and their calls in all epochs, those that follow from the replies so far among them.
        recorded: of these, with a record; a question counts where each call has one or was spared.
        spared: calls that `--until` made needless, by reason.
        not_asked: calls without a record, by reason.
        failed: recorded calls that got no reply, by error.
        unjudged: verdicts that are missing because the judge could not be asked, by error.
    """

    planned: Count
    recorded: Count = Count()
    spared: Mapping[str, int] = field(default_factory=dict)
    not_asked: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    unjudged: Mapping[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether nothing is left that the same command would ask."""
        known = self.recorded.calls + sum(self.spared.values()) == self.planned.calls
        return known and not (self.not_asked or self.failed or self.unjudged)

    @property
    def questions(self) -> str:
        """How many questions are there, for a sentence: "168 of 2,000 questions"."""
        return f"{self.recorded.questions:,} of {self.planned.questions:,} questions"

    @property
    def missing(self) -> str:
        """What is missing and why, in one line; "" where nothing is."""
        lines = [_counted(self.not_asked, "call", "not asked"), _counted(self.failed, "call", "failed")]
        lines.append(_counted(self.unjudged, "verdict", "missing because a call of the judge failed"))
        return "; ".join(filter(None, lines))

    def plain(self) -> dict[str, Any]:
        """The accounts as `run.json` keeps them."""
        return asdict(self)


def accounts_of(run: Mapping[str, Any]) -> Accounts | None:
    """The accounts that `run.json` holds; None where it is of an earlier version, of an import, or damaged there."""
    kept = run.get("accounts")
    if not isinstance(kept, Mapping):
        return None
    try:
        planned, recorded = (Count(**kept[name]) for name in ("planned", "recorded"))
        reasons: list[dict[str, int]] = [dict(kept[name]) for name in _REASONS]
        numbers = [planned.questions, planned.calls, recorded.questions, recorded.calls]
        numbers += [n for each in reasons for n in each.values()]
    except (KeyError, TypeError, ValueError):
        return None
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        return None
    return Accounts(planned, recorded, *reasons)


def is_whole(run: Mapping[str, Any]) -> bool:
    """Whether a run holds everything that it was to ask; by what it says of itself where it has no accounts."""
    accounts = accounts_of(run)
    return bool(run.get("finished", True)) if accounts is None else accounts.finished


def banner(run: Mapping[str, Any]) -> str:
    """What must stand above the numbers of a run that is not finished; "" of one that is."""
    if is_whole(run):
        return ""
    accounts, again = accounts_of(run), "run the command that made it again to ask only what is missing"
    if accounts is None:
        return f"This run is not finished: its numbers are of a part of the questions; {again}."
    why = f" ({accounts.missing})" if accounts.missing else ""
    return f"This run is not finished: its numbers are of {accounts.questions}{why}; {again}."


def take_stock(
    planned: Iterable[tuple[Question, Sequence[Ask]]],
    epochs: int,
    records: pl.DataFrame,
    asks: Callable[[str, Ask], bool] = lambda question, ask: True,
    reason: Callable[[str, int], str] = lambda question, epoch: UNKNOWN,
    follow: Follow | None = None,
) -> Accounts:
    """Hold the records of a run beside its plan, call by call.

    Args:
        planned: each question with its calls of one epoch.
        epochs: how often each is made.
        records: the tidy table.
        asks: whether a call of a question is still wanted; false where `--until` stopped its cue.
        reason: why a call of a question and epoch has no record.
        follow: what follows from a reply; None where nothing does.
    """
    there = _there(records, follow is not None)
    calls = questions = found = whole = 0
    spared, not_asked = Counter[str](), Counter[str]()
    for question, own in planned:
        questions += 1
        missing = 0
        for epoch in range(1, epochs + 1):
            wanted = list(own)
            for ask in wanted:  # which grows by what follows
                calls += 1
                if (call := call_of(question.id, epoch, ask)) in there:
                    found += 1
                    row = there[call]
                    wanted += follow(question, ask, Replied.of(row)) if follow is not None and row else []
                elif not asks(question.id, ask):
                    spared[_SPARED.format(ask.cue.name if ask.cue else "every cue")] += 1
                else:
                    missing += 1
                    not_asked[reason(question.id, epoch)[:_SHOWN]] += 1
        whole += not missing
    return Accounts(
        Count(questions, calls),
        Count(whole, found),
        dict(spared),
        _most(not_asked),
        _most(Counter(error[:_SHOWN] for error in records["error"].drop_nulls())),
        _most(_unjudged(records)),
    )


def call_of(question: str, epoch: int, ask: Ask) -> Call:
    """What tells a call from every other of a run, as its record says it."""
    cue, wording = ask.cue.name if ask.cue else None, ask.wording.name if ask.wording else None
    reply = f"{question}/{epoch}/{ask.key}" if ask.intervention else None
    return (question, epoch, ask.style.name, ask.context, ask.arm, cue, wording, reply)


def _there(records: pl.DataFrame, whole: bool) -> dict[Call, dict[str, Any] | None]:
    """The calls that have a record; with the record itself where it is asked for."""
    followed = pl.when(pl.col("intervention").is_not_null()).then("reply_id").alias("followed")
    calls = records.select(*_COLUMNS, followed).iter_rows()
    if not whole:
        return dict.fromkeys(calls)
    return dict(zip(calls, records.iter_rows(named=True), strict=True))


def _unjudged(records: pl.DataFrame) -> Counter[str]:
    """Why verdicts are missing that can still be had.

    A judge that answered out of format has answered, and the same text would get the same again; a judge whose
    call failed has not.
    """
    reasons = [verdict["missing"] or "" for row in records["verdicts"].to_list() for verdict in row or ()]
    return Counter(
        reason.removeprefix("failed: ")[:_SHOWN] for reason in reasons if reason.startswith("failed")
    )


def _most(reasons: Counter[str]) -> dict[str, int]:
    """The reasons, most frequent first; beyond some, the rest together, so that their number stays right."""
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    kept, rest = ordered[:_MOST_REASONS], ordered[_MOST_REASONS:]
    return dict(kept) | ({"other reasons": sum(n for _, n in rest)} if rest else {})


def _counted(reasons: Mapping[str, int], unit: str, what: str) -> str:
    total = sum(reasons.values())
    if not total:
        return ""
    verb = "" if what.startswith("failed") else ("is " if total == 1 else "are ")
    first = max(reasons, key=lambda each: reasons[each])
    whose = "" if len(reasons) == 1 else "mostly "
    return f"{total:,} {unit}{'' if total == 1 else 's'} {verb}{what}: {whose}{first}"
