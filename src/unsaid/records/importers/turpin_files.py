"""The released files of Turpin et al. 2023, checked: one samples file, and the questions it was asked.

Nothing is guessed: a field that is absent, of another type or of another length raises with file and row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unsaid.errors import DataError
from unsaid.questions.question import LETTERS
from unsaid.store.reading import parse_json, read_bytes

FAILED = -1
#: Folder of the release -> the bias that its files are about.
_BIAS_OF_FOLDER = {"suggested_answer": "suggested_answer", "answer_is_always_a": "ans_always_a"}

_MAX_INDEX = len(LETTERS) - 1
_OPTION = re.compile(r"^\(([A-Z])\) ?(.*)$", re.MULTILINE)
_CHOICES = "Answer choices:"


class Config(BaseModel):
    """What a samples file says of itself; `explicit_nonbias` is the debiasing instruction, which BBQ alone has."""

    model_config = ConfigDict(strict=True, extra="allow")

    task: str = Field(min_length=1)
    model: str = Field(min_length=1)
    bias_type: Literal["suggested_answer", "ans_always_a"] | None = None
    few_shot: bool
    explicit_nonbias: bool = False


class Context(BaseModel):
    """One context's predictions, one list entry per question; `y_pred` is -1 where no answer could be read.

    `y_true` is not in the files of BBQ, and the answers without reasoning (`y_pred_prior`) are not in every file.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    gen: list[str]
    y_pred: list[int]
    y_pred_raw: list[str] | None = None
    y_pred_prior: list[int] | None = None
    y_pred_prior_raw: list[str] | None = None
    y_true: list[int] | None = None
    random_ans_idx: list[int] | None = None


class Samples(BaseModel):
    """One samples file: a task, a model, a bias; the biased context first, the unbiased one second.

    In a file of BBQ the two are the two versions of each question, in the order of its weak evidence.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    config: Config
    failed_idx: list[int]
    outputs: list[Context] = Field(min_length=2, max_length=2)

    @property
    def biased(self) -> Context:
        """The context with the biasing feature."""
        return self.outputs[0]

    @property
    def unbiased(self) -> Context:
        """The context without it."""
        return self.outputs[1]

    @property
    def rows(self) -> int:
        """How many questions were asked."""
        return len(self.biased.gen)

    @cached_property
    def failed(self) -> frozenset[int]:
        """The examples that failed in one context or the other."""
        return frozenset(self.failed_idx)

    @property
    def bbq(self) -> bool:
        """Whether the questions are BBQ's, whose files tell of no bias type."""
        return self.config.task == "bbq"

    def true(self, row: int) -> int:
        """Return the right option of a question of BIG-Bench Hard."""
        known = self.biased.y_true
        if known is None:  # `read_samples` refuses such a file
            raise DataError("y_true is not there")
        return known[row]

    def target(self, row: int) -> int:
        """Return the option the bias points at; in Answer is Always A it is A, whatever the question."""
        suggested = self.biased.random_ans_idx
        return 0 if suggested is None else suggested[row]


class QuestionRow(BaseModel):
    """One row of `val_data.json`."""

    model_config = ConfigDict(strict=True, extra="allow")

    parsed_inputs: str
    multiple_choice_scores: list[int]
    random_ans_idx: int


class QuestionFile(BaseModel):
    """A `val_data.json`."""

    model_config = ConfigDict(strict=True, extra="allow")

    data: list[QuestionRow]


@dataclass(frozen=True)
class Asked:
    """A question as it was asked.

    Attributes:
        text: the question with its answer choices, verbatim.
        stem: the text before the answer choices.
        options: the answer choices, white space at the ends removed.
        correct: index of the correct one.
        suggested: index of the one that Suggested Answer points at.
    """

    text: str
    stem: str
    options: tuple[str, ...]
    correct: int
    suggested: int


def read_samples(path: Path) -> Samples:
    """Read one samples file, of BIG-Bench Hard or of BBQ.

    Raises:
        DataError: it is not such a file; the message names the file, the field and the row.
    """
    samples = parse(path, Samples)
    for name, context in (("biased", samples.biased), ("unbiased", samples.unbiased)):
        _check_context(path, name, context, samples)
    if not samples.bbq:
        _check_bias(path, samples)
    for row in samples.failed_idx:
        if not 0 <= row < samples.rows:
            raise DataError(f"{path}: failed_idx names row {row}, but there are {samples.rows} rows")
    return samples


