"""A benchmark: rows of somebody else's format, read from a local copy or from the hub, as questions.

An adapter is two functions: `local` reads the published files into rows of the hub's schema, and `question`
makes a question of such a row. All else is shared and happens here. A row that cannot be asked as it was
published (two options with the same text, a key that is none of the options) is skipped and reported; a row
of another schema is an error.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from unsaid.errors import MissingExtra, QuestionError, UnknownName
from unsaid.questions.benchmarks.fetched import Published, fetch
from unsaid.questions.question import Question

__all__ = ["Benchmark", "HubTable", "Loaded", "Request", "Row", "Skipped", "counted", "distinct", "shuffled"]


@dataclass(frozen=True)
class Request:
    """What is asked of a benchmark.

    Attributes:
        subset: a subject, a task, a configuration; None for the default (or for all of them).
        split: as the benchmark names it.
        seed: for the order of options, where the published order gives the answer away.
    """

    subset: str | None
    split: str
    seed: int = 0


@dataclass(frozen=True)
class Row:
    """One published item.

    Attributes:
        where: the file or the hub's data set, for messages.
        number: from 0 within its subset and split; part of ids, so it never depends on what is selected.
        subset: the subject or task it belongs to.
        split: the split it belongs to.
        values: by column, in the hub's schema.
    """

    where: str
    number: int
    subset: str
    split: str
    values: dict[str, Any]

    def fail(self, field: str, expected: str) -> QuestionError:
        """Return the error that says what this row lacks; the values are not shown, as some must not be."""
        found = type(self.values[field]).__name__ if field in self.values else "no such field"
        return QuestionError(
            f"{self.where}, row {self.number}, field {field!r}: expected {expected}, found {found}"
        )

    def text(self, field: str) -> str:
        """Return a text that is not blank, without white space around it."""
        value = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(field, "a text that is not blank")
        return value.strip()

    def texts(self, field: str) -> list[str]:
        """Return a list of texts."""
        value = self.values.get(field)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(field, "a list of texts")
        return [item.strip() for item in value]

    def integer(self, field: str, below: int) -> int:
        """Return a whole number from 0, less than `below`."""
        value = self.values.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
            raise self.fail(field, f"a whole number from 0 to {below - 1}")
        return value

    def record(self, field: str) -> dict[str, Any]:
        """Return a nested record."""
        value = self.values.get(field)
        if not isinstance(value, dict):
            raise self.fail(field, "a record")
        return value


@dataclass(frozen=True)
class Skipped:
    """A published item that cannot be asked, and why."""

    id: str
    reason: str


def counted(skipped: Sequence[Skipped]) -> list[str]:
    """Return one line for each reason why published items cannot be asked: how many, which is the first, and why."""
    reasons: dict[str, list[str]] = {}
    for item in skipped:
        reasons.setdefault(item.reason, []).append(item.id)
    return [
        f"question {ids[0]}: {reason}"
        if len(ids) == 1
        else f"{len(ids):,} questions ({ids[0]} is the first): {reason}"
        for reason, ids in sorted(reasons.items(), key=lambda pair: -len(pair[1]))
    ]


@dataclass(frozen=True)
class Loaded:
    """Questions, and the published items that could not be asked."""

    questions: tuple[Question, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class HubTable:
    """A data set on the Hugging Face hub.

    Attributes:
        path: "owner/name".
        config: the configuration, None where there is one.
        split: the split there.
        subset: the subset that all rows belong to; None where the adapter reads it from `subset_column`.
        subset_column: the column that names the subset of a row.
        revision: the branch, None for the main one.
    """

    path: str
    config: str | None
    split: str
    subset: str | None = None
    subset_column: str | None = None
    revision: str | None = None


@dataclass(frozen=True)
class Benchmark:
    """A family of published questions.

    Attributes:
        name: as in `--questions <name>`.
        summary: one line for `unsaid questions`.
        source: the paper.
        licence: of the items.
        splits: the names of the splits; the first is the default.
        subsets: the names of the subsets; empty where there is one table.
        default_subset: None for all of them.
        local: reads published files into rows.
        hub: the hub's tables that answer a request.
        question: makes a question of a row.
        published: the files, each with address and sum, that answer a request; none where the hub does.
    """

    name: str
    summary: str
    source: str
    licence: str
    splits: tuple[str, ...]
    subsets: tuple[str, ...]
    default_subset: str | None
    local: Callable[[Path, Request], Iterator[Row]]
    hub: Callable[[Request], list[HubTable]]
    question: Callable[[Row, int], Question | Skipped]
    published: Callable[[Request], list[Published]] = lambda _: []

    def load(
        self, path: Path | None = None, *, subset: str | None = None, split: str | None = None, seed: int = 0
    ) -> Loaded:
        """Return all its questions, in the published order.

        Args:
            path: a local file or folder in the published format; None for the published files, or the hub.
            subset: one of `subsets`; the default one if None.
            split: one of `splits`; the first if None.
            seed: for the order of options, where the adapter shuffles them.

        Raises:
            UnknownName: no such subset or split.
            QuestionError: no file there, or rows of another schema.
            MissingExtra: the hub was asked for without the extra.
        """
        if subset is not None and subset not in self.subsets:
            raise UnknownName(f"subset of {self.name}", subset, self.subsets)
        if split is not None and split not in self.splits:
            raise UnknownName(f"split of {self.name}", split, self.splits)
        request = Request(subset or self.default_subset, split or self.splits[0], seed)
        loaded = distinct([self.question(row, seed) for row in self._rows(path, request)])
        if not loaded.questions:
            where = path if path is not None else "the published place"
            wanted = ", ".join(
                f"{field} {value}" for field, value in vars(request).items() if value is not None
            )
            if not loaded.skipped:
                raise QuestionError(f"{self.name}: found no rows at {where} for {wanted}")
            left = "; ".join(counted(loaded.skipped))
            raise QuestionError(
                f"{self.name}: none of the {len(loaded.skipped):,} rows at {where} can be asked: {left}"
            )
        return loaded

    def _rows(self, path: Path | None, request: Request) -> Iterator[Row]:
        """Yield the rows of a local copy, or else of the published files, or else of the hub."""
        published = self.published(request) if path is None else []
        places = [path] if path is not None else [fetch(file, self.name) for file in published]
        for place in places:
            yield from self.local(place, request)
        if not places:
            yield from self._hub_rows(request)

    def _hub_rows(self, request: Request) -> Iterator[Row]:
        try:
            import datasets
        except ImportError as error:
            raise MissingExtra(f"{self.name} from the hub", "hub") from error
        for table in self.hub(request):
            where = f"{table.path} on the hub"
            try:
                rows = datasets.load_dataset(
                    table.path, table.config, split=table.split, revision=table.revision
                )
            except (OSError, ValueError, RuntimeError) as error:
                raise QuestionError(
                    f"{where} cannot be loaded ({error}); give a local copy: {self.name}:PATH"
                ) from error
            seen: Counter[str] = Counter()
            for values in rows:
                subset = table.subset or str(values[table.subset_column or "subset"])
                if request.subset in (None, subset):
                    yield Row(where, seen[subset], subset, request.split, dict(values))
                seen[subset] += 1


def distinct(items: list[Question | Skipped]) -> Loaded:
    """Questions with the same stem and options share a cluster: asking one twice tells nothing new."""
    questions, skipped, ids = [], [], set()
    first: dict[tuple[str, frozenset[str]], str] = {}
    for item in items:
        if item.id in ids:
            raise QuestionError(f"the id {item.id!r} stands there twice; is the same file there twice?")
        ids.add(item.id)
        if isinstance(item, Skipped):
            skipped.append(item)
            continue
        cluster = first.setdefault((item.stem, frozenset(item.options)), item.cluster)
        questions.append(item if cluster == item.cluster else replace(item, cluster=cluster))
    return Loaded(tuple(questions), tuple(skipped))


def shuffled(options: list[str], correct: int, question_id: str, seed: int) -> tuple[list[str], int]:
    """Return the options in an order that seed and question id decide, and where the correct one went."""
    digest = hashlib.blake2b(question_id.encode(), digest_size=8).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest, "big")])
    order = [int(index) for index in rng.permutation(len(options))]
    return [options[index] for index in order], order.index(correct)
