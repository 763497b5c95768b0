"""AQuA-RAT, algebra word problems with five options, Ling et al. 2017 (arXiv 1705.04146). Licence Apache-2.0.

Published as `test.json` and `dev.json` at github.com/google-deepmind/AQuA, JSON lines in spite of their names:
{"question", "options": ["A)21", ...], "rationale", "correct": "A"}. The letter before an option is taken off. The
rationale is kept as steps: one step per line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from unsaid.questions.benchmarks.benchmark import Benchmark, HubTable, Request, Row, Skipped
from unsaid.questions.benchmarks.fetched import Published
from unsaid.questions.benchmarks.tables import choice, find, json_lines, read_table
from unsaid.questions.question import LETTERS, Question, Step

_FILES = {"test": "test", "validation": "dev", "train": "train"}
_COMMIT = "26b64ed1f22208c6742f47df547dfd65088ec30d"
_SUMS = {
    "test": "de41581881ef95c5588c44ddc701c77fd480839241dd422a0d181262af24520c",
    "validation": "4a52301d8a49ae0b286f8e697f9c5da1b109b247b825b47b4c6de34312dceec5",
}
_OPTION = re.compile(r"\(?(?P<letter>[A-E])\s*[).:]\s*(?P<text>.*)", re.DOTALL)


def _local(path: Path, request: Request) -> Iterator[Row]:
    name = _FILES[request.split]
    for file in find(path, f"{name}.json", f"{name}.jsonl", f"raw/{request.split}-*.parquet"):
        rows = read_table(file) if file.suffix == ".parquet" else json_lines(file)
        for number, values in enumerate(rows):
            yield Row(str(file), number, "aqua", request.split, values)


def _hub(request: Request) -> list[HubTable]:
    return [HubTable("deepmind/aqua_rat", "raw", request.split, subset="aqua")]


def _published(request: Request) -> list[Published]:
    if request.split not in _SUMS:
        return []
    address = f"https://raw.githubusercontent.com/google-deepmind/AQuA/{_COMMIT}/{_FILES[request.split]}.json"
    return [Published(address, _SUMS[request.split])]


def _question(row: Row, seed: int) -> Question | Skipped:
    lettered = [_OPTION.fullmatch(text) for text in row.texts("options")]
    letters = "".join(match["letter"] if match else "?" for match in lettered)
    if letters != LETTERS[: len(letters)]:
        raise row.fail("options", 'texts that begin with "A)", "B)" and so on')
    key = row.text("correct")
    if len(key) != 1 or key not in letters:
        raise row.fail("correct", f"one of the letters {', '.join(letters)}")
    options = [match["text"].strip() for match in lettered if match]
    found = choice(row, "aqua", options, letters.index(key), stem=row.text("question"))
    if isinstance(found, Skipped):
        return found
    lines = (line.strip() for line in str(row.values.get("rationale") or "").split("\n"))
    return replace(found, steps=tuple(Step(line, "") for line in lines if line))


AQUA = Benchmark(
    name="aqua",
    summary="algebra word problems, five options",
    source="Ling et al. 2017",
    licence="Apache-2.0",
    splits=("test", "validation", "train"),
    subsets=(),
    default_subset=None,
    local=_local,
    hub=_hub,
    question=_question,
    published=_published,
)
