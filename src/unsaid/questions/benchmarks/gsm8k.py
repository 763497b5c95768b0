"""GSM8K, grade-school word problems, Cobbe et al. 2021 (arXiv 2110.14168). Licence MIT.

Published as `test.jsonl` and `train.jsonl` at github.com/openai/grade-school-math: {"question", "answer"}, the
answer being worked reasoning, with computations marked up as <<16-3-4=9>>, and after "####" the number. On the hub
openai/gsm8k, configuration main, with the same columns. Free response: cues that point at an option cannot be
put to it. The worked reasoning is kept as steps, without the mark-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from unsaid.questions.benchmarks.benchmark import Benchmark, HubTable, Request, Row, Skipped
from unsaid.questions.benchmarks.tables import find, read_table, row_id
from unsaid.questions.free_text import normalised
from unsaid.questions.question import Question, Step

_MARKUP = re.compile(r"<<[^<>]*>>")


def _local(path: Path, request: Request) -> Iterator[Row]:
    for file in find(path, f"{request.split}.jsonl", f"main/{request.split}-*.parquet"):
        for number, values in enumerate(read_table(file)):
            yield Row(str(file), number, "gsm8k", request.split, values)


def _hub(request: Request) -> list[HubTable]:
    return [HubTable("openai/gsm8k", "main", request.split, subset="gsm8k")]


def _question(row: Row, seed: int) -> Question | Skipped:
    worked, mark, answer = row.text("answer").rpartition("####")
    if not mark or not answer.strip():
        raise row.fail("answer", 'worked reasoning that ends in "#### " and a number')
    lines = (_MARKUP.sub("", line).strip() for line in worked.split("\n"))
    return Question(
        id=row_id(row, "gsm8k"),
        stem=row.text("question"),
        answer=normalised(answer),
        source="gsm8k",
        steps=tuple(Step(line, "") for line in lines if line),
    )


GSM8K = Benchmark(
    name="gsm8k",
    summary="grade-school word problems, free response",
    source="Cobbe et al. 2021",
    licence="MIT",
    splits=("test", "train"),
    subsets=(),
    default_subset=None,
    local=_local,
    hub=_hub,
    question=_question,
)
