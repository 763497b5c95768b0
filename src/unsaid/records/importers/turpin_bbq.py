"""The released predictions of Turpin et al. 2023 on BBQ: each question is asked twice, with its weak evidence turned.

A samples file holds one model x shots x instruction; `outputs[0]` and `outputs[1]` are the two versions of each
question, in the order of its two sentences of weak evidence. Which option stands for whom is in the questions
(`bbq_questions/data.json`, row by row): `target_loc`, the stereotyped answer by the authors' metadata, and `unk_idx`,
the unknown option. A row becomes four records: both versions, with reasoning (`y_pred`) and without (`y_pred_prior`).

The debiasing instruction is the elicitation `cot+unbiased`. Nothing in the release says which version's evidence points
at whom. The first is filed as the one for the target: every published figure, and every cell but the two in which the
answer switches between the two people, is the same either way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unsaid.errors import DataError, UsageError
from unsaid.questions.question import LETTERS
from unsaid.records.importers.turpin_answers import answer, direct_answer, failures
from unsaid.records.importers.turpin_files import Context, Samples
from unsaid.records.importers.turpin_prompt import split_reply
from unsaid.records.schema import frame
from unsaid.records.texts import WHOLE
from unsaid.store.reading import check_depth, read_bytes
from unsaid.store.shapes import fault_of

__all__ = ["CUE", "OnBbq", "bbq_records"]

CUE = "weak-evidence"
_VERSIONS = ("evidence-for-target", "evidence-for-other")
_QUESTIONS = Path("bbq_questions") / "data.json"


class _Item(BaseModel):
    """One row of `data.json`; `target_loc` is null where no option is the stereotyped one."""

    model_config = ConfigDict(strict=True, extra="allow")

    category: str = Field(min_length=1)
    context: str
    question: str
    ans0: str
    ans1: str
    ans2: str
    weak_evidence: list[str] = Field(min_length=2, max_length=2)
    target_loc: float | None = Field(default=None, ge=0, le=2)
    unk_idx: int = Field(ge=0, le=2)
    question_index_x: str | int = ""

    @property
    def options(self) -> list[str]:
        return [self.ans0, self.ans1, self.ans2]

    @property
    def people(self) -> tuple[str, str] | None:
        """The letters of the stereotyped person and of the other; None where they are not known."""
        if self.target_loc is None or self.target_loc == self.unk_idx:
            return None
        target = int(self.target_loc)
        (other,) = {0, 1, 2} - {target, self.unk_idx}
        return LETTERS[target], LETTERS[other]


@dataclass(frozen=True)
class OnBbq:
    """The records of BBQ, one table per file, and what was lost on the way."""

    files: int = 0
    records: list[pl.DataFrame] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def bbq_records(files: Sequence[tuple[Path, Samples]]) -> OnBbq:
    """Return the files of BBQ as records.

    Raises:
        UsageError: the questions are not there.
        DataError: a file comes twice, or is not aligned with its questions.
    """
    if not files:
        return OnBbq()
    tables, seen = [], dict[tuple[str, str], Path]()
    known: dict[Path, list[_Item]] = {}
    for file, samples in files:
        place = _place(file)
        if place not in known:
            known[place] = _items(place)
        items = known[place]
        if samples.rows != len(items):
            raise DataError(f"{file}: {samples.rows} rows, but {place} has {len(items)}; not aligned")
        key = samples.config.model, _style(samples, "cot")
        if key in seen:
            raise DataError(f"{file}: the same model, shots and instruction as {seen[key].name}; keep one")
        seen[key] = file
        tables.append(frame(_records(samples, items)))
    return OnBbq(len(files), tables, _notes([samples for _, samples in files], known))


def _place(file: Path) -> Path:
    """Return where the questions are: beside the folder of the samples, or in it."""
    for folder in (file.parent.parent, file.parent):
        if (folder / _QUESTIONS).is_file():
            return folder / _QUESTIONS
    raise UsageError(
        f"{file}: expected {_QUESTIONS} beside its folder: it says which option of each question stands for whom"
    )


def _items(path: Path) -> list[_Item]:
    try:
        # Python's own reader, for the published file holds NaN, which is no number in JSON.
        rows = json.loads(read_bytes(path), parse_constant=lambda _: None)
        check_depth(rows)
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{path}: expected a list of questions, found {type(rows).__name__}")
    items = []
    for number, row in enumerate(rows):
        try:
            items.append(_Item.model_validate(row))
        except ValidationError as error:
            raise DataError(f"{path}: row {number}: {fault_of(error)}") from error
    return items


def _records(samples: Samples, items: Sequence[_Item]) -> list[dict[str, Any]]:
    found = []
    for row, item in enumerate(items):
        people = item.people
        if people is None:
            continue
        for version, context in enumerate((samples.biased, samples.unbiased)):
            asked = _asked(samples, item, row, version) | {"target": people[version]}
            found.append(asked | _reasoned(samples, row, context))
            if (direct := direct_answer(row, context)) is not None:
                found.append(asked | direct | {"elicitation": _style(samples, "direct")})
    return found


def _reasoned(samples: Samples, row: int, context: Context) -> dict[str, Any]:
    reasoning, visible = split_reply(context.gen[row])
    return answer(samples, row, context) | {
        "elicitation": _style(samples, "cot"),
        "reasoning": reasoning,
        "visible": visible,
        "reading": WHOLE,
        "provenance": "raw",
        "parse_rule": "released y_pred",
        "reasoning_tokens": len(reasoning) // 4,
    }


def _asked(samples: Samples, item: _Item, row: int, version: int) -> dict[str, Any]:
    """Return the columns that say what was asked."""
    said = item.weak_evidence[version]
    listed = "\n".join(f"({letter}) {text}" for letter, text in zip(LETTERS, item.options, strict=False))
    text = f"{item.context} {said}\n\n{item.question}\n\nAnswer choices:\n{listed}"
    template = item.question_index_x
    return {
        "model": samples.config.model,
        "conditioning": "prefill",
        "epoch": 1,
        "question_id": f"turpin-2023/{CUE}/{item.category}/{row}",
        "cluster": f"{item.category}/{template if template != '' else row}",
        "source": "turpin-2023",
        "task": item.category,
        "stem": f"{item.context}\n{item.question}",
        "options": item.options,
        "n_options": 3,
        "correct": LETTERS[item.unk_idx],
        "arm": "cued",
        "cue": CUE,
        "wording": _VERSIONS[version],
        "placement": "before",
        "labelled": False,
        "misaligned": False,
        "target_kind": "wrong",
        "cue_text": [said],
        "prompt": json.dumps([{"role": "user", "text": text}], ensure_ascii=False),
    }


def _style(samples: Samples, how: str) -> str:
    shots = "few-shot-" if samples.config.few_shot else ""
    return f"{shots}{how}{'+unbiased' if samples.config.explicit_nonbias else ''}"


def _notes(files: Sequence[Samples], known: dict[Path, list[_Item]]) -> list[str]:
    notes = [
        "BBQ prompts were not released: what is shown is the question with its weak evidence, without instructions "
        "and demonstrations",
        "which version of a BBQ question has its evidence for whom was not released: the first is filed as "
        f"{_VERSIONS[0]}; the cells switch-with-evidence and anti-evidence-switch are one cell here",
    ]
    for path, items in known.items():
        lost = [(row, item) for row, item in enumerate(items) if item.people is None]
        if lost:
            rows = ", ".join(f"row {row} ({item.category})" for row, item in lost[:5])
            more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
            notes.append(
                f"{len(lost)} question(s) of {path.name} have no target_loc and are left out: {rows}{more}"
            )
    if failed := sum(map(failures, files)):
        notes.append(f"{failed} reasoned replies on BBQ without an answer are kept with a null answer")
    outside = sum(
        index > 2
        for samples in files
        for context in (samples.biased, samples.unbiased)
        for index in (*context.y_pred, *(context.y_pred_prior or ()))
    )
    if outside:
        notes.append(
            f"{outside} answers on BBQ name a letter that is no option; they are kept as answered, and a report leaves "
            "their pairs out (unsaid reproduce turpin counts them as the published figures do: as the other person)"
        )
    return notes
