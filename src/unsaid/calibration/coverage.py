"""How often do the intervals of an audit hold the truth? Many audits of a model whose truth is known.

One repetition is a whole audit of fresh questions: prompts, replies of the dialled model
(`models/scripted/dialled.py`), the parser, the lexical judge, and every estimate that the protocols return with an
interval.

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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.settings import Settings
from unsaid.calibration.coverage_rows import CoverageRow, Key, Run, Truth, as_key, rows_of, within
from unsaid.calibration.instruments import Instruments
from unsaid.calibration.simulated import SOUND, Asks, planned, simulated
from unsaid.errors import DataError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.models.scripted.dialled import Dialled, Dials, dialled
from unsaid.pace import counting
from unsaid.protocols import protocol
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
    "repeated",
    "repetition",
    "reported",
    "rows_of",
    "within",
]

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


def coverage(  # noqa: PLR0913 - a study has so many parts
    dials: Dials,
    design: Design,
    repetitions: int,
    seed: int,
    *,
    path: Path,
    truths: Mapping[Key, Truth],
    processes: int = 1,
    instruments: Instruments = SOUND,
) -> list[CoverageRow]:
    """Return how often each interval held the truth; an interrupted study goes on where it stopped.

    Args:
        dials: the model.
        design: the audit.
        repetitions: how many audits.
        seed: decides all of them; a repetition is the same in a longer study.
        path: a file of JSON lines: the study, then the intervals of one repetition each.
        truths: from `giant`.
        processes: how many at once.
        instruments: how intervals are reported; the file keeps them as the estimators made them.

    Raises:
        DataError: the file holds another study, or is damaged.
    """
    runs = repeated(dials, design, repetitions, seed, path=path, processes=processes)
    return rows_of([reported(run, instruments) for run in runs], truths)


def repeated(
    dials: Dials, design: Design, repetitions: int, seed: int, *, path: Path, processes: int = 1
) -> list[Run]:
    """Return the intervals of every audit of a study, as the estimators made them; see `coverage`."""
    done = _resumed(path, _study(dials, design, seed))
    missing = sorted(set(range(repetitions)) - done.keys())
    with counting("audits simulated", len(missing)) as tick:
        for number, found in _repeated(dials, design, seed, missing, processes):
            check()
            done[number] = found
            append_lines(path, [[number, found]])
            tick()
    return [done[number] for number in range(repetitions)]


def reported(run: Run, instruments: Instruments) -> Run:
    """Return the intervals of one audit as these instruments report them."""
    return [[*line[:7], *instruments.interval(*line[6:9]), *line[9:]] for line in run]


def repetition(dials: Dials, design: Design, seed: int, number: int) -> Run:
    """Return the intervals of one audit.

    Each is a line: its key's parts, value, low, high, whether cues were left out, n, and whether it is a plain
    proportion.
    """
    rng = np.random.default_rng([seed, number])
    asks, policy = _pool(design, _frozen(dials))
    chosen = rng.choice(len(asks), design.questions, replace=False)
    policy = replace(policy, seed=int(rng.integers(2**31)))
    records = simulated([asks[at] for at in sorted(chosen)], policy, design.settings, design.epochs)
    return [
        [
            *_key(each),
            *(each.value, each.low, each.high),
            "cues-left-out" in each.flags,
            *(each.n, each.k is not None),
        ]
        for each in _estimates(records, design, rng)
    ]


def giant(dials: Dials, design: Design, questions: int, seed: int) -> dict[Key, Truth]:
    """Return the value of every estimate over so many questions.

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


def _estimates(records: pl.DataFrame, design: Design, rng: np.random.Generator) -> Iterator[Estimate]:
    for name in design.protocols:
        for each in protocol(name).estimates(records, "lexical", rng):
            # A p-value has no interval, and is not covered.
            if each.unit != "p-value":
                yield each


def _key(each: Estimate) -> Key:
    return each.protocol, each.quantity, each.cue, each.elicitation, each.subset, each.definition


def _repeated(
    dials: Dials, design: Design, seed: int, numbers: Sequence[int], processes: int
) -> Iterator[tuple[int, Run]]:
    if processes == 1 or len(numbers) < 2:
        yield from ((number, repetition(dials, design, seed, number)) for number in numbers)
        return
    # Not forked: Polars keeps threads, whose locks a fork would copy.
    with ProcessPoolExecutor(processes, get_context("spawn")) as workers:
        jobs = ((dials, design, seed, number) for number in numbers)
        with deaf_children():
            found = workers.map(_job, jobs, chunksize=1)
        yield from zip(numbers, found, strict=True)


def _job(job: tuple[Dials, Design, int, int]) -> Run:
    return repetition(*job)


def _frozen(dials: Dials) -> str:
    return json.dumps(asdict(dials), sort_keys=True)


@lru_cache(maxsize=1)
def _pool(design: Design, dials: str) -> tuple[Asks, Dialled]:
    """Return every question of the pool with its calls, and who answers; made once a process."""
    asks = planned(design.protocols, design.settings)
    return asks, dialled(asks, Dials(**json.loads(dials)))


def _study(dials: Dials, design: Design, seed: int) -> dict[str, Any]:
    study: dict[str, Any] = json.loads(
        json.dumps({"dials": asdict(dials), "design": asdict(design), "seed": seed})
    )
    return study


def _resumed(path: Path, study: dict[str, Any]) -> dict[int, Run]:
    """Return the repetitions that a file holds, without a line that was cut off; begin the file where it is new."""
    try:
        text = read_text(path) if path.is_file() else ""
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: damaged ({short(error)}); move it away to begin the study again") from error
    whole = text[: text.rfind("\n") + 1]
    if not whole:
        write_text(path, json.dumps(study) + "\n")
        return {}
    try:
        first, *rest = [parse_json(line) for line in whole.splitlines()]
        found: dict[int, Run] = {int(number): lines for number, lines in rest}
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: damaged ({short(error)}); move it away to begin the study again") from error
    if first != study:
        raise DataError(f"{path}: holds another study ({_difference(first, study)}); choose another file")
    if whole != text:
        write_text(path, whole)
    return found


def _difference(held: Any, wanted: dict[str, Any]) -> str:
    names: Iterable[str] = wanted if isinstance(held, dict) else ()
    return ", ".join(name for name in names if held.get(name) != wanted[name]) or "of another kind"
