"""Every adapter on tiny files of the published format, and on the hub's columns; three on the real files."""

from __future__ import annotations

import builtins
import csv
import hashlib
import io
import json
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from unsaid.errors import MissingExtra, QuestionError, UnknownName
from unsaid.questions.benchmarks import BENCHMARKS, Benchmark, Loaded, benchmark
from unsaid.questions.benchmarks.bbh import STYLES
from unsaid.questions.benchmarks.fetched import Published

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "questions"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the published files are not on this machine")

AI2 = {
    "id": "item_1",
    "question": {
        "stem": "What is wet?",
        "choices": [
            {"text": "water", "label": "A"},
            {"text": "sand", "label": "B"},
            {"text": "air", "label": "C"},
        ],
    },
    "answerKey": "A",
}
HUB_CHOICES = {"text": ["water", "sand", "air"], "label": ["A", "B", "C"]}
PRO: dict[str, Any] = {
    "question_id": 70,
    "question": "What is wet?",
    "options": ["sand", "water", "air"],
    "answer": "B",
    "answer_index": 1,
    "cot_content": "",
    "category": "physics",
    "src": "ours",
}
SWAG: dict[str, Any] = {
    "ind": 4,
    "activity_label": "Washing up",
    "ctx": "Somebody fills a bowl with",
    "endings": ["sand.", "water.", "air.", "books."],
    "label": 1,
    "source_id": "video~1",
    "split": "val",
}
GPQA_ROW = {
    "Record ID": "rec1",
    "Question": "What is wet?",
    "Correct Answer": "water",
    "Incorrect Answer 1": "sand",
    "Incorrect Answer 2": "air",
    "Incorrect Answer 3": "books",
}
LOGIQA_TEXT = """
b
All rain is wet. This is rain.
What follows?
A.It is dry
B.It is wet
C It is cold
D? It is hot

a
All rain is wet. This is rain.
What does not follow?
A.It is dry
B.It is wet
C.It is rain
D.A.
"""


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def bbh_text(item: str = "What is wet?\nOptions:\n(A) sand\n(B) water", target: str = "(B)") -> str:
    return json.dumps({"canary": "x", "examples": [{"input": item, "target": target}]})


def gpqa_file(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, GPQA_ROW.keys())
        writer.writeheader()
        writer.writerow(GPQA_ROW)


