"""A map proposed from names and contents of a table's columns, for a person to read, correct and give as a file.

Nothing is read with a proposed map before somebody has put it into a file: a column called `answer` may hold the
model's answer or the right one, and the two make opposite numbers. So each line says why it is there, and what the
column's first cells say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from unsaid.errors import DataError
from unsaid.records.importers.cells import nothing, shown
from unsaid.records.importers.column_map import said
from unsaid.records.importers.messages import is_message
from unsaid.records.importers.table_files import opened_table
from unsaid.store.paths import absent, leaves
from unsaid.store.rows.part import Part

__all__ = ["HINTS", "proposal", "suggested"]

#: Words in a column's name -> the field that it may be; the first that fits.
HINTS = (
    (r"arm|condition|variant|setting", "arm"),
    (r"annotator|labell?er|rater|coder|coded(_by)?|labell?ed_by|annotated_by", "labeller"),
    (
        r"(question|item|instance|problem|example|record)_?id|qid|uu?id|id|idx|index|item",
        "question_id",
    ),
    (
        r"(un)?(hinted|biased|cued)_?(by|option|target)|target|tgt|hint|hint(ed)?_?(answer|option|target|letter)"
        r"|biased_option|suggested(_answer)?|(hint_|cue_)?points_?to",
        "target",
    ),
    (
        r"correct(_?(answer|option|letter|idx|index))?|gold(en)?(_?(answer|label|idx|index))?|answer_(idx|index)|ground_?truth|truth|answer_?key|label|answer",
        "correct",
    ),
    (
        r"(clean|base(line)?|un(hint|bias|cu)ed|control|original|previous|no_hint)_?(answer|pred(iction)?|choice"
        r"|final(_answer)?)?|answer_(without|w_o|no|before)_?(hint|cue|bias)?",
        "clean_answer",
    ),
    (
        r"(cued|hint(ed)?|bias(ed)?|new|with_(hint|cue|bias))_?(answer|pred(iction)?|choice|final(_answer)?)?"
        r"|answer_(with|w|after|under)_(hint|cue|bias)",
        "cued_answer",
    ),
    (r"(replay|resample)_?(answer)?", "replay_answer"),
    (r"(clean|baseline|un(hint|bias)ed)_?(cot|reasoning|thinking|rationale)", "clean_reasoning"),
    (
        r"(cued|hinted|biased)?_?(cot|reasoning|thinking|thoughts?|rationale|chain_(of_)?thought)(_?(trace|text|content))?",
        "cued_reasoning",
    ),
    (r"(clean|baseline|un(hint|bias)ed)_?(reply|response|output|completion|generation)", "clean_reply"),
    (r"(cued|hinted|biased)?_?(reply|response|output|completion|generation)", "cued_reply"),
    (r"model(_?(id|name))?", "model"),
    (r"cue(_?(name|type))?|(hint|cue)_?(type|kind)|bias(_?(name|type))?", "cue"),
    (r"(answer_)?(options|opts|choices|candidates)", "options"),
    (r"(question|stem|problem|query)(_?(text|stem))?", "stem"),
    (r"prompt|messages", "cued_prompt"),
    (
        r"mention(s|ed)?(_(hint|cue|bias))?|verbali[sz](es|ed)?|acknowledge[sd]?|named?|faithful|hint_present|verdict",
        "mentions.LABELLER",
    ),
    (r"relie[sd](_on.*)?|reliance", "relies.LABELLER"),
    (r"epoch|sample(_?(idx|id))?|seed", "epoch"),
    (r"task|subject|category|dataset", "task"),
    (r"difficulty|level", "difficulty"),
)
_LONG = {
    "cued_answer": "answer",
    "cued_reasoning": "reasoning",
    "cued_reply": "reply",
    "cued_prompt": "prompt",
    "clean_answer": "answer",
}
_LETTER = re.compile(r"[\s(\[]*[A-Z][\s)\].:]*")
_INDEX = re.compile(r"\d{1,2}(?:\.0)?")
_YES_NO = frozenset({"yes", "no", "true", "false", "0", "1", "y", "n"})
_ARMS = {
    "clean": r"clean|base(line)?|control|no_?(hint|cue|bias)|none|un(hint|cu|bias)ed|original",
    "cued": r"cued?|hint(ed)?|bias(ed)?|with_?(hint|cue|bias)|treatment|sycophan\w+|metadata",
    "replay": r"replay|resample|control_?2|baseline_?2",
    "placebo": r"placebo|neutral(_?hint)?",
}
_SAMPLE = 500


@dataclass(frozen=True)
class _Column:
    """A column, or a path into one.

    Attributes:
        path: as a map names it.
        cells: its first cells that hold something.
        words: what they say, each once.
    """

    path: str
    cells: Sequence[Any]
    words: Sequence[str]

    @property
    def kind(self) -> str:  # noqa: PLR0911 - a list of tests, tried in order
        """What the cells look like."""
        if not self.cells:
            return "nothing"
        if all(is_message(cell) for cell in self.cells):
            return "messages"
        if all(isinstance(cell, list | dict) for cell in self.cells):
            return "lists"
        if all(_LETTER.fullmatch(word) for word in self.words):
            return "letters"
        if {word.lower() for word in self.words} <= _YES_NO:
            return "yes or no"
        if all(_INDEX.fullmatch(word) for word in self.words):
            return "small numbers"
        longest = max(len(word) for word in self.words)
        return "texts" if longest > 60 else "words"


def suggested(name: str) -> str | None:
    """Return the field that a column's name suggests; None where it suggests none. Of a path the last names count."""
    names = name.split(".")
    for part in dict.fromkeys((name, ".".join(names[-2:]), names[-1])):
        folded = _folded(part)
        for pattern, field in HINTS:
            if re.fullmatch(pattern, folded):
                return field
    return None


