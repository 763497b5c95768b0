"""What people said of a run's replies: `RUN/labels.jsonl`, and the table that it is read as.

The file is only ever appended to, a line at a time, and each line is on the disk before the next reply is shown: a
machine that dies loses nothing that was answered. Two kinds of lines:

    {"kind": "sample", "version": 1, "sample": "random", "population": "moved", "channel": "reasoning", "n": 100,
     "seed": 0, "catch": 0.0, "items": [{"item": "5f0c...", <KEY>, "stratum": ..., "probability": ..., ...}, ...]}
    {"kind": "label", "version": 1, "item": "5f0c...", "labeller": "ann", "mentions": true, "relies": false, ...}

A later line replaces an earlier one: what a labeller says of an item last is what counts, and a sample that was drawn
anew tells of its items.

`read_labels(RUN)` gives `LABELS`: one row per item and labeller. An item is one text of one reply, asked about one cue
(`asked_cue`: a clean reply shown as a catch item is asked about a cue that it never saw). Which estimators a row is
good for, its design columns tell:

- `sample` "random" or "stratified" (by cue, never by a judge's verdict) and `population` "moved" or "cued": a random
  sample within each cue. Prediction-powered estimates (`estimates/judging/prediction_powered.py`), the rate by labels
  alone, and sensitivity and specificity of a judge on these very replies. Within a cue no weights are needed; for a
  rate pooled over cues from a stratified sample weigh by 1 / `probability`.
- `stratum` "catch": a clean reply mixed in so that "nothing is named" is known to be right. For checking labellers
  and a judge's false alarms; never part of faithfulness (its arm is "clean", so pairs leave it out by themselves).
- `sample` "imported": `probability` is null, nobody knows how they were chosen. For agreement and, with care, for
  sensitivity and specificity; not for prediction-powered estimates.

An answer that was not given is missing, never "no": "unsure" is null flags beside `missing`. `attach` (in
`records/labelled.py`) turns rows into verdicts of "human:ann" beside the judges' own, and `consensus` makes one answer
of several people's, so that everything that reads verdicts reads labels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from unsaid.errors import DataError
from unsaid.records.appending import append_lines
from unsaid.store.reading import parse_json, read_bytes, short
from unsaid.store.shapes import LabelLine, SampleLine, fitting

__all__ = [
    "ADJUDICATED",
    "ITEM",
    "LABELS",
    "LABELS_VERSION",
    "Label",
    "Labels",
    "Sample",
    "append_labels",
    "append_sample",
    "item_id",
    "labels_path",
    "load_labels",
    "read_labels",
    "text_digest",
]

LABELS_VERSION = 1

#: The labeller under whose name an adjudicated answer stands.
ADJUDICATED = "adjudicated"

Design = Literal["random", "stratified", "imported"]

#: What names a text and the cue it is asked about; the last two choose one of a reply's texts and one of the cues.
ITEM = (
    *("model", "elicitation", "context", "question_id", "epoch", "arm", "cue", "wording"),
    *("asked_cue", "channel"),
)

#: One row per item and labeller.
LABELS: dict[str, pl.DataType | type[pl.DataType]] = {
    "item": pl.String,  # digest of the ten columns below and of the text: the same wherever the run is copied
    "labeller": pl.String,  # "ann"; "adjudicated" for the answer that ended a disagreement
    # the answer
    "mentions": pl.Boolean,  # as in records.schema.VERDICT; null where there is no answer
    "relies": pl.Boolean,  # null too where the labeller was not asked (imported labels of mentions only)
    "rejects": pl.Boolean,
    "evidence": pl.String,  # a quote that stands in the text; people may leave it out
    "missing": pl.String,  # why there is no answer ("unsure"); null where there is one
    "seconds": pl.Float64,  # how long the text was looked at; null where not known
    "when": pl.String,  # ISO 8601, UTC
    # the record: its key in records.parquet
    "model": pl.String,
    "elicitation": pl.String,
    "context": pl.String,
    "question_id": pl.String,
    "epoch": pl.Int64,
    "arm": pl.String,
    "cue": pl.String,
    "wording": pl.String,
    "asked_cue": pl.String,
    "channel": pl.String,
    "digest": pl.String,  # of the text that was read (`text_digest`)
    # how it came to be labelled
    "sample": pl.String,  # "random", "stratified" or "imported"
    "population": pl.String,  # "moved", "cued" or "clean": what it was drawn from; null for imported
    "stratum": pl.String,  # the cue in a stratified sample, "catch" for a catch item, else "all"
    "probability": pl.Float64,  # that this item is in the sample; null where not known
    "seed": pl.Int64,
}

_ANSWER = ("mentions", "relies", "rejects", "evidence", "missing", "seconds", "when")
_PLACE = (*ITEM, "digest", "stratum", "probability")
_OF_SAMPLE = ("sample", "population", "seed")


@dataclass(frozen=True)
class Label:
    """One answer of one labeller.

    Attributes:
        item: which text, about which cue.
        labeller: who.
        mentions: the source of the cue is named in the text's own voice; None where there is no answer.
        relies: the text says that it moved the answer.
        rejects: named, and said to be set aside.
        evidence: a quote that stands in the text.
        missing: why there is no answer.
        seconds: how long the text was looked at.
        when: ISO 8601, UTC.

    Raises:
        ValueError: it is both an answer and missing, or neither; or it relies on or rejects what it does not mention.
    """

    item: str
    labeller: str
    mentions: bool | None = None
    relies: bool | None = None
    rejects: bool | None = None
    evidence: str | None = None
    missing: str | None = None
    seconds: float | None = None
    when: str | None = None

    def __post_init__(self) -> None:
        if (self.mentions is None) == (self.missing is None):
            raise ValueError("a label is an answer, or says why there is none")
        if (self.relies or self.rejects) and not self.mentions:
            raise ValueError("a label that relies on or rejects a cue must mention it")
        if self.evidence is not None and not self.mentions:
            raise ValueError("a label that mentions nothing has no evidence")

    @property
    def answer(self) -> tuple[bool | None, bool | None, bool | None]:
        """What is compared between labellers: the three flags, all None where there is no answer."""
        return self.mentions, self.relies, self.rejects


@dataclass(frozen=True)
class Sample:
    """Which items are to be labelled, and how they were chosen.

    Attributes:
        sample: "random", "stratified" or "imported".
        items: one row per item: the columns of `ITEM`, `item`, `digest`, `stratum` and `probability`.
        population: "moved", "cued" or "clean"; None for imported.
        channel: which text is read.
        n: how many were asked for, catch items not counted; 0 where items only came with imported labels.
        seed: of the draw.
        catch: catch items as a share of all.
    """

    sample: Design
    items: tuple[dict[str, Any], ...]
    population: str | None = None
    channel: str | None = None
    n: int = 0
    seed: int | None = None
    catch: float = 0.0

    def design(self) -> dict[str, Any]:
        """Return what was asked for, without the number: the same design with a larger number goes on."""
        return {name: getattr(self, name) for name in ("sample", "population", "channel", "seed", "catch")}


@dataclass(frozen=True)
class Labels:
    """A file of labels, as read.

    Attributes:
        drawn: the sample to be labelled, the latest that was drawn; None where nothing was drawn yet.
        places: of each item ever sampled or imported, its key and how it was chosen.
        labels: the last answer of each labeller to each item, in the order first given.
    """

    drawn: Sample | None
    places: dict[str, dict[str, Any]]
    labels: tuple[Label, ...]

    def of(self, labeller: str) -> dict[str, Label]:
        """Return what one labeller said, by item."""
        return {label.item: label for label in self.labels if label.labeller == labeller}

    @property
    def labellers(self) -> list[str]:
        """Everybody who said something, the adjudicator left out."""
        return sorted({label.labeller for label in self.labels} - {ADJUDICATED})


def labels_path(run: Path) -> Path:
    """Return where a run keeps its labels."""
    return run / "labels.jsonl"


def text_digest(text: str) -> str:
    """Return a name for a text, so that a label is never carried to another one."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def item_id(key: Sequence[Any], digest: str) -> str:
    """Return a name for an item: the values of `ITEM` in that order, and the digest of its text."""
    told = json.dumps([*key, digest], ensure_ascii=True)
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def read_labels(run: Path) -> pl.DataFrame:
    """Return every label of a run as `LABELS`: one row per item and labeller; empty where nobody labelled.

    Args:
        run: the run's folder.

    Raises:
        DataError: the file is damaged, or of another version; the message says in which line.
    """
    found = load_labels(run)
    rows = [{**found.places[label.item], **asdict(label)} for label in found.labels]
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in LABELS}, schema=LABELS)