def bias_of(path: Path, samples: Samples) -> str:
    """Return which bias a file of BIG-Bench Hard is about: as it says, else as its folder says.

    Raises:
        DataError: neither says, or the two differ.
    """
    said, folder = samples.config.bias_type, _BIAS_OF_FOLDER.get(path.parent.name)
    found = said or folder
    if found is None:
        raise DataError(
            f"{path}: its config has no bias_type, and its folder is not one of {', '.join(_BIAS_OF_FOLDER)}"
        )
    if (samples.biased.random_ans_idx is None) != (found == "ans_always_a"):
        raise DataError(f"{path}: random_ans_idx must be there for suggested_answer and only there")
    if folder not in (None, found):
        raise DataError(f"{path}: bias_type is {said!r}, but the folder is {path.parent.name}")
    return found


def _check_bias(path: Path, samples: Samples) -> None:
    true = [context.y_true for context in (samples.biased, samples.unbiased)]
    if true[0] is None or true[1] is None:
        raise DataError(f"{path}: y_true must be there for every task but bbq")
    for number, (biased, unbiased) in enumerate(zip(true[0], true[1], strict=True)):
        if biased != unbiased:
            raise DataError(f"{path}: row {number}: y_true is {biased} biased and {unbiased} unbiased")
    if samples.biased.random_ans_idx != samples.unbiased.random_ans_idx:
        raise DataError(f"{path}: random_ans_idx differs between the biased and the unbiased context")


def read_questions(path: Path) -> list[Asked]:
    """Return the questions of one `val_data.json`, in order.

    Raises:
        DataError: it is not such a file; the message names the file and the row.
    """
    return [
        _asked(row, f"{path}: data, row {number}")
        for number, row in enumerate(parse(path, QuestionFile).data)
    ]


def check_alignment(path: Path, samples: Samples, questions: list[Asked]) -> None:
    """Row i of the samples must be row i of the questions: same correct option, same suggestion.

    Raises:
        DataError: it is not; the message names the first row that differs.
    """
    if samples.rows > len(questions):
        raise DataError(
            f"{path}: {samples.rows} rows, but its task has {len(questions)} questions; not aligned"
        )
    suggested = samples.biased.random_ans_idx
    for row in range(samples.rows):
        ours, theirs = samples.true(row), questions[row].correct
        if ours != theirs:
            raise DataError(
                f"{path}: row {row}: y_true is {ours}, in the questions folder {theirs}; not aligned"
            )
        if suggested is not None and suggested[row] != questions[row].suggested:
            raise DataError(
                f"{path}: row {row}: random_ans_idx is {suggested[row]}, in the questions folder "
                f"{questions[row].suggested}; not aligned"
            )


Model = TypeVar("Model", bound=BaseModel)


def parse(path: Path, model: type[Model]) -> Model:
    """Return what a JSON file of the release holds.

    Raises:
        DataError: it cannot be read, or does not fit the model; the message names field and row.
    """
    try:
        return model.model_validate(parse_json(read_bytes(path)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ", ".join(f"row {part}" if isinstance(part, int) else part for part in first["loc"])
        where = where.replace("outputs, row 0", "outputs[0]").replace("outputs, row 1", "outputs[1]")
        raise DataError(
            f"{path}: {where or 'top level'}: {first['msg']} ({error.error_count()} such fault(s))"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}") from error


def _check_context(path: Path, name: str, context: Context, samples: Samples) -> None:
    lists = {field: value for field in Context.model_fields if (value := getattr(context, field)) is not None}
    for field, value in lists.items():
        if len(value) != samples.rows:
            raise DataError(f"{path}: {name} context: {field} has {len(value)} entries, gen {samples.rows}")
    for field, lowest in (("y_pred", FAILED), ("y_pred_prior", FAILED), ("y_true", 0), ("random_ans_idx", 0)):
        for row, index in enumerate(lists.get(field, [])):
            if not lowest <= index <= _MAX_INDEX:
                raise DataError(
                    f"{path}: {name} context: {field}, row {row}: {index} is not the index of an option"
                )


def _asked(row: QuestionRow, where: str) -> Asked:
    head, found, tail = row.parsed_inputs.rpartition(_CHOICES)
    options = _OPTION.findall(tail)
    if not found or "".join(letter for letter, _ in options) != LETTERS[: len(options)]:
        raise DataError(f"{where}: parsed_inputs does not end in {_CHOICES!r} and options (A), (B), ...")
    if len(options) != len(row.multiple_choice_scores):
        raise DataError(
            f"{where}: {len(options)} options and {len(row.multiple_choice_scores)} multiple_choice_scores"
        )
    if row.multiple_choice_scores.count(1) != 1:
        raise DataError(f"{where}: multiple_choice_scores must mark exactly one option with 1")
    if not 0 <= row.random_ans_idx < len(options):
        raise DataError(f"{where}: random_ans_idx {row.random_ans_idx} is not one of {len(options)} options")
    return Asked(
        text=row.parsed_inputs,
        stem=head.strip(),
        options=tuple(text.strip() for _, text in options),
        correct=row.multiple_choice_scores.index(1),
        suggested=row.random_ans_idx,
    )
