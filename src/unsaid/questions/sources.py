"""Questions by name: what `--questions` accepts.

    bundled:navigate            a procedural task at its default difficulty; any number of questions
    bundled:navigate@6          at another difficulty
    bundled:navigate@6#train    its training split (default: test)
    bundled:all                 every procedural task
    bundled:comparisons         comparisons and their reverses, always in whole pairs
    bundled:preferences         pairs of texts of equal merit; no option is correct
    mine.jsonl, data/mine.csv   a file of one's own (docs/questions.md)
    mmlu                        a benchmark from the Hugging Face hub (extra `hub`)
    mmlu:../data/mmlu           the same from a local file or folder
    mmlu/astronomy:../data/mmlu one subset of it
    arc/easy#validation         one split of it; arc/easy:../data/arc#validation
    inspect:PACKAGE/TASK?k=v    the multiple-choice samples of an installed Inspect task (`inspect_tasks`)
    hf:OWNER/NAME/SUBSET@SPLIT  any data set of the hub, or hf:./folder of Parquet or Arrow, with a map of its columns
    chainscope:data/questions   comparative questions of Arcuschin et al. 2025 (a YAML file, or a folder of them)

Several may be given, with commas between them.

What a limit takes: a file or a benchmark is put in an order that the seed decides, a procedural task draws
with the seed; several sources take turns, and where one runs out the others go on. So every source gets its
fair share, and a lower limit gives the beginning of what a higher one gives. Without a limit everything is
taken, and `DEFAULT_BUNDLED` questions of each procedural task.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from unsaid.errors import QuestionError, UnknownName, UsageError
from unsaid.questions.benchmarks import BENCHMARKS, Loaded, Skipped
from unsaid.questions.chainscope import load_questions
from unsaid.questions.comparisons import COMPARISONS
from unsaid.questions.files import SUFFIXES, load_file
from unsaid.questions.inspect_tasks import PREFIX, load_task
from unsaid.questions.mapped import load_mapped
from unsaid.questions.names import BUNDLED, expanded, typed
from unsaid.questions.preferences import PREFERENCES
from unsaid.questions.procedural import FREE_TASKS, TASKS, task
from unsaid.questions.question import Question, Split
from unsaid.store.rows import is_hub, table_ending

__all__ = ["DEFAULT_BUNDLED", "SourceInfo", "catalogue", "load", "load_reporting"]

#: How many questions a procedural task gives where no limit is set.
DEFAULT_BUNDLED = 100

#: What else is generated; `bundled:all` leaves it out, for it is no task with an answer of its own.
_APART = {each.name: each for each in (COMPARISONS, PREFERENCES)}

_BENCHMARK = re.compile(
    r"(?P<name>[\w-]+)(?:/(?P<subset>[\w -]+))?(?::(?P<path>.*?))?(?:#(?P<split>[\w-]+))?", re.DOTALL
)


@dataclass(frozen=True)
class SourceInfo:
    """A line of the catalogue.

    Attributes:
        spec: what to type.
        kind: "bundled", "file" or "benchmark".
        summary: one line.
        origin: the paper and the licence, where there is one.
        choices: difficulties of a task, subsets of a benchmark.
    """

    spec: str
    kind: Literal["bundled", "file", "benchmark"]
    summary: str
    origin: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Source:
    """One source: how many questions it has (None: any number), and the first `n` of them."""

    spec: str
    size: int | None
    take: Callable[[int], list[Question]]
    skipped: tuple[Skipped, ...] = ()


def load(spec: str, *, limit: int | None = None, seed: int = 0, mapping: str = "") -> list[Question]:
    """Return the questions that a spec names; see the top of this file.

    Args:
        spec: one or more sources, with commas between them.
        limit: at most so many questions in all.
        seed: decides which questions a limit takes and in which order, what a task draws, and the
            order of options where a benchmark's published order gives the answer away.
        mapping: what the columns of data sets and tables mean (`mapped.py`); "" where there are none.

    Raises:
        UnknownName: no such source, task, subset or split; the message lists the nearest.
        QuestionError: a file is malformed, or an id stands in two sources.
        UsageError: an empty spec, or a limit below 1.
        MissingExtra: the hub is needed without the extra.
    """
    return list(load_reporting(spec, limit=limit, seed=seed, mapping=mapping).questions)


def load_reporting(spec: str, *, limit: int | None = None, seed: int = 0, mapping: str = "") -> Loaded:
    """Return as `load`, with the published items that cannot be asked, and why, beside the questions."""
    if limit is not None and limit < 1:
        raise UsageError(f"the limit is {limit}; at least 1 question is needed")
    names = list(expanded(spec))
    sources = [_mapped(name, seed, mapping) or _source(name, seed) for name in names]
    if mapping and not any(is_hub(name) or _is_table(name) for name in names):
        raise UsageError("--map says what the columns of hf:... or of a table mean; no such source is named")
    capacities = [DEFAULT_BUNDLED if s.size is None and limit is None else s.size for s in sources]
    turns = _turns(capacities, limit)
    queues = [iter(source.take(turns.count(index))) for index, source in enumerate(sources)]
    questions: dict[str, Question] = {}
    origin: dict[str, str] = {}
    for index in turns:
        question = next(queues[index], None)
        if question is None:  # a source of pairs gives whole ones: one question fewer than an odd number
            continue
        if question.id in questions:
            both = f"{origin[question.id]!r} and {sources[index].spec!r}"
            raise QuestionError(f"the question id {question.id!r} stands in {both}: give one of them")
        questions[question.id], origin[question.id] = question, sources[index].spec
    return Loaded(tuple(questions.values()), tuple(item for source in sources for item in source.skipped))


def catalogue() -> list[SourceInfo]:
    """Return everything that `load` knows by name, and the kinds of file it reads."""
    bundled = [
        SourceInfo(f"bundled:{name}", "bundled", entry.summary, choices=tuple(map(str, entry.difficulties)))
        for name, entry in sorted({**TASKS, **FREE_TASKS, **_APART}.items())
    ]
    files = [
        SourceInfo(f"PATH{suffix}", "file", "questions of your own; see docs/questions.md")
        for suffix in SUFFIXES
    ]
    files.append(
        SourceInfo(
            f"{PREFIX}PACKAGE/TASK", "file", "the multiple-choice samples of any installed Inspect task"
        )
    )
    files += [
        SourceInfo(
            "hf:OWNER/NAME@SPLIT",
            "file",
            "any data set of the hub, or a local copy: hf:./FOLDER; needs --map",
        )
    ]
    published = [
        SourceInfo(name, "benchmark", entry.summary, f"{entry.source}; {entry.licence}", entry.subsets)
        for name, entry in sorted(BENCHMARKS.items())
    ]
    return bundled + files + published


def _mapped(name: str, seed: int, mapping: str) -> _Source | None:
    """Return a data set, or a table whose columns a map names; None where the source is another.

    Raises:
        UsageError: a data set without a map.
    """
    if is_hub(name) and not mapping:
        raise UsageError(
            f"{name}: expected --map, which says what its columns mean (docs/questions.md), for instance\n"
            "    --map question=question,options=choices,answer=answer,answers=index0"
        )
    if not is_hub(name) and not (mapping and _is_table(name)):
        return None
    return _finite(name, load_mapped(name, mapping), seed)


def _is_table(name: str) -> bool:
    return table_ending(Path(name)) is not None and name.partition(":")[0].partition("/")[0] not in BENCHMARKS


def _source(name: str, seed: int) -> _Source:
    if (bundled := BUNDLED.fullmatch(name)) is not None:
        return _bundled(name, bundled, seed)
    if name.startswith(PREFIX):
        return _finite(name, load_task(name), seed)
    if name.startswith("chainscope:"):  # in an order that keeps pairs together
        ordered = load_questions(Path(name.removeprefix("chainscope:")).expanduser(), seed)
        return _Source(name, len(ordered), lambda n: ordered[:n])
    if name.endswith(tuple(SUFFIXES)) and name.partition(":")[0].partition("/")[0] not in BENCHMARKS:
        return _finite(name, Loaded(tuple(load_file(Path(name)))), seed)
    wanted = _BENCHMARK.fullmatch(name)
    if wanted is None or wanted["name"] not in BENCHMARKS:
        raise UnknownName("question source", name if wanted is None else wanted["name"], typed())
    if wanted["path"] == "":
        raise UsageError(f"{name!r}: expected a path after the colon, or no colon to load from the hub")
    path = None if wanted["path"] is None else Path(wanted["path"]).expanduser()
    entry = BENCHMARKS[wanted["name"]]
    loaded = entry.load(path, subset=wanted["subset"], split=wanted["split"], seed=seed)
    return _finite(name, loaded, seed)


def _bundled(name: str, wanted: re.Match[str], seed: int) -> _Source:
    chosen = _APART.get(wanted["task"]) or task(wanted["task"])
    digits, split = wanted["difficulty"], wanted["split"] or "test"
    if digits is not None and not (digits.isascii() and digits.isdigit() and len(digits) < 6):
        raise UsageError(f"{name!r}: expected a difficulty like @{chosen.default}, found @{digits}")
    if split not in ("train", "test"):
        raise UnknownName("split of a bundled task", split, ("train", "test"))
    side: Split = "train" if split == "train" else "test"
    level = None if digits is None else int(digits)
    return _Source(name, None, lambda n: chosen.questions(n, seed=seed, split=side, difficulty=level))


def _finite(name: str, loaded: Loaded, seed: int) -> _Source:
    """Return a source in the order that the seed decides, whatever the limit."""
    questions = loaded.questions
    order = np.random.default_rng([seed, len(questions)]).permutation(len(questions))
    return _Source(
        name, len(questions), lambda n: [questions[int(index)] for index in order[:n]], loaded.skipped
    )


def _turns(capacities: list[int | None], limit: int | None) -> list[int]:
    """Return which source each question comes from: all take turns, and the empty ones fall out."""
    turns: list[int] = []
    taken = [0] * len(capacities)
    while limit is None or len(turns) < limit:
        ready = [i for i, size in enumerate(capacities) if size is None or taken[i] < size]
        if not ready:
            break
        for index in ready:
            turns.append(index)
            taken[index] += 1
    return turns if limit is None else turns[:limit]
