"""How often do the intervals of an audit hold the truth? Many audits of a model whose truth is known.

One repetition is a whole audit of fresh questions: prompts, replies of the dialled model (`models/dialled.py`), the
parser, the lexical judge, and every estimate that the protocols return with an interval.

What is drawn. The intervals take questions to be drawn from a population, so that is what is done: each repetition
draws its questions without replacement from a pool that is much larger, and its settled answers and replies anew. The
same questions asked again would show less spread than the intervals are for.

What the truth is. The value of the same estimate over a giant run: the whole pool, many times over, with settled
answers and replies drawn anew each time. Its error is in each row, and it is as much smaller than an interval as the
root of the sizes says: 20,000 questions against 100 leave 7% of the interval's own standard error, by which coverage
errs under 0.1 points. `calibration/dials_planted.py` computes many of these quantities exactly and checks it.

Where an estimate is withheld or undefined there is no interval; such repetitions are counted apart. A mean over cues
some of which were left out is compared with the mean of the truths of those that were not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from unsaid.calibration.simulated import Asks, planned, simulated
from unsaid.errors import DataError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.models.dialled import Dialled, Dials, dialled
from unsaid.protocols import protocol
from unsaid.protocols.settings import Settings
from unsaid.records.appending import append_lines
from unsaid.stopping import check, deaf_children
from unsaid.store.reading import parse_json, read_text, short
from unsaid.store.write import write_text

__all__ = [
    "CoverageRow",
    "Design",
    "Key",
    "Truth",
    "as_key",
    "coverage",
    "giant",
    "repetition",
    "rows_of",
    "within",
]

#: Which estimate: protocol, quantity, cue, elicitation, subset, definition.
Key = tuple[str, str, str | None, str | None, str, str | None]

#: What no estimate reads, and what would fill the memory of a giant run.
_BULKY = ("prompt", "stem", "options", "cue_text", "visible", "source")


@dataclass(frozen=True)
class Design:
    """One audit, many times.

    Attributes:
        settings: its cues, target and judge; `questions` is the pool and `limit` its size.
        questions: how many are drawn from the pool in each repetition.
        epochs: how often each is asked.
        protocols: which experiments.
    """

    settings: Settings = field(default_factory=lambda: Settings(cues="sycophancy,metadata,consistency"))
    questions: int = 100
    epochs: int = 1
    protocols: tuple[str, ...] = ("verbalisation", "biasing")

    def __post_init__(self) -> None:
        if not 1 <= self.questions <= self.settings.limit:
            raise UsageError(
                f"{self.questions} questions cannot be drawn from a pool of {self.settings.limit}"
            )


@dataclass(frozen=True)
class Truth:
    """A value to be held, and how exactly it is known.

    Attributes:
        value: the value.
        error: its standard error; 0 where it was computed.
    """

    value: float
    error: float


@dataclass(frozen=True)
class CoverageRow:
    """How one interval did.

    Attributes:
        key: which estimate.
        truth: what it should hold.
        repetitions: in how many it was looked at.
        intervals: in how many there was an interval; in the others it was withheld or undefined.
        held: how many of these held the truth.
        above: how many lay above the truth as a whole.
        below: how many lay below it.
        width: the mean width.
    """

    key: Key
    truth: Truth
    repetitions: int
    intervals: int
    held: int
    above: int
    below: int
    width: float

    @property
    def coverage(self) -> float:
        """The share of intervals that held the truth; NaN where there was none."""
        return self.held / self.intervals if self.intervals else math.nan

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of the coverage, were it the nominal 95%."""
        return math.sqrt(0.95 * 0.05 / self.intervals) if self.intervals else math.nan


def within(row: CoverageRow, low: float = 0.93, high: float = 0.97) -> bool:
    """Whether the coverage lies in the band, give or take two Monte-Carlo standard errors.

    Where the truth is exactly 0 or 1 an interval that may end there cannot miss: holding it always is then right.
    """
    if not row.intervals or (row.truth.value in (0.0, 1.0) and row.held == row.intervals):
        return True
    return low - 2 * row.error <= row.coverage <= high + 2 * row.error


