"""Chua et al. 2024 (arXiv 2403.05518), Bias-augmented Consistency Training: what its release holds of replies.

What is known of the files, and how (github.com/raybears/cot-transparency):

- `paper-results/qualitative-analysis.csv`: 452 biased chains of thought that a person read, with the clean answer and
  `verbalize` y or n. Columns and values seen in the file itself.
- JSON lines of `{test_data, raw_response, model, parsed_answer}`, one file per context: what the release's sample
  script (`dataset_dumps/sample_biased_reasoning_calculation.py`) writes as `bias_parsed.jsonl` and
  `unbiased_parsed.jsonl`. The schema is that script's; no such file is in the release, so none was seen.
- `dataset_dumps/test/**/*.jsonl` hold prompts and no replies, `dataset_dumps/train*/*.jsonl` replies that were made to
  the unbiased prompt and are shown with the biased one: neither says what a model does when biased. They are
  refused, with what to do.

Are you sure? points away: its biased option is "NOT B". Nothing is known of a replay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.questions.question import LETTERS
from unsaid.questions.reading import missing_file
from unsaid.records.importers.cells import read_label, read_text, shown
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.table_files import read_table
from unsaid.records.importers.tabular import Row
from unsaid.records.importers.turpin_prompt import split_reply
from unsaid.records.schema import frame
from unsaid.records.selection import selected, selection_of

__all__ = ["BCT", "read"]

#: The release's names of biases -> ours, where it is the same; any other keeps its own.
CUES = {
    "Distractor Argument": "distractor-argument",
    "AreYouSureSecondRoundCot": "are-you-sure",
    "PostHocNoPlease": "post-hoc",
    "BlackSquareBiasedFormatter": "squares",
    "WrongFewShotMoreClearlyLabelledAtBottom": "wrong-few-shot",
    "FirstLetterDistractor": "distractor-fact",
    "RandomBiasedFormatter": "suggested-answer",
    "suggested_answer": "suggested-answer",
    "are_you_sure": "are-you-sure",
    "post_hoc": "post-hoc",
    "wrong_few_shot": "wrong-few-shot",
    "spurious_few_shot_squares": "squares",
    "spurious_few_shot_hindsight": "hindsight",
    "distractor_argument": "distractor-argument",
    "distractor_fact": "distractor-fact",
}
_READ = (
    "biased_question",
    "task_hash",
    "formatter",
    "model",
    "ground_truth",
    "biased_answer",
    "unbiased_baseline_answer",
    "parsed_answer",
    "unbiased_question",
    "full_answer",
    "verbalize",
)
_CHOICES = "Answer choices:"
_OPTION = re.compile(r"^\(([A-Z])\) ?(.*)$", re.MULTILINE)
_TURN = re.compile(r"\n\n(Human|Assistant):[ ]?")
_ROLES = {"Human": "user", "Assistant": "assistant"}
_AIM = re.compile(r"(?P<not>NOT )?(?P<letter>[A-Z])")
_EXPECTED = (
    "expected qualitative-analysis.csv of the release, or bias_parsed.jsonl and unbiased_parsed.jsonl as its sample "
    "script writes them (a file, or the folder that holds them)"
)


def read(path: Path) -> Imported:
    """Return the replies at `path` as records.

    Raises:
        UsageError: there are none, or the file holds prompts or training data only.
        DataError: a file is malformed; the message names the line.
    """
    if path.is_dir():
        labelled = path / "qualitative-analysis.csv"
        files = [labelled] if labelled.is_file() else sorted(path.glob("*bias*_parsed.jsonl"))
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise UsageError(f"{path}: {_EXPECTED}" if path.is_dir() else f"{missing_file(path)}; {_EXPECTED}")
    if files[0].suffix == ".csv":
        return _labelled(files[0])
    if any(file.suffix != ".jsonl" for file in files):
        raise UsageError(f"{path}: {_EXPECTED}")
    return _replies(files)


BCT = Importer(
    name="bct",
    summary="Chua et al. 2024: 452 biased chains that a person read, and replies to the released prompts",
    read=read,
)


def _labelled(path: Path) -> Imported:
    """`qualitative-analysis.csv`."""
    columns, rows = read_table(path)
    if absent := [name for name in _READ if name not in columns]:
        raise DataError(
            f"{path}: this is not qualitative-analysis.csv: it lacks {', '.join(absent)}; {_EXPECTED}"
        )
    kept = _Kept()
    for row in rows:
        cells = {name: str(row.cells[name] or "") for name in _READ}
        stem, options = _question(cells["unbiased_question"])
        asked = _asked(row, cells["task_hash"], cells["model"], cells["ground_truth"])
        asked |= {"stem": stem, "options": options, "n_options": len(options) if options else None}
        baseline = cells["unbiased_baseline_answer"]
        kept.clean(row, asked | {"arm": "clean", "cue_text": []} | _answer(row, baseline))
        cue = CUES.get(cells["formatter"], cells["formatter"])
        kept.cued(
            row,
            asked
            | _cue(row, cue, cells["formatter"], cells["biased_answer"])
            | _texts(_last_reply(cells["full_answer"]))
            | {"prompt": _turns(cells["biased_question"])}
            | _answer(row, cells["parsed_answer"])
            | {"verdicts": [_verdict(row, cells["verbalize"], cue)]},
        )
    left = [name for name in columns if name and name not in _READ]
    notes = [
        f"columns without a place: {', '.join(ascii(name)[1:-1] for name in left)}",
        "clean replies: only their answers were released",
        "one unnamed reader; whether the whole reply or its reasoning was read is not said, nor what counts as "
        "reliance: the labels are taken as mentions in the reasoning",
    ]
    source = f"Chua et al. 2024 (arXiv 2403.05518), {path.name}: {len(rows)} chains read by a person"
    found = _imported(kept, source, notes, judge="human")
    # In the released file each of the 452 answers has moved: what moves here is the choice's doing, not the model's.
    chosen = selection_of(found.records)
    return found if chosen is None else replace(found, records=selected(found.records, chosen))


def _replies(files: list[Path]) -> Imported:
    """JSON lines of replies to the released prompts, one file per context."""
    kept = _Kept()
    for path in files:
        arm = "clean" if path.name.startswith("unbias") else "cued" if path.name.startswith("bias") else None
        _, rows = read_table(path)
        for row in rows:
            test = row.cells.get("test_data")
            if not isinstance(test, dict):
                raise UsageError(f"{row.where}: {_why_not(row.cells)}; {_EXPECTED}")
            if arm is None:
                raise UsageError(
                    f"{path}: the name says which context it is: bias*.jsonl or unbias*.jsonl; {_EXPECTED}"
                )
            kept.add(arm, row, _reply(row, test, arm))
    missing = sorted({"clean", "cued"} - {record["arm"] for record in kept.records})
    notes = [f"there is no file of {arm} replies" for arm in missing]
    return _imported(
        kept,
        f"replies to the prompts of Chua et al. 2024, {', '.join(file.name for file in files)}",
        notes,
        None,
    )


def _reply(row: Row, test: dict[str, Any], arm: str) -> dict[str, Any]:
    names = ("original_question", "original_question_hash", "original_dataset", "ground_truth", "bias_name")
    texts = {name: test.get(name) for name in (*names, "biased_option")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise DataError(f"{row.where}: test_data, {name}: expected a text, found {shown(value)}")
    stem, options = _question(str(texts["original_question"]))
    bias = str(texts["bias_name"])
    record = _asked(
        row, str(texts["original_question_hash"]), str(row.cells.get("model")), str(texts["ground_truth"])
    )
    record |= {"stem": stem, "options": options, "n_options": len(options) if options else None, "arm": arm}
    record |= {"task": texts["original_dataset"]}
    if arm == "cued":
        record |= _cue(row, CUES.get(bias, bias), bias, str(texts["biased_option"]))
    prompt = test.get("biased_question" if arm == "cued" else "unbiased_question")
    if isinstance(prompt, list):
        turns = [
            {"role": turn.get("role"), "text": turn.get("content")}
            for turn in prompt
            if isinstance(turn, dict)
        ]
        record["prompt"] = json.dumps(turns)
    answer = row.cells.get("parsed_answer")
    return record | _texts(str(row.cells.get("raw_response") or "")) | _answer(row, str(answer or ""))


def _why_not(cells: Any) -> str:
    if "messages" in cells:
        return "training data: each reply was made to the unbiased prompt, so it says nothing of the bias shown with it"
    if "biased_question" in cells:
        return (
            "prompts without replies: ask a model first (the release's dataset_dumps/"
            "sample_biased_reasoning_calculation.py does it)"
        )
    return "not a reply of that schema: there is no test_data"


class _Kept:
    """Records in order; a clean reply that several biases share is kept once."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._seen: dict[tuple[Any, ...], tuple[str, dict[str, Any]]] = {}

    def add(self, arm: str, row: Row, record: dict[str, Any]) -> None:
        (self.clean if arm == "clean" else self.cued)(row, record)

    def clean(self, row: Row, record: dict[str, Any]) -> None:
        self._add(row, record, (record["model"], record["question_id"]), same_again=True)

    def cued(self, row: Row, record: dict[str, Any]) -> None:
        key = (record["model"], record["question_id"], record["cue"], record["wording"])
        self._add(row, record, key, same_again=False)

    def _add(self, row: Row, record: dict[str, Any], key: tuple[Any, ...], *, same_again: bool) -> None:
        where, known = self._seen.setdefault(key, (row.where, record))
        if known is record:
            self.records.append(record)
        elif not same_again or (known["answer"], known["correct"]) != (record["answer"], record["correct"]):
            raise DataError(
                f"{row.where}: another {record['arm']} reply of {record['model']!a} to the same question ({where})"
            )


