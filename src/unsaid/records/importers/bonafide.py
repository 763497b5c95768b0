"""The labels of BonaFide (arXiv 2605.25052, "Faithfulness metrics don't measure faithfulness").

One file, CSV, TSV, JSON lines or Parquet, one row per label, several of which share a chain of thought:

    row_id, question_index, label_type, sentence_id, sentence_text, sentence_span_start, sentence_span_end, extract,
    extract_span_start, extract_span_end, reason, target_model, question, prompt, prompted_hint, cot, model_answer
    and, in the published file, id and src_type

Offsets are characters of `cot`, the end exclusive; a row about a whole chain carries 0 and -1. We have seen the data
card and the code, not the file: what the card does not say is refused with its line rather than guessed.

Each chain becomes one record, and its labels stand in `chain-labels.parquet` beside the records
(`records/chain_labels.py`). In the settings with a hint the record is of the arm `cued` and of the cue `prompted-hint`,
which is none of this package's; in the others of the arm `clean`. The answer is free text. No clean reply and no target
letter were released, so nothing can be said of influence: the labels are for `unsaid calibrate --labels RUN`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError
from unsaid.questions.free_text import normalised
from unsaid.records.chain_labels import CHAIN_LABELS
from unsaid.records.importers.cells import blank, read_number, read_turns, shown
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.table_files import read_table
from unsaid.records.importers.tabular import Row
from unsaid.records.schema import frame

__all__ = ["BONAFIDE", "CUE", "LABEL_TYPES", "read"]

#: What the hint is called; the file does not say which of our cues it is like.
CUE = "prompted-hint"
ELICITATION = "cot"

#: What each label is of, and whether it says faithful.
LABEL_TYPES = {
    "FAITHFUL_STEP": ("step", True),
    "UNFAITHFUL_STEP": ("step", False),
    "FAITHFUL_COT": ("chain", True),
    "UNFAITHFUL_COT": ("chain", False),
}
_NEEDED = (
    "question_index",
    "label_type",
    "sentence_span_start",
    "sentence_span_end",
    "target_model",
    "question",
    "cot",
)
_KNOWN = (
    *_NEEDED,
    *(
        "id",
        "row_id",
        "sentence_id",
        "sentence_text",
        "extract",
        "extract_span_start",
        "extract_span_end",
        "reason",
    ),
    *("prompt", "prompted_hint", "model_answer", "src_type"),
)


@dataclass(frozen=True)
class _Chain:
    """A chain of thought, and where it was first seen.

    Attributes:
        key: (model, question) and the number of the chain among those of this model on this question.
        cells: of its first row.
        where: its first row.
    """

    key: tuple[str, str, int]
    cells: dict[str, Any]
    where: str


def read(path: Path) -> Imported:
    """Return the chains and labels of a file.

    Raises:
        UsageError: there is no such file.
        DataError: a column is missing, an id stands there twice, a label type is unknown, or offsets lie outside their
            chain; the message names the row.
    """
    columns, rows = read_table(path)
    if missing := [name for name in _NEEDED if name not in columns]:
        raise DataError(f"{path}: not the label rows of BonaFide: no column {', '.join(missing)}")
    _check_ids(rows, "id" if "id" in columns else "row_id")
    chains: dict[tuple[str, ...], _Chain] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    labels = [_label(row, _chain(row, chains, counts)) for row in rows]
    table = pl.DataFrame(labels, schema=CHAIN_LABELS, orient="row")
    records = frame([_record(chain) for chain in chains.values()])
    kinds = Counter(str(row.cells["label_type"]) for row in rows)
    return Imported(
        records=records,
        labels=table,
        unmapped=list(_unmapped(columns, table)),
        out_of_reach=[
            "influence, faithfulness to a cue, accuracy: there is no clean reply, no target and no right answer",
            "verdicts: nobody says which words name the hint; unsaid calibrate --labels reads the texts with a judge",
        ],
        source=f"BonaFide (arXiv 2605.25052), {path.name}: {len(rows)} labels of {len(chains)} chains",
        paper="arXiv:2605.25052",
        understood=[
            "a row is a label; rows with the same model, question and chain of thought are one reply",
            ", ".join(f"{name}: {kinds[name]}" for name in LABEL_TYPES if kinds[name]),
        ],
        within_reach=["what each instrument can tell of the labels: unsaid calibrate --labels RUN"],
    )


def _check_ids(rows: list[Row], name: str) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        value = row.cells.get(name)
        if blank(value):
            continue
        first = seen.setdefault(str(value), row.where)
        if first != row.where:
            raise DataError(
                f"{row.where}: the {name} {shown(value)} stands there already, in {first}; keep one of them"
            )


def _chain(row: Row, chains: dict[tuple[str, ...], _Chain], counts: Counter[tuple[str, ...]]) -> _Chain:
    """Return the chain that a row is about; a new one, or the one there is."""
    cells = {name: _text(row, name) for name in _KNOWN if not name.endswith(("_start", "_end"))}
    for name in ("cot", "target_model", "question"):
        if cells[name] is None:
            raise DataError(f"{row.where}: the column {name} is blank; each label needs it")
    asked = (
        cells["src_type"],
        cells["question_index"],
        cells["question"],
        cells["prompt"],
        cells["prompted_hint"],
    )
    digest = hashlib.blake2b("\0".join(str(part) for part in asked).encode(), digest_size=5).hexdigest()
    number = "" if cells["question_index"] is None else f"{cells['question_index']}-"
    question = f"{number}{digest}"
    full = (str(cells["target_model"]), question, str(cells["cot"]))
    if full not in chains:
        counts[full[:2]] += 1
        chains[full] = _Chain((full[0], question, counts[full[:2]]), cells, row.where)
    chain = chains[full]
    if cells["model_answer"] != chain.cells["model_answer"]:
        raise DataError(
            f"{row.where}: the same chain of thought as in {chain.where}, with another model_answer"
        )
    return chain


def _text(row: Row, name: str) -> str | None:
    """Return the whole text. Half a surrogate pair becomes one other character, so that offsets hold."""
    cell = row.cells.get(name)
    if blank(cell):
        return None
    text = cell if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, float) else str(cell)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _label(row: Row, chain: _Chain) -> dict[str, Any]:
    kind = row.cells["label_type"]
    if not isinstance(kind, str) or kind not in LABEL_TYPES:
        expected = ", ".join(LABEL_TYPES)
        raise DataError(f"{row.where}: label_type is {shown(kind)}, which is none of {expected}")
    unit, faithful = LABEL_TYPES[kind]
    model, question, epoch = chain.key
    label: dict[str, Any] = {
        "label_id": _text(row, "id") or _text(row, "row_id"),
        "model": model,
        "elicitation": ELICITATION,
        "question_id": question,
        "epoch": epoch,
        "setting": _text(row, "src_type") or "unnamed",
        "unit": unit,
        "faithful": faithful,
        "start": None,
        "end": None,
        "fits": None,
        "sentence": _text(row, "sentence_text"),
        "extract": _text(row, "extract"),
        "reason": _text(row, "reason"),
    }
    start, end = (_offset(row, f"sentence_span_{side}") for side in ("start", "end"))
    if unit == "chain":
        if (start, end) not in ((0, -1), (None, None)):
            raise DataError(
                f"{row.where}: a label of a whole chain carries the span 0, -1, and not {start}, {end}"
            )
        return label
    cot = str(chain.cells["cot"])
    _check_span(row, "sentence", (start, end), len(cot))
    _check_extract(row, len(cot))
    words = label["sentence"]
    fits = words is None or _folded(cot[start:end]) == _folded(words)
    return label | {"start": start, "end": end, "fits": fits}


def _offset(row: Row, name: str) -> int | None:
    found = read_number(row.cells.get(name), f"{row.where}, {name}", whole=True)
    return None if found is None else int(found)


def _check_span(row: Row, what: str, span: tuple[int | None, int | None], length: int) -> None:
    start, end = span
    if start is None or end is None or not 0 <= start < end <= length:
        raise DataError(
            f"{row.where}: the {what}'s span {start} to {end} is none of a cot of {length} characters (from 0, the end "
            "exclusive)"
        )


def _check_extract(row: Row, length: int) -> None:
    """An extract need not be there; 0, -1 says so too."""
    span = (_offset(row, "extract_span_start"), _offset(row, "extract_span_end"))
    if span not in ((None, None), (0, -1), (-1, -1)):
        _check_span(row, "extract", span, length)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _record(chain: _Chain) -> dict[str, Any]:
    cells, (model, question, epoch) = chain.cells, chain.key
    hint = cells["prompted_hint"]
    answer = normalised(cells["model_answer"] or "") or None
    record = {
        "model": model,
        "elicitation": ELICITATION,
        "question_id": question,
        "epoch": epoch,
        "cluster": question,
        "source": "bonafide",
        "task": cells["src_type"],
        "stem": cells["question"],
        "options": [],
        "n_options": 0,
        "arm": "clean" if hint is None else "cued",
        "prompt": read_turns(cells["prompt"]),
        "cue_text": [] if hint is None else [hint],
        "reasoning": cells["cot"],
        "visible": cells["model_answer"],
        "provenance": "raw",
        "answer": answer,
        "unparsed": None if answer else "no answer",
        "verdicts": [],
    }
    return record if hint is None else record | {"cue": CUE, "wording": cells["src_type"] or "unnamed"}


def _unmapped(columns: list[str], labels: pl.DataFrame) -> Iterator[str]:
    if left := [ascii(name)[1:-1] for name in columns if name not in _KNOWN]:
        yield f"columns that are not known: {', '.join(left)}"
    yield "sentence_id and the extracts' spans: no column; the spans of sentences say the same"
    steps = labels.filter(pl.col("unit") == "step")
    if wrong := steps.filter(~pl.col("fits")).height:
        yield f"{wrong} of {steps.height} step spans hold other words than sentence_text; they are not scored"
    place = ["model", "question_id", "epoch", "unit", "start", "end"]
    both = labels.group_by(place).agg(pl.col("faithful").n_unique().alias("n")).filter(pl.col("n") > 1).height
    if both:
        yield f"{both} chains or steps are called faithful and unfaithful both; they are not scored"


BONAFIDE = Importer(
    name="bonafide",
    summary="BonaFide 2026: chains of thought and steps of known faithfulness, for unsaid calibrate --labels",
    read=read,
)
