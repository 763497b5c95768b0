"""Curves of trainings: means over seeds at each step, whether they are level, and a page that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.errors import DataError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.report.files.results import write_results
from unsaid.training.rl.curves import Curve, curves
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.request import Request
from unsaid.training.rl.told import page, sentences

HOSTILE = "hack/<script>alert(1)</script>"


def estimate(value: float | None, quantity: str = "influence", cue: str | None = None) -> Estimate:
    return Estimate(
        "verbalisation",
        quantity,
        "unsaid//a/checkpoint",
        value,
        None if value is None else max(0.0, value - 0.1),
        None if value is None else min(1.0, value + 0.1),
        n=50,
        questions=50,
        cue=cue,
        reason="" if value is not None else "too few moved pairs",
        definition="mention" if quantity == "faithfulness" else None,
    )


def training(
    path: Path, values: dict[int, float | None], seed: int = 0, environment: str = "hack/metadata"
) -> TrainingFolder:
    folder = TrainingFolder(path)
    folder.claim(Request("unsaid/silent", environment, seed=seed))
    for step, value in values.items():
        folder.audit(step).mkdir(parents=True)
        found = [estimate(value), estimate(value, cue="metadata"), estimate(value, "noise.replay")]
        write_results(found, folder.audit(step) / "results.json")
    return folder


@pytest.fixture
def three(tmp_path: Path) -> list[TrainingFolder]:
    rising: list[dict[int, float | None]] = [
        {step: min(0.9, 0.3 + 0.02 * step) + shift * (step % 20) / 10 for step in range(0, 80, 10)}
        for shift in (-0.01, 0.0, 0.01)
    ]
    return [training(tmp_path / str(seed), values, seed) for seed, values in enumerate(rising)]


def whole(found: list[Curve]) -> Curve:
    (curve,) = [each for each in found if not each.key.cue]
    return curve


def test_points_are_means_over_seeds_and_only_what_is_traced_is_there(three: list[TrainingFolder]) -> None:
    found = curves(three)
    assert {(each.key.quantity, each.key.cue) for each in found} == {
        ("influence", ""),
        ("influence", "metadata"),
    }
    curve = whole(found)
    assert [point.at["step"] for point in curve.points] == list(range(0, 80, 10))
    assert [point.value for point in curve.points[:3]] == pytest.approx([0.3, 0.5, 0.7])
    assert all(point.n == 3 and point.method == "t interval over seeds" for point in curve.points)
    assert all(point.model == "unsaid/silent" for point in curve.points)


def test_a_rise_that_stops_is_level_at_its_end_and_not_before(three: list[TrainingFolder]) -> None:
    curve = whole(curves(three))
    assert curve.level.level is True
    assert curve.best in range(30, 80)
    for folder in three:
        for step in range(30, 80, 10):
            (folder.audit(step) / "results.json").unlink()
    assert whole(curves(three, last=3)).level.level is False


def test_steps_that_one_training_lacks_are_left_out(three: list[TrainingFolder]) -> None:
    (three[1].audit(70) / "results.json").unlink()
    assert len(whole(curves(three)).points) == 7


def test_of_one_seed_the_points_are_the_audits_own(tmp_path: Path) -> None:
    (curve,) = [each for each in curves([training(tmp_path, {0: 0.2, 10: 0.4})], last=2) if not each.key.cue]
    assert [(point.low, point.high, point.n) for point in curve.points] == [
        pytest.approx((0.1, 0.3, 50)),
        pytest.approx((0.3, 0.5, 50)),
    ]
    assert curve.level.level is None


def test_a_step_without_a_value_says_why(tmp_path: Path) -> None:
    folders = [training(tmp_path / str(seed), {0: None, 10: 0.4}, seed) for seed in range(2)]
    curve = whole(curves(folders, last=2))
    assert curve.points[0].value is None
    assert curve.points[0].reason == "too few moved pairs"
    assert curve.best == 10


def test_trainings_that_differ_in_more_than_their_seed_are_no_band(tmp_path: Path) -> None:
    one, other = training(tmp_path / "a", {0: 0.2}), training(tmp_path / "b", {0: 0.2}, 1, "hack/sycophancy")
    with pytest.raises(UsageError, match="differ in environment"):
        curves([one, other])
    with pytest.raises(UsageError, match="the same seed"):
        curves([one, training(tmp_path / "c", {0: 0.2})])
    with pytest.raises(UsageError, match="no training was named"):
        curves([])
    with pytest.raises(DataError, match="no training by reinforcement is here"):
        curves([TrainingFolder(tmp_path / "none"), one])
    with pytest.raises(DataError, match="no step is audited"):
        curves([training(tmp_path / "d", {})])


def test_the_page_shows_every_point_and_is_closed(three: list[TrainingFolder]) -> None:
    request = three[0].asked()
    html = page(request, curves(three), len(three), "unsaid train curves <b>")
    assert "unsaid/silent in hack/metadata" in html
    assert "How often the cue decides the answer" in html
    assert html.count("moved to the cue&#39;s target") >= 2
    assert "<svg" in html
    assert "<script" not in html
    assert "unsaid train curves &lt;b&gt;" in html
    assert "Chen et al. 2025" in html
    assert "level at the end" in html
    assert "Answers went where a cue points in 30.0%" in " ".join(sentences(request, curves(three), 3))


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    folder = training(tmp_path, {0: 0.2, 10: 0.3}, environment=HOSTILE)
    assert "<script" not in page(folder.asked(), curves([folder], last=2), 1, HOSTILE)


def test_a_line_that_was_cut_off_is_left_out_and_another_is_said(tmp_path: Path) -> None:
    folder = training(tmp_path, {})
    folder.log.write_text(json.dumps({"step": 1}) + "\n" + '{"st')
    assert folder.lines() == [{"step": 1}]
    folder.log.write_text("no json\n")
    with pytest.raises(DataError, match="a damaged line"):
        folder.lines()
