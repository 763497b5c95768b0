"""Equal records give equal files, to the last bit, whatever order they come in."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from unsaid.asking.settings import Settings
from unsaid.calibration.simulated import planned, simulated
from unsaid.models.scripted.dialled import Dials, dialled
from unsaid.runs.conclude import canonical, conclude
from unsaid.store.run_folder import RunFolder

PROTOCOLS = ("verbalisation", "biasing")
DESIGN = Settings(limit=16, cues="metadata,sycophancy,consistency", wordings="all", seed=1)


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    asks = planned(PROTOCOLS, DESIGN)
    dials = Dials(susceptibility=0.9, mention=0.5, parse_failure=0.05)
    return simulated(asks, dialled(asks, dials, 1), DESIGN)


def written(records: pl.DataFrame, folder: Path) -> bytes:
    folder.mkdir()
    run = RunFolder(folder)
    about = {"request": {"protocols": list(PROTOCOLS), "seed": 0}, "judge": "lexical", "finished": True}
    conclude(run, records, about)
    return run.results.read_bytes()


def test_the_order_of_the_records_changes_no_bit_of_the_results(
    records: pl.DataFrame, tmp_path: Path
) -> None:
    first = written(records, tmp_path / "first")
    estimates = {each["quantity"]: each for each in json.loads(first)["estimates"]}
    assert estimates["length.p-value"]["value"] is not None, (
        "the quantity whose last digits used to depend on it"
    )
    assert written(records.sample(fraction=1, shuffle=True, seed=0), tmp_path / "other") == first


@examples(20)
@given(seed=st.integers(0, 2**32 - 1), twice=st.booleans())
def test_there_is_one_order(records: pl.DataFrame, seed: int, twice: bool) -> None:
    rows = records.head(200)
    rows = pl.concat([rows, rows.head(5).with_columns(answer=pl.lit("Z"))]) if twice else rows
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
    assert canonical(shuffled).equals(canonical(rows))
