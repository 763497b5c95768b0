"""What a row of fine-tuning data looks like on disk, ours and other people's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.errors import UsageError
from unsaid.questions.prompt import Turn
from unsaid.training.data.rows import FORMS, Form, Origin, Row, read_rows, write_rows

ORIGIN = Origin("consistency", "biased", "m", "runs/a", "q1/1/clean", "q1", "0" * 16, "cot", cue="squares")
ROWS = [
    Row(
        (Turn("system", "Be brief."), Turn("user", "Which?\n(A) ☃")),
        "Snow.\nThe best answer is: (A)",
        None,
        ORIGIN,
    ),
    Row((Turn("user", "Why?"),), "Because.", "Let me think.", None),
]


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_read_back_as_they_were_written_in_either_form(form: Form, tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", ROWS, form)
    assert read_rows(tmp_path / "a.jsonl") == ROWS


def test_a_row_says_where_it_comes_from_beside_what_a_trainer_reads(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", ROWS)
    first = json.loads((tmp_path / "a.jsonl").read_text().splitlines()[0])
    assert first["prompt"][0] == {"role": "system", "content": "Be brief."}
    assert first["completion"] == [{"role": "assistant", "content": "Snow.\nThe best answer is: (A)"}]
    assert (first["origin"]["run"], first["origin"]["cue"]) == ("runs/a", "squares")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ("[]", "expected a JSON object"),
        ('{"text": "a"}', "expected `messages`"),
        ('{"messages": "hi"}', "field messages: expected a list"),
        ('{"messages": [{"role": "user", "content": "a"}]}', "the assistant at the end"),
        ('{"messages": [{"role": "assistant", "content": "a"}]}', "expected a message of the user"),
        (
            '{"messages": [{"role": "tool", "content": "a"}, {"role": "assistant", "content": "a"}]}',
            "with a role",
        ),
        (
            '{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": " "}]}',
            "empty",
        ),
        ("", "there is no row"),
    ],
)
def test_a_line_of_another_form_is_refused_by_its_place(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(line)
    with pytest.raises(UsageError, match=said) as refused:
        read_rows(path)
    assert "mine.jsonl" in str(refused.value)


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read as fine-tuning data"):
        read_rows(tmp_path / "none.jsonl")
