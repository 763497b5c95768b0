"""results.json: stable, and damaged files are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_demo import demo

from unsaid.errors import DataError
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report import read_results, write_results

ONE = Estimate(protocol="p", quantity="influence", model="m", value=0.5, low=0.4, high=0.6, n=10, k=5)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    estimates = demo(4).estimates
    write_results(estimates, tmp_path / "results.json")
    assert read_results(tmp_path / "results.json") == estimates
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    "at", [At(), At(k=4), At({"read by": "a, b"}), At(wording="tag", targets="right targets")]
)
def test_coordinates_are_kept_as_they_are_and_said_beside_it(tmp_path: Path, at: At) -> None:
    write_results([replace(ONE, at=at)], tmp_path / "results.json")
    (row,) = json.loads((tmp_path / "results.json").read_text())["estimates"]
    assert (row["at"], row["subset"]) == (dict(at), str(at))
    (found,) = read_results(tmp_path / "results.json")
    assert found.at == at
    assert list(found.at) == list(at)


def test_a_file_from_before_coordinates_were_kept_is_read_from_what_they_were_said_as(tmp_path: Path) -> None:
    row = ONE.to_dict() | {"subset": "wording labelled, right targets"}
    del row["at"]
    (tmp_path / "results.json").write_text(json.dumps({"schema_version": 1, "estimates": [row]}))
    (found,) = read_results(tmp_path / "results.json")
    assert found.at == {"wording": "labelled", "targets": "right targets"}


def test_the_documented_fields_come_first_and_in_order(tmp_path: Path) -> None:
    write_results([ONE], tmp_path / "results.json")
    document = json.loads((tmp_path / "results.json").read_text())
    assert document["schema_version"] == 1
    who = "protocol quantity model cue elicitation definition judge"
    what = "value low high level n questions missing note"
    assert list(document["estimates"][0])[:15] == f"{who} {what}".split()


def test_a_number_that_is_none_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_results(
            [Estimate(protocol="p", quantity="q", model="m", value=float("nan"))], tmp_path / "r.json"
        )
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "damaged"),
        ("[]", "schema version None"),
        ('{"schema_version": 9, "estimates": []}', "schema version 9"),
        ('{"schema_version": 1}', "not a list"),
        ('{"schema_version": 1, "estimates": [3]}', "estimate 0 is not an object"),
        ('{"schema_version": 1, "estimates": [{"quantity": "q"}]}', "lacks model, protocol, value"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(DataError, match=says):
        read_results(tmp_path / "results.json")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": "0.5"}, "value cannot be '0.5'"),
        ({"n": 1.5}, "n cannot be 1.5"),
        ({"n": True}, "n cannot be True"),
        ({"model": None}, "model cannot be None"),
        ({"flags": "clipped"}, "flags cannot be"),
        ({"high": None}, "interval has two ends"),
        ({"value": None}, "needs a reason"),
        ({"odd": 1}, "unknown field"),
        ({"at": ["k"]}, r"at cannot be \['k'\]"),
        ({"at": {"k": None}}, "at cannot be"),
        ({"at": {"k": 4}}, "subset is '', and at is 'k = 4'"),
    ],
)
def test_a_field_of_another_type_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    row = ONE.to_dict() | change
    (tmp_path / "results.json").write_text(json.dumps({"schema_version": 1, "estimates": [row]}))
    with pytest.raises(DataError, match=says):
        read_results(tmp_path / "results.json")


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="unsaid report"):
        read_results(tmp_path / "results.json")
