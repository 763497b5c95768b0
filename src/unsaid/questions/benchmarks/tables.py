"""What the adapters share: finding published files, reading tables, and making a question of a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from unsaid.errors import QuestionError
from unsaid.questions.benchmarks.benchmark import Row, Skipped
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.reading import missing_file, parse_json, read_text
from unsaid.store.tables import Unreadable, read_parquet

__all__ = ["choice", "find", "in_cluster", "json_lines", "labelled_choices", "read_table", "row_id"]


def find(path: Path, *names: str) -> list[Path]:
    """Return the published files: `path` itself where it is a file, else what is named so anywhere beneath it.

    The first of `names` (they may hold wildcards) that is there decides.

    Raises:
        QuestionError: there is none; the message says what was looked for.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise QuestionError(missing_file(path))
    for name in names:
        if found := sorted(entry for entry in path.rglob(name) if entry.is_file()):
            return found
    raise QuestionError(f"{path}: expected {' or '.join(names)} in this folder, found none")


def read_table(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a `.parquet`, `.jsonl` or `.csv` (with header) file.

    Raises:
        QuestionError: it cannot be read as what its name says.
    """
    if path.suffix == ".parquet":
        try:
            table, _ = read_parquet(path)
        except (Unreadable, OSError) as error:
            raise QuestionError(f"{path}: not readable as Parquet ({error})") from error
        yield from table.iter_rows(named=True)
    elif path.suffix == ".jsonl":
        yield from json_lines(path)
    elif path.suffix == ".csv":
        try:
            yield from csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
        except csv.Error as error:
            raise QuestionError(f"{path}: not valid CSV: {error}") from error
    else:
        raise QuestionError(f"{path}: expected a .parquet, .jsonl or .csv file")


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines, whatever its name.

    Raises:
        QuestionError: a line is no JSON object.
    """
    for line, text in enumerate(read_text(path).split("\n"), start=1):
        if text.strip():
            value = parse_json(path, line, text)
            if not isinstance(value, dict):
                raise QuestionError(f"{path}, line {line}: expected a JSON object")
            yield value


def choice(
    row: Row,
    benchmark: str,
    options: list[str],
    correct: int | None,
    *,
    stem: str,
    id: str = "",  # noqa: A002 - the field's name
) -> Question | Skipped:
    """Return the question of a row, or why it cannot be asked as published."""
    id = f"{benchmark}-{id}" if id else row_id(row, benchmark)  # noqa: A001
    if any(not option for option in options):
        return Skipped(id, "an option is empty")
    if len(set(options)) < len(options):
        return Skipped(id, "two options are the same text")
    if not 2 <= len(options) <= len(LETTERS):
        return Skipped(id, f"{len(options)} option(s)")
    return Question(
        id=id,
        stem=stem,
        options=tuple(options),
        correct=correct,
        source=benchmark,
        task=row.subset,
    )


def in_cluster(item: Question | Skipped, key: str) -> Question | Skipped:
    """Return the same question in the cluster of all that share the key (a passage, a source text)."""
    return replace(item, cluster=f"{item.source}-{key}") if isinstance(item, Question) else item


def row_id(row: Row, benchmark: str) -> str:
    """Return an id from a row's place: "mmlu-astronomy-test-12", or "truthfulqa-validation-3" without subsets."""
    subset = "" if row.subset == benchmark else f"{row.subset}-"
    return f"{benchmark}-{subset}{row.split}-{row.number}"


def labelled_choices(row: Row, field: str) -> tuple[list[str], int | None]:
    """Return options and key of the AI2 layout: {"text": [...], "label": [...]} beside an `answerKey`.

    The labels are letters or, in some rows of ARC, the numbers 1 to 5.
    """
    choices = row.record(field)
    texts, labels = choices.get("text"), choices.get("label")
    if not isinstance(texts, list) or not isinstance(labels, list) or len(texts) != len(labels):
        raise row.fail(field, "a record of lists `text` and `label` of the same length")
    key = row.values.get("answerKey")
    if key in (None, ""):
        return [str(text).strip() for text in texts], None
    if key not in labels:
        raise row.fail("answerKey", f"one of the labels {', '.join(map(str, labels))}")
    return [str(text).strip() for text in texts], labels.index(key)
