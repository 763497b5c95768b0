"""What a run may come upon: names that mean something to somebody, links, and a key that must stand nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from unsaid.asking.settings import Settings
from unsaid.errors import DataError
from unsaid.records.from_logs import raw_samples

__all__ = ["CANARY", "NAMES", "SECRET", "contents", "link", "questions", "replies_in", "says_finished"]

#: Names that some program takes for a pattern, an option or a path; question ids are made of them too.
NAMES = (
    "exp[1]",
    "a*b",
    "with space",
    "-dash",
    "!x",
    ".hidden",
    "Ünïcode 漢字",
    "what?",
    "a'b\"c",
    "$HOME",
    "x{y}",
)
#: What no file may hold, and what no link may lead to.
SECRET, CANARY = "sk-night-7c1f0e5b92", "outside the run\n"
_LINKS = ("results.json.partial", "report.partial", "run.partial", "records.partial", ".block")


def questions(path: Path, limit: int, seed: int) -> Path:
    """The questions that are asked otherwise, under ids that some program takes for something else."""
    rows = [
        {
            "id": f"{NAMES[number % len(NAMES)]}/{number}",
            "question": each.stem,
            "options": list(each.options),
            "answer": each.correct_letter,
        }
        for number, each in enumerate(Settings(limit=limit, seed=seed).load().questions)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def link(run: Path, folder: Path) -> Path:
    """Put links into the run's folder where it writes; the file outside to which all of them lead."""
    canary = folder / "canary.txt"
    canary.write_text(CANARY, encoding="utf-8")
    run.mkdir(parents=True)
    for name in _LINKS:
        (run / name).symlink_to(canary)
    return canary


def contents(run: Path) -> Iterator[bytes]:
    """Every file of a run, and every sample and header of its logs."""
    for path in sorted(run.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.read_bytes()
        if path.suffix == ".eval":
            try:
                yield from (json.dumps(part).encode() for pair in raw_samples(path) for part in pair)
            except DataError:
                continue  # cut off while it was written


def says_finished(run: Path) -> bool:
    """Whether `run.json` calls the run finished."""
    about = run / "run.json"
    return about.is_file() and bool(json.loads(about.read_text(encoding="utf-8"))["finished"])


def replies_in(run: Path) -> int:
    """Replies that a run holds; a call that failed is none."""
    records = run / "records.parquet"
    if not records.is_file():
        return 0
    return int(pl.read_parquet(records, glob=False, columns=["error"])["error"].null_count())
