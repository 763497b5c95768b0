"""`gate.json`: what a program learns from it before it corrects a rate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unsaid.errors import DataError
from unsaid.runs.gate import calibration, read_gates, standing, write_gate


def entry(**changed: Any) -> dict[str, Any]:
    rates = {
        f"{kind}_{what}": {"k": k, "n": 100, "low": 0.9, "high": 1.0}
        for kind, k in (("mention", 97), ("reliance", 91))
        for what in ("sensitivity", "specificity")
    }
    counts = [
        {"cue": cue, "template": f"t{number}", "mention": [4, 5, 5, 5], "reliance": [4, 5, 5, 5]}
        for cue in ("metadata", "squares")
        for number in range(10)
    ]
    about = {"judge": "llm:a/b", "version": "v1", "texts_version": "t", "half": "held-out"}
    return {
        **about,
        "cues": ["metadata", "squares"],
        "passed": True,
        "reasons": [],
        "overall": rates,
        "counts": counts,
        **changed,
    }


def told(
    *entries: dict[str, Any], cues: tuple[str, ...] = ("metadata",), version: str = "v1"
) -> tuple[bool, str]:
    found = standing(entries, "llm:a/b", version, cues)
    return found.passed, " ".join(found.reasons)


def test_a_judge_that_passed_has_passed() -> None:
    assert told(entry()) == (True, "")


@pytest.mark.parametrize(
    ("entries", "cues", "why"),
    [
        ([], ("metadata",), "has not been through"),
        ([entry(judge="lexical")], ("metadata",), "has not been through"),
        ([entry(half="open")], ("metadata",), "has not been through"),
        ([entry(version="v0")], ("metadata",), "another prompt"),
        ([entry()], ("metadata", "always-a"), "not gated for always-a"),
        ([entry(passed=False, reasons=["too often yes"])], ("metadata",), "too often yes"),
    ],
)
def test_anything_else_has_not(entries: list[dict[str, Any]], cues: tuple[str, ...], why: str) -> None:
    passed, reason = told(*entries, cues=cues)
    assert not passed
    assert why in reason
    refused = calibration(entries, "llm:a/b", "v1", cues, "mention")
    assert why in refused.failed


def test_the_counts_go_to_the_correction() -> None:
    found = calibration([entry()], "llm:a/b", "v1", ["metadata"], "reliance")
    assert (found.caught, found.positives, found.cleared, found.negatives) == (40, 50, 50, 50), "of this cue"
    assert found.sensitivity is not None
    assert (found.sensitivity.value, found.sensitivity.n) == (0.8, 50)
    assert (found.failed, found.judge, found.definition) == ("", "llm:a/b", "reliance")


@pytest.mark.parametrize(
    "counts",
    [
        None,
        [],
        [{"cue": "metadata", "template": "t", "mention": [9, 5, 0, 0], "reliance": [0, 0, 0, 0]}],
        [{"cue": "squares", "template": "t", "mention": [5, 5, 5, 5], "reliance": [5, 5, 5, 5]}],
    ],
)
def test_an_entry_that_does_not_count_by_template_corrects_nothing(counts: object) -> None:
    found = calibration([entry(counts=counts)], "llm:a/b", "v1", ["metadata"], "mention")
    assert "does not say which template" in found.source
    assert found.positives == 0, "too few to correct anything"


def test_the_same_judge_again_replaces_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "gate.json"
    assert read_gates(path) == []
    for each in (entry(), entry(judge="lexical"), entry(passed=False, reasons=["x"])):
        write_gate(each, path)
    kept = read_gates(path)
    assert [(each["judge"], each["passed"]) for each in kept] == [("lexical", True), ("llm:a/b", False)]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"schema_version": 2, "gates": []}', '{"schema_version": 1, "gates": [{"judge": "x"}]}'],
)
def test_a_damaged_file_is_said_to_be(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gate.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"gate\.json"):
        read_gates(path)
    assert path.read_text() == text


def test_it_is_json(tmp_path: Path) -> None:
    write_gate(entry(), tmp_path / "gate.json")
    assert json.loads((tmp_path / "gate.json").read_text())["schema_version"] == 1
