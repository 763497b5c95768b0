"""A table of a million rows with texts, imported: seconds and peak memory.

    python benchmarks/bench_import.py [--rows 1000000]

Target: at most 60 s and 4 GB on two cores. A row is a pair: id, stem, right answer, target, both answers, the cued
reasoning (some 400 characters, no two alike) and a label. The command is the one a user types, in a process of its own,
with the run written to disk.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MAP = (
    "question_id=id,stem=stem,clean_answer=clean,cued_answer=cued,target=hint,correct=gold,cued_reasoning=why,"
    "mentions.ann=named,model==m,cue==c,n_options==4"
)
_VOCABULARY, _TEXTS = 4000, 5000


def write_table(path: Path, rows: int, seed: int = 0) -> None:
    """Write a CSV of so many rows."""
    rng = random.Random(seed)  # noqa: S311 - texts of a benchmark
    words = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 9))) for _ in range(_VOCABULARY)]
    texts = [" ".join(rng.choices(words, k=35)) for _ in range(_TEXTS)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "stem", "clean", "cued", "hint", "gold", "why", "named"])
        for number in range(rows):
            stem, first, second = rng.choice(texts)[:100], rng.choice(texts), rng.choice(texts)
            letters = rng.choices("ABCD", k=4)
            named = rng.choice(("yes", "no", ""))
            writer.writerow(
                [f"q{number}", f"{stem} {number}?", *letters, f"{first} {number}, {second}", named]
            )


def measure(table: Path, run: Path) -> tuple[float, float, float]:
    """Import a table; return seconds of wall clock and of CPU, and the peak of memory in MB."""
    program = [sys.executable, "-c", "from unsaid.cli import main; main()"]
    command = [*program, "import", "table", str(table), "--map", MAP, "--out", str(run)]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print one line with what was measured, and the load before it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        write_table(table, rows)
        size = table.stat().st_size / 2**20
        load = os.getloadavg()[0]
        wall, cpu, peak = measure(table, Path(folder) / "run")
    sys.stdout.write(
        f"{rows:,} rows, {size:,.0f} MB: {wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak:,.0f} MB; load {load:.1f}\n"
    )


if __name__ == "__main__":
    main()
