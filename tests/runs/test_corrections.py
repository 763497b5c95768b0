"""The judge's error in the numbers of a run: corrected, or refused with the reason; never drowned, never invented."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from conftest import Unsaid
from corrected_runs import CUES, JUDGE, VERSION, gate_entry, label, moved_records, write_gates, write_run
from unsaid.errors import DataError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.preferred import preferred
from unsaid.judges import JUDGES
from unsaid.judges.gate import judge_version, texts_version
from unsaid.protocols import protocol
from unsaid.records.labels import read_labels
from unsaid.report.words.headline import headline
from unsaid.runs.corrections import GATE, Known, corrections
from unsaid.runs.gate import adopt, bundled, read_gates, version_of_run

RUN = {"judge": JUDGE, "judge_version": VERSION, "request": {"seed": 0}}


def third(number: int, cue: str) -> bool:
    return number % 3 == 0


@cache
def thirds() -> pl.DataFrame:
    return moved_records(third)


@cache
def of_thirds() -> tuple[Estimate, ...]:
    return tuple(protocol("verbalisation").estimates(thirds(), JUDGE, np.random.default_rng(0)))


def concluded(records: pl.DataFrame, known: Known, **run: Any) -> list[Estimate]:
    if records is thirds():
        found = list(of_thirds())
    else:
        found = protocol("verbalisation").estimates(records, JUDGE, np.random.default_rng(0))
    return [*found, *corrections(found, records, RUN | run, known)]


def of(found: list[Estimate], quantity: str, definition: str = "mention") -> list[Estimate]:
    return [each for each in found if each.quantity == quantity and each.definition == definition]


def mean(found: list[Estimate], quantity: str) -> Estimate:
    (one,) = [each for each in of(found, quantity) if each.cue is None and not each.subset]
    return one


def test_a_judge_that_passed_corrects_every_rate_and_widens_its_interval() -> None:
    found = concluded(thirds(), Known([gate_entry()]))
    raw, corrected = mean(found, "faithfulness"), mean(found, "faithfulness.judge-corrected")
    assert raw.value == pytest.approx(27 / 80)
    assert corrected.value == pytest.approx((27 / 80 + 0.98 - 1) / (0.9 + 0.98 - 1))
    assert (corrected.high or 0) - (corrected.low or 0) > (raw.high or 0) - (raw.low or 0)
    assert {each.cue for each in of(found, "faithfulness.judge-corrected", "reliance")} == {*CUES, None}
    assert of(found, "faithfulness.judge-corrected-replay-normalised")
    assert mean(found, "faithfulness.clean-corrected").value == pytest.approx(27 / 80), (
        "no false alarm was seen"
    )
    assert not any(each.subset for each in of(found, "faithfulness.judge-corrected")), "not of each wording"
    (said,) = [text for text in headline(found).found if "Corrected for the judge's error" in text][:1]
    assert "36%" in said
    assert "the gate's texts" in said


def test_false_alarms_on_clean_replies_lower_the_least_there_can_be() -> None:
    found = concluded(moved_records(third, alarms=8), Known([gate_entry()]))
    least = mean(found, "faithfulness.clean-corrected")
    assert least.value == pytest.approx((27 / 80 - 0.1) / 0.9)


@pytest.mark.parametrize(
    ("gates", "run", "why"),
    [
        ([], {}, "the judge is not calibrated: llm:a/b has not been through"),
        (
            [gate_entry(version="v0")],
            {},
            "the judge is not calibrated: llm:a/b went through the gate with another",
        ),
        ([gate_entry()], {"judge_version": None}, "not known which version"),
        ([gate_entry()], {"judge_version": "v0 + v1"}, "changed while it read"),
        (
            [gate_entry(passed=False, reasons=["specificity: 0.5 (5 of 10); 0.95; with more texts it", "b"])],
            {},
            "the judge failed its gate: specificity: 0.5 (5 of 10), where 0.95; b",
        ),
    ],
)
def test_where_nothing_good_is_known_one_line_a_definition_says_why(
    gates: list[dict[str, Any]], run: dict[str, Any], why: str
) -> None:
    found = concluded(thirds(), Known(gates), **run)
    new = [
        each for each in found if "corrected" in each.quantity and each.quantity.startswith("faithfulness")
    ]
    assert [(each.definition, each.value, each.flags) for each in new] == [
        ("mention", None, ("refused",)),
        ("reliance", None, ("refused",)),
    ]
    assert all(why in each.reason for each in new)
    said = [text for text in headline(found).found if "orrected for the judge" in text]
    assert len(said) == 1, "once, and not once a definition"
    assert said[0].startswith("Not corrected for the judge's error, because ")
    assert ("unsaid gate --judge a/b" in said[0]) == ("failed" in why)


def test_cues_that_no_gate_has_texts_for_are_left_out_and_the_others_corrected() -> None:
    found = concluded(thirds(), Known([gate_entry(cues=["metadata"])]))
    at = {each.cue: each for each in of(found, "faithfulness.judge-corrected")}
    assert at["metadata"].value is not None
    assert at["squares"].value is None
    assert "squares" in at[None].note
    assert "cues-left-out" in at[None].flags


def test_labels_at_random_correct_a_judge_that_passed_nothing(tmp_path: Path) -> None:
    records = thirds()
    run = write_run(tmp_path / "run", records)
    label(run, records, [lambda number, cue: number % 2 == 0], questions=60)
    found = concluded(records, Known([], read_labels(run)))
    tuned = mean(found, "faithfulness.ppi-tuned")
    assert tuned.value == pytest.approx(0.5, abs=0.05)
    assert tuned.low is not None
    assert tuned.high is not None
    assert tuned.low < 0.5 < tuned.high
    assert "few-labels" not in tuned.flags, "120 labels"
    assert tuned.judge == JUDGE
    assert mean(found, "faithfulness.human-labels").judge == "human:final"
    raw = mean(found, "faithfulness")
    assert preferred(raw, found) == tuned
    assert any("from people's labels" in text for text in headline(found).found)
    assert of(found, "agreement.ac2") == []
    for name in ("raw", "kappa", "ac1", "pabak", "alpha"):
        assert of(found, f"agreement.{name}"), name
    assert [each for each in found if each.quantity == "agreement.ac2"]


def test_the_gate_comes_before_a_few_labels_and_after_many(tmp_path: Path) -> None:
    records = thirds()
    for questions, quantity in ((20, "faithfulness.judge-corrected"), (60, "faithfulness.ppi-tuned")):
        run = write_run(tmp_path / str(questions), records)
        label(run, records, [third], questions=questions)
        found = concluded(records, Known([gate_entry()], read_labels(run)))
        best = preferred(mean(found, "faithfulness"), found)
        assert best is not None
        assert best.quantity == quantity
    assert preferred(replace(mean(found, "faithfulness"), model="another"), found) is None


def test_labellers_who_differ_are_not_left_out_in_silence(tmp_path: Path) -> None:
    records = thirds()
    run = write_run(tmp_path / "run", records)
    label(run, records, [third, lambda number, cue: number % 3 == 0 or number == 4], questions=60)
    found = concluded(records, Known([], read_labels(run)))
    (refused,) = of(found, "faithfulness.ppi-tuned")
    assert "on 2 of 120 labelled replies" in refused.reason
    pairs = {each.judge for each in found if each.quantity == "agreement.kappa"}
    assert "human:person0 and human:person1" in pairs


def test_labels_that_nobody_drew_count_as_agreement_alone(tmp_path: Path) -> None:
    records = thirds()
    run = write_run(tmp_path / "run", records)
    label(run, records, [third], questions=60, sample="imported")
    found = concluded(records, Known([], read_labels(run)))
    assert not of(found, "faithfulness.ppi-tuned")
    assert of(found, "agreement.kappa")


def test_a_person_is_not_corrected() -> None:
    records = moved_records(third, judge="human:ann")
    found = protocol("verbalisation").estimates(records, "human:ann", np.random.default_rng(0))
    assert corrections(found, records, RUN | {"judge": "human:ann"}, Known(bundled())) == []


def test_how_the_lexical_judge_does_is_shipped_as_it_is_now() -> None:
    (entry,) = bundled()
    assert entry["judge"] == "lexical"
    assert entry["version"] == judge_version(JUDGES["lexical"]), (
        "its phrases or the cues' patterns changed: unsaid gate --judge lexical --out OUT, then put OUT/gate.json "
        "into src/unsaid/judges/gate/"
    )
    assert entry["texts_version"] == texts_version(), "the gate's texts changed: the same again"


def test_what_a_run_says_of_its_judges_version() -> None:
    assert version_of_run({}, "v1") == "v1"
    assert version_of_run({"judge_version": "v1"}, "v1") == "v1"
    assert version_of_run({"judge_version": "v1"}, "v2") == "v1 + v2"
    assert version_of_run({"judge_version": "v1 + v2"}, "v2") == "v1 + v2"
    assert version_of_run({"judge_version": "v1", "finished": True}, "v2") == "v1"


def test_a_gate_file_is_kept_with_the_run(tmp_path: Path) -> None:
    path = write_gates(tmp_path / GATE, gate_entry(), gate_entry(judge="lexical"))
    for given in (path, tmp_path):
        adopt(given, JUDGE, tmp_path / "run" / GATE)
    (kept,) = read_gates(tmp_path / "run" / GATE)
    assert kept["judge"] == JUDGE


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        (None, UsageError, "there is no such file"),
        ('{"schema_version": 1, "estimates": []}', DataError, "it has no 'gates'"),
        (json.dumps({"schema_version": 1, "gates": [gate_entry(overall={})]}), DataError, "entry 0: overall"),
        (
            json.dumps({"schema_version": 1, "gates": [gate_entry(judge="lexical")]}),
            UsageError,
            "it has results of lexical, and none of llm:a/b",
        ),
    ],
)
def test_a_wrong_gate_file_is_said_to_be_one(
    tmp_path: Path, text: str | None, kind: type[Exception], why: str
) -> None:
    path = tmp_path / "given.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(kind, match=why):
        adopt(path, JUDGE, tmp_path / "run" / GATE)
    with pytest.raises(UsageError):
        adopt(write_gates(tmp_path / "good.json", gate_entry()), None, tmp_path / "run" / GATE)


def test_a_report_is_corrected_for_nothing_and_again_without_the_file(unsaid: Unsaid, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", thirds())
    ended = unsaid("report", run)
    assert ended.status == 0, ended.err
    assert "the judge is not calibrated" in ended.out.replace("\n", " ")
    gate = write_gates(tmp_path / "given.json", gate_entry())
    assert unsaid("report", run, "--gate", gate).status == 0
    first = (run / "results.json").read_text()
    rows = [
        each for each in json.loads(first)["estimates"] if each["quantity"] == "faithfulness.judge-corrected"
    ]
    assert len(rows) == 6
    assert all(each["value"] is not None for each in rows)
    page = (run / "report.html").read_text()
    assert "Corrected for the judge&#39;s error: 36%" in page
    assert "without the judge's error" in page
    assert 'class="triangle"' in page
    gate.unlink()
    ended = unsaid("report", run)
    assert (run / "results.json").read_text() == first
    assert "Corrected for the judge's error: 36%" in ended.out.replace("\n", " ")
    ended = unsaid("report", run, "--gate", tmp_path / "gone.json")
    assert ended.status == 2
    assert "there is no such file" in ended.err.replace("\n", " ")


def test_a_judge_against_the_labels_that_a_run_keeps(unsaid: Unsaid, tmp_path: Path) -> None:
    records = moved_records(lambda number, cue: number == 7)
    run = write_run(tmp_path / "run", records)
    label(run, records, [lambda number, cue: number == 4] * 2, questions=60)
    ended = unsaid("gate", "--judge", "lexical", "--labels", run)
    assert ended.status == 2
    assert "human:final, human:person0, human:person1" in " ".join(ended.err.split())
    said = " ".join(unsaid("gate", "--judge", "lexical", "--labels", run, "--labeller", "final").out.split())
    assert "lexical against human:final: 120 texts read" in said
    for name in ("raw", "kappa", "ac1", "pabak", "alpha", "ac2"):
        assert f"agreement.{name} (reasoning)" in said
    assert "saturated: they agree on 98% of the texts" in said


def test_labels_of_replies_that_were_asked_again_do_not_cost_the_report(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", thirds())
    label(run, moved_records(lambda number, cue: True), [third], questions=60)
    ended = unsaid("report", run)
    assert ended.status == 0, ended.err
    rows = json.loads((run / "results.json").read_text())["estimates"]
    refused = {each["quantity"]: each["reason"] for each in rows if "cannot be used" in each["reason"]}
    assert set(refused) == {"faithfulness.ppi-tuned", "agreement.raw"}
    assert "asked again since" in refused["agreement.raw"].replace("\n", " ")


def test_every_quantity_that_is_printed_has_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "docs" / "tools")
    tool, modules = importlib.import_module("pages"), importlib.import_module("api").ESTIMATORS
    records = thirds()
    run = write_run(tmp_path / "run", records)
    label(run, records, [third, third], questions=60)
    found = concluded(records, Known([gate_entry()], read_labels(run)))
    printed = {each.quantity for each in found}
    assert {"faithfulness.judge-corrected-normalised", "faithfulness.ppi", "agreement.ac2"} <= printed
    assert not printed - tool._quantities(modules).keys()
