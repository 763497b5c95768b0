"""A checkpoint goes through every protocol that changes or cuts reasoning: the commands of docs/real-model.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_noise import INSPECT_NOISE

import unsaid.organisms
from conftest import Unsaid
from late import needs
from unsaid.records import schema

pytestmark = [pytest.mark.extras, *INSPECT_NOISE, needs("torch", "transformers")]

#: An organism is a standard checkpoint, and unlike a random one it answers and reasons.
CHECKPOINT = Path(unsaid.organisms.__file__).parent / "weights" / "silent"
PROTOCOLS = ("early-answering", "adding-mistakes", "paraphrase", "filler", "mediation", "trajectory")


def test_a_checkpoint_goes_through_every_protocol(unsaid: Unsaid, tmp_path: Path) -> None:
    model = f"unsaid-hf/{CHECKPOINT}"
    words = ("--model", model, "--writer", model, "--questions", "bundled:navigate", "--cues", "metadata")
    run = tmp_path / "run"
    ended = unsaid("audit", *words, "--limit", 1, "--protocols", ",".join(PROTOCOLS), "--out", run)
    assert ended.status == 0, ended.err
    assert "continued by: own decoder, with log-probabilities" in ended.out + ended.err
    found = schema.read(run / "records.parquet")
    assert set(found["conditioning"]) == {"prefill", "template"}, "first replies have no beginning"
    assert set(found.filter(found["intervention"].is_not_null())["conditioning"]) == {"prefill"}
    results = json.loads((run / "results.json").read_text())
    assert {each["protocol"] for each in results["estimates"]} >= set(PROTOCOLS)
    # Whether the cue moved this one question decides whether trajectories have a value.
    with_values = {each["protocol"] for each in results["estimates"] if each["value"] is not None}
    assert with_values >= set(PROTOCOLS) - {"trajectory", "mediation"}
    forced = found.filter(found["intervention"] == "forced")
    assert forced.height
    assert forced["option_logprobs"].null_count() == 0
