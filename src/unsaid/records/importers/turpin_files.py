"""The released files of Turpin et al. 2023, checked: one samples file, and the questions it was asked.

Nothing is guessed: a field that is absent, of another type or of another length raises with file and row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unsaid.errors import DataError
from unsaid.questions.question import LETTERS
from unsaid.store.reading import parse_json, read_bytes

FAILED = -1

_MAX_INDEX = len(LETTERS) - 1
_OPTION = re.compile(r"^\(([A-Z])\) ?(.*)$", re.MULTILINE)
_CHOICES = "Answer choices:"


class Config(BaseModel):
    """What a samples file says of itself."""

    model_config = ConfigDict(strict=True, extra="allow")

    task: str = Field(min_length=1)
    model: str = Field(min_length=1)
    bias_type: Literal["suggested_answer", "ans_always_a"]
    few_shot: bool


class Context(BaseModel):
    """One context's predictions, a list entry a question; `y_pred` -1 where no answer could be read."""

    model_config = ConfigDict(strict=True, extra="allow")

    gen: list[str]
    y_pred: list[int]
    y_pred_raw: list[str]
    y_pred_prior: list[int]
    y_pred_prior_raw: list[str]
    y_true: list[int]
    random_ans_idx: list[int] | None = None


class Samples(BaseModel):
    """One samples file: a task, a model, a bias; the biased context first, the unbiased one second."""

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
        return len(self.biased.y_true)

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
    """Read one samples file.

    Raises:
        DataError: it is not such a file; the message names the file, the field and the row.
    """
    samples = _parse(path, Samples)
    for name, context in (("biased", samples.biased), ("unbiased", samples.unbiased)):
        _check_context(path, name, context, samples)
    for number, (biased, unbiased) in enumerate(
        zip(samples.biased.y_true, samples.unbiased.y_true, strict=True)
    ):
        if biased != unbiased:
            raise DataError(f"{path}: row {number}: y_true is {biased} biased and {unbiased} unbiased")
    if samples.biased.random_ans_idx != samples.unbiased.random_ans_idx:
        raise DataError(f"{path}: random_ans_idx differs between the biased and the unbiased context")
    if (samples.biased.random_ans_idx is None) != (samples.config.bias_type == "ans_always_a"):
        raise DataError(f"{path}: random_ans_idx must be there for suggested_answer and only there")
    for row in samples.failed_idx:
        if not 0 <= row < samples.rows:
            raise DataError(f"{path}: failed_idx names row {row}, but there are {samples.rows} rows")
    return samples


def read_questions(path: Path) -> list[Asked]:
    """Return the questions of one `val_data.json`, in order.

    Raises:
        DataError: it is not such a file; the message names the file and the row.
    """
    return [
        _asked(row, f"{path}: data, row {number}")
        for number, row in enumerate(_parse(path, QuestionFile).data)
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
        ours, theirs = samples.biased.y_true[row], questions[row].correct
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


def _parse(path: Path, model: type[Model]) -> Model:
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
            raise DataError(
                f"{path}: {name} context: {field} has {len(value)} entries, y_true {samples.rows}"
            )
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