def text_file(name: str, text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    return write


BBQ_ITEM = {
    "example_id": 3,
    "question_index": "1",
    "question_polarity": "neg",
    "context_condition": "ambig",
    "answer_info": {"ans0": ["sand", "sand"], "ans1": ["unknown", "unknown"], "ans2": ["air", "air"]},
    "additional_metadata": {"stereotyped_groups": ["air"]},
    "context": "There were two of them.",
    "question": "Who is wet?",
    "ans0": "sand",
    "ans1": "water, or unknown",
    "ans2": "air",
    "label": 1,
}
AQUA_ROW = {
    "question": "What is wet?",
    "options": ["A)water", "B)sand", "C)air"],
    "rationale": "Rain is water.\nAnswer: A",
    "correct": "A",
}
WORDS = {"question": "What is wet?", "answer": "Rain is water.\n#### water"}

#: How to write a tiny local copy of each benchmark, in the published format; its first answer is "water".
LOCAL: dict[str, tuple[str | None, Callable[[Path], None]]] = {
    "aqua": (None, text_file("test.json", lines(AQUA_ROW))),
    "arc": (None, text_file("ARC-Challenge/ARC-Challenge-Test.jsonl", lines(AI2))),
    "bbh": ("date_understanding", text_file("bbh/date_understanding.json", bbh_text())),
    "bbq": ("Age", text_file("data/Age.jsonl", lines(BBQ_ITEM))),
    "commonsenseqa": (None, text_file("dev_rand_split.jsonl", lines(AI2))),
    "gpqa": (None, lambda folder: gpqa_file(folder / "gpqa_diamond.csv")),
    "gsm8k": (None, text_file("test.jsonl", lines(WORDS))),
    "hellaswag": (None, text_file("hellaswag_val.jsonl", lines(SWAG))),
    "logiqa": (None, text_file("Test.txt", LOGIQA_TEXT.replace("It is wet\nC ", "water\nC "))),
    "mmlu": ("anatomy", text_file("test/anatomy_test.csv", 'What is wet?,sand,water,"air, hot",books,B\n')),
    "mmlu-pro": (
        None,
        lambda folder: pl.DataFrame([PRO]).write_parquet(folder / "test-00000-of-00001.parquet"),
    ),
    "openbookqa": (None, text_file("Data/Main/test.jsonl", lines(AI2))),
    "truthfulqa": (
        None,
        text_file(
            "mc_task.json",
            json.dumps([{"question": "What is wet?", "mc1_targets": {"water": 1, "sand": 0, "air": 0}}]),
        ),
    ),
}

#: The same as the hub has it: data set, configuration, split, revision, and rows by its columns. BBQ is not there.
HUB: dict[str, tuple[tuple[str, str | None, str, str | None], dict[str, Any]]] = {
    "arc": (
        ("allenai/ai2_arc", "ARC-Challenge", "test", None),
        {"id": "item_1", "question": "What is wet?", "choices": HUB_CHOICES, "answerKey": "A"},
    ),
    "bbh": (
        ("SaylorTwift/bbh", "date_understanding", "test", None),
        {"input": "What is wet?\nOptions:\n(A) sand\n(B) water", "target": "(B)"},
    ),
    "gpqa": (("Idavidrein/gpqa", "gpqa_diamond", "train", None), GPQA_ROW),
    "gsm8k": (("openai/gsm8k", "main", "test", None), WORDS),
    "hellaswag": (("Rowan/hellaswag", None, "validation", None), {**SWAG, "label": "1"}),
    "logiqa": (
        ("lucasmccabe/logiqa", None, "test", "refs/convert/parquet"),
        {
            "context": "All rain is wet. This is rain.",
            "query": "What follows?",
            "options": ["It is dry", "water", "It is cold", "It is hot"],
            "correct_option": 1,
        },
    ),
    "mmlu": (
        ("cais/mmlu", "all", "test", None),
        {
            "question": "What is wet?",
            "subject": "anatomy",
            "choices": ["sand", "water", "air, hot", "books"],
            "answer": 1,
        },
    ),
    "mmlu-pro": (("TIGER-Lab/MMLU-Pro", None, "test", None), PRO),
    "openbookqa": (
        ("allenai/openbookqa", "main", "test", None),
        {"id": "item_1", "question_stem": "What is wet?", "choices": HUB_CHOICES, "answerKey": "A"},
    ),
    "truthfulqa": (
        ("truthfulqa/truthful_qa", "multiple_choice", "validation", None),
        {
            "question": "What is wet?",
            "mc1_targets": {"choices": ["water", "sand", "air"], "labels": [1, 0, 0]},
        },
    ),
}
EVERY = pytest.mark.parametrize("name", sorted(BENCHMARKS))
#: What is fetched from where it was published, and needs no extra.
PUBLISHED = ("aqua", "commonsenseqa")


def test_every_benchmark_is_tested() -> None:
    names = [
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
        "mmlu-pro",
        "openbookqa",
    ]
    assert sorted(BENCHMARKS) == [*names, "truthfulqa"] == sorted(LOCAL) == sorted([*HUB, *PUBLISHED, "bbq"])


def local(name: str, folder: Path) -> Loaded:
    subset, write = LOCAL[name]
    write(folder)
    return BENCHMARKS[name].load(folder, subset=subset, seed=5)


def hub(name: str, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    datasets = pytest.importorskip("datasets")
    expected, row = HUB[name]

    def load_dataset(path: str, config: str | None, *, split: str, revision: str | None) -> Any:
        assert (path, config, split, revision) == expected
        return datasets.Dataset.from_list([row])

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    return BENCHMARKS[name].load(subset=LOCAL[name][0], seed=5)


@EVERY
def test_local_files(name: str, tmp_path: Path) -> None:
    loaded = local(name, tmp_path)
    question = loaded.questions[0]
    assert loaded.skipped == ()
    right = question.answer if question.correct is None else question.options[question.correct]
    assert right is not None
    assert right.startswith("water")
    assert question.source == name
    assert question.id.startswith(f"{name}-")
    assert question.task == (LOCAL[name][0] or BENCHMARKS[name].default_subset or question.task)


@pytest.mark.extras
@pytest.mark.parametrize("name", sorted(HUB))
def test_the_hub_gives_the_same_questions(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub(name, monkeypatch).questions[0] == local(name, tmp_path).questions[0]


@pytest.mark.parametrize("name", sorted({*BENCHMARKS} - {*PUBLISHED}))
def test_without_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(module: str, *args: Any, **kwargs: Any) -> Any:
        if module == "datasets":
            raise ImportError(module)
        return real(module, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "datasets", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"pip install 'unsaid\[hub\]'"):
        BENCHMARKS[name].load()


@pytest.mark.extras
def test_bbq_says_where_its_files_are() -> None:
    pytest.importorskip("datasets")
    with pytest.raises(QuestionError, match=r"nyu-mll/BBQ.*bbq:PATH"):
        BENCHMARKS["bbq"].load()


@pytest.mark.extras
def test_a_hub_that_fails_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")

    def load_dataset(*_: object, **__: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    with pytest.raises(QuestionError, match=r"no route.*give a local copy: gpqa:PATH"):
        BENCHMARKS["gpqa"].load()


@EVERY
def test_what_is_not_there(name: str, tmp_path: Path) -> None:
    entry: Benchmark = BENCHMARKS[name]
    with pytest.raises(QuestionError, match=r"expected .* in this folder, found none"):
        entry.load(tmp_path)
    with pytest.raises(QuestionError, match="no such file"):
        entry.load(tmp_path / "nowhere")
    with pytest.raises(UnknownName, match="no subset of"):
        entry.load(tmp_path, subset="nothing")
    with pytest.raises(UnknownName, match="no split of"):
        entry.load(tmp_path, split="nothing")


@EVERY
def test_another_schema_is_an_error(name: str, tmp_path: Path) -> None:
    local(name, tmp_path)
    file = next(entry for entry in tmp_path.rglob("*") if entry.is_file())
    damage = '{"a": 1}\n' if file.suffix in (".json", ".jsonl") else "a,b\n1,2\n"
    if file.suffix == ".parquet":
        pl.DataFrame({"a": [1]}).write_parquet(file)
    else:
        file.write_text(damage, encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        BENCHMARKS[name].load(tmp_path, subset=LOCAL[name][0])
    assert file.name in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_files_are_fetched_once_and_known_by_their_sum(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LOCAL[name][1](tmp_path / "local")
    (data,) = (file.read_bytes() for file in (tmp_path / "local").iterdir())
    asked: list[str] = []

    def urlopen(address: str, timeout: float) -> io.BytesIO:
        asked.append(address)
        return io.BytesIO(data)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("UNSAID_CACHE", str(tmp_path / "cache"))
    entry = BENCHMARKS[name]
    with pytest.raises(QuestionError, match=rf"not the published file: expected the SHA-256.*{name}:PATH"):
        entry.load()
    assert not (tmp_path / "cache").exists(), "what is not the published file is not kept"
    ours = Published(asked.pop(), hashlib.sha256(data).hexdigest())
    known = replace(entry, published=lambda _: [ours])
    assert known.load().questions == known.load().questions == entry.load(tmp_path / "local").questions
    assert asked == [ours.address]
    (kept,) = (file for file in (tmp_path / "cache").rglob("*") if file.is_file())
    kept.write_bytes(data + b"\n")
    with pytest.raises(QuestionError, match=r"not the published file.*remove it"):
        known.load()


def test_where_nothing_can_be_fetched_the_address_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def urlopen(address: str, timeout: float) -> None:
        raise OSError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("UNSAID_CACHE", str(tmp_path))
    with pytest.raises(QuestionError, match=r"https://.*AQuA.*cannot be fetched \(no route\).*aqua:PATH"):
        BENCHMARKS["aqua"].load()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"options": ["A)water", "C)air"]}, "options"),
        ({"options": ["water", "sand"]}, "options"),
        ({"correct": "D"}, "correct"),
        ({"correct": "AB"}, "correct"),
    ],
)
def test_aqua_rows_of_another_schema_are_refused(tmp_path: Path, values: dict[str, Any], field: str) -> None:
    text_file("test.json", lines(AQUA_ROW, AQUA_ROW | values))(tmp_path)
    with pytest.raises(QuestionError, match=rf"test\.json, row 1, field '{field}'"):
        BENCHMARKS["aqua"].load(tmp_path)


def test_aqua_keeps_its_rationale_as_steps(tmp_path: Path) -> None:
    text_file("test.json", lines(AQUA_ROW))(tmp_path)
    (question,) = BENCHMARKS["aqua"].load(tmp_path / "test.json").questions
    assert [step.text for step in question.steps] == ["Rain is water.", "Answer: A"]
    assert question.options == ("water", "sand", "air")


@needs_data
def test_aqua_and_commonsenseqa_real_files() -> None:
    loaded = BENCHMARKS["aqua"].load(DATA / "aqua")
    assert (len(loaded.questions), len(loaded.skipped)) == (247, 7)
    assert len(BENCHMARKS["aqua"].load(DATA / "aqua", split="validation").questions) == 253
    common = BENCHMARKS["commonsenseqa"].load(DATA / "commonsenseqa")
    assert (len(common.questions), len(common.skipped)) == (1197, 24)
    assert {len(question.options) for question in common.questions} == {5}


def test_no_such_benchmark() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        benchmark("mmlu-prof")


@pytest.mark.parametrize("name", ["gpqa", "truthfulqa"])
def test_options_that_give_the_answer_away_are_shuffled_by_seed(name: str, tmp_path: Path) -> None:
    LOCAL[name][1](tmp_path)
    places = [BENCHMARKS[name].load(tmp_path, seed=seed).questions[0].correct for seed in range(40)]
    assert len(set(places)) == len(BENCHMARKS[name].load(tmp_path).questions[0].options)
    assert BENCHMARKS[name].load(tmp_path, seed=3) == BENCHMARKS[name].load(tmp_path, seed=3)


def test_rows_that_cannot_be_asked_are_reported(tmp_path: Path) -> None:
    rows = "Q,x,x,y,z,A\nQ,x,w,y,z,B\nQ,w,x,y,z,A\nR,a,,c,d,A\n"
    text_file("anatomy_test.csv", rows)(tmp_path)
    loaded = BENCHMARKS["mmlu"].load(tmp_path)
    assert [(item.id, item.reason) for item in loaded.skipped] == [
        ("mmlu-anatomy-test-0", "two options are the same text"),
        ("mmlu-anatomy-test-3", "an option is empty"),
    ]
    first, second = loaded.questions
    assert (first.id, second.id) == ("mmlu-anatomy-test-1", "mmlu-anatomy-test-2")
    assert first.cluster == second.cluster == first.id  # the same question, asked twice


def test_questions_on_one_passage_share_a_cluster(tmp_path: Path) -> None:
    text_file("Test.txt", LOGIQA_TEXT)(tmp_path)
    first, second = BENCHMARKS["logiqa"].load(tmp_path).questions
    assert first.cluster == second.cluster
    assert first.options == ("It is dry", "It is wet", "It is cold", "It is hot")
    assert second.options[3] == "A."
    assert first.stem == "All rain is wet. This is rain.\nWhat follows?"


def test_hellaswag_without_labels(tmp_path: Path) -> None:
    text_file("hellaswag_test.jsonl", lines({**SWAG, "label": ""}))(tmp_path)
    assert BENCHMARKS["hellaswag"].load(tmp_path, split="test").questions[0].correct is None


@pytest.mark.parametrize(
    ("subset", "item", "target", "options", "correct"),
    [
        ("navigate", "Do you return?\nOptions:\n- Yes\n- No", "No", ("Yes", "No"), 1),
        ("sports_understanding", 'Is it plausible? "He ran."', "yes", ("yes", "no"), 0),
        ("web_of_lies", "Question: A lies. Does A tell the truth?", "No", ("Yes", "No"), 1),
        ("hyperbaton", "Which?\nOptions:\n(A) a b\n(B) b a", "(A)", ("a b", "b a"), 0),
    ],
)
def test_bbh_styles(
    tmp_path: Path, subset: str, item: str, target: str, options: tuple[str, ...], correct: int
) -> None:
    text_file(f"{subset}.json", bbh_text(item, target))(tmp_path)
    question = BENCHMARKS["bbh"].load(tmp_path / f"{subset}.json", subset=subset).questions[0]
    assert (question.options, question.correct) == (options, correct)
    assert "Options" not in question.stem
    assert not question.stem.startswith("Question:")


@needs_data
def test_bbh_real_files() -> None:
    loaded = BENCHMARKS["bbh"].load(DATA / "bbh")
    counts = Counter(question.task for question in loaded.questions)
    published = dict.fromkeys(STYLES, 250) | {"causal_judgement": 187, "snarks": 178}
    skipped = {"bbh-movie_recommendation-test-163", "bbh-ruin_names-test-99", "bbh-ruin_names-test-144"}
    assert {item.id for item in loaded.skipped} == skipped | {"bbh-snarks-test-86", "bbh-snarks-test-88"}
    lost = {"movie_recommendation": 1, "ruin_names": 2, "snarks": 2}
    assert counts == {name: n - lost.get(name, 0) for name, n in published.items()}
    assert all(question.correct is not None for question in loaded.questions)


@needs_data
def test_mmlu_real_files() -> None:
    loaded = BENCHMARKS["mmlu"].load(DATA / "mmlu")
    assert (len(loaded.questions), len(loaded.skipped)) == (3003, 1)
    assert loaded.skipped[0].id == "mmlu-elementary_mathematics-test-113"
    assert len(BENCHMARKS["mmlu"].load(DATA / "mmlu", split="dev").questions) == 80
    astronomy = BENCHMARKS["mmlu"].load(DATA / "mmlu", subset="astronomy").questions
    assert len(astronomy) == 152
    assert "".join(question.correct_letter or "?" for question in astronomy[:3]) == "ADC"


@needs_data
def test_truthfulqa_real_file() -> None:
    loaded = BENCHMARKS["truthfulqa"].load(DATA / "truthfulqa")
    assert (len(loaded.questions), loaded.skipped) == (817, ())
    first = Counter(question.correct == 0 for question in loaded.questions)[True]
    expected = sum(1 / len(question.options) for question in loaded.questions)
    assert abs(first - expected) < 4 * expected**0.5  # no longer always the first
