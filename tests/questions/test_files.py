"""Question files: the schema, and what is said of every way to miss it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.errors import QuestionError
from unsaid.questions.files import load_file
from unsaid.questions.question import Question

GOOD = '{"question": "Which?", "options": ["hat", "map"], "answer": "B"}'


def write(folder: Path, text: str | bytes, name: str = "mine.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def only(folder: Path, **values: object) -> Question:
    record = {"question": "Which?", "options": ["hat", "map", "0"], "answer": "B", **values}
    return load_file(write(folder, json.dumps(record)))[0]


def test_jsonl(tmp_path: Path) -> None:
    lines = [
        GOOD,
        "",
        '{"id": "x", "question": "Which?", "options": {"A": "hat", "B": "map"}, "answer": 0, '
        '"task": "t", "difficulty": 3, "cluster": "c"}',
        '{"question": "How many?", "answer": "12"}',
    ]
    found = load_file(write(tmp_path, "\r\n".join(lines)))
    assert found == [
        Question("mine-1", "Which?", ("hat", "map"), 1, source="mine.jsonl"),
        Question("x", "Which?", ("hat", "map"), 0, source="mine.jsonl", task="t", difficulty=3, cluster="c"),
        Question("mine-4", "How many?", answer="12", source="mine.jsonl"),
    ]


@pytest.mark.parametrize(
    ("answer", "correct"), [("C", 2), (2, 2), ("map", 1), ("0", 2), (0, 0), (None, None)]
)
def test_answer_is_a_letter_an_index_or_a_text(tmp_path: Path, answer: object, correct: int | None) -> None:
    assert only(tmp_path, answer=answer).correct == correct


def test_characters_that_end_a_line_elsewhere_do_not_end_a_record(tmp_path: Path) -> None:
    assert only(tmp_path, question="one\u2028two\x85three").stem == "one\u2028two\x85three"
    raw = GOOD.replace("Which?", "one\u2028two")
    assert load_file(write(tmp_path, raw))[0].stem == "one\u2028two"


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    assert load_file(write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()))[0].correct == 1
    assert load_file(write(tmp_path, b"\xef\xbb\xbfquestion,A,B,answer\nQ,x,y,B\n", "m.csv"))[0].correct == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": "Q"', "line 2: not valid JSON"),
        ("[1]", r"line 2, field \(the line\): expected a JSON object, found \[1\]"),
        ("[" * 100_000, "line 2: not readable as JSON"),
        ("9" * 10_000, "line 2: not readable as JSON"),
        (
            '{"question": "Q", "anwser": "B"}',
            r"line 2, field anwser: expected one of .*did you mean 'answer'",
        ),
        (
            '{"options": ["x", "y"], "answer": "B"}',
            "line 2, field question: expected this field, found no such",
        ),
        ('{"question": "Q", "options": ["x", "y"]}', "line 2, field answer: expected this field"),
        (
            '{"question": 3, "answer": null}',
            "line 2, field question: expected a text that is not blank, found 3",
        ),
        ('{"question": " ", "answer": null}', "line 2, field question: expected a text"),
        ('{"question": null, "answer": null}', "line 2, field question: expected a text"),
        ('{"question": "Q", "question": "R", "answer": "1"}', "line 2, field question: expected one value"),
        (
            '{"question": "Q", "options": "xy", "answer": "B"}',
            "line 2, field options: expected a list of texts",
        ),
        (
            '{"question": "Q", "options": [1, 2], "answer": 1}',
            "line 2, field options: expected a list of texts",
        ),
        (
            '{"question": "Q", "options": ["x"], "answer": "A"}',
            "field options: expected 2 to 26 options, found 1",
        ),
        (
            '{"question": "Q", "options": [], "answer": "A"}',
            "field options: expected 2 to 26 options, found 0",
        ),
        ('{"question": "Q", "options": ["x", ""], "answer": "A"}', "field option B: expected a text"),
        (
            '{"question": "Q", "options": ["x", "x"], "answer": "A"}',
            "field option A: expected options that differ",
        ),
        ('{"question": "Q", "options": {"A": "x", "C": "y"}, "answer": "A"}', "expected the keys A, B, C"),
        (
            '{"question": "Q", "options": ["x", "y"], "answer": "C"}',
            "line 2, field answer: expected a letter A to B",
        ),
        ('{"question": "Q", "options": ["x", "y"], "answer": 2}', "field answer: expected .* found 2"),
        ('{"question": "Q", "options": ["x", "y"], "answer": -1}', "field answer: expected .* found -1"),
        ('{"question": "Q", "options": ["x", "y"], "answer": true}', "field answer: expected .* found True"),
        ('{"question": "Q", "options": ["x", "y"], "answer": ["A"]}', "field answer: expected"),
        (
            '{"question": "Q", "options": ["B", "A"], "answer": "A"}',
            "both a letter and another option's text",
        ),
        (
            '{"question": "Q", "answer": [12]}',
            r"field answer: expected a text that is not blank, found \[12\]",
        ),
        (
            '{"question": "Q", "answer": 12, "target": true}',
            "field target: expected a text that is not blank",
        ),
        (
            '{"question": "Q", "options": ["a", "b"], "answer": "B", "target": "A"}',
            "field target: expected no target beside options",
        ),
        ('{"question": "Q", "answer": null, "difficulty": "3"}', "field difficulty: expected a whole number"),
        (
            '{"question": "Q", "answer": null, "difficulty": true}',
            "field difficulty: expected a whole number",
        ),
        ('{"question": "Q", "answer": null, "difficulty": 9999999999}', "field difficulty: expected a whole"),
        ('{"question": "Q", "answer": null, "id": ""}', "field id: expected a text"),
        ('{"question": "half \\ud83d", "answer": null}', "line 2, field question: expected whole characters"),
        (
            '{"question": "Q", "options": ["\\udc00", "y"], "answer": "B"}',
            "field options: expected whole characters",
        ),
        (
            '{"id": "mine-1", "question": "Q", "answer": null}',
            r"field id: .*used once, found 'mine-1' again \(line 1\)",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path, f"{GOOD}\n{line}")
    with pytest.raises(QuestionError, match=said) as caught:
        load_file(path)
    assert str(caught.value).startswith(f"{path}, line 2")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < len(str(path)) + 300


def test_a_whole_character_written_as_a_pair_of_escapes_is_fine(tmp_path: Path) -> None:
    assert only(tmp_path, question="smile \U0001f600").stem == "smile \U0001f600"


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError, match="expected at least one question, found none"):
        load_file(write(tmp_path, text))


def test_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="line 2: expected UTF-8 text, found byte 0xe9"):
        load_file(write(tmp_path, GOOD.encode() + b'\n{"question": "caf\xe9"}'))


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "questions.jsonl")
    with pytest.raises(QuestionError, match=r"no such file; near it: questions\.jsonl"):
        load_file(tmp_path / "question.jsonl")
    with pytest.raises(QuestionError, match="no such file, and no folder"):
        load_file(tmp_path / "nowhere" / "question.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(QuestionError, match="expected a file, found a folder"):
        load_file(tmp_path / "folder.jsonl")
    with pytest.raises(QuestionError, match=r"expected a name that ends in \.jsonl or \.csv"):
        load_file(tmp_path / "mine.json")


def test_csv(tmp_path: Path) -> None:
    text = 'id,question,A,B,C,answer,difficulty\nq1,"Which, then?",hat,map,,B,2\n\n,"two\nlines",x,y,z,z,\n'
    found = load_file(write(tmp_path, text, "mine.csv"))
    assert found == [
        Question("q1", "Which, then?", ("hat", "map"), 1, source="mine.csv", difficulty=2),
        Question("mine-5", "two\nlines", ("x", "y", "z"), 2, source="mine.csv"),
    ]


def test_csv_without_options_or_answers(tmp_path: Path) -> None:
    found = load_file(write(tmp_path, "question,answer\nHow many?,12\nAnd now?,\n", "mine.csv"))
    assert [(question.options, question.answer) for question in found] == [((), "12"), ((), None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "field question: expected this field"),
        ("question,A,B,answer\n", "expected at least one question"),
        ("question,A,C,answer\nQ,x,y,A\n", "line 1, field header: expected option columns A, B, C"),
        ("question,A,B,anser\nQ,x,y,A\n", "line 1, field anser: .*did you mean 'answer'"),
        ("question,A,A,answer\nQ,x,y,A\n", "line 1, field header"),
        ("question,question,answer\nQ,x,y\n", "line 1, field header: expected different column names"),
        ("question,A,B,answer\nQ,x,y\n", r"line 2, field \(the line\): expected 4 cells, found 3"),
        ("question,A,B,answer\nQ,x,y,C\n", "line 2, field answer: expected a letter A to B"),
        ("question,A,B,answer\nQ,x,y,1\n", "line 2, field answer: expected a letter"),
        ("question,A,B,C,answer\nQ,x,,z,A\n", "line 2, field option B: expected a text"),
        (
            "question,A,B,answer,difficulty\nQ,x,y,A,hard\n",
            "line 2, field difficulty: expected a whole number",
        ),
        ('question,A,B,answer\n"Q"x,x,y,A\n', "not valid CSV"),
        ("question,A,B,answer\n" + "Q" * 200_000 + ",x,y,A\n", "not valid CSV: field larger"),
    ],
)
def test_what_is_wrong_in_a_csv_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        load_file(write(tmp_path, text, "mine.csv"))
