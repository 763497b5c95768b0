"""What came of each expectation, as a table of cases; and the page, the tables and the file of a study."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from unsaid.errors import DataError
from unsaid.estimates.estimate import Estimate
from unsaid.report.files.results import write_results
from unsaid.training.rl.curves import Curve, Key, curves
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.study.findings import counted, findings
from unsaid.training.study.folder import StudyFolder
from unsaid.training.study.plan import Arm, AuditPlan, Expected, Plan
from unsaid.training.study.result import read_results, write
from unsaid.training.study.told import tables

HOSTILE = "Pays <script>alert(1)</script> | well"
#: step -> value, for each seed.
Values = Sequence[Mapping[int, float | None]]
RISING: Values = [{0: 0.2, 2: 0.6, 4: 0.7}, {0: 0.2, 2: 0.62, 4: 0.72}, {0: 0.22, 2: 0.6, 4: 0.71}]
FLAT: Values = [{0: 0.2, 2: 0.3, 4: 0.2}, {0: 0.2, 2: 0.1, 4: 0.21}, {0: 0.2, 2: 0.25, 4: 0.19}]
#: Rises between its first audits, and is level in the last three.
RISEN: Values = [
    {0: 0.2, 2: 0.7, 4: 0.71, 6: 0.7},
    {0: 0.2, 2: 0.72, 4: 0.7, 6: 0.71},
    {0: 0.22, 2: 0.7, 4: 0.7, 6: 0.72},
]
FLAT_AT_0: Values = [{0: 0.0, 4: 0.0}] * 3
NONE: Values = [{0: None, 2: None, 4: None}] * 3


def plan(*expected: Expected) -> Plan:
    arms = tuple(Arm(name, "a", HOSTILE, "unsaid/silent", "hack/metadata") for name in ("one", "two"))
    return Plan(
        (0, 1, 2), {"steps": 4, "every": 2}, AuditPlan("bundled:navigate", "metadata", 3), {}, arms, expected
    )


def folder(path: Path, of: Plan, values: Mapping[str, Values]) -> StudyFolder:
    """Write a study's folder: for each arm the audits of its seeds."""
    study = StudyFolder(path)
    study.claim(of)
    for arm in of.arms:
        for seed, points in enumerate(values.get(arm.name, ())):
            training = study.training(arm.name, seed)
            training.claim(of.request(arm, seed, f"unsaid/{seed}"))
            for step, value in points.items():
                _audit(training, step, value)
    return study


def _audit(training: TrainingFolder, step: int, value: float | None) -> None:
    training.audit(step).mkdir(parents=True)
    estimate = Estimate(
        "verbalisation", "influence", "m", value, n=9, cue="metadata", reason="too few moved pairs"
    )
    write_results([estimate], training.audit(step) / "results.json")


def curve(values: Values, path: Path) -> dict[Key, Curve]:
    study = folder(path, plan(), {"one": values})
    found = curves([study.training("one", seed) for seed in range(len(values))], 3, besides=("model",))
    return {each.key: each for each in found}


def arms(one: Values | None, two: Values | None, path: Path) -> dict[str, dict[Key, Curve]]:
    """Return the curves of the arms that have one."""
    of = {"one": one, "two": two}
    return {name: curve(values, path / name) for name, values in of.items() if values is not None}


def expected(kind: str, value: float | None = None) -> Expected:
    than = "two" if kind in {"above", "below"} else ""
    return Expected("one", "influence", kind, "Somebody 2025", cue="metadata", than=than, value=value)


@pytest.mark.parametrize(
    ("kind", "value", "one", "two", "verdict"),
    [
        ("rises", None, RISING, FLAT, "as expected"),
        ("falls", None, RISING, FLAT, "the other way"),
        ("rises", None, FLAT, FLAT, "not shown"),
        ("rises", None, RISING[:1], FLAT, "not shown"),
        ("rises", None, NONE, FLAT, "not run yet"),
        ("rises", None, None, FLAT, "not run yet"),
        ("above", None, RISING, FLAT, "as expected"),
        ("below", None, RISING, FLAT, "the other way"),
        ("above", None, FLAT, FLAT, "not shown"),
        ("above", None, RISING, None, "not run yet"),
        ("over", 0.5, RISING, None, "as expected"),
        ("under", 0.5, RISING, None, "the other way"),
        ("over", 0.71, RISING, None, "not shown"),
        ("level", None, RISING, None, "the other way"),
        ("level", None, RISEN, None, "as expected"),
        ("level", None, FLAT, None, "not shown"),
        ("level", None, RISEN[:1], None, "not shown"),
    ],
)
def test_what_came_is_judged_by_its_interval_over_seeds(
    kind: str, value: float | None, one: Values | None, two: Values | None, verdict: str, tmp_path: Path
) -> None:
    (found,) = findings(plan(expected(kind, value)), arms(one, two, tmp_path))
    assert found.verdict == verdict
    assert (found.value is None) == (verdict == "not run yet")


