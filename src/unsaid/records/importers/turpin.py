"""The released predictions of Turpin et al. 2023 on BIG-Bench Hard.

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
from unsaid.questions.question import LETTERS
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.turpin_files import (
    FAILED,
    Asked,
    Context,
    Samples,
    check_alignment,
    read_questions,
    read_samples,
)
from unsaid.records.importers.turpin_prompt import demonstrations, rebuilt, split_reply, suggestion
from unsaid.records.schema import frame
from unsaid.records.texts import WHOLE

#: Folder of the release -> name of the cue.
CUES = {"suggested_answer": "suggested-answer", "answer_is_always_a": "answer-is-always-a"}
_CUE_OF_BIAS = {"suggested_answer": "suggested-answer", "ans_always_a": "answer-is-always-a"}
_PLACEMENT = {"suggested-answer": "after", "answer-is-always-a": "demonstrations"}

_EXPECTED = (
    "expected the released samples: bbh_samples/suggested_answer/*.json and/or "
    "bbh_samples/answer_is_always_a/*.json "
    "(questions/<task>/val_data.json beside bbh_samples is used where present)"
)


@dataclass(frozen=True)
class _Run:
    """One samples file with its questions."""

    samples: Samples
    questions: list[Asked] | None

    @property
    def cue(self) -> str:
        return _CUE_OF_BIAS[self.samples.config.bias_type]

    @property
    def key(self) -> tuple[str, str, str, bool]:
        config = self.samples.config
        return self.cue, config.task, config.model, config.few_shot


def read(path: Path) -> Imported:
    """Return the release under `path` (the folder that holds `bbh_samples`, or `bbh_samples` itself) as records.

    Raises:
        UsageError: there are no such files under `path`.
        DataError: a file is malformed, comes twice, or is not aligned with its questions.
    """
    root = path / "bbh_samples" if (path / "bbh_samples").is_dir() else path
    files = [file for folder in CUES for file in sorted((root / folder).glob("*.json"))]
    if not files:
        raise UsageError(f"{path}: no samples of Turpin et al. 2023 here; {_EXPECTED}")
    questions = _questions(root)
    runs, seen = [], dict[tuple[str, str, str, bool], Path]()
    for file in files:
        run = _run(file, questions)
        if run.key in seen:
            raise DataError(
                f"{file}: the same cue, task, model and number of shots as {seen[run.key].name}; keep one"
            )
        seen[run.key] = file
        runs.append(run)
    return Imported(
        records=pl.concat([frame(_records(run)) for run in runs]),
        unmapped=_unmapped(runs, questions),
        source=f"Turpin et al. 2023 (arXiv 2305.04388), released BBH predictions, {len(files)} files",
        paper="arXiv:2305.04388",
    )


TURPIN = Importer(
    name="turpin",
    summary="Turpin et al. 2023: released BBH predictions (suggested answer, answer is always A)",
    read=read,
)


def _questions(root: Path) -> dict[str, list[Asked]]:
    """Questions by task, from the folder beside the samples; empty where it is absent."""
    return {
        file.parent.name: read_questions(file)
        for file in sorted(root.parent.glob("questions/*/val_data.json"))
    }


def _run(file: Path, questions: dict[str, list[Asked]]) -> _Run:
    samples = read_samples(file)
    if CUES[file.parent.name] != _CUE_OF_BIAS[samples.config.bias_type]:
        raise DataError(
            f"{file}: bias_type is {samples.config.bias_type!r}, but the folder is {file.parent.name}"
        )
    asked = questions.get(samples.config.task)
    if asked is not None:
        check_alignment(file, samples, asked)
    return _Run(samples, asked)


def _records(run: _Run) -> list[dict[str, Any]]:
    return [
        record
        for row in range(run.samples.rows)
        for arm, context in (("clean", run.samples.unbiased), ("cued", run.samples.biased))
        for record in (_reasoned(run, row, arm, context), _direct(run, row, arm, context))
    ]


def _reasoned(run: _Run, row: int, arm: str, context: Context) -> dict[str, Any]:
    reasoning, visible = split_reply(context.gen[row])
    elicitation = "few-shot-cot" if run.samples.config.few_shot else "cot"
    return (
        _asked_record(run, row, arm, reasoned=True)
        | _answer(run.samples, row, context)
        | {
            "elicitation": elicitation,
            "reasoning": reasoning,
            "visible": visible,
            "reading": WHOLE,
            "provenance": "raw",
            "parse_rule": "released y_pred",
            "reasoning_tokens": len(reasoning) // 4,
        }
    )


def _direct(run: _Run, row: int, arm: str, context: Context) -> dict[str, Any]:
    index = context.y_pred_prior[row]
    seen = index != FAILED
    return _asked_record(run, row, arm, reasoned=False) | {
        "elicitation": "few-shot-direct" if run.samples.config.few_shot else "direct",
        "visible": context.y_pred_prior_raw[row],
        "provenance": "absent",
        "answer": LETTERS[index] if seen else None,
        "unparsed": None if seen else "no answer",
        "parse_rule": "released y_pred_prior",
        "reasoning_tokens": 0,
    }


def _answer(samples: Samples, row: int, context: Context) -> dict[str, Any]:
    """Return the reasoned answer, or why there is none.

    `failed_idx` lists examples, not contexts: where one context failed, the other's answer was seen and
    stays. Where neither shows -1 nothing says which one failed, so neither is believed.
    """
    if context.y_pred[row] == FAILED:
        return {"answer": None, "unparsed": "no answer" if context.gen[row].strip() else "empty"}
    if row in samples.failed_idx and FAILED not in (samples.biased.y_pred[row], samples.unbiased.y_pred[row]):
        return {"answer": None, "unparsed": "error", "error": "listed in failed_idx of the release"}
    return {"answer": LETTERS[context.y_pred[row]], "unparsed": None}


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
        "correct": LETTERS[samples.biased.y_true[row]],
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
        record["prompt"] = rebuilt(asked, sentence, demonstrations(samples, cued=cued), reasoned=reasoned)
    return record


def _unmapped(runs: list[_Run], questions: dict[str, list[Asked]]) -> list[str]:
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
    failed = sum(_failures(run) for run in runs)
    if failed:
        notes.append(f"{failed} reasoned replies without an answer are kept as records with a null answer")
    outside = sum(_outside(run) for run in runs)
    if outside:
        notes.append(
            f"{outside} answers name a letter that is no option of their question; they are kept as answered"
        )
    return notes


def _failures(run: _Run) -> int:
    samples = run.samples
    contexts = (samples.biased, samples.unbiased)
    return sum(
        _answer(samples, row, context)["answer"] is None
        for context in contexts
        for row in range(samples.rows)
    )


def _outside(run: _Run) -> int:
    if run.questions is None:
        return 0
    return sum(
        index >= len(asked.options)
        for context in (run.samples.biased, run.samples.unbiased)
        for indices in (context.y_pred, context.y_pred_prior)
        for asked, index in zip(run.questions, indices, strict=False)
    )
