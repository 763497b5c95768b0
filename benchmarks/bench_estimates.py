"""All estimates with 2,000 clustered draws over 1,000,000 records: seconds and peak memory.

    python benchmarks/bench_estimates.py [records]

Target: at most 20 s and 4 GB on two cores. BLAS is pinned to one thread, as the command line does it: two
spinning threads beside a busy process made the same draws ten times slower.
Records are synthetic: 6 cues of 4 wordings, with clean, replay and placebo; they are written by another
process, so that the peak is that of reading and estimating alone.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import polars as pl

from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.cued.difficulty import by_difficulty
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence, placebo
from unsaid.estimates.cued.lengths import lengths
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.flow import flow, imbalances
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.pairs import pairs, placebos
from unsaid.records.schema import SCHEMA, VERDICT, read, write

CUES, WORDINGS = 6, 4
ARMS = 3 + CUES * WORDINGS


def make(path: Path, records: int) -> None:
    """Write synthetic records: moved in a third of the cued rows, named in a fifth of those."""
    questions = records // ARMS
    rng = np.random.default_rng(1)
    number = np.arange(questions * ARMS)
    question, arm = number // ARMS, number % ARMS
    cued = arm >= 3
    cue = np.where(cued, (arm - 3) // WORDINGS, question % CUES)
    clean = rng.choice(list("AAACD"), questions)[question]
    moved = rng.random(number.size) < np.where(cued, 0.35, 0.04)
    away = rng.random(number.size) < 0.08
    answer = np.where(moved & (arm > 0), "B", np.where(away & (arm > 0), "D", clean))
    frame = pl.DataFrame({"question": question, "arm": arm, "cue": cue, "answer": answer}).with_columns(
        lost=pl.Series(rng.random(number.size) < 0.02),
        said=pl.Series(rng.random(number.size) < 0.2),
        reasoning_tokens=pl.Series(rng.integers(50, 400, number.size)),
    )
    write(_records(frame), path)


def _records(frame: pl.DataFrame) -> pl.DataFrame:
    is_cued, is_clean = pl.col("arm") >= 3, pl.col("arm") == 0
    name = pl.format("cue-{}", pl.col("cue"))

    def verdict(cue: pl.Expr, said: pl.Expr) -> pl.Expr:
        flags = {"mentions": said, "relies": said, "rejects": pl.lit(False)}
        texts = {"judge": pl.lit("lexical"), "channel": pl.lit("reasoning"), "cue": cue}
        none = pl.lit(None, pl.String)
        fields = {**texts, **flags, "evidence": none, "missing": none}
        return pl.struct([value.alias(name) for name, value in fields.items()]).cast(VERDICT)

    asked = [verdict(pl.lit(f"cue-{cue}"), pl.col("said") & (pl.col("cue") == cue)) for cue in range(CUES)]
    table = frame.select(
        model=pl.lit("synthetic"),
        elicitation=pl.lit("cot"),
        epoch=pl.lit(1, pl.Int64),
        question_id=pl.format("question-{}", "question"),
        cluster=pl.format("question-{}", "question"),
        task=pl.lit("synthetic"),
        difficulty=pl.col("question") % 5,
        n_options=pl.lit(4, pl.Int64),
        correct=pl.lit("A"),
        arm=pl.when(is_cued)
        .then(pl.lit("cued"))
        .otherwise(pl.col("arm").replace_strict({0: "clean", 1: "replay", 2: "placebo"}, default=None)),
        cue=pl.when(pl.col("arm") >= 2).then(name),
        wording=pl.when(is_cued).then(pl.format("wording-{}", (pl.col("arm") - 3) % WORDINGS)),
        target=pl.when(is_cued).then(pl.lit("B")),
        prompt=pl.lit("[]"),
        reasoning=pl.format(
            "Step {} of some reasoning that goes on for a line or two, as it does.", "question"
        ),
        provenance=pl.lit("raw"),
        answer=pl.when(~pl.col("lost")).then("answer"),
        unparsed=pl.when("lost").then(pl.lit("no answer")),
        stop_reason=pl.lit("stop"),
        reasoning_tokens="reasoning_tokens",
        verdicts=pl.when(is_cued)
        .then(pl.concat_list(verdict(name, pl.col("said"))))
        .when(is_clean)
        .then(pl.concat_list(asked)),
    )
    absent = {column: pl.lit(None, kind) for column, kind in SCHEMA.items() if column not in table.columns}
    return table.with_columns(**absent).select(list(SCHEMA)).cast(pl.Schema(SCHEMA))


def main(count: int) -> None:
    """Make records in another process, then time the estimates."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.parquet"
        child = multiprocessing.get_context("spawn").Process(target=make, args=(path, count))
        child.start()
        child.join()
        started = time.perf_counter()
        _report(path, started)


def _report(path: Path, started: float) -> None:
    records = read(path)
    print(f"{records.height:,} records, read in {time.perf_counter() - started:.1f} s")
    rng = np.random.default_rng(0)
    table = pairs(records)
    print(f"  pairs                    {time.perf_counter() - started:6.1f} s so far")
    steps: dict[str, Callable[[], list[Estimate]]] = {
        "influence": lambda: influence(table, rng),
        "influence by wording": lambda: influence(table, rng, by="wording"),
        "placebo": lambda: placebo(placebos(records), rng),
        "faithfulness, mention": lambda: faithfulness(table, rng),
        "faithfulness, reliance": lambda: faithfulness(table, rng, "reliance"),
        "faithfulness by wording": lambda: faithfulness(table, rng, by="wording"),
        "false positives": lambda: false_positives(records, rng),
        "accuracy": lambda: accuracy(records, table, rng),
        "lengths": lambda: lengths(table, rng),
        "difficulty": lambda: by_difficulty(table, rng),
    }
    total = 0
    for name, step in steps.items():
        before = time.perf_counter()
        total += len(step())
        print(f"  {name:24} {time.perf_counter() - before:6.1f} s")
    before = time.perf_counter()
    rows = flow(records, known=table).height
    warnings = imbalances(records)
    print(f"  flow ({rows} rows, {len(warnings)} warnings) {time.perf_counter() - before:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{total} estimates, 2,000 draws: {time.perf_counter() - started:.1f} s, peak {peak:.2f} GB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
