"""The plan of a study: what was expected stands in it, and in its digest, before anything is run."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from unsaid.errors import RunConflict, UnknownName, UsageError
from unsaid.training.study.folder import StudyFolder
from unsaid.training.study.plan import KINDS, Expected, Plan, bundled, read
from unsaid.training.study.told import PARTS, words

SMALL = """
seeds: [0, 1]
training: {steps: 4, every: 2}
audit: {questions: "bundled:navigate", cues: metadata, limit: 3}
arms:
  - {name: one, part: a, what: "It is one.", model: unsaid/silent, environment: hack/metadata}
  - {name: two, part: c, what: "It is two.", model: unsaid/silent, environment: outcome}
expected:
  - {arm: one, quantity: influence, cue: metadata, kind: rises, because: "Somebody 2025"}
  - {arm: two, quantity: influence, kind: below, than: one, because: "Somebody 2025"}
"""


@pytest.fixture
def small(tmp_path: Path) -> Plan:
    path = tmp_path / "plan.yaml"
    path.write_text(SMALL)
    return read(path)


def test_the_bundled_plan_has_every_part_three_seeds_and_a_reason_for_each_expectation() -> None:
    plan = bundled()
    assert len(plan.seeds) >= 3
    assert {arm.part for arm in plan.arms} == set(PARTS)
    parts = {arm.name: arm.part for arm in plan.arms}
    assert {parts[each.arm] for each in plan.expected} == set(PARTS), "each part has an expectation"
    for each in plan.expected:
        assert each.because
        assert each.quantity in words()
        asked = plan.audit.cues.split(",")
        assert not each.cue or each.cue in asked
    held = {arm.audit_questions or plan.audit.questions for arm in plan.arms}
    assert all("#train" not in each for each in held)
    assert all("#train" in arm.questions for arm in plan.arms if arm.questions)


def test_the_digest_changes_with_what_was_expected_and_not_with_where_it_is_read(
    small: Plan, tmp_path: Path
) -> None:
    other = replace(small, expected=(replace(small.expected[0], kind="falls"), *small.expected[1:]))
    assert other.digest != small.digest
    (tmp_path / "plan.json").write_text(json.dumps(asdict(small)))
    assert read(tmp_path / "plan.json").digest == small.digest


def test_a_smaller_plan_drops_what_was_expected_of_arms_that_are_left_out(small: Plan) -> None:
    found = small.smaller(1, 1, ["two"])
    assert (found.seeds, [arm.name for arm in found.arms], found.expected) == ((0,), ["two"], ())
    assert found.request(found.arms[0], 0, "unsaid/silent").every == 1
    with pytest.raises(UnknownName, match="did you mean two"):
        small.smaller(None, None, ["tow"])
    with pytest.raises(UsageError, match="--seeds is 3; the plan has 2"):
        small.smaller(3, None, [])
    with pytest.raises(UsageError, match="--steps is 0"):
        small.smaller(None, 0, [])


def test_a_folder_is_one_plan_s(small: Plan, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "study")
    folder.claim(small)
    folder.claim(small)
    with pytest.raises(RunConflict, match="another plan"):
        folder.claim(small.smaller(1, None, []))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: rises", "kind: rise", "did you mean rises"),
        ("kind: rises", "kind: above", "`than` goes with above and below"),
        ("kind: rises", "kind: under", "`value` goes with under and over"),
        ("than: one", "than: won", "no arm named 'won'"),
        ("name: two", "name: one", "two arms may not have one name"),
        ("steps: 4", "stops: 4", "a setting that no training has"),
        ("what: ", "that: ", "nothing is called that"),
        ("seeds: [0, 1]", "seeds: []", "needs a seed"),
        ("seeds: [0, 1]", "seeds: [zero]", "not a plan of a study"),
        ("environment: outcome", "environment: outcome, steps: 3", "nothing is called steps"),
        ("seeds", "- seeds", "not a plan of a study"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(SMALL.replace(old, new, 1))
    with pytest.raises((UsageError, UnknownName), match=message):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml: not a plan"):
        read(tmp_path / "none.yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_what_it_needs(kind: str) -> None:
    than = "two" if kind in {"above", "below"} else ""
    value = 0.5 if kind in {"under", "over"} else None
    assert Expected("one", "influence", kind, "Somebody", than=than, value=value).kind == kind
