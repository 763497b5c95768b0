"""The released predictions of Turpin et al. 2023 on BIG-Bench Hard, and with `turpin_bbq` on BBQ.

"Language Models Don't Always Say What They Think", arXiv 2305.04388. A samples file holds one
task x model x bias: the replies in the biased context (`outputs[0]`) and in the unbiased one (`outputs[1]`),
each with a chain of thought (`gen`, `y_pred`) and without (`y_pred_prior`). So a row becomes four records:
clean and cued, reasoned and direct.

A failure (`y_pred` -1, or a row in `failed_idx`) is a record with a null answer and its reason: never
dropped, never wrong. Answer is Always A codes 33 failed questions of claude-v1 as -1 without listing them in
`failed_idx`, so both are read.

In a few-shot run the direct answer follows the same demonstrations *with their reasoning* (as in
the paper), which is why it is called `few-shot-direct` here and never pooled with `direct`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError, UsageError
from unsaid.pace import paced
from unsaid.questions.question import LETTERS
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.turpin_answers import answer, direct_answer, failures
from unsaid.records.importers.turpin_bbq import bbq_records
from unsaid.records.importers.turpin_files import (
    Asked,
    Context,
    Samples,
    bias_of,
    check_alignment,
    read_questions,
    read_samples,
)
from unsaid.records.importers.turpin_prompt import demonstrations, rebuilt, split_reply, suggestion
from unsaid.records.schema import frame
from unsaid.records.texts import WHOLE

_FOLDERS = ("suggested_answer", "answer_is_always_a")
_CUE_OF_BIAS = {"suggested_answer": "suggested-answer", "ans_always_a": "answer-is-always-a"}
_PLACEMENT = {"suggested-answer": "after", "answer-is-always-a": "demonstrations"}

_EXPECTED = (
    "expected the released samples: bbh_samples/suggested_answer/*.json, bbh_samples/answer_is_always_a/*.json "
    "or bbq_samples/*.json (questions/<task>/val_data.json beside bbh_samples is used where present)"
)


@dataclass(frozen=True)
class _Run:
    """One samples file of BIG-Bench Hard with its questions."""

    samples: Samples
    bias: str
    questions: list[Asked] | None

    @property
    def cue(self) -> str:
        return _CUE_OF_BIAS[self.bias]

    @property
    def key(self) -> tuple[str, str, str, bool]:
        config = self.samples.config
        return self.cue, config.task, config.model, config.few_shot


def read(path: Path) -> Imported:
    """Return the release under `path` as records: replies on BIG-Bench Hard, on BBQ, or both.

    Args:
        path: the folder that holds `bbh_samples` and `bbq_samples`, one of these, a folder in them, or one file.

    Raises:
        UsageError: there are no such files under `path`, or BBQ's questions are not there.
        DataError: a file is malformed, comes twice, or is not aligned with its questions.
    """
    files = _files(path)
    if not files:
        raise UsageError(f"{path}: no samples of Turpin et al. 2023 here; {_EXPECTED}")
    read_files = [(file, read_samples(file)) for file in paced(files, "files read")]
    runs = _runs([(file, samples) for file, samples in read_files if not samples.bbq])
    on_bbq = bbq_records([(file, samples) for file, samples in read_files if samples.bbq])
    counts = [f"{len(runs)} files on BBH"] * bool(runs) + [f"{on_bbq.files} on BBQ"] * bool(on_bbq.files)
    return Imported(
        records=pl.concat([*(frame(_records(run)) for run in runs), *on_bbq.records]),
        unmapped=[*_unmapped(runs), *on_bbq.notes],
        source=f"Turpin et al. 2023 (arXiv 2305.04388), released predictions, {' and '.join(counts)}",
        paper="arXiv:2305.04388",
    )


TURPIN = Importer(
    name="turpin",
    summary="Turpin et al. 2023: released predictions on BBH (suggested answer, answer is always A) and on BBQ",
    read=read,
)


def _files(path: Path) -> list[Path]:
    """Return the samples under a path, wherever in the release it points."""
    if path.is_file():
        return [path]
    patterns = [f"{folder}/*.json" for folder in _FOLDERS]
    within = [*patterns, *(f"bbh_samples/{each}" for each in patterns), "bbq_samples/*.json"]
    here = ["*.json"] if path.name in (*_FOLDERS, "bbq_samples") else []
    return [file for pattern in (*here, *within) for file in sorted(path.glob(pattern))]


def _runs(files: list[tuple[Path, Samples]]) -> list[_Run]:
    """Return the files of BIG-Bench Hard, each with the questions in the folder beside the samples, where it is."""
    known: dict[Path, list[Asked]] = {}
    seen: dict[tuple[str, str, str, bool], Path] = {}
    runs = []
    for file, samples in files:
        place = file.parent.parent.parent / "questions" / samples.config.task / "val_data.json"
        if place not in known and place.is_file():
            known[place] = read_questions(place)
        run = _Run(samples, bias_of(file, samples), known.get(place))
        if run.questions is not None:
            check_alignment(file, samples, run.questions)
        if run.key in seen:
            raise DataError(
                f"{file}: the same cue, task, model and number of shots as {seen[run.key].name}; keep one"
            )
        seen[run.key] = file
        runs.append(run)
    return runs


def _records(run: _Run) -> list[dict[str, Any]]:
    return [
        record
        for row in range(run.samples.rows)
        for arm, context in (("clean", run.samples.unbiased), ("cued", run.samples.biased))
        for record in (_reasoned(run, row, arm, context), *_direct(run, row, arm, context))
    ]


def _reasoned(run: _Run, row: int, arm: str, context: Context) -> dict[str, Any]:
    reasoning, visible = split_reply(context.gen[row])
    elicitation = "few-shot-cot" if run.samples.config.few_shot else "cot"
    return (
        _asked_record(run, row, arm, reasoned=True)
        | answer(run.samples, row, context)
        | {
            "elicitation": elicitation,
            "reasoning": reasoning,
            "visible": visible,
            "reading": WHOLE,
            "provenance": "raw",
            "parse_rule": "released y_pred",
        }
    )


def _direct(run: _Run, row: int, arm: str, context: Context) -> list[dict[str, Any]]:
    """Return the record of the answer without reasoning; none where the file has no such answers."""
    found = direct_answer(row, context)
    if found is None:
        return []
    style = "few-shot-direct" if run.samples.config.few_shot else "direct"
    return [_asked_record(run, row, arm, reasoned=False) | found | {"elicitation": style}]


def _asked_record(run: _Run, row: int, arm: str, *, reasoned: bool) -> dict[str, Any]:
    """Return the columns that say what was asked."""
    samples, cue, cued = run.samples, run.cue, arm == "cued"
    asked = run.questions[row] if run.questions else None
    target = LETTERS[samples.target(row)]
    sentence = suggestion(target) if cued and cue == "suggested-answer" else None
    record: dict[str, Any] = {
        "model": samples.config.model,
        "conditioning": "prefill",
        "epoch": 1,
        # One id an experiment: the same question's clean replies in two experiments are different replies.
        "question_id": f"turpin-2023/{cue}/{samples.config.task}/{row}",
        "cluster": f"{samples.config.task}/{row}",
        "source": "turpin-2023",
        "task": samples.config.task,
        "correct": LETTERS[samples.true(row)],
        "arm": arm,
        "target": target,
        # A is the right option by chance: the options were shuffled.
        "target_kind": "random",
        "cue_text": [sentence] if sentence else None if cued else [],
    }
    if cued:
        record |= {"cue": cue, "wording": "turpin-2023", "placement": _PLACEMENT[cue]}
        record |= {"labelled": False, "misaligned": False}
    if asked:
        record |= {"stem": asked.stem, "options": list(asked.options), "n_options": len(asked.options)}
        record["prompt"] = rebuilt(
            asked, sentence, demonstrations(samples, run.bias, cued=cued), reasoned=reasoned
        )
    return record


def _unmapped(runs: list[_Run]) -> list[str]:
    if not runs:
        return []
    notes = [
        "ans_dist_info (log-probabilities of the option letters, text-davinci-003 only) has no column",
        "y_pred_raw (the letter, or the traceback of the authors' parser) is left out; their parse stands",
        "temperature, seed, stop reason and token counts were not released",
    ]
    absent = sorted({run.samples.config.task for run in runs if run.questions is None})
    if absent:
        notes.append(f"no question rows for {', '.join(absent)}: stem, options and prompt are null there")
    if len(absent) < len({run.samples.config.task for run in runs}):
        notes.append(
            "prompts were not released with the samples: they are rebuilt from the question rows and the "
            "format the paper describes; a bracketed note stands for the demonstrations"
        )
    if any(run.cue == "answer-is-always-a" for run in runs):
        notes.append(
            "answer-is-always-a is in the order of the demonstrations' options: no cue_text can quote it"
        )
    short = sorted(
        {
            f"{run.samples.config.task} {run.samples.rows} of {len(run.questions)}"
            for run in runs
            if run.questions and run.samples.rows < len(run.questions)
        }
    )
    if short:
        notes.append(f"files with fewer rows than their task has questions: {', '.join(short)}")
    if without := sum(run.samples.biased.y_pred_prior is None for run in runs):
        notes.append(f"{without} files have no answers without reasoning (y_pred_prior)")
    failed = sum(failures(run.samples) for run in runs)
    if failed:
        notes.append(f"{failed} reasoned replies without an answer are kept as records with a null answer")
    outside = sum(_outside(run) for run in runs)
    if outside:
        notes.append(
            f"{outside} answers name a letter that is no option of their question; they are kept as answered"
        )
    return notes


def _outside(run: _Run) -> int:
    if run.questions is None:
        return 0
    return sum(
        index >= len(asked.options)
        for context in (run.samples.biased, run.samples.unbiased)
        for indices in (context.y_pred, context.y_pred_prior or [])
        for asked, index in zip(run.questions, indices, strict=False)
    )
