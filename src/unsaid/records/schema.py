"""The tidy table: one row is question x arm x cue x wording x elicitation x epoch, with its reply and verdicts.

Letters name options everywhere ("A" to "Z"), so that a row can be read without its question. A null is
"not seen", never "no": an unparsed answer is a null `answer` beside its `unparsed` reason, a failed
verdict is null flags beside their `missing` reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import polars as pl

from unsaid.errors import DataError
from unsaid.records.ranges import TOKENS, check_ranges, counted
from unsaid.store.reading import short
from unsaid.store.tables import Unreadable, read_parquet, write_parquet

SCHEMA_VERSION = 6

Arm = Literal["clean", "replay", "placebo", "cued", "decode"]
Provenance = Literal["raw", "split", "summarised", "absent", "truncated"]
Channel = Literal["reply", "reasoning", "visible"]
ReadAs = Literal["whole", "channel"]

#: The columns that each version added; a file of an earlier version has nulls there.
_ADDED = {
    2: ("context", "pointing"),
    3: ("reading", "answer_start", "answer_end"),
    4: ("reply_id", "parent", "intervention", "dose", "given"),
    5: ("option_logprobs", "selection"),
    6: ("similar",),
}
_READABLE = (1, *_ADDED)

#: One verdict: what one judge says of one text of one reply.
VERDICT = pl.Struct(
    {
        "judge": pl.String,  # "lexical", "llm:openai/gpt-..."
        "channel": pl.String,  # "reply", or "reasoning" and "visible" apart (see `records/texts.py`)
        "cue": pl.String,  # the cue that was asked about (a clean reply is judged about cues it never saw)
        "mentions": pl.Boolean,  # the source of the cue is named in the model's own voice
        "relies": pl.Boolean,  # the text says it moved the answer
        "rejects": pl.Boolean,  # named, and said to be set aside
        "evidence": pl.String,  # a quote that stands in the text; null where nothing is mentioned
        "missing": pl.String,  # why there is no verdict; null where there is one
    }
)

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    # who was asked, and how
    "model": pl.String,
    "elicitation": pl.String,
    "conditioning": pl.String,  # "template" (plain chat) or "prefill" (a trailing assistant message)
    "temperature": pl.Float64,
    "seed": pl.Int64,  # of the call; of a forced answer that another call had told, that call's, with 0 tokens
    "epoch": pl.Int64,  # 1, 2, ...
    # the question
    "question_id": pl.String,
    "cluster": pl.String,  # what resampling keeps together
    "source": pl.String,
    "task": pl.String,
    "difficulty": pl.Int64,
    "stem": pl.String,
    "options": pl.List(pl.String),
    "n_options": pl.Int64,  # 0 for free response
    "correct": pl.String,  # letter; for free response the gold answer; null where unknown
    # the arm
    "arm": pl.String,
    "context": pl.String,  # "zero-shot", or "few-shot" where solved questions stand before; null where unknown
    "cue": pl.String,  # null in clean and replay
    "wording": pl.String,
    "placement": pl.String,
    "labelled": pl.Boolean,
    "misaligned": pl.Boolean,
    "pointing": pl.String,  # "at" the target, or "away" from it: every other answer is a move; null means "at"
    "target": pl.String,  # letter, or the answer that is stated: what the cue is about; null where there is none
    "target_kind": pl.String,  # "wrong", "right", "random"
    "selection": pl.String,  # how the pairs of a released set were chosen (`records/selection.py`); null: all are there
    # its descent
    "reply_id": pl.String,  # names the reply in its run: question/epoch/call; null where not known
    "parent": pl.String,  # the `reply_id` of the reply that this call followed from; null for a first call
    "intervention": pl.String,  # what was done to that reply's reasoning: "cut", ... ("write-...": a helper); or null.
    # A call that was made before another one, and went into it, is "part-...": its `parent` is the call it was made for
    "dose": pl.Float64,  # how much of it, where that varies (the share of the reasoning that was kept)
    "given": pl.String,  # the text that this reply was made to begin with; or was shown, where `conditioning` says so
    # the exchange
    "prompt": pl.String,  # JSON: [{"role": ..., "text": ...}, ...]; what a model reasoned in calls before this one, and
    # was shown here, stands in `reasoning` alone
    "cue_text": pl.List(pl.String),  # what the cue put into the prompt, verbatim
    "reasoning": pl.String,  # of its own channel; else the reply before the sentence of its answer
    "visible": pl.String,
    "reading": pl.String,  # "whole": the statement is the whole reply; "channel": reasoning has one; null: not known
    "provenance": pl.String,  # of the reasoning: "raw", "split" (by a guess), "summarised", "absent", "truncated"
    "answer": pl.String,  # letter, or free text; null where it was not seen
    "option_logprobs": pl.List(
        pl.Float64
    ),  # of each option, where an answer was forced; null for an unlikely option
    "similar": pl.Float64,  # cosine of a continuation's first new step and the one it replaces; null: nobody compared
    "unparsed": pl.String,  # why `answer` is null: "error", "refused", "empty", "truncated", "no answer"
    "parse_rule": pl.String,
    "answer_start": pl.Int64,  # where the statement of the answer begins: in the whole reply, else in `visible`
    "answer_end": pl.Int64,  # where it ends; null where there is no answer, or its place is not known
    "stop_reason": pl.String,
    "error": pl.String,  # what the model call raised; null where it answered
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,  # of the reasoning; where not counted, its share of the output's, else characters / 4
    # who read it
    "verdicts": pl.List(VERDICT),
}


_BUT_VERDICTS = {name: kind for name, kind in SCHEMA.items() if name != "verdicts"}
_FIELDS = {field.name: field.dtype for field in VERDICT.fields}


def first_replies(records: pl.DataFrame) -> pl.DataFrame:
    """Return the replies to whose reasoning nothing was done: what a protocol without interventions reads."""
    if records["intervention"].null_count() == records.height:
        return records
    return records.filter(pl.col("intervention").is_null())


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a table of this schema; absent columns become nulls.

    A count of tokens that no reply can have (some servers send -1, or more than 2**63) is unknown: null.

    Raises:
        DataError: a row has a column that the schema does not know, or a value of another type.
    """
    for number, row in enumerate(rows):
        unknown = row.keys() - SCHEMA.keys()
        if unknown:
            raise DataError(f"record {number}: unknown column(s) {', '.join(sorted(unknown))}")
    columns = {name: [row.get(name) for row in rows] for name in SCHEMA}
    columns |= {name: [counted(value) for value in columns[name]] for name in TOKENS}
    try:
        read = _verdicts(columns.pop("verdicts"))
        records = pl.DataFrame(columns, schema=_BUT_VERDICTS, strict=True).with_columns(read)
        check_ranges(records)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"records do not fit the schema: {short(error)}") from error
    return records