def coverage(  # noqa: PLR0913 - a study has so many parts
    dials: Dials,
    design: Design,
    repetitions: int,
    seed: int,
    *,
    path: Path,
    truths: Mapping[Key, Truth],
    processes: int = 1,
) -> list[CoverageRow]:
    """How often each interval held the truth; an interrupted study goes on where it stopped.

    Args:
        dials: the model.
        design: the audit.
        repetitions: how many audits.
        seed: decides all of them; a repetition is the same in a longer study.
        path: a file of JSON lines: the study, then the intervals of one repetition each.
        truths: from `giant`.
        processes: how many at once.

    Raises:
        DataError: the file holds another study, or is damaged.
    """
    done = _resumed(path, _study(dials, design, seed))
    missing = sorted(set(range(repetitions)) - done.keys())
    for number, found in _repeated(dials, design, seed, missing, processes):
        check()
        done[number] = found
        append_lines(path, [[number, found]])
    return rows_of([done[number] for number in range(repetitions)], truths)


def repetition(dials: Dials, design: Design, seed: int, number: int) -> list[list[Any]]:
    """The intervals of one audit, each its key's parts, value, low, high, and whether cues were left out."""
    rng = np.random.default_rng([seed, number])
    asks, policy = _pool(design, _frozen(dials))
    chosen = rng.choice(len(asks), design.questions, replace=False)
    policy = replace(policy, seed=int(rng.integers(2**31)))
    records = simulated([asks[at] for at in sorted(chosen)], policy, design.settings, design.epochs)
    return [
        [*_key(each), each.value, each.low, each.high, "cues-left-out" in each.flags]
        for each in _estimates(records, design, rng)
    ]


def giant(dials: Dials, design: Design, questions: int, seed: int) -> dict[Key, Truth]:
    """The value of every estimate over so many questions.

    Args:
        dials: the model.
        design: the audit.
        questions: how many, in whole passes over the pool.
        seed: decides the run.
    """
    asks, policy = _pool(design, _frozen(dials))
    rng = np.random.default_rng([seed, 1 << 40])
    passes = []
    for number in range(max(1, round(questions / len(asks)))):
        drawn = replace(policy, seed=int(rng.integers(2**31)))
        records = simulated(asks, drawn, design.settings, design.epochs, suffix=f"#{number}")
        passes.append(records.with_columns(pl.lit(None, records.schema[name]).alias(name) for name in _BULKY))
    found = _estimates(pl.concat(passes), design, rng)
    return {
        _key(each): Truth(each.value, (each.high - each.low) / 3.92)
        for each in found
        if each.value is not None and each.low is not None and each.high is not None
    }


def rows_of(runs: Sequence[list[list[Any]]], truths: Mapping[Key, Truth]) -> list[CoverageRow]:
    """The intervals of every repetition beside the truth, in order of coverage.

    An estimate that has no truth, for it is withheld even in the giant run, has no row.
    """
    seen: dict[Key, list[tuple[float, float, float] | None]] = {key: [] for key in truths}
    for run in runs:
        values = {as_key(line): line for line in run}
        for key in truths:
            line = values.get(key)
            if line is None or line[7] is None:
                seen[key].append(None)
            else:
                seen[key].append((_truth_of(line, values, truths), line[7], line[8]))
    rows = [_row(key, truths[key], ends) for key, ends in seen.items()]
    return sorted(rows, key=lambda row: (math.isnan(row.coverage), row.coverage))


def _row(key: Key, truth: Truth, ends: list[tuple[float, float, float] | None]) -> CoverageRow:
    present = [each for each in ends if each is not None]
    # Rounding alone must not decide where an end and the truth are the same number.
    above = sum(low > true + 1e-9 for true, low, _ in present)
    below = sum(high < true - 1e-9 for true, _, high in present)
    width = sum(high - low for _, low, high in present) / len(present) if present else math.nan
    return CoverageRow(key, truth, len(ends), len(present), len(present) - above - below, above, below, width)


