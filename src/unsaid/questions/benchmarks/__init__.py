"""Published benchmarks. To add one: a file beside these, and a line in `BENCHMARKS`."""

from __future__ import annotations

from unsaid.questions.benchmarks.aqua import AQUA
from unsaid.questions.benchmarks.arc import ARC
from unsaid.questions.benchmarks.bbh import BBH
from unsaid.questions.benchmarks.bbq import BBQ
from unsaid.questions.benchmarks.benchmark import Benchmark, Loaded, Skipped
from unsaid.questions.benchmarks.commonsenseqa import COMMONSENSEQA
from unsaid.questions.benchmarks.gpqa import GPQA
from unsaid.questions.benchmarks.gsm8k import GSM8K
from unsaid.questions.benchmarks.hellaswag import HELLASWAG
from unsaid.questions.benchmarks.logiqa import LOGIQA
from unsaid.questions.benchmarks.mmlu import MMLU
from unsaid.questions.benchmarks.mmlu_pro import MMLU_PRO
from unsaid.questions.benchmarks.openbookqa import OPENBOOKQA
from unsaid.questions.benchmarks.truthfulqa import TRUTHFULQA
from unsaid.registry import named

__all__ = ["BENCHMARKS", "Benchmark", "Loaded", "Skipped", "benchmark"]

BENCHMARKS: dict[str, Benchmark] = {
    entry.name: entry
    for entry in (
        AQUA,
        ARC,
        BBH,
        BBQ,
        COMMONSENSEQA,
        GPQA,
        GSM8K,
        HELLASWAG,
        LOGIQA,
        MMLU,
        MMLU_PRO,
        OPENBOOKQA,
        TRUTHFULQA,
    )
}


def benchmark(name: str) -> Benchmark:
    """Return the benchmark of that name.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("benchmark", name, BENCHMARKS)
