"""Published benchmarks. To add one: a file beside these, and a line in `unsaid/questions/names.py`."""

from __future__ import annotations

from importlib import import_module

from unsaid.questions.benchmarks.benchmark import Benchmark, Loaded, Skipped
from unsaid.questions.names import BENCHMARKS as FILES
from unsaid.registry import named

__all__ = ["BENCHMARKS", "Benchmark", "Loaded", "Skipped", "benchmark"]


def _held_by(file: str) -> Benchmark:
    found: Benchmark = getattr(import_module(f"{__name__}.{file}"), file.upper())
    return found


BENCHMARKS: dict[str, Benchmark] = {entry.name: entry for entry in map(_held_by, FILES)}


def benchmark(name: str) -> Benchmark:
    """Return the benchmark of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("benchmark", name, BENCHMARKS)
