"""CommonsenseQA, Talmor et al. 2019 (arXiv 1811.00937). Licence MIT.

Published as `dev_rand_split.jsonl` and the like: {"id", "question": {"stem", "choices": [{"text", "label"}]},
"answerKey"}. On the hub tau/commonsense_qa: question, choices {text, label}, answerKey; a JSON line of that layout is
read as well. The test split was published without its keys, so its right answers are not known.

Without a path the validation split is fetched as github.com/lionzwarrior/llm-benchmark holds it, the other splits come
from the hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unsaid.questions.benchmarks.ai2 import from_ai2
from unsaid.questions.benchmarks.benchmark import Benchmark, HubTable, Request, Row, Skipped
from unsaid.questions.benchmarks.fetched import Published
from unsaid.questions.benchmarks.tables import choice, find, labelled_choices, read_table
from unsaid.questions.question import Question

_FILES = {
    "validation": "dev_rand_split.jsonl",
    "train": "train_rand_split.jsonl",
    "test": "test_rand_split_no_answers.jsonl",
}
_VALIDATION = Published(
    "https://raw.githubusercontent.com/lionzwarrior/llm-benchmark/"
    "8866ece85533b6532bdf67f9258e88a9902dcf40/dev_rand_split.jsonl",
    "4c036e81eec3cb86477bc1b97c21c56aa17d92ab9f8537c855dc0cf724b05fe0",
)


def _local(path: Path, request: Request) -> Iterator[Row]:
    for file in find(path, _FILES[request.split], f"data/{request.split}-*.parquet"):
        for number, values in enumerate(read_table(file)):
            row = Row(str(file), number, "commonsenseqa", request.split, values)
            yield from_ai2(row, "question") if isinstance(values.get("question"), dict) else row


def _hub(request: Request) -> list[HubTable]:
    return [HubTable("tau/commonsense_qa", None, request.split, subset="commonsenseqa")]


def _published(request: Request) -> list[Published]:
    return [_VALIDATION] if request.split == "validation" else []


def _question(row: Row, seed: int) -> Question | Skipped:
    options, correct = labelled_choices(row, "choices")
    item = f"{row.split}-{row.text('id')}"
    return choice(row, "commonsenseqa", options, correct, stem=row.text("question"), id=item)


COMMONSENSEQA = Benchmark(
    name="commonsenseqa",
    summary="everyday common sense, five options",
    source="Talmor et al. 2019",
    licence="MIT",
    splits=("validation", "train", "test"),
    subsets=(),
    default_subset=None,
    local=_local,
    hub=_hub,
    question=_question,
    published=_published,
)
