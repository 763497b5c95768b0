"""Questions from anybody's table, with a map: `--questions hf:OWNER/NAME@test --map question=stem,options=choices`.

The notation is that of the maps of imports: `FIELD=PATH`, or `FIELD==TEXT` for the same text in every row. A path is a
column's name, or names and places in lists joined by dots (`choices.text`, `options.0`). In a YAML file a line each.

    question    required
    options     a list, a list as JSON text, a record {"label": [...], "text": [...]}, or {"A": text, ...};
                or option.A=COLUMN, option.B=COLUMN, ...; nothing for free response
    answer      a letter, a label of such a record, an index or an option's text; "" and null where it is unknown
    id, task, cluster, difficulty, reasoning     as in files of one's own (`files.py`)
    answers     how the answer is written: letter (the default), index0, index1 or text

A row that cannot be asked as it stands (two options that are the same text, an empty one) is skipped and counted.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from unsaid.errors import QuestionError, UsageError
from unsaid.questions.benchmarks.benchmark import Loaded, Skipped
from unsaid.questions.files import FIELDS, MAX_DIFFICULTY, question_of
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.yaml_lines import Located, read_yaml
from unsaid.store.paths import absent
from unsaid.store.rows import Part, Table, hub_name, hub_table, is_hub, open_table

__all__ = ["load_mapped"]

_FORMS = ("letter", "index0", "index1", "text")


@dataclass(frozen=True)
class _Field:
    """Where a field's values come from: a path, or (where that is None) the same text in every row."""

    path: str | None
    text: str
    where: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Map:
    fields: Mapping[str, _Field]
    form: str

    @property
    def letters(self) -> list[str]:
        """The options that have columns of their own, in order."""
        return [letter for letter in LETTERS if f"option.{letter}" in self.fields]


def load_mapped(source: str, mapping: str) -> Loaded:
    """Return the questions of a data set or a table, and the rows that cannot be asked.

    Args:
        source: `hf:...`, or the path of a file.
        mapping: the map, or the `.yaml` file that holds it.

    Raises:
        UsageError: the map is wrong, or there is no such table.
        QuestionError: a row is not what the map says; the message names it.
        DataError: the table cannot be read.
    """
    wanted = _parsed(mapping)
    table = hub_table(source) if is_hub(source) else open_table(Path(source))
    short = hub_name(source).short if is_hub(source) else table.name
    found: dict[str, Question] = {}
    skipped: list[Skipped] = []
    for part in table.parts():
        _check_paths(part, wanted, table)
        for line, values in _rows(part, wanted):
            id_ = values.get("id") or f"{short}-{line}"
            if reason := _unaskable(values.get("options")):
                skipped.append(Skipped(id_, reason))
                continue
            question = question_of(Path(part.path), line, values | {"id": id_}, source)
            if question.id in found:
                raise QuestionError(
                    f"{part.where(0)} and after it: the id {question.id!a} stands there twice"
                )
            found[question.id] = question
    if not found:
        raise QuestionError(
            f"{source}: expected at least one question that can be asked, found none of {len(skipped)}"
        )
    return Loaded(tuple(found.values()), tuple(skipped))


def _parsed(mapping: str) -> _Map:
    from_file = mapping.endswith((".yaml", ".yml"))
    pairs = _from_file(read_yaml(Path(mapping), UsageError)) if from_file else _typed(mapping)
    fields: dict[str, _Field] = {}
    form = "letter"
    known = (*FIELDS, "answers", *(f"option.{letter}" for letter in LETTERS))
    for name, entry in pairs:
        if name in fields:
            raise UsageError(f"{entry.where}: {name} stands there twice")
        if name not in known:
            raise UsageError(f"{entry.where}: no field named {name!a}; {_nearest(name, known[:9])}")
        if name == "answers":
            form = entry.path or entry.text
            if form not in _FORMS:
                raise UsageError(
                    f"{entry.where}: answers: expected one of {', '.join(_FORMS)}, found {form!a}"
                )
        else:
            fields[name] = entry
    for name in ("question", "answer"):
        if name not in fields:
            raise UsageError(f"--map: expected {name}=COLUMN in the map ({name}== where there is none)")
    return _Map(fields, form)


def _typed(mapping: str) -> Iterator[tuple[str, _Field]]:
    for part in filter(None, (part.strip() for part in mapping.split(","))):
        name, found, value = (piece.strip() for piece in part.partition("="))
        if not found or not value:
            raise UsageError(f"--map: expected field=column, found {part!a}")
        yield name, _field(value, "--map", {})


def _field(value: str, where: str, values: Mapping[str, Any]) -> _Field:
    return (
        _Field(None, value[1:].strip(), where) if value.startswith("=") else _Field(value, "", where, values)
    )


def _from_file(node: Located) -> Iterator[tuple[str, _Field]]:
    for name, value in node.mapping("a mapping of fields to columns").items():
        if isinstance(value.value, dict) and set(value.value) == {"column", "values"}:
            parts = value.mapping()
            meanings = {cell: each.value for cell, each in parts["values"].mapping().items()}
            yield name, _field(parts["column"].text("a column's name"), value.where, meanings)
        elif isinstance(value.value, dict):
            for letter, each in value.value.items():
                yield f"{name}.{letter}", _field(each.text("a column's name"), each.where, {})
        else:
            yield name, _field(value.text(f"a column's name, for {name}"), value.where, {})