#: Words that people shorten in a header, as the hints have them, and words that say nothing there.
_SHORT = {"ans": "answer", "opt": "option", "mdl": "model"}
_EMPTY = frozenset({"the", "of", "a", "parsed", "letter", "text", "who"})


def _folded(name: str) -> str:
    """Return a name in small letters and underscores: "Item No." is item_id, "hint (letter)" is hint."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower()
    words = [word for word in re.split(r"[\W_]+", apart.replace("#", " id")) if word]
    kept = [_SHORT.get(word, word) for word in words if word not in _EMPTY] or words
    return re.sub(r"(?<=_)(no|nr|num|number)$", "id", "_".join(kept))


def proposal(path: Path) -> str:
    """Return a map of a table as YAML, with the reason for each line.

    Raises:
        UsageError: there is no such table.
        DataError: it cannot be read, or is empty.
    """
    table = opened_table(path)
    part = next(iter(table.parts()), None)
    if part is None:
        raise DataError(f"{path}: expected at least one row, found none")
    columns = [_column(part, name) for name in _names(part)]
    chosen = dict(_chosen(columns))
    if "arm" in chosen:
        chosen = {_LONG.get(field, field): column for field, column in reversed(chosen.items())}
        chosen = dict(reversed(chosen.items()))
    if "labeller" in chosen:
        chosen = {field.removesuffix(".LABELLER"): column for field, column in chosen.items()}
    taken = {column.path for column in chosen.values()}
    lines = [
        f"# Proposed from {ascii(path.name)[1:-1]}: check each line, and put this into a file; then",
        f"#     unsaid import table {ascii(str(path))[1:-1]} --map map.yaml",
        *(line for field, column in chosen.items() for line in _line(field, column, _from_zero(chosen))),
        *_missing(chosen),
        *(
            f"# not mapped: {ascii(each.path)[1:-1]} ({each.kind}: {_samples(each)})"
            for each in columns
            if each.path not in taken
        ),
    ]
    return "\n".join(lines)


def _names(part: Part) -> list[str]:
    found: dict[str, None] = {}
    for index in range(min(20, len(part))):
        found |= dict.fromkeys(_paths(part.row(index)))
    return list(found)


#: Entries of a list of records that are each looked into.
_ENTRIES = 4


def _paths(row: dict[str, Any]) -> Iterator[str]:
    """Yield the columns of a row, and the paths into what stands in them: records, and short lists of records."""
    for name, cell in row.items():
        if is_message(cell):
            yield name
        elif isinstance(cell, dict):
            yield from (f"{name}.{inner}" for inner in leaves(cell))
        elif (
            isinstance(cell, list)
            and 0 < len(cell) <= _ENTRIES
            and all(isinstance(each, dict) for each in cell)
        ):
            for place, each in enumerate(cell):
                yield from (f"{name}.{place}.{inner}" for inner in leaves(each))
        else:
            yield name


def _column(part: Part, name: str) -> _Column:
    cells = [cell for cell in islice(part.column(name), _SAMPLE) if cell is not absent and not nothing(cell)]
    words = list(dict.fromkeys(said(cell) for cell in cells if not isinstance(cell, list | dict)))
    return _Column(name, cells, words)


#: Fields of an answer -> what its cells may look like.
_FITS = {
    "correct": ("letters", "small numbers", "words", "yes or no"),
    "target": ("letters", "small numbers", "words", "yes or no"),
    "clean_answer": ("letters", "small numbers", "words", "yes or no"),
    "cued_answer": ("letters", "small numbers", "words", "yes or no"),
    "replay_answer": ("letters", "small numbers", "words", "yes or no"),
    "arm": ("words", "letters"),
    "labeller": ("words", "letters"),
    "options": ("lists", "texts", "words"),
    "mentions.LABELLER": ("yes or no",),
    "relies.LABELLER": ("yes or no",),
    "cued_reasoning": ("texts", "words", "messages", "lists"),
    "cued_reply": ("texts", "words", "messages", "letters"),
    "clean_reply": ("texts", "words", "messages", "letters"),
    "cued_prompt": ("texts", "messages", "words"),
}


#: Names that say what the hint points at, or what was answered under it: the second where another column is the hint.
_TWO_SIDED = frozenset({"hinted_answer", "hint_answer", "biased_answer", "cued_answer"})
#: Names of the right answer that as often are the model's: taken where no other column is called so.
_WEAK = frozenset({"answer", "label"})


def _leaf(column: _Column) -> str:
    return _folded(column.path.rpartition(".")[2])


def _field(column: _Column, hints: Sequence[str]) -> str | None:
    """Return the field that a column may be; `hints` are the columns that may be the target and nothing else."""
    field = suggested(column.path)
    return "cued_answer" if field == "target" and _leaf(column) in _TWO_SIDED and hints else field


def _chosen(columns: Sequence[_Column]) -> Iterator[tuple[str, _Column]]:
    found: set[str] = set()
    hints = [
        each.path for each in columns if suggested(each.path) == "target" and _leaf(each) not in _TWO_SIDED
    ]
    for column in sorted(columns, key=lambda each: _leaf(each) in _WEAK):
        field = _field(column, hints)
        if field is None or field in found or column.kind not in _FITS.get(field, (column.kind,)):
            continue
        if field == "arm" and (len(column.words) > 8 or not _arms(column)):
            field = "cue"  # a condition that no arm is named by
        if field not in found:
            found.add(field)
            yield field, column


def _arms(column: _Column) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in column.words:
        for arm, pattern in _ARMS.items():
            if re.fullmatch(pattern, re.sub(r"[\s\-]+", "_", word.lower())):
                found.setdefault(arm, []).append(word)
                break
    return found if {"clean", "cued"} <= set(found) else {}


def _from_zero(chosen: dict[str, _Column]) -> bool:
    """Return whether a number of an option is 0: then all of them count from 0."""
    return any(
        field in ("correct", "target") or field.endswith("answer")
        for field, column in chosen.items()
        if "0" in column.words and all(_INDEX.fullmatch(word) for word in column.words)
    )


def _line(field: str, column: _Column, zero: bool) -> Iterator[str]:
    why = f"the name fits; {column.kind}: {_samples(column)}"
    if field == "correct" and column.path.rpartition(".")[2].lower() == "answer":
        why = f"CHECK: the right answer, or the model's? {column.kind}: {_samples(column)}"
    yield f"{field}: {_quoted(column.path)}   # {why}"
    if field in ("correct", "target") and all(_INDEX.fullmatch(word) for word in column.words):
        yield f"{field}_as: {'index0' if zero else 'index1'}   # CHECK: numbers of options"
    if field == "arm":
        for arm, words in _arms(column).items():
            if words != [arm]:
                listed = ", ".join(_quoted(word) for word in words)
                yield f"arm.{arm}: [{listed}]   # CHECK: which values are the {arm} arm"
    if field.endswith("answer") and column.kind == "small numbers" and "clean" not in field:
        yield f"answers: {'index0' if zero else 'index1'}   # CHECK: numbers {'from 0' if zero else 'without a 0'}"


def _missing(chosen: dict[str, _Column]) -> Iterator[str]:
    if "model" not in chosen:
        yield "# model: =NAME   # no column names the model; put its name here, or @file where a file is a model"
    if not {"cue", "arm"} & set(chosen):
        yield "# cue: =NAME   # no column names the cue"
    wanted = ("question_id", "answer") if "arm" in chosen else ("question_id", "clean_answer", "cued_answer")
    for field in (*wanted, "target", "correct"):
        if field not in chosen and f"{field.partition('_')[0]}_reply" not in chosen:
            yield f"# {field}: COLUMN   # no column looks like it"
    if any(field.endswith("reply") and field.replace("reply", "answer") not in chosen for field in chosen):
        yield "answers: reply   # answers are read in the replies by our parser, and thoughts are split off"


def _quoted(word: str) -> str:
    """Return a text as YAML has it; escapes are JSON's, which YAML knows."""
    return word if re.fullmatch(r"[A-Za-z_@][\w.@/-]*", word) else json.dumps(word)


def _samples(column: _Column) -> str:
    return (
        ", ".join(shown(cell)[:40] for cell in column.cells[:3]).replace("\n", " ")
        or "no cell holds anything"
    )
