"""What an earlier run really took: the length of its replies, the time of its calls, and what it has spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.asking.ask import WRITE
from unsaid.records import schema
from unsaid.records.ranges import counted
from unsaid.store.run_folder import RunFolder

__all__ = ["Earlier", "Tokens", "by_whom", "earlier", "spent"]


@dataclass(frozen=True)
class Earlier:
    """What an earlier run shows.

    Attributes:
        name: the run's folder, for "as in ...".
        output_tokens: mean tokens of a reply, by arm, and over all under `""`; empty where none was counted.
        eligible: share of the questions with a target whose clean answer was seen and was not the target; None
            where there is no such question.
        seconds: mean of a call that was really made; None where the logs do not say.
        connections: calls in flight; None where the logs do not say.
    """

    name: str
    output_tokens: dict[str, float] = field(default_factory=dict)
    eligible: float | None = None
    seconds: float | None = None
    connections: int | None = None


@dataclass(frozen=True)
class Tokens:
    """Tokens sent and received."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        """Return both together."""
        return Tokens(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


def earlier(run: Path) -> Earlier:
    """Return what a run shows.

    Raises:
        DataError: the folder holds no run, or its records are missing or damaged.
    """
    folder = RunFolder(run)
    model = folder.read().model
    records = schema.read(folder.records)
    lengths = {
        arm: float(mean)
        for arm, mean in records.group_by("arm").agg(pl.col("output_tokens").mean()).sort("arm").iter_rows()
        if mean is not None
    }
    if lengths:
        every = records["output_tokens"].drop_nulls().to_list()
        lengths[""] = sum(every) / len(every)
    clean = records.filter(pl.col("arm") == "clean", pl.col("target").is_not_null())
    seen = clean.filter(pl.col("answer").is_not_null(), pl.col("answer") != pl.col("target"))
    times, flights = _timing(folder.logs, str(model))
    return Earlier(
        str(run),
        lengths,
        seen.height / clean.height if clean.height else None,
        sum(times) / len(times) if times else None,
        max(flights, default=None),
    )


def spent(logs: Path) -> tuple[Tokens, Tokens, Tokens]:
    """Return what the finished questions of a run took, of the model, of the judge and of the helper that writes.

    Replies that were kept but whose question is not finished are not in it: they are counted when they are read
    again. A reply whose provider did not count its tokens has none.

    Raises:
        DataError: a log is damaged.
    """
    model: dict[tuple[str, int], Tokens] = {}
    judge: dict[tuple[str, int], Tokens] = {}
    writer: dict[tuple[str, int], Tokens] = {}
    from unsaid.records.from_logs import kept_of, raw_samples, said_of

    for log in sorted(logs.glob("*.eval")):
        for _, sample in raw_samples(log):
            with said_of(f"{log}, sample {str(sample.get('id'))[:80]!a}"):
                kept = kept_of(sample) or {}
                key = str(sample["id"]), int(sample["epoch"])
                if not kept.get("exchanges"):
                    continue
                model[key], writer[key] = by_whom(kept["exchanges"])
                score = (sample.get("scores") or {}).get("read_replies") or {}
                judge[key] = Tokens(*map(int, (score.get("metadata") or {}).get("judged") or (0, 0)))
    return sum(model.values(), Tokens()), sum(judge.values(), Tokens()), sum(writer.values(), Tokens())


def by_whom(exchanges: Sequence[Mapping[str, Any]]) -> tuple[Tokens, Tokens]:
    """Return the tokens of the model's replies, and those of what a helper wrote; 0 where they were not counted."""
    own: list[Mapping[str, Any]] = []
    written: list[Mapping[str, Any]] = []
    for each in exchanges:
        (written if (each.get("intervention") or "").startswith(WRITE) else own).append(each)
    return _sum(own), _sum(written)


def _sum(parts: Sequence[Mapping[str, Any]]) -> Tokens:
    return Tokens(
        *(sum(counted(part.get(name)) or 0 for part in parts) for name in ("input_tokens", "output_tokens"))
    )


def _timing(logs: Path, model: str) -> tuple[list[float], list[int]]:
    """Seconds of each call to `model` that was really made, and the connections that the logs name."""
    times: list[float] = []
    flights: list[int] = []
    from unsaid.records.from_logs import raw_samples, said_of

    for log in sorted(logs.glob("*.eval")):
        for header, sample in raw_samples(log):
            with said_of(f"{log}, sample {str(sample.get('id'))[:80]!a}"):
                config = (header.get("plan") or {}).get("config") or {}
                flights += [int(config["max_connections"])] if config.get("max_connections") else []
                times += [
                    float(event["working_time"])
                    for event in sample.get("events") or ()
                    if event.get("event") == "model"
                    and event.get("model") == model
                    and event.get("cache") != "read"
                    and event.get("working_time") is not None
                ]
    return times, flights
