"""No bytes make a loader end in anything but a line of ours. `make fuzz` looks longer."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import CUE, loaders, mutated

from examples import examples
from unsaid.errors import UnsaidError

LOADERS = loaders()
RUN = {
    "schema_version": 1,
    "request": {"protocols": ["verbalisation"], "seed": 0},
    "command": "unsaid audit",
    "versions": {"unsaid": "0.1"},
    "capabilities": {"prefill": {"value": "none", "note": ""}},
    "until": {"half_width": 0.1, "questions": 9, "looks": [3], "looked": 1, "stopped": {}},
}
ESTIMATE = {"protocol": "p", "quantity": "q", "model": "m", "value": 0.5, "n": 3, "flags": []}
QUESTION = {"id": "a", "question": "What is 0?", "options": ["one", "two"], "answer": "A"}
SEEDS: dict[str, str] = {
    "run.json": json.dumps(RUN),
    "results.json": json.dumps({"schema_version": 1, "estimates": [ESTIMATE]}),
    "cue.yaml": CUE,
    "mine.jsonl": json.dumps(QUESTION),
    "mine.csv": "id,question,A,B,answer\na,What is 0?,one,two,A\n",
    "labels.jsonl": json.dumps({"kind": "sample", "version": 1, "sample": "random", "items": [], "n": 0})
    + "\n",
    "training.json": json.dumps({"habit": {"aloud": []}}),
    "table.csv": "question_id,arm,answer,target\nq,clean,A,B\nq,cued,B,B\n",
}


def fed(name: str, data: bytes) -> None:
    """Give a loader a file of these bytes; what it raises on purpose is well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            LOADERS[name](path)
        except UnsaidError:
            return


def test_the_seeds_are_read(tmp_path: Path) -> None:
    for name, text in SEEDS.items():
        (tmp_path / name).write_text(text)
        LOADERS[name](tmp_path / name)


@pytest.mark.parametrize("name", SEEDS)
@examples(25)
@given(st.integers(0, 2**32))
def test_a_file_with_one_thing_wrong_is_read_or_refused(name: str, seed: int) -> None:
    fed(name, mutated(SEEDS[name].encode(), name, random.Random(seed)))  # noqa: S311


@pytest.mark.parametrize("name", sorted(LOADERS))
@examples(10)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    fed(name, data)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=4) | st.just(float("nan")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@examples(60)
@given(st.sampled_from(sorted(RUN)), VALUES)
def test_a_field_of_run_json_of_any_type_is_read_or_refused(field: str, value: Any) -> None:
    fed("run.json", json.dumps(RUN | {field: value}).encode())


def test_half_a_surrogate_pair_in_a_label_is_said_with_its_line(tmp_path: Path) -> None:
    line = {"kind": "sample", "version": 1, "sample": "random", "items": [], "population": "\ud800"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(UnsaidError, match=r"labels\.jsonl, line 1: damaged"):
        LOADERS["labels.jsonl"](tmp_path / "labels.jsonl")