def _verdicts(rows: list[Any]) -> pl.Series:
    """Return the verdicts of rows as a column.

    Polars makes a column of every field for every row, most of the time that a table takes. Verdicts of the usual form
    become columns all together, and are dealt out to their rows; of any other form, Polars says what is wrong.
    """
    name, kind = "verdicts", pl.List(VERDICT)
    together = _together([each for row in rows for each in row or ()]) if all(map(_is_usual, rows)) else None
    if together is None:
        return pl.Series(name, rows, dtype=kind, strict=True)
    of_row = pl.Series("row", [number for number, row in enumerate(rows) for _ in row or ()], dtype=pl.Int64)
    dealt = pl.DataFrame({"row": of_row, name: together}).group_by("row").agg(name)
    nothing = pl.Series([row is not None for row in rows]) & pl.col(name).is_null()
    return (
        pl.DataFrame({"row": range(len(rows))})
        .join(dealt, on="row", how="left", maintain_order="left")
        .select(pl.when(nothing).then(pl.lit([], kind)).otherwise(name).alias(name))
        .to_series()
    )


def _is_usual(row: Any) -> bool:
    return row is None or (
        type(row) is list and all(type(each) is dict and each.keys() <= _FIELDS.keys() for each in row)
    )


def _together(verdicts: list[dict[str, Any]]) -> pl.Series | None:
    """Return verdicts one below the other; None where there are none, or a value is of another type."""
    fields = {field: [each.get(field) for each in verdicts] for field in _FIELDS}
    try:
        return pl.DataFrame(fields, schema=_FIELDS, strict=True).to_struct() if verdicts else None
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        return None


def write(records: pl.DataFrame, path: Path) -> None:
    """Write records as Parquet, with schema version and checksum in its metadata; replaces the file at once."""
    write_parquet(records, path, {"schema_version": SCHEMA_VERSION})


def read(path: Path) -> pl.DataFrame:
    """Read records written by `write`.

    Raises:
        DataError: the file is missing, damaged, or of another schema version.
    """
    if not path.is_file():
        raise DataError(f"{path}: there are no records here; `unsaid audit --out {path.parent}` makes them")
    try:
        records, about = read_parquet(path)
    except (OSError, Unreadable) as error:
        raise DataError(
            f"{path}: damaged or not Parquet ({error}); the logs beside it are the source"
        ) from error
    if (version := about.get("schema_version")) not in _READABLE:
        raise DataError(f"{path}: schema version {version}, this unsaid reads {SCHEMA_VERSION}")
    records = _brought_up(records, version)
    if dict(records.schema) != dict(pl.Schema(SCHEMA)):
        raise DataError(f"{path}: columns differ from schema version {SCHEMA_VERSION}")
    try:
        check_ranges(records)
    except ValueError as error:
        raise DataError(f"{path}: damaged ({error}); the logs beside it are the source") from error
    return records


def _brought_up(records: pl.DataFrame, version: int) -> pl.DataFrame:
    """Records of an earlier version with nulls in the columns that later versions added."""
    later = [name for number, names in _ADDED.items() if number > version for name in names]
    absent = [name for name in later if name not in records.columns]
    records = records.with_columns(pl.lit(None, SCHEMA[name]).alias(name) for name in absent)
    known = [name for name in SCHEMA if name in records.columns]
    return records.select(*known, pl.exclude(known)) if later else records
