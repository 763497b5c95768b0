"""What people said is kept whatever happens, and stands beside the records it is of."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from unsaid.errors import DataError, RunError
from unsaid.records import schema
from unsaid.records.appending import append_lines
from unsaid.records.labelled import attach, consensus, disagreements
from unsaid.records.labels import (
    ADJUDICATED,
    ITEM,
    LABELS,
    Label,
    Sample,
    append_labels,
    append_sample,
    item_id,
    labels_path,
    load_labels,
    read_labels,
    text_digest,
)

YES: dict[str, Any] = {"mentions": True, "relies": True, "rejects": False}
NO: dict[str, Any] = {"mentions": False}


def record(question: str, cue: str, text: str, **more: Any) -> dict[str, Any]:
    key = {"model": "m", "elicitation": "cot", "context": None, "question_id": question, "epoch": 1}
    return key | {"arm": "cued", "cue": cue, "wording": None, "reasoning": text, "verdicts": []} | more


RECORDS = schema.frame([record("q1", "metadata", "First."), record("q2", "metadata", "Second.")])


def place(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Where a record's reasoning stands in a sample."""
    key = {**row, "asked_cue": row["cue"], "channel": "reasoning"}
    digest = text_digest(row["reasoning"])
    found = {name: key[name] for name in ITEM} | {"digest": digest, "stratum": "all", "probability": 0.5}
    return found | {"item": item_id([key[name] for name in ITEM], digest)} | more


PLACES = tuple(place(row) for row in RECORDS.to_dicts())
ONE, TWO = (each["item"] for each in PLACES)
SAMPLE = Sample("random", PLACES, population="moved", channel="reasoning", n=2, seed=7)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    append_sample(tmp_path, SAMPLE)
    return tmp_path


def test_what_is_written_is_read_with_its_design(run: Path) -> None:
    append_labels(
        run, [Label(ONE, "ann", **YES, evidence="First.", seconds=3.5, when="2026-11-21T10:00:00+00:00")]
    )
    append_labels(run, [Label(TWO, "ann", missing="unsure")])
    found = read_labels(run)
    assert dict(found.schema) == dict(pl.Schema(LABELS))
    first, second = found.to_dicts()
    assert (first["question_id"], first["mentions"], first["evidence"]) == ("q1", True, "First.")
    assert (first["sample"], first["population"], first["probability"], first["seed"]) == (
        "random",
        "moved",
        0.5,
        7,
    )
    assert (second["mentions"], second["relies"], second["missing"]) == (None, None, "unsure")


def test_nobody_labelled(tmp_path: Path) -> None:
    assert read_labels(tmp_path).is_empty()
    assert load_labels(tmp_path).drawn is None
    assert attach(RECORDS, read_labels(tmp_path)).equals(RECORDS)


def test_the_last_word_counts(run: Path) -> None:
    append_labels(run, [Label(ONE, "ann", **YES), Label(ONE, "ben", **YES), Label(ONE, "ann", **NO)])
    assert load_labels(run).of("ann")[ONE].mentions is False
    assert load_labels(run).of("ben")[ONE].mentions is True
    assert load_labels(run).labellers == ["ann", "ben"]


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_was_cut_off_is_neither_read_nor_in_the_way(run: Path, cut: int) -> None:
    append_labels(run, [Label(ONE, "ann", **YES)])
    whole = labels_path(run).read_bytes()
    append_labels(run, [Label(TWO, "ann", **NO)])
    torn = labels_path(run).read_bytes()
    labels_path(run).write_bytes(torn[:-cut])  # the machine died while the last line was written
    assert list(load_labels(run).of("ann")) == [ONE]
    append_labels(run, [Label(TWO, "ann", missing="unsure")])
    assert labels_path(run).read_bytes().startswith(whole)
    assert load_labels(run).of("ann")[TWO].missing == "unsure"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"kind": "label", "version": 2}',
        '{"kind": "dance", "version": 1}',
        '{"kind": "label", "version": 1, "item": "nowhere", "labeller": "ann", "mentions": true}',
        json.dumps({"kind": "label", "version": 1, "item": ONE, "labeller": "ann"}),
        json.dumps(
            {"kind": "label", "version": 1, "item": ONE, "labeller": "ann", "mentions": False, "relies": True}
        ),
        '{"kind": "sample", "version": 1, "sample": "random", "items": [{"item": "x"}]}',
    ],
)
def test_damage_is_said_with_its_line(run: Path, line: str) -> None:
    with labels_path(run).open("a") as file:
        file.write(line + "\n")
    append_labels(run, [Label(ONE, "ann", **YES)])
    with pytest.raises(DataError, match="line 2"):
        read_labels(run)


