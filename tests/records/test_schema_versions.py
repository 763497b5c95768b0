"""Records of earlier versions are read: the files beside this were written by the code of those versions."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from unsaid.errors import DataError
from unsaid.estimates.pairs import pairs
from unsaid.records import schema
from unsaid.records.texts import texts

RELEASED = Path(__file__).parent / "released"
VERSIONS = (1, 2)


def released(version: int) -> pl.DataFrame:
    return schema.read(RELEASED / f"version-{version}.parquet")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_earlier_version_is_read_and_what_it_did_not_know_is_null(version: int) -> None:
    path = RELEASED / f"version-{version}.parquet"
    assert json.loads(pl.read_parquet_metadata(path)["unsaid"])["schema_version"] == version
    records, stored = released(version), pl.read_parquet(path)
    assert dict(records.schema) == dict(pl.Schema(schema.SCHEMA))
    assert records.select(stored.columns).equals(stored)
    added = [name for name in records.columns if name not in stored.columns]
    assert {"reading", "answer_start", "answer_end"} <= set(added)
    assert all(records[name].null_count() == records.height for name in added)


@pytest.mark.usefixtures("tables_read_here")
def test_replies_of_the_version_before_descent_are_first_replies() -> None:
    path = RELEASED / "version-3.parquet"
    assert json.loads(pl.read_parquet_metadata(path)["unsaid"])["schema_version"] == 3
    records, stored = released(3), pl.read_parquet(path)
    assert records.select(stored.columns).equals(stored)
    added = {name for name in records.columns if name not in stored.columns}
    assert added == {
        "reply_id",
        "parent",
        "intervention",
        "dose",
        "given",
        "option_logprobs",
        "selection",
        "similar",
    }
    assert schema.first_replies(records).equals(records), "nothing was done to their reasoning"


@pytest.mark.usefixtures("tables_read_here")
def test_replies_of_the_version_before_forced_answers_keep_their_descent() -> None:
    path = RELEASED / "version-4.parquet"
    assert json.loads(pl.read_parquet_metadata(path)["unsaid"])["schema_version"] == 4
    records, stored = released(4), pl.read_parquet(path)
    assert records.select(stored.columns).equals(stored)
    assert {name for name in records.columns if name not in stored.columns} == {
        "option_logprobs",
        "selection",
        "similar",
    }
    assert records["parent"].null_count() < records.height


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_judge_said_of_the_reasoning_of_earlier_replies_still_counts(version: int) -> None:
    records = released(version)
    channels = records.explode("verdicts").drop_nulls("verdicts")["verdicts"].struct.field("channel")
    assert set(channels) == {"reasoning", "visible"}
    assert pairs(records)["mention"].null_count() == 0


@pytest.mark.usefixtures("tables_read_here")
def test_earlier_replies_are_read_in_two_texts() -> None:
    row = released(2).filter(pl.col("arm") == "cued").row(0, named=True)
    assert texts(row) == [("reasoning", row["reasoning"]), ("visible", row["visible"])]


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize("version", VERSIONS)
def test_earlier_records_are_written_as_this_version(version: int, tmp_path: Path) -> None:
    records = released(version)
    schema.write(records, tmp_path / "records.parquet")
    assert schema.read(tmp_path / "records.parquet").equals(records)


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize("changed", [[pl.exclude("wording")], [pl.all(), pl.lit(1).alias("extra")]])
def test_an_earlier_file_of_other_columns_is_refused(changed: list[pl.Expr], tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    about = {"unsaid": json.dumps({"schema_version": 2})}
    pl.read_parquet(RELEASED / "version-2.parquet").select(changed).write_parquet(path, metadata=about)
    with pytest.raises(DataError, match="columns differ"):
        schema.read(path)


@pytest.mark.usefixtures("tables_read_here")
@pytest.mark.parametrize("version", [0, 7, "2", None])
def test_a_version_that_is_not_known_is_refused(version: object, tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    about = {"unsaid": json.dumps({"schema_version": version})}
    released(2).write_parquet(path, metadata=about)
    with pytest.raises(DataError, match="schema version"):
        schema.read(path)
