"""Which sources of questions there are by name. None is imported, so that a wrong name is refused at once.

To add a benchmark or a procedural task: a file in its folder, and a line here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsaid.errors import UnknownName, UsageError

__all__ = ["APART", "BENCHMARKS", "BUNDLED", "FREE_TASKS", "TASKS", "check_names", "expanded", "typed"]

#: The file of each benchmark, which holds it by its name in capitals.
BENCHMARKS = (
    "aqua",
    "arc",
    "bbh",
    "bbq",
    "commonsenseqa",
    "gpqa",
    "gsm8k",
    "hellaswag",
    "logiqa",
    "mmlu",
    "mmlu_pro",
    "openbookqa",
    "truthfulqa",
)
#: The file of each procedural task, which has its name.
TASKS = (
    "boolean_expressions",
    "coin_flips",
    "date_arithmetic",
    "hindsight",
    "modular_arithmetic",
    "navigate",
    "ordering",
    "temporal_sequences",
    "tracking_shuffled_objects",
    "web_of_lies",
)
#: Tasks without options. `bundled:all` leaves them out, so that what it asks stays of one kind.
FREE_TASKS = ("running_total",)
#: What else is generated; `bundled:all` leaves it out, for it is no task with an answer of its own.
APART = ("comparisons", "preferences")

BUNDLED = re.compile(r"bundled:(?P<task>[^@#]*)(?:@(?P<difficulty>[^#]*))?(?:#(?P<split>.*))?")


def check_names(spec: str) -> None:
    """Refuse the name of a source that does not exist, before anything is loaded.

    Raises:
        UnknownName: no such source or task; the message lists the nearest.
        UsageError: an empty spec.
    """
    published = [file.replace("_", "-") for file in BENCHMARKS]
    for name in expanded(spec):
        if (bundled := BUNDLED.fullmatch(name)) is not None:
            if bundled["task"] not in (*TASKS, *FREE_TASKS, *APART):
                raise UnknownName("task", bundled["task"], (*TASKS, *FREE_TASKS))
        elif re.fullmatch(r"[\w-]+", name) and name not in published:
            raise UnknownName("question source", name, typed())


def typed() -> list[str]:
    """Return what can be typed as it stands, for a message."""
    bundled = [f"bundled:{name}" for name in (*TASKS, *FREE_TASKS, *APART)]
    return sorted(bundled) + [file.replace("_", "-") for file in BENCHMARKS]


def expanded(spec: str) -> Iterator[str]:
    """Yield the sources that a spec names, `bundled:all` as the tasks that it stands for.

    Raises:
        UsageError: a source has no name.
    """
    for name in (part.strip() for part in spec.split(",")):
        if not name:
            raise UsageError("no question source is named; try bundled:all, or `unsaid questions` for a list")
        if name == "bundled:all" or name.startswith(("bundled:all@", "bundled:all#")):
            yield from (f"bundled:{known}{name.removeprefix('bundled:all')}" for known in sorted(TASKS))
        else:
            yield name
