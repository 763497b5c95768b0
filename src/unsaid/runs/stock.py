"""Taking stock: the records of a run are held beside its plan, call by call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

import polars as pl

from unsaid.asking.ask import Ask
from unsaid.asking.loop import Follow
from unsaid.asking.replied import Replied
from unsaid.questions.question import Question
from unsaid.store.accounts import UNKNOWN, Accounts, Count

__all__ = ["call_of", "take_stock"]

#: Why a call is not made any more: its cue was asked often enough, or its question was solved without one.
_SPARED = "--until: {} was asked often enough"
_SOLVED = "--only-unsolved: the question was solved"
_SHOWN, _MOST_REASONS = 200, 20

#: question, epoch, elicitation, context, arm, cue, wording; and of a call that followed, the name of its reply
Call: TypeAlias = tuple[str, int, str, str, str, str | None, str | None, str | None]
_COLUMNS = ("question_id", "epoch", "elicitation", "context", "arm", "cue", "wording")


def take_stock(  # noqa: PLR0913 - a run is held beside its plan in so many respects
    planned: Iterable[tuple[Question, Sequence[Ask]]],
    epochs: int,
    records: pl.DataFrame,
    asks: Callable[[str, Ask], bool] = lambda question, ask: True,
    reason: Callable[[str, int], str] = lambda question, epoch: UNKNOWN,
    follow: Follow | None = None,
    solved: Collection[str] = (),
) -> Accounts:
    """Hold the records of a run beside its plan, call by call.

    Args:
        planned: each question with its calls of one epoch.
        epochs: how often each is made.
        records: the tidy table.
        asks: whether a call of a question is still wanted; false where `--until` stopped its cue, or `--only-unsolved`
            found the question solved.
        solved: the questions of which the latter is true.
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
                    until = _SPARED.format(ask.cue.name if ask.cue else "every cue")
                    spared[_SOLVED if question.id in solved else until] += 1
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