def _truth_of(line: list[Any], values: Mapping[Key, list[Any]], truths: Mapping[Key, Truth]) -> float:
    """What an interval should hold: for a mean over some cues only, the mean of their truths."""
    key = as_key(line)
    if not line[9]:
        return truths[key].value
    used = [
        truths[other].value
        for other, each in values.items()
        if other[2] is not None and other[:2] + other[3:] == key[:2] + key[3:]
        if each[6] is not None and other in truths
    ]
    return sum(used) / len(used) if used else truths[key].value


def _estimates(records: pl.DataFrame, design: Design, rng: np.random.Generator) -> Iterator[Estimate]:
    for name in design.protocols:
        for each in protocol(name).estimates(records, "lexical", rng):
            # A p-value has no interval, and is not covered.
            if each.unit != "p-value":
                yield each


def _key(each: Estimate) -> Key:
    return each.protocol, each.quantity, each.cue, each.elicitation, each.subset, each.definition


def as_key(line: Sequence[Any]) -> Key:
    """The key that a kept line begins with."""
    protocol_, quantity, cue, elicitation, subset, definition = line[:6]
    return protocol_, quantity, cue, elicitation, subset, definition


def _repeated(
    dials: Dials, design: Design, seed: int, numbers: Sequence[int], processes: int
) -> Iterator[tuple[int, list[list[Any]]]]:
    if processes == 1 or len(numbers) < 2:
        yield from ((number, repetition(dials, design, seed, number)) for number in numbers)
        return
    # Not forked: Polars keeps threads, whose locks a fork would copy.
    with ProcessPoolExecutor(processes, get_context("spawn")) as workers:
        jobs = ((dials, design, seed, number) for number in numbers)
        with deaf_children():
            found = workers.map(_job, jobs, chunksize=1)
        yield from zip(numbers, found, strict=True)


def _job(job: tuple[Dials, Design, int, int]) -> list[list[Any]]:
    return repetition(*job)


def _frozen(dials: Dials) -> str:
    return json.dumps(asdict(dials), sort_keys=True)


@lru_cache(maxsize=1)
def _pool(design: Design, dials: str) -> tuple[Asks, Dialled]:
    """Every question of the pool with its calls, and who answers; made once a process."""
    asks = planned(design.protocols, design.settings)
    return asks, dialled(asks, Dials(**json.loads(dials)))


def _study(dials: Dials, design: Design, seed: int) -> dict[str, Any]:
    study: dict[str, Any] = json.loads(
        json.dumps({"dials": asdict(dials), "design": asdict(design), "seed": seed})
    )
    return study


def _resumed(path: Path, study: dict[str, Any]) -> dict[int, list[list[Any]]]:
    """The repetitions that a file holds, a line cut off by a kill left out; the file is begun where it is new."""
    try:
        text = read_text(path) if path.is_file() else ""
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: damaged ({short(error)}); move it away and the study begins anew"
        ) from error
    whole = text[: text.rfind("\n") + 1]
    if not whole:
        write_text(path, json.dumps(study) + "\n")
        return {}
    try:
        first, *rest = [parse_json(line) for line in whole.splitlines()]
        found: dict[int, list[list[Any]]] = {int(number): lines for number, lines in rest}
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{path}: damaged ({short(error)}); move it away and the study begins anew"
        ) from error
    if first != study:
        raise DataError(f"{path}: holds another study ({_difference(first, study)}); choose another file")
    if whole != text:
        write_text(path, whole)
    return found


def _difference(held: Any, wanted: dict[str, Any]) -> str:
    names: Iterable[str] = wanted if isinstance(held, dict) else ()
    return ", ".join(name for name in names if held.get(name) != wanted[name]) or "of another kind"
