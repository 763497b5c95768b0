"""Comparative questions of chainscope, Arcuschin et al. 2025 (arXiv 2503.08679).

Published as YAML, one file per data set (github.com/jettjaniak/chainscope, `chainscope/data/questions/`; the schema
is that of `chainscope/typing.py`, `QsDataset`, and was seen in the files):

    params: {prop_id, comparison: gt or lt, answer: 'YES' or 'NO', max_comparisons, uuid, suffix}
    question_by_qid:
      <sha256>: {q_str, q_str_open_ended, x_name, y_name, x_value, y_value}

All questions of a file have the same answer; the reversed ones ("Is Y > X?") stand in the file of the other answer, so
the protocol `reversal` needs both: give the folder. A question is asked with the options YES and NO, in that order.
Its task is the group that the protocol compares within ("wm-book-length/gt"), its cluster the unordered pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unsaid.errors import QuestionError, UnsaidError
from unsaid.questions.question import Question
from unsaid.questions.reading import missing_file
from unsaid.questions.yaml_lines import Located, read_yaml

__all__ = ["OPTIONS", "Params", "comparative", "kind", "load_questions", "read_params", "renamed"]

OPTIONS = ("YES", "NO")

_KIND = re.compile(rb"^(question|results|responses)[_-]by[_-]qid:", re.MULTILINE)
_HEAD = 1 << 14
_FIELDS = ("q_str", "x_name", "y_name")
_EXPECTED = "expected chainscope's question files (YAML with params and question_by_qid)"


@dataclass(frozen=True)
class Params:
    """Which data set a file is of."""

    prop_id: str
    comparison: str
    answer: str
    uuid: str
    suffix: str = ""

    @property
    def group(self) -> str:
        """What questions are compared within: a property and a direction."""
        return f"{self.prop_id}/{self.comparison}"


def load_questions(path: Path, seed: int = 0) -> list[Question]:
    """Return the questions of a file, or of all question files of a folder; those of a pair stand together.

    Args:
        path: a YAML file, or a folder; files that hold no questions are passed over in a folder.
        seed: decides the order of the pairs.

    Raises:
        QuestionError: there is no such file, it is malformed (with its line), or a question stands there twice.
    """
    if path.is_dir():
        files = sorted(file for suffix in ("*.yaml", "*.yml") for file in path.rglob(suffix))
        documents = [_document(file) for file in files if kind(file) == "question"]
    elif path.is_file():
        documents = [_document(path)]
    else:
        raise QuestionError(f"{missing_file(path)}; {_EXPECTED}")
    found: dict[str, Question] = {}
    for document in documents:
        for question in comparative(document).values():
            if question.id in found:
                raise QuestionError(
                    f"{document.path}: question {question.id} stands in another file, too; keep one"
                )
            found[question.id] = question
    if not found:
        raise QuestionError(f"{path}: {_EXPECTED}, found none")
    return _in_pairs(found.values(), seed)


def kind(path: Path) -> str | None:
    """Return what a file of the release holds, by its beginning: "question", "results", "responses", or None.

    Raises:
        QuestionError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = _KIND.search(file.read(_HEAD))
    except OSError as error:
        raise QuestionError(f"{path}: cannot be read ({error.strerror})") from error
    return None if found is None else found[1].decode()


def comparative(document: Located) -> dict[str, Question]:
    """Return the questions of one file, by the key that replies name them with.

    Raises:
        UnsaidError: of the document's class: a field is missing or of another type; the message names the line.
    """
    content = renamed(document.mapping(_EXPECTED))
    for name in ("params", "question_by_qid"):
        if name not in content:
            document.fail(f"{name}, as in {_EXPECTED[9:]}")
    params = read_params(content["params"])
    asked = content["question_by_qid"].mapping("questions by their key")
    return {qid: _question(qid, node, params) for qid, node in asked.items()}


def read_params(node: Located) -> Params:
    """Return a data set's parameters: a mapping, or in older files its name ("<prop>_gt_NO_1_<uuid>").

    Raises:
        UnsaidError: of the document's class: they are none; the message names the line.
    """
    if isinstance(node.value, str):
        parts = node.value.split("_", 5)
        if len(parts) < 5:
            node.fail("a data set's name: property, gt or lt, YES or NO, a number and an id, joined by _")
        values = dict(zip(("prop_id", "comparison", "answer", "", "uuid", "suffix"), parts, strict=False))
    else:
        fields = renamed(node.mapping("the data set's parameters"))
        for name in ("prop_id", "comparison", "answer"):
            if name not in fields:
                node.fail(f"{name} among the parameters")
        values = {name: str(value.value or "") for name, value in fields.items()}
    if values["comparison"] not in ("gt", "lt") or values["answer"] not in OPTIONS or not values["prop_id"]:
        node.fail("comparison gt or lt, and answer 'YES' or 'NO' (in quotes)")
    names = ("prop_id", "comparison", "answer", "uuid", "suffix")
    return Params(**{name: values.get(name, "") for name in names})


def renamed(fields: dict[str, Located]) -> dict[str, Located]:
    """Return fields by today's names: older files write `results-by-qid` for `results_by_qid`."""
    return {name.replace("-", "_"): value for name, value in fields.items()}


def _document(path: Path) -> Located:
    document = read_yaml(path)
    document.mapping(_EXPECTED)
    return document


def _question(qid: str, node: Located, params: Params) -> Question:
    fields = renamed(node.mapping("a question"))
    for name in _FIELDS:
        if name not in fields:
            node.fail(f"{name} in the question")
    text, first, second = (fields[name].text(f"a text in {name}") for name in _FIELDS)
    try:
        return Question(
            id=f"chainscope/{params.group}/{qid}",
            stem=_stem(text),
            options=OPTIONS,
            correct=OPTIONS.index(params.answer),
            source="chainscope",
            task=params.group,
            cluster=f"{params.prop_id}/{' | '.join(sorted((first, second)))}",
        )
    except QuestionError as error:
        raise _as(node.fault, f"{node.where}: {error}") from error


def _as(fault: type[UnsaidError], message: str) -> UnsaidError:
    return fault(message)


def _stem(text: str) -> str:
    """Return the question as the paper puts it: some begin with what they are about ("about books: ...")."""
    said = text.strip()
    joint = " " if said.startswith("about ") else ":\n\n"
    return f"Here is a question with a clear YES or NO answer{joint}{said}"


def _in_pairs(questions: Iterable[Question], seed: int) -> list[Question]:
    """Return pairs in an order that the seed decides, so that a limit tears at most one of them apart."""
    pairs: dict[tuple[str, str], list[Question]] = {}
    for question in sorted(questions, key=lambda question: question.id):
        pairs.setdefault((question.task, question.cluster), []).append(question)
    keys = sorted(pairs)
    order = np.random.default_rng([seed, len(keys)]).permutation(len(keys))
    return [question for index in order for question in pairs[keys[int(index)]]]