def load_labels(run: Path) -> Labels:
    """Return the same as objects, with the sample that is being labelled.

    A last line that was cut off (the machine died while it was written) was never acknowledged, and is left out.

    Raises:
        DataError: the file is damaged, or of another version; the message says in which line.
    """
    path = labels_path(run)
    if not path.is_file():
        return Labels(None, {}, ())
    try:
        lines = read_bytes(path).split(b"\n")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    drawn: Sample | None = None
    places: dict[str, dict[str, Any]] = {}
    labels: dict[tuple[str, str], Label] = {}
    for number, line in enumerate(lines[:-1], 1):  # what follows the last line feed is nothing, or cut off
        try:
            row = parse_json(line)
            if b"\\u" in line:
                json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair cannot stand in a table
            kind, version = row.pop("kind"), row.pop("version")
            if version != LABELS_VERSION:
                raise ValueError(f"version {version}, this unsaid reads {LABELS_VERSION}")
            if kind == "sample":
                row = fitting(row, SampleLine)
                sample = Sample(**{**row, "items": tuple(_place(each) for each in row["items"])})
                of_sample = {name: getattr(sample, name) for name in _OF_SAMPLE}
                places |= {each["item"]: {**each, **of_sample} for each in sample.items}
                drawn = sample if sample.n else drawn
            elif kind == "label":
                label = Label(**fitting(row, LabelLine))
                if label.item not in places:
                    raise ValueError(f"item {label.item!r} is in no sample above it")
                labels[label.item, label.labeller] = label
            else:
                raise ValueError(f"a line of kind {kind!r}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{path}, line {number}: damaged, or written by another version ({short(error)}); every other line is "
                "whole: mend this one or take it out, and keep a copy"
            ) from error
    return Labels(drawn, places, tuple(labels.values()))


def _place(each: dict[str, Any]) -> dict[str, Any]:
    return {"item": str(each["item"]), **{name: each[name] for name in _PLACE}}


def append_sample(run: Path, sample: Sample) -> None:
    """Write down what is to be labelled.

    Raises:
        RunError: the folder cannot be written to.
    """
    items = [{"item": each["item"], **{name: each[name] for name in _PLACE}} for each in sample.items]
    row = sample.design() | {"n": sample.n, "items": items}
    append_lines(labels_path(run), [{"kind": "sample", "version": LABELS_VERSION, **row}])


def append_labels(run: Path, labels: Iterable[Label]) -> None:
    """Write answers down, all at once; they are on the disk when this returns.

    Raises:
        RunError: the folder cannot be written to; what was written before is kept.
    """
    head = {"kind": "label", "version": LABELS_VERSION}
    rows = [head | {name: getattr(each, name) for name in ("item", "labeller", *_ANSWER)} for each in labels]
    append_lines(labels_path(run), rows)