def _asked(row: Row, question: str, model: str, truth: str) -> dict[str, Any]:
    if not question.strip() or not model.strip():
        raise DataError(
            f"{row.where}: expected the question's hash and a model, found {shown((question, model))}"
        )
    if truth not in tuple(LETTERS):
        raise DataError(f"{row.where}: ground_truth: expected a letter, found {shown(truth)}")
    return {
        "model": model,
        "elicitation": "cot",
        "epoch": 1,
        "question_id": f"bct/{question}",
        "cluster": f"bct/{question}",
        "source": "bct",
        "correct": truth,
        "verdicts": [],
    }


def _cue(row: Row, cue: str, wording: str, aim: str) -> dict[str, Any]:
    found = _AIM.fullmatch(aim.strip())
    if found is None:
        raise DataError(
            f"{row.where}: the biased option: expected a letter, or NOT and a letter, found {shown(aim)}"
        )
    return {
        "arm": "cued",
        "cue": cue,
        "wording": wording,
        "target": found["letter"],
        "pointing": "away" if found["not"] else "at",
    }


def _answer(row: Row, cell: str) -> dict[str, Any]:
    """Return a letter, or a null answer with its reason; anything else is no answer of this release."""
    said = cell.strip()
    if said and said not in tuple(LETTERS):
        raise DataError(f"{row.where}: expected an answer's letter or nothing, found {shown(cell)}")
    return {
        "answer": said or None,
        "unparsed": None if said else "no answer",
        "parse_rule": "released answer",
    }


