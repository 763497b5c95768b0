"""The map of columns: checked, with file and line, before any table is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from unsaid.errors import UsageError
from unsaid.records.importers.map_text import parse_map

YAML = """\
# theirs
question_id: id
arm: condition
arm.clean: baseline
arm.cued: [hinted, "hinted twice"]
answer: prediction
model: =gpt-4o
answers: index1
mentions:
  ann: label a
  "llm:judge": label b
"""


def test_a_map_from_a_file_is_the_map_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(YAML)
    found = parse_map(str(tmp_path / "map.yaml"))
    typed = parse_map(
        "question_id=id,arm=condition,arm.clean=baseline,arm.cued=hinted|hinted twice,answer=prediction,"
        "model==gpt-4o,answers=index1,mentions.ann=label a,mentions.llm:judge=label b"
    )
    assert found.values == typed.values == {"clean": ("baseline",), "cued": ("hinted", "hinted twice")}
    assert found.settings == typed.settings
    assert found.labellers == typed.labellers == ["ann", "llm:judge"]
    assert found.long
    assert typed.long
    columns = [(name, entry.column, entry.text) for name, entry in found.every()]
    assert columns == [(name, entry.column, entry.text) for name, entry in typed.every()]
    assert ("model", None, "gpt-4o") in columns
    assert found.entries["answer"].where.endswith("map.yaml, line 6")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "question_id: id\nclean_anwser: a\n",
            r"line 2: no field named 'clean_anwser'; did you mean clean_answer",
        ),
        ("clean_answer: a\nanswers: index2\n", r"line 2: answers: expected one of letter, index0, index1"),
        ("clean_answer: a\nclean_answer: b\n", r"line 2: the name 'clean_answer' stands here twice"),
        ("clean_answer: a\nmodel: 4\n", "line 2: expected a column's name"),
        ("clean_answer: a\nmentions: {ann: }\n", "line 2: expected a column's name"),
        ("clean_answer: a\ncued_answer: b\nanswer: c\n", "line 3: answer: a row of this table is a pair"),
        ("arm: x\nquestion_id: q\nclean_answer: a\n", "line 3: clean_answer: a row of this table is a reply"),
        ("clean_answer: a\nevidence.ann: e\ncued_answer: b\n", "line 2: evidence.ann is a quote"),
        ("clean_answer: a\narm.clean: base\n", "map `arm` to the column"),
        ("arm: x\nanswer: a\n", "expected question_id=COLUMN"),
        ("arm: x\nquestion_id: a\n", "expected answer=COLUMN"),
        ("model: x\n", "expected clean_answer=COLUMN and cued_answer=COLUMN"),
        ("- a\n", "line 1: expected a mapping of fields"),
        ("a: [\n", "not valid YAML"),
        ("", "found nothing"),
        ("a: !!python/object:os.system x\n", "tag"),
    ],
)
def test_a_wrong_map_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(UsageError, match=said) as told:
        parse_map(str(tmp_path / "map.yaml"))
    assert "map.yaml" in str(told.value) or "expected" in str(told.value) or "`arm`" in str(told.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clean_answer", "--map: expected field=column, found 'clean_answer'"),
        ("clean_answer=", "expected field=column"),
        ("clean_answer=a,clean_answer=b", "stands there twice"),
        ("claen_answer=a", "did you mean clean_answer"),
        ("no-such-file.yaml", "no such file"),
    ],
)
def test_a_wrong_map_on_the_command_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_map(text)


def test_a_column_that_is_not_there_names_the_nearest() -> None:
    found = parse_map("clean_answer=base,cued_answer=hintd,model=gpt-4o")
    with pytest.raises(UsageError, match="cued_answer: there is no column 'hintd'; did you mean hinted"):
        found.check(["base", "hinted", "gpt-4o"])
    with pytest.raises(UsageError, match=r"for the same text in every row: model==gpt-4o"):
        found.check(["base", "hintd"])
