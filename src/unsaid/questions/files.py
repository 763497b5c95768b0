"""Questions from a file of one's own, in one documented schema. See docs/questions.md.

JSON lines (`.jsonl`), one object a line, UTF-8:

    field       type                             meaning
    question    text, required                   the question without its options
    answer      text, integer or null, required  a letter ("B"), an index from 0 (1), an option's whole text,
                                                 or null where it is unknown; free response: the gold answer
    options     list of texts, or {"A": ...}     2 to 26; absent in a free-response question
    id          text                             unique; else the file's name and the line: "mine-12"
    task        text                             a finer label, shown beside the results
    difficulty  integer from 0                   a dial of your own
    cluster     text                             what resampling keeps together (a shared passage)
    reasoning   text                             worked reasoning, a step a line, for `--demonstrations`
    target      text or number                   free response: the wrong answer that cues state; else a wrong
                                                 number is made from the right one

CSV (`.csv`) with a header row: the same names, with columns A, B, C, ... instead of `options` (empty cells
at the end: fewer options), an empty cell for absent, and letters or option texts in `answer`.

Nothing is guessed. A field of another name or type raises a `QuestionError` that says which file, line and
field, what was expected, and what was found; so does text that is not UTF-8 or holds a lone surrogate (the
JSON escape of half a character), because it could not be written to the records later.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from unsaid.errors import QuestionError
from unsaid.questions.question import LETTERS, Question, Step
from unsaid.questions.reading import fail, parse_json, read_text
from unsaid.store.names import EXPECTED, name_fault

__all__ = ["SUFFIXES", "load_file", "question_of"]

FIELDS = ("id", "question", "options", "answer", "task", "difficulty", "cluster", "reasoning", "target")
MAX_DIFFICULTY = 2**31 - 1


def load_file(path: Path) -> list[Question]:
    """Return all questions of a `.jsonl` or `.csv` file, in the file's order.

    Raises:
        QuestionError: the file is missing (with the nearest names), not UTF-8, empty, or of another
            schema; an id stands there twice; an answer is not one of the options.
    """
    if path.suffix not in SUFFIXES:
        raise QuestionError(f"{path}: expected a name that ends in {' or '.join(SUFFIXES)}")
    questions: dict[str, Question] = {}
    lines: dict[str, int] = {}
    for line, values in SUFFIXES[path.suffix](path):
        question = question_of(path, line, values)
        if question.id in questions:
            fail(
                path,
                line,
                "id",
                "an id that is used once",
                f"{question.id!r} again (line {lines[question.id]})",
            )
        questions[question.id], lines[question.id] = question, line
    if not questions:
        raise QuestionError(f"{path}: expected at least one question, found none")
    return list(questions.values())


def _jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    # Not splitlines(): it also breaks at characters that may stand inside a JSON string.
    for line, text in enumerate(read_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        values = parse_json(path, line, text)
        if not isinstance(values, dict):
            fail(path, line, "(the line)", "a JSON object", values)
        _check_names(path, line, values, FIELDS)
        yield line, values


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        header = next(reader, [])
        letters = [name for name in header if name in LETTERS and len(name) == 1]
        if letters != list(LETTERS[: len(letters)]):
            fail(path, 1, "header", "option columns A, B, C, ... in order", letters)
        if twice := [name for name, times in Counter(header).items() if times > 1]:
            fail(path, 1, "header", "different column names", twice[0])
        plain = [name for name in FIELDS if name != "options"]
        _check_names(path, 1, dict.fromkeys(header), (*plain, *letters))
        for row in reader:
            if row:
                yield reader.line_num, _csv_values(path, reader.line_num, header, letters, row)
    except csv.Error as error:
        raise QuestionError(f"{path}, line {reader.line_num}: not valid CSV: {error}") from error


def _csv_values(
    path: Path, line: int, header: list[str], letters: list[str], row: list[str]
) -> dict[str, Any]:
    if len(row) != len(header):
        fail(path, line, "(the line)", f"{len(header)} cells", len(row))
    cells = dict(zip(header, row, strict=True))
    values: dict[str, Any] = {name: cells[name] for name in FIELDS if cells.get(name)}
    values["answer"] = cells["answer"] or None
    options = [cells[letter] for letter in letters]
    while options and not options[-1]:
        options.pop()
    if options:
        values["options"] = options
    if "difficulty" in values:
        digits = values["difficulty"]
        if not (digits.isascii() and digits.isdigit()):
            fail(path, line, "difficulty", "a whole number from 0", digits)
        values["difficulty"] = int(digits) if len(digits) < 12 else MAX_DIFFICULTY + 1
    return values


#: What can be read, and how; a file is of the kind that its name says.
SUFFIXES: dict[str, Callable[[Path], Iterator[tuple[int, dict[str, Any]]]]] = {".jsonl": _jsonl, ".csv": _csv}


def question_of(path: Path, line: int, values: dict[str, Any], source: str = "") -> Question:
    """Return the question of a row of the schema above.

    Args:
        path: the file, for messages and for ids.
        line: where the row begins.
        values: the fields.
        source: where the question comes from; the file's name if not given.

    Raises:
        QuestionError: a field is of another type, or an answer is not one of the options.
    """
    options = _options(path, line, values.get("options"))
    texts = {
        name: _text(path, line, name, values.get(name))
        for name in ("id", "question", "task", "cluster", "reasoning")
    }
    for name in ("id", "task", "cluster"):
        if fault := name_fault(texts[name] or ""):
            fail(path, line, name, EXPECTED, f"a text with {fault}")
    if texts["question"] is None:
        fail(path, line, "question", "a text that is not blank", None)
    difficulty = values.get("difficulty")
    if difficulty is not None and not (_is_int(difficulty) and 0 <= difficulty <= MAX_DIFFICULTY):
        fail(path, line, "difficulty", f"a whole number from 0 to {MAX_DIFFICULTY}", difficulty)
    answer = values["answer"]
    try:
        return Question(
            id=texts["id"] or f"{path.stem}-{line}",
            stem=texts["question"] or "",
            options=options,
            correct=_correct(path, line, answer, options) if options else None,
            answer=None if options else _stated(path, line, "answer", answer),
            target=_target(path, line, values, options),
            source=source or path.name,
            task=texts["task"] or "",
            difficulty=difficulty,
            steps=tuple(Step(text, "") for text in (texts["reasoning"] or "").split("\n") if text.strip()),
            cluster=texts["cluster"] or "",
        )
    except QuestionError as error:
        if str(error).startswith(str(path)):
            raise
        raise QuestionError(f"{path}, line {line}: {error}") from error


def _options(path: Path, line: int, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, dict):
        if list(value) != list(LETTERS[: len(value)]):
            fail(path, line, "options", "the keys A, B, C, ... in order", list(value))
        value = list(value.values())
    if not isinstance(value, list) or not all(isinstance(option, str) for option in value):
        fail(path, line, "options", 'a list of texts, or {"A": text, "B": text, ...}', value)
    if not 2 <= len(value) <= len(LETTERS):
        fail(path, line, "options", f"2 to {len(LETTERS)} options", len(value))
    for letter, option in zip(LETTERS, value, strict=False):
        if not option.strip():
            fail(path, line, f"option {letter}", "a text that is not blank", option)
        if value.count(option) > 1:
            fail(path, line, f"option {letter}", "options that differ", f"{option!r} twice")
    return tuple(value)


def _correct(path: Path, line: int, answer: Any, options: tuple[str, ...]) -> int | None:
    letters = LETTERS[: len(options)]
    expected = (
        f"a letter {letters[0]} to {letters[-1]}, an index 0 to {len(options) - 1}, or an option's text"
    )
    if answer is None:
        return None
    if _is_int(answer) and 0 <= answer < len(options):
        return int(answer)
    if not isinstance(answer, str):
        fail(path, line, "answer", expected, answer)
    by_letter = letters.index(answer) if len(answer) == 1 and answer in letters else None
    by_text = options.index(answer) if answer in options else None
    if None not in (by_letter, by_text) and by_letter != by_text:
        fail(
            path,
            line,
            "answer",
            f"an index, as {answer!r} is both a letter and another option's text",
            answer,
        )
    found = by_letter if by_text is None else by_text
    if found is None:
        fail(path, line, "answer", expected, answer)
    return found


def _target(path: Path, line: int, values: dict[str, Any], options: tuple[str, ...]) -> str | None:
    """Return the wrong answer that cues state, where the file names one."""
    given = values.get("target")
    if given is None:
        return None
    if options:
        fail(path, line, "target", "no target beside options: cues point at one of these", given)
    return _stated(path, line, "target", given)


def _stated(path: Path, line: int, field: str, value: Any) -> str | None:
    """Return a free answer as text; JSON may give it as a number."""
    if _is_int(value) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    return _text(path, line, field, value)


def _text(path: Path, line: int, field: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        fail(path, line, field, "a text that is not blank", value)
    return str(value)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_names(path: Path, line: int, values: dict[str, Any], known: tuple[str, ...]) -> None:
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            fail(path, line, name, f"one of the fields {', '.join(known)}", f"{name!r}{hint}")
    for name in ("question", "answer"):
        if name not in values:
            fail(path, line, name, "this field", "no such field")