def _check_paths(part: Part, wanted: _Map, table: Table) -> None:
    """Each path must lead somewhere in some of the first rows.

    Raises:
        UsageError: one does not; the message lists the nearest columns.
    """
    for name, entry in wanted.fields.items():
        if entry.path is not None and all(cell is absent for cell in part.column(entry.path)):
            known = list(table.columns or part.cells.names())
            near = _nearest(entry.path, known)
            raise UsageError(f"{entry.where}: {name}: no row of {part.path} has {entry.path!a}; {near}")


def _rows(part: Part, wanted: _Map) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = {
        name: [entry.text] * len(part) if entry.path is None else part.column(entry.path)
        for name, entry in wanted.fields.items()
    }
    for index, line in enumerate(part.lines):
        cells = {name: _cell(wanted.fields[name], column[index]) for name, column in columns.items()}
        options, labels = _options(part.where(index), wanted, cells)
        values: dict[str, Any] = {
            "answer": _answer(part.where(index), wanted.form, cells["answer"], options, labels)
        }
        for name in ("question", "id", "task", "cluster", "reasoning"):
            if (text := _text(cells.get(name))) is not None:
                values[name] = text
        if (difficulty := cells.get("difficulty")) is not None:
            values["difficulty"] = _whole(part.where(index), difficulty)
        if options is not None:
            values["options"] = options
        if "question" not in values:
            _fail(part.where(index), "question", "a text that is not blank", cells.get("question"))
        yield line, values


def _cell(entry: _Field, cell: Any) -> Any:
    if cell is absent or (isinstance(cell, str) and not cell.strip()):
        return None
    return entry.values.get(str(cell), cell) if entry.values else cell


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell)


def _whole(where: str, cell: Any) -> int:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(cell, bool) or number != int(number) or not 0 <= number <= MAX_DIFFICULTY:
        _fail(where, "difficulty", f"a whole number from 0 to {MAX_DIFFICULTY}", cell)
    return int(number)


def _options(where: str, wanted: _Map, cells: Mapping[str, Any]) -> tuple[list[str] | None, list[str]]:
    """Return the options' texts, and their labels where the table names them; None for free response."""
    if letters := wanted.letters:
        texts = [_text(cells[f"option.{letter}"]) for letter in letters]
        while texts and texts[-1] is None:
            texts.pop()
        return [text or "" for text in texts], []
    if "options" not in wanted.fields:
        return None, []
    found = cells["options"]
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            _fail(where, "options", "a list of texts, or one as JSON", cells["options"])
    labels: list[str] = []
    if isinstance(found, Mapping):
        texts_of, labels_of = found.get("text"), found.get("label")
        if isinstance(texts_of, list) and isinstance(labels_of, list):
            labels, found = [str(label) for label in labels_of], texts_of
        else:
            labels, found = [str(label) for label in found], list(found.values())
    if (
        isinstance(found, list)
        and found
        and all(isinstance(each, Mapping) and "text" in each for each in found)
    ):
        labels = [str(each.get("label", "")) for each in found]
        found = [each["text"] for each in found]
    if not isinstance(found, list) or not all(isinstance(each, str | int | float) for each in found):
        _fail(where, "options", "a list of texts, or a record of the lists label and text", cells["options"])
    return [str(each) for each in found], labels


def _answer(where: str, form: str, cell: Any, options: list[str] | None, labels: list[str]) -> Any:
    """Return the answer as files of one's own have it: an index, or for free response a text; None where unknown."""
    if cell is None:
        return None
    said = str(cell).strip()
    if options is None:
        return said
    if form == "text":
        same = [place for place, option in enumerate(options) if option.strip() == said]
        if len(same) != 1:
            _fail(where, "answer", "the text of one of the options", cell)
        return same[0]
    if form in ("index0", "index1"):
        place = int(said) - int(form == "index1") if said.removeprefix("-").isdigit() else -1
        if form == "index0" and said == "-1":  # how hidden answers of a test split are written
            return None
    elif said in labels:
        place = labels.index(said)
    elif said.isdigit():
        _fail(where, "answer", "a letter (answers=index0 counts options from 0, answers=index1 from 1)", cell)
    else:
        place = LETTERS.find(said.strip("().")) if len(said.strip("().")) == 1 else -1
    if not 0 <= place < len(options):
        _fail(
            where,
            "answer",
            f"one of {len(options)} options (answers=text where it is an option's text)",
            cell,
        )
    return place


def _unaskable(options: list[str] | None) -> str | None:
    """Return why these options cannot be asked as they stand; None where they can, or there are none."""
    if options is None:
        return None
    if not 2 <= len(options) <= len(LETTERS):
        return f"{len(options)} option(s)"
    if any(not option.strip() for option in options):
        return "an option is empty"
    return "two options are the same text" if len(set(options)) < len(options) else None


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    shown = near or list(known)[:40]
    return ("did you mean " if near else "there are: ") + ", ".join(ascii(each)[1:-1] for each in shown)


def _fail(where: str, name: str, expected: str, found: Any) -> NoReturn:
    shown = ascii(found)
    shown = shown if len(shown) <= 60 else f"{shown[:60]}..."
    raise QuestionError(f"{where}, field {name}: expected {expected}, found {shown}")