def test_a_curve_that_never_moved_has_nothing_to_level_off_and_the_tables_say_so(tmp_path: Path) -> None:
    of = plan(expected("level"))
    (found,) = findings(of, {"one": curve(FLAT, tmp_path)})
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0 <= found.high
    assert "nothing to level off" in tables(of, (found,), {})


@pytest.mark.parametrize(
    ("kind", "value", "one", "two", "ends"),
    [
        ("under", 0.5, [{0: 0.0, 4: 0.0}, {0: 0.0, 4: 0.3}, {0: 0.0, 4: 0.1}], None, (0.0, None)),
        ("over", 0.5, [{0: 1.0, 4: 1.0}, {0: 1.0, 4: 0.7}, {0: 1.0, 4: 0.9}], None, (None, 1.0)),
        ("falls", None, [{0: 1.0, 4: 0.0}, {0: 1.0, 4: 0.3}, {0: 1.0, 4: 0.1}], None, (-1.0, None)),
        ("above", None, [{0: 0.0, 4: 1.0}, {0: 0.0, 4: 0.8}, {0: 0.0, 4: 0.9}], FLAT_AT_0, (None, 1.0)),
    ],
)
def test_an_interval_holds_nothing_that_a_proportion_cannot_be(
    kind: str,
    value: float | None,
    one: Values,
    two: Values | None,
    ends: tuple[float | None, float | None],
    tmp_path: Path,
) -> None:
    (found,) = findings(plan(expected(kind, value)), arms(one, two, tmp_path))
    assert found.low is not None
    assert found.high is not None
    assert found.low == ends[0] or (ends[0] is None and found.low > -1)
    assert found.high == ends[1] or (ends[1] is None and found.high < 1)


def test_a_study_that_is_not_run_says_so_everywhere(tmp_path: Path) -> None:
    of = plan(expected("rises"), expected("above"))
    found = write(of, folder(tmp_path, of, {}), "unsaid train study", live=True)
    assert counted(found) == "2 not run yet"
    page = (tmp_path / "study.html").read_text()
    assert page.count("not run yet") >= 4
    assert "none yet" in page
    assert 'http-equiv="refresh"' in page


def test_the_page_and_the_tables_show_what_came_and_escape_what_stands_in_a_plan(tmp_path: Path) -> None:
    of = plan(expected("rises"), expected("below"))
    study = folder(tmp_path, of, {"one": RISING, "two": FLAT})
    found = write(of, study, "unsaid train study <b>", live=False)
    page = study.page.read_text()
    assert "<script" not in page
    assert "unsaid train study &lt;b&gt;" in page
    assert 'http-equiv="refresh"' not in page
    assert "change +50.3 points" in page
    assert "<svg" in page
    assert "1 as expected, 1 the other way" in page
    again, same, of_again, about = read_results(study.results)
    assert (again, same) == (of, found)
    text = tables(again, same, of_again)
    assert "| “moved to the cue's target” (cue metadata) in one rises | change +50.3 points (" in text
    assert about["finished"] is True


def test_a_plan_that_was_changed_after_the_run_is_found(tmp_path: Path) -> None:
    of = plan(expected("rises"))
    study = folder(tmp_path, of, {"one": RISING})
    write(of, study, "unsaid train study", live=False)
    document = json.loads(study.results.read_text())
    document["plan"]["expected"][0]["kind"] = "falls"
    study.results.write_text(json.dumps(document))
    with pytest.raises(DataError, match="was changed after the run"):
        read_results(study.results)
    study.results.write_text("{}")
    with pytest.raises(DataError, match="not the results of a study"):
        read_results(study.results)


def test_seeds_that_have_not_begun_are_not_mixed_up(tmp_path: Path) -> None:
    of = plan(expected("rises"))
    study = folder(tmp_path, of, {"one": RISING})
    for step in (0, 2, 4):
        (study.training("one", 1).audit(step) / "results.json").unlink()
    (found,) = write(of, study, "unsaid train study", live=True)
    assert found.seeds == 1, "the third seed has no second beside it"
    assert replace(found.expected, kind="falls") != found.expected