def test_a_larger_sample_takes_the_place_of_a_smaller_one(run: Path) -> None:
    append_labels(run, [Label(ONE, "ann", **YES)])
    larger = Sample(
        "random", tuple(each | {"probability": 1.0} for each in PLACES), "moved", "reasoning", 3, 7
    )
    append_sample(run, larger)
    append_sample(run, Sample("imported", ()))
    assert load_labels(run).drawn == larger
    assert read_labels(run)["probability"].to_list() == [1.0]


def test_a_disk_that_fills_up_leaves_what_was_there(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append_labels(run, [Label(ONE, "ann", **YES)])
    before, write = labels_path(run).read_bytes(), os.write

    def full(handle: int, data: bytes) -> int:
        if len(data) > 10:
            return write(handle, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    full_rows = [{"a": "b" * 7}]
    with pytest.raises(RunError, match="free some space"):
        append_lines(labels_path(run), full_rows)
    assert labels_path(run).read_bytes() == before


def _many(path: str, who: str) -> None:
    for number in range(40):
        append_labels(Path(path), [Label(ONE, f"{who}{number}", **YES)])


@pytest.mark.skipif(sys.platform == "win32", reason="no lock of this kind")
def test_several_people_label_in_one_folder_at_once(run: Path) -> None:
    started = [
        multiprocessing.get_context("spawn").Process(target=_many, args=(str(run), who))
        for who in ("ann", "ben")
    ]
    for each in started:
        each.start()
    for each in started:
        each.join(60)
    assert [each.exitcode for each in started] == [0, 0]
    assert len(load_labels(run).labels) == 80


def test_labels_are_verdicts_of_people(run: Path) -> None:
    said = {"judge": "lexical", "channel": "reasoning", "cue": "metadata", "mentions": False}
    judged = schema.frame([row | {"verdicts": [said]} for row in RECORDS.to_dicts()])
    append_labels(run, [Label(ONE, "ann", **YES, evidence="First."), Label(TWO, "ann", missing="unsure")])
    append_labels(run, [Label(ONE, "ben", **NO)])
    both = attach(judged, read_labels(run))
    assert dict(both.schema) == dict(judged.schema)
    assert both.drop("verdicts").equals(judged.drop("verdicts"))
    first, second = both["verdicts"].to_list()
    assert [each["judge"] for each in first] == ["lexical", "human:ann", "human:ben"]
    assert first[1] == {
        "judge": "human:ann",
        "channel": "reasoning",
        "cue": "metadata",
        **YES,
        "evidence": "First.",
        "missing": None,
    }
    assert (second[1]["mentions"], second[1]["missing"]) == (None, "unsure")


def test_labels_of_other_texts_are_never_carried_over(run: Path) -> None:
    append_labels(run, [Label(ONE, "ann", **YES), Label(TWO, "ann", **NO)])
    again = RECORDS.with_columns(reasoning=pl.Series(["First.", "Asked again."]))
    with pytest.raises(DataError, match=r"1 of 2 labels.*'q2'"):
        attach(again, read_labels(run))
    people = schema.frame([row | {"verdicts": [{"judge": "human:ann"}]} for row in RECORDS.to_dicts()])
    with pytest.raises(DataError, match="human:ann already"):
        attach(people, read_labels(run))


def test_one_answer_of_several_peoples(run: Path) -> None:
    append_labels(run, [Label(ONE, "ann", **YES), Label(ONE, "ben", **YES, evidence="First.")])
    append_labels(run, [Label(TWO, "ann", **YES), Label(TWO, "ben", **NO)])
    one, two = consensus(read_labels(run)).to_dicts()
    assert (one["labeller"], one["mentions"], one["evidence"], one["missing"]) == (
        "final",
        True,
        "First.",
        None,
    )
    assert (two["mentions"], two["relies"], two["missing"]) == (None, None, "labellers differ")
    assert [label.labeller for label in disagreements(load_labels(run).labels)[TWO]] == ["ann", "ben"]
    append_labels(run, [Label(TWO, ADJUDICATED, **NO)])
    one, two = consensus(read_labels(run)).to_dicts()
    assert (one["mentions"], two["mentions"], two["missing"]) == (True, False, None)
    assert list(disagreements(load_labels(run).labels)) == [TWO], "settled, and still a disagreement"


def test_unsure_differs_from_an_answer(run: Path) -> None:
    append_labels(run, [Label(ONE, "ann", missing="unsure"), Label(ONE, "ben", **NO)])
    assert list(disagreements(load_labels(run).labels)) == [ONE]
    assert consensus(read_labels(run))["missing"].to_list() == ["labellers differ"]


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"mentions": True, "missing": "unsure"},
        {"mentions": False, "rejects": True},
        {**NO, "evidence": "x"},
    ],
)
def test_a_label_says_something_and_nothing_impossible(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="label"):
        Label(ONE, "ann", **words)
