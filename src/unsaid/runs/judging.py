"""One more judge over the replies of a run: reads what is wanted, keeps what was read, knows a budget.

What is read is chosen in `runs/reread.py`. Verdicts are written every few seconds, and whatever ends the reading, so
that the same command reads the rest. What a judge that costs has taken of the run stands in `run.json` ("judging").
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import polars as pl

from unsaid.errors import Interrupted, UsageError
from unsaid.judges import JUDGES, Judge, LLMJudge, Missing, Panel, Verdict, members_of, models_of, read_all
from unsaid.judges.gate import judge_version
from unsaid.judges.judge import Reading
from unsaid.models.inspect.judging import Meter
from unsaid.pace import Tick, counting
from unsaid.planning.budget import Budget, usd
from unsaid.planning.earlier import Tokens
from unsaid.planning.prices import Price, price_of
from unsaid.planning.reading import ReadingBudget
from unsaid.records import schema
from unsaid.runs.reread import Asked, Wanted, added
from unsaid.runs.spending import BudgetSpent, dearest
from unsaid.stopping import run
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

__all__ = ["EVERY", "TOGETHER", "Reader", "price_of_judge", "read", "unasked"]

#: Texts that are read together, between two looks at the clock; and seconds between two writings of the records.
TOGETHER = 64
EVERY = 20.0

Said = list[tuple[Asked, Verdict | Missing]]


@dataclass(frozen=True)
class Reader:
    """Who reads, and what it may take.

    Attributes:
        judge: who reads.
        models: the models that it asks for each text; none for a judge that asks no model.
        budget: the limits; None for no limit.
        price: of the dearest of its models; None where it is not known.
        meter: what the judge was made with.
    """

    judge: Judge
    models: tuple[str, ...] = ()
    budget: Budget | None = None
    price: Price | None = None
    meter: Meter = field(default_factory=Meter)


def unasked(spec: str) -> Judge:
    """Return a judge by its name alone, for what it would read: no provider is started, and no key is needed.

    Raises:
        UnknownName: there is no such judge.
        UsageError: it is a panel that cannot be.
    """
    models_of(spec)
    found = tuple(JUDGES.get(name) or LLMJudge(name, _never) for name in members_of(spec))
    return Panel(found) if len(found) > 1 else found[0]


async def _never(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
    raise UsageError("this judge reads nothing")


def price_of_judge(models: Sequence[str], prices: dict[str, Price], budget: Budget | None) -> Price | None:
    """Return the dearest price of a judge's models; None where there is none to know.

    Raises:
        UsageError: the budget limits cost, and a price is not known.
    """
    found = [price_of(prices, name) for name in models]
    unknown = [name for name, price in zip(models, found, strict=True) if price is None]
    if unknown and budget is not None and budget.cost is not None:
        raise UsageError(
            f"--budget {usd(budget.cost)}: the price of {' and '.join(unknown)} is not known; give it with --prices "
            "FILE, or limit tokens or time"
        )
    return dearest(found)


@dataclass
class _Kept:
    """What has been read so far, and how much of it is written."""

    records: pl.DataFrame
    folder: RunFolder
    about: RunInfo
    purse: ReadingBudget
    said: Said = field(default_factory=list)
    written: int = 0
    last: float = field(default_factory=time.monotonic)

    def write(self, judge: str) -> None:
        """Write the verdicts, and what they took."""
        if len(self.said) > self.written:
            schema.write(added(self.records, judge, self.said), self.folder.records)
            took = {
                "input_tokens": self.purse.spent.input_tokens,
                "output_tokens": self.purse.spent.output_tokens,
            }
            if any(took.values()):
                self.about |= {"judging": {**self.about.get("judging", {}), judge: took}}
                self.folder.write(self.about)
            self.written, self.last = len(self.said), time.monotonic()


def read(reader: Reader, wanted: Wanted, records: pl.DataFrame, folder: RunFolder, about: RunInfo) -> Said:
    """Read everything that is wanted; what has been read is written now and then, and whatever happens.

    Args:
        reader: who reads.
        wanted: the texts.
        records: the whole table of the run.
        folder: the run's.
        about: what `run.json` holds; who read is noted in it.

    Raises:
        BudgetSpent: the budget allows no further text; what was read is kept.
        Interrupted: the reading was stopped; what was read is kept.
    """
    name = reader.judge.name
    about = _noted(folder, about, reader.judge)
    earlier = about.get("judging", {}).get(name, {})
    purse = ReadingBudget(
        reader.budget or Budget(),
        reader.price,
        len(reader.models),
        Tokens(earlier.get("input_tokens", 0), earlier.get("output_tokens", 0)),
    )
    kept = _Kept(records, folder, about, purse)
    try:
        with counting("texts read", len({each.reading for each in wanted.asked})) as tick:
            _read_all(reader, wanted.asked, kept, tick)
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted: {_so_far(kept, len(wanted.asked))}; run the same command again to read the rest"
        ) from None
    finally:
        kept.write(name)
    return kept.said


def _read_all(reader: Reader, asked: Sequence[Asked], kept: _Kept, tick: Tick) -> None:
    start = 0
    while start < len(asked):
        chunk = asked[start : start + TOGETHER]
        # Equal texts are one call.
        unique = list(dict.fromkeys(each.reading for each in chunk))
        fitting = kept.purse.fitting(unique)
        if not fitting:
            raise BudgetSpent(
                f"{kept.purse.sentence()}; {_so_far(kept, len(asked))}; run the same command with a larger --budget to "
                "read the rest"
            )
        outcomes = _outcomes(reader, unique[:fitting], kept.purse, tick)
        done = list(takewhile(lambda each: each.reading in outcomes, chunk))  # noqa: B023 - taken at once
        kept.said += [(each, outcomes[each.reading]) for each in done]
        start += len(done)
        if time.monotonic() - kept.last > EVERY:
            kept.write(reader.judge.name)


def _outcomes(
    reader: Reader, readings: Sequence[Reading], purse: ReadingBudget, tick: Tick
) -> dict[Reading, Verdict | Missing]:
    """Return what the judge says of each text; what it took is noted, at its most where it is not known."""
    took: Tokens | None = None
    try:
        found = dict(zip(readings, run(read_all(reader.judge, readings, tick)), strict=True))
        counted = reader.meter.taken()
        took = None if counted is None else Tokens(*counted)
    finally:
        purse.read(took)
    return found


def _so_far(kept: _Kept, wanted: int) -> str:
    return f"{len(kept.said):,} of {wanted:,} texts are read and their verdicts kept in {kept.folder.path}"


def _noted(folder: RunFolder, about: RunInfo, judge: Judge) -> RunInfo:
    """Note who read; a run that nobody had read is reported by this judge."""
    version = judge_version(judge)
    about |= {"read_by": {**about.get("read_by", {}), judge.name: version}}
    if about.get("judge") is None:
        about |= {"judge": judge.name, "judge_version": version}
    folder.write(about)
    return about
