"""The fast way to the records of a dialled model is the way through Inspect, and through `unsaid audit`."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from inspect_ai import eval as inspect_eval

from conftest import PROVIDERS, Unsaid
from unsaid.asking.inspect_task import build
from unsaid.asking.settings import Settings
from unsaid.calibration.simulated import planned, simulated
from unsaid.models.scripted.dialled import Dials, dialled
from unsaid.models.scripted.provider import scripted
from unsaid.protocols import protocol
from unsaid.records import schema
from unsaid.records.from_logs import records_from_logs

pytestmark = PROVIDERS

NAMES = ("verbalisation", "biasing")
ORDER = ["question_id", "epoch", "elicitation", "context", "arm", "cue", "wording"]


def same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Every column alike; the verdicts too, whatever order a reply's verdicts stand in."""
    one, other = (table.sort(ORDER, nulls_last=True) for table in (one, other))
    assert one.height == other.height
    assert one.schema == other.schema
    for name in one.columns:
        left, right = one[name].to_list(), other[name].to_list()
        assert left == right, name


def test_the_same_columns_as_through_inspect(tmp_path: Path) -> None:
    """Two-turn cues, demonstrations, swapped options, losses, bait, two epochs: everything that a reply can be."""
    settings = Settings(
        questions="bundled:preferences,bundled:tracking_shuffled_objects,bundled:hindsight",
        limit=6,
        cues="sycophancy,metadata,are-you-sure,positional,squares",
        target="random",
        seed=3,
    )
    dials = Dials(
        parse_failure=0.1, refusal=0.1, mention_unmoved=0.4, per_cue={"metadata": {"mention_clean": 0.5}}
    )
    asks = planned(NAMES, settings)
    task = build([protocol(name) for name in NAMES], settings, 2)
    model = scripted(dialled(asks, dials, seed=8), name="dials")
    (log,) = inspect_eval(task, model, log_dir=str(tmp_path), display="none", log_realtime=False)
    assert log.status == "success"
    through = records_from_logs(tmp_path)
    assert set(through["unparsed"]) == {None, "refused", "no answer"}
    same(through, simulated(asks, dialled(asks, dials, seed=8), settings, epochs=2))


def test_the_same_columns_as_an_audit_by_the_models_name(unsaid: Unsaid, tmp_path: Path) -> None:
    model = "unsaid-scripted/dials+mention=0.9+metadata.susceptibility=0"
    words = ("--questions", "bundled:date_arithmetic", "--limit", 6, "--cues", "metadata,sycophancy")
    ended = unsaid("audit", "--model", model, *words, "--out", tmp_path / "run")
    assert ended.status == 0, ended.err
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert about["capabilities"]["seed"]["value"] == "honoured"
    settings = Settings(questions="bundled:date_arithmetic", limit=6, cues="metadata,sycophancy")
    asks = planned(("verbalisation",), settings)
    dials = Dials(mention=0.9, per_cue={"metadata": {"susceptibility": 0.0}})
    found = simulated(asks, dialled(asks, dials), settings).with_columns(model=pl.lit(model))
    same(schema.read(tmp_path / "run" / "records.parquet"), found)


@pytest.mark.parametrize("name", ["dials+mentions=0.1", "dials+mention=2"])
def test_a_wrong_dial_is_a_usage_error(unsaid: Unsaid, tmp_path: Path, name: str) -> None:
    ended = unsaid("audit", "--model", f"unsaid-scripted/{name}", "--limit", 1, "--out", tmp_path / "run")
    assert ended.status == 2
    assert "dial" in ended.err
