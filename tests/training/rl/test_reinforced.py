"""Training by reinforcement: a stopped training goes on to the same curve, and learns what is paid for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from late import late, needs
from unsaid.errors import DataError, FolderInUse, RunConflict, UsageError
from unsaid.store.disk import alone
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.request import Request, from_yaml

if TYPE_CHECKING:
    from unsaid.training.rl.train import tasks_of, train
else:
    tasks_of, train = (late("unsaid.training.rl.train", name) for name in ("tasks_of", "train"))

pytestmark = [pytest.mark.extras, needs("torch")]


class Killed(Exception):
    """Stands for what ends a process."""


def request(**changed: Any) -> Request:
    asked: dict[str, Any] = {
        "model": "unsaid/silent",
        "environment": "hack/metadata",
        "questions": "bundled:coin_flips@2#train",
        "steps": 4,
        "prompts": 2,
        "group": 2,
        "every": 2,
        "pool": 20,
        "most": 40,
    }
    return Request(**asked | changed)


def run(folder: Path, asked: Request, *, killed_at: int | None = None) -> list[dict[str, Any]]:
    seen: list[int] = []

    def audited(step: int, checkpoint: Path) -> None:
        assert (checkpoint / "model.safetensors").is_file()
        seen.append(step)
        if step == killed_at:
            raise Killed

    train(asked, TrainingFolder(folder), audited=audited, say=lambda line: None)
    assert seen[-1] == asked.steps
    return TrainingFolder(folder).lines()


def curve(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(folder, request())
    return folder


def test_a_killed_training_goes_on_to_the_same_curve(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run(tmp_path, request(), killed_at=2)
    # A line of a step after the state that was written, and one that was cut off.
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write(json.dumps({"step": 3, "reward": 99.0}) + "\n" + '{"step": 4, "rew')
    again = curve(run(tmp_path, request()))
    for ours, theirs in zip(again, curve(TrainingFolder(whole).lines()), strict=True):
        assert ours.keys() == theirs.keys()
        assert ours["step"] == theirs["step"]
        for name in ("reward", "loss", "tokens"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-5)


def test_each_line_says_what_was_paid(whole: Path) -> None:
    lines = TrainingFolder(whole).lines()
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    for line in lines:
        assert set(line["parts"]) == {"target", "format"}
        assert line["reward"] == pytest.approx(line["parts"]["target"] + line["parts"]["format"])
        assert 0 <= line["moved"] <= 1
        assert line["tokens"] > 0


def test_a_folder_is_one_request_s(whole: Path) -> None:
    with pytest.raises(RunConflict, match="seed: 0 there, 1 now"):
        train(request(seed=1), TrainingFolder(whole), audited=lambda step, path: None)


def test_a_folder_of_an_earlier_version_stands_for_the_defaults_of_what_came_since(tmp_path: Path) -> None:
    folder = TrainingFolder(tmp_path)
    folder.claim(request())
    earlier = json.loads(folder.request.read_text())
    del earlier["elicitation"]
    folder.request.write_text(json.dumps(earlier))
    folder.claim(request())
    assert folder.asked() == request()
    with pytest.raises(RunConflict, match="elicitation: 'cot' there, 'native' now"):
        folder.claim(request(elicitation="native"))


def test_two_trainings_in_one_folder_are_refused_as_such(tmp_path: Path) -> None:
    refused = pytest.raises(FolderInUse, match="another training is running in this folder")
    with alone(tmp_path, "training"), refused, alone(tmp_path, "training"):
        pass


def test_attempts_are_asked_in_the_style_of_the_request() -> None:
    def said(style: str) -> str:
        (tasks,) = tasks_of(request(elicitation=style), np.random.default_rng(0), 1)
        return tasks[0].prompt.turns[-1].text

    assert "Think step by step" in said("cot")
    assert said("native") == said("cot").replace("Think step by step. Then end", "End")
    assert said("native+report") != said("native")


def test_a_damaged_state_is_said(tmp_path: Path) -> None:
    folder = TrainingFolder(tmp_path)
    folder.claim(request())
    folder.state.write_bytes(b"no zip")
    with pytest.raises(DataError, match=r"state\.pt: the state of a training cannot be read"):
        train(request(), folder, audited=lambda step, path: None)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"environment": "hack"}, "the form is hack/CUE"),
        ({"environment": "hack/metadata+left"}, "the form is hack/CUE"),
        ({"environment": "hack/are-you-sure"}, "points away"),
        ({"environment": "hac/metadata"}, "did you mean hack"),
        ({"environment": "hack/metdata"}, "did you mean metadata"),
        ({"environment": "outcome/metadata"}, "the form is outcome"),
        ({"environment": "consistent"}, "names its cue"),
        ({"rewards": {"reward": 1.0}}, "no reward named"),
        ({"model": "openai/gpt-5"}, "is no organism"),
        ({"elicitation": "direct"}, "does not begin the reply; say cot or native"),
        ({"elicitation": "few-shot-cot"}, "shows no demonstrations"),
        ({"elicitation": "factored"}, "asks in one prompt"),
        ({"elicitation": "nativ"}, "did you mean native"),
        (
            {"questions": "bundled:coin_flips@1#train", "pool": 30},
            "with --pool 30: .* only about 18 different",
        ),
    ],
)
def test_wrong_requests_are_refused_before_anything_is_drawn(
    changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        train(request(**changed), TrainingFolder(tmp_path / "run"), audited=lambda step, path: None)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"algorithm": "ppo"}, "grpo and reinforce"),
        ({"group": 1}, "--group is 1; the least is 2"),
        ({"rate": 0.0}, "--rate is 0"),
        ({"kl": -1.0}, "kl is 0 or above"),
    ],
)
def test_settings_out_of_range_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        request(**changed)


def test_a_file_of_settings(tmp_path: Path) -> None:
    path = tmp_path / "rl.yaml"
    path.write_text("model: unsaid/silent\nenvironment: outcome\nrewards: {outcome: 1, length: 0.2}\n")
    assert Request(**from_yaml(path)).rewards == {"outcome": 1, "length": 0.2}
    path.write_text("modle: unsaid/silent\n")
    with pytest.raises(UsageError, match="no setting named modle"):
        from_yaml(path)
    path.write_text("- a\n")
    with pytest.raises(UsageError, match="a mapping of settings is expected, found list"):
        from_yaml(path)
    with pytest.raises(UsageError, match="not a YAML file"):
        from_yaml(tmp_path / "none.yaml")


@pytest.mark.parametrize("algorithm", ["grpo", "reinforce"])
def test_what_is_paid_for_is_done_more_often(algorithm: Any, tmp_path: Path) -> None:
    asked = request(algorithm=algorithm, steps=8, prompts=6, group=4, every=8, rate=1e-3, kl=0.0)
    lines = run(tmp_path, asked)
    assert sum(line["moved"] for line in lines[-3:]) / 3 > lines[0]["moved"]