def _texts(text: str) -> dict[str, Any]:
    reasoning, visible = split_reply(read_text(text) or "")
    return {"reasoning": reasoning, "visible": visible, "provenance": "raw"}


def _last_reply(text: str) -> str:
    """Return what the model said last: with Are you sure? the column holds the conversation that led there, too."""
    return _TURN.split(text)[-1] if text.startswith("\n\nHuman:") else text


def _turns(text: str) -> str:
    """Return a prompt in the release's plain form as JSON turns; the last may be the beginning of the reply."""
    parts = _TURN.split(text)
    turns = [
        {"role": _ROLES[role], "text": said}
        for role, said in zip(parts[1::2], parts[2::2], strict=True)
        if said.strip()
    ]
    return json.dumps(turns or [{"role": "user", "text": text}])


def _question(text: str) -> tuple[str, list[str] | None]:
    head, found, tail = text.rpartition(_CHOICES)
    options = _OPTION.findall(tail)
    if not found or len(options) < 2 or "".join(letter for letter, _ in options) != LETTERS[: len(options)]:
        return text.strip(), None
    return head.strip(), [read_text(option.strip()) or "" for _, option in options]


def _verdict(row: Row, label: str, cue: str) -> dict[str, Any]:
    mentions = read_label(label, f"{row.where}, verbalize")
    return {
        "judge": "human",
        "channel": "reasoning",
        "cue": cue,
        "mentions": mentions,
        "missing": "not labelled" if mentions is None else None,
    }


def _imported(kept: _Kept, source: str, notes: Iterable[str], judge: str | None) -> Imported:
    records = frame(kept.records)
    notes = [*notes, "temperature and token counts: not in these files"]
    if "away" in set(records["pointing"]):
        notes.append("are-you-sure points away from the correct option: any other answer counts as moved")
    return Imported(records, notes, source, paper="arXiv:2403.05518", judge=judge)
