"""Questions of anybody's data set, with a map: every published form of options and answers; what cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Unsaid
from unsaid.errors import QuestionError, UsageError
from unsaid.questions.mapped import load_mapped
from unsaid.questions.sources import load, load_reporting

TEXTS = ["hammer", "apple", "chair"]


def dataset(folder: Path, *rows: dict[str, Any]) -> str:
    """Write rows as a data set of the hub's layout, and return its name."""
    (folder / "data").mkdir(exist_ok=True)
    pl.DataFrame(rows).write_parquet(folder / "data" / "test-00000-of-00001.parquet")
    return f"hf:{folder}@test"


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize(
    ("options", "answer", "mapping"),
    [
        ({"o": TEXTS}, "B", "options=o"),
        ({"o": TEXTS}, 1, "options=o,answers=index0"),
        ({"o": TEXTS}, "2", "options=o,answers=index1"),
        ({"o": TEXTS}, "apple", "options=o,answers=text"),
        ({"o": json.dumps(TEXTS)}, "(B)", "options=o"),
        ({"o": {"label": ["A", "B", "C"], "text": TEXTS}}, "B", "options=o"),
        ({"o": {"label": ["1", "2", "3"], "text": TEXTS}}, "2", "options=o"),
        ({"o": {"text": TEXTS, "label": ["A", "B", "C"]}}, 1, "options=o.text,answers=index0"),
        ({"o": [{"label": "A", "text": t} for t in TEXTS]}, 1, "options=o,answers=index0"),
        (dict(zip(("x", "y", "z"), TEXTS, strict=True)), "B", "option.A=x,option.B=y,option.C=z"),
    ],
)
def test_options_and_answers_in_every_form(
    options: dict[str, Any], answer: Any, mapping: str, tmp_path: Path
) -> None:
    name = dataset(tmp_path, {"q": "Which is a fruit?", "a": answer, **options})
    (question,) = load_mapped(name, f"question=q,answer=a,{mapping}").questions
    assert (question.options, question.correct_letter) == (tuple(TEXTS), "B")
    assert question.id == f"{tmp_path.name}-test-1"
    assert question.source == name


@pytest.mark.usefixtures("tables_read_here")
def test_free_response_names_and_numbers(tmp_path: Path) -> None:
    name = dataset(tmp_path, {"n": {"q": "2 + 3?"}, "a": 5, "i": "sum", "t": "sums", "d": 2.0})
    (question,) = load_mapped(name, "question=n.q,answer=a,id=i,task=t,difficulty=d").questions
    assert (question.id, question.answer, question.task, question.difficulty) == ("sum", "5", "sums", 2)


@pytest.mark.usefixtures("tables_read_here")
def test_rows_that_cannot_be_asked_are_counted_and_wrong_ones_are_named(tmp_path: Path) -> None:
    rows = [{"q": "?", "o": TEXTS, "a": "B"}, {"q": "?", "o": ["x", "x"], "a": "A"}]
    found = load_mapped(dataset(tmp_path, *rows), "question=q,options=o,answer=a")
    assert [(each.id, each.reason) for each in found.skipped] == [
        (f"{tmp_path.name}-test-2", "two options are the same text")
    ]
    for answer, said in (("D", "one of 3 options"), ("1", "answers=index0 counts options from 0")):
        name = dataset(tmp_path, {"q": "?", "o": TEXTS, "a": answer})
        with pytest.raises(QuestionError, match=rf"parquet, row 1, field answer: .*{said}"):
            load_mapped(name, "question=q,options=o,answer=a")


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("question=q", "expected answer=COLUMN"),
        ("question=q,answer=a,optoins=o", "no field named 'optoins'; did you mean options"),
        ("question=qq,answer=a", "question: no row of .* has 'qq'; did you mean q"),
        ("question=q,answer=a,answers=number", "expected one of letter, index0"),
        ("question", "expected field=column"),
        ("no.yaml", "no such file"),
    ],
)
def test_a_wrong_map_is_one_line(mapping: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        load_mapped(dataset(tmp_path, {"q": "?", "o": TEXTS, "a": "B"}), mapping)


@pytest.mark.usefixtures("tables_read_here")
def test_a_map_goes_with_tables_and_data_sets_alone(tmp_path: Path) -> None:
    name = dataset(tmp_path, *({"q": f"{n}?", "o": TEXTS, "a": "B"} for n in range(5)))
    (tmp_path / "map.yaml").write_text("question: q\noptions: o\nanswer: {column: a, values: {B: C}}\n")
    found = load_reporting(f"{name},bundled:navigate", limit=4, mapping=str(tmp_path / "map.yaml"))
    assert {question.source for question in found.questions} == {name, "bundled:navigate"}
    assert [q.correct_letter for q in found.questions if q.source == name] == ["C", "C"]
    with pytest.raises(UsageError, match=r"expected --map, .*\(docs/questions.md\)"):
        load(name)
    with pytest.raises(UsageError, match="no such source is named"):
        load("bundled:navigate", limit=1, mapping="question=q,answer=a")


def test_the_command_asks_them(unsaid: Unsaid, tmp_path: Path) -> None:
    name = dataset(tmp_path, *({"q": f"{n}?", "o": TEXTS, "a": "B"} for n in range(5)))
    ended = unsaid(
        "audit", "--questions", name, "--map", "question=q,options=o,answer=a", "--limit", "1", "--dry-run"
    )
    assert ended.status == 0, ended.err
    assert "(B) apple" in ended.out
