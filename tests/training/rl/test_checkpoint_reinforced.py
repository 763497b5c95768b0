"""A checkpoint trained by TRL's GRPO with our environments and rewards; and that TRL's arithmetic is ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from random_organism import Shape, write_organism

from late import late, needs
from unsaid.errors import RunConflict, UsageError
from unsaid.training.rl import advantages
from unsaid.training.rl.attempt import Attempt
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.lora import Lora, arguments
from unsaid.training.rl.request import Request
from unsaid.training.rl.rewards import REWARDS
from unsaid.training.rl.rewards.reward import Reward

if TYPE_CHECKING:
    from unsaid.training.rl import checkpoint, objective
else:
    checkpoint, objective = (late(f"unsaid.training.rl.{name}") for name in ("checkpoint", "objective"))

pytestmark = [pytest.mark.extras, pytest.mark.filterwarnings("ignore"), needs("torch", "trl", "peft")]
torch = late("torch")


class Killed(Exception):
    """Stands for what ends a process."""


def _late(attempt: Attempt, others: Sequence[Attempt]) -> float:
    """Pay for letters late in the alphabet: a random model is paid for something, and differently for each reply."""
    return sum(ord(letter) for letter in attempt.text) / (255 * attempt.most)


@pytest.fixture(autouse=True)
def _late_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        REWARDS, "late", Reward("late", "letters late in the alphabet", "here", 0.0, 9.0, _late)
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("base"), Shape(context=1500))


def request(base: Path, **changed: Any) -> Request:
    asked: dict[str, Any] = {
        "model": str(base),
        "environment": "hack/metadata",
        "rewards": {"late": 1.0},
        "questions": "bundled:coin_flips@2#train",
        "steps": 4,
        "prompts": 2,
        "group": 2,
        "every": 2,
        "pool": 10,
        "most": 6,
        "rate": 1e-2,
        "kl": 0.1,
    }
    return Request(**asked | changed)


def trained(
    base: Path, out: Path, asked: Request, *, killed_at: int | None = None, draws: bool = False
) -> list[Any]:
    """Train; return the log. An audit that draws random numbers must not change what is drawn after it."""
    folder, seen = TrainingFolder(out), []

    def audited(step: int, where: Path) -> None:
        seen.append((step, where.name))
        if draws:
            torch.rand(3)
            np.random.rand(3)  # noqa: NPY002 - the state that Transformers seeds
        if step == killed_at:
            raise Killed

    checkpoint.train(
        base,
        asked,
        folder,
        Lora(rank=2, batch=2),
        audited=audited,
        device="cpu",
        say=lambda line: None,
    )
    assert [step for step, _ in seen][-1] == asked.steps
    return folder.lines()


@pytest.fixture(scope="module")
def whole(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            REWARDS, "late", Reward("late", "letters late in the alphabet", "here", 0.0, 9.0, _late)
        )
        trained(base, out, request(base))
    return out


def test_each_step_has_its_line_and_each_state_an_adapter_that_is_served(base: Path, whole: Path) -> None:
    lines = TrainingFolder(whole).lines()
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    for line in lines:
        assert line["reward"] == pytest.approx(line["parts"]["late"])
        assert 0 < line["tokens"] <= 6
        assert line["seconds"] > 0
    assert any(abs(line["loss"]) > 1e-6 for line in lines[1:]), (
        "the divergence from the reference is in the loss"
    )
    from unsaid.models.local.loading import load

    adapted, _ = load(str(TrainingFolder(whole).checkpoint(4)), "cpu", "float32")
    plain, _ = load(str(base), "cpu", "float32")
    names = dict(plain.named_parameters())
    assert any((value != names[name]).any() for name, value in adapted.named_parameters())


def test_a_killed_training_goes_on_to_the_same_curve_whatever_its_audits_draw(
    base: Path, whole: Path, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        trained(base, tmp_path / "run", request(base), killed_at=2)
    again = trained(base, tmp_path / "run", request(base), draws=True)
    for ours, theirs in zip(again, TrainingFolder(whole).lines(), strict=True):
        for name in ("step", "reward", "loss", "tokens"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-5), name


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"algorithm": "reinforce"}, "is for organisms"),
        ({"environment": "consistent/metadata", "prompts": 3}, "a multiple of the contexts"),
        ({"most": 1400}, "more than the checkpoint's 1500"),
    ],
)
def test_what_trl_cannot_do_is_refused(
    base: Path, changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        trained(base, tmp_path, request(base, **changed))
    assert not (tmp_path / "request.json").exists()


def test_a_folder_is_one_request_s(base: Path, whole: Path) -> None:
    with pytest.raises(RunConflict, match="seed: 0 there, 1 now"):
        trained(base, whole, request(base, seed=1))


def test_advantages_and_loss_are_those_of_trl_on_the_same_batch(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two passes over each batch, so that the ratio leaves 1 and is clipped, with a divergence from the reference.

    TRL is asked for its `grpo` loss, scaled by the deviation within a group (`lora.arguments`), and told the
    rewards by `checkpoint`; the log-probabilities that its loss is made of are given to ours.
    """
    from trl import GRPOTrainer  # type: ignore[attr-defined,unused-ignore]

    asked = request(base, steps=4, every=4, rate=0.5, clip=0.05)
    batches: list[tuple[dict[str, Any], Any, float]] = []
    paid: list[list[float]] = []
    trl: Any = GRPOTrainer
    real_loss, real_scores = trl._compute_loss, trl._get_per_token_logps_and_entropies
    real_pay, real_arguments = checkpoint._Paying.__call__, arguments
    scores: list[Any] = []

    def scored(self: Any, *given: Any, **named: Any) -> Any:
        found = real_scores(self, *given, **named)
        scores.append(found[0])
        return found

    def loss(self: Any, model: Any, inputs: dict[str, Any]) -> Any:
        found = real_loss(self, model, inputs)
        batches.append((inputs, scores[-1].detach(), float(found) * self.current_gradient_accumulation_steps))
        return found

    def pay(self: Any, *given: Any, **named: Any) -> list[float]:
        found: Any = real_pay(self, *given, **named)
        paid.append(found)
        return paid[-1]

    def twice(*given: Any) -> Any:
        settings: Any = real_arguments(*given)
        settings.num_iterations = 2
        return settings

    monkeypatch.setattr(GRPOTrainer, "_get_per_token_logps_and_entropies", scored)
    monkeypatch.setattr(GRPOTrainer, "_compute_loss", loss)
    monkeypatch.setattr(checkpoint._Paying, "__call__", pay)
    monkeypatch.setattr("unsaid.training.rl.checkpoint.arguments", twice)
    trained(base, tmp_path, asked)

    ours = [
        objective.grpo(
            objective.Terms(
                logprobs,
                inputs["old_per_token_logps"],
                inputs["ref_per_token_logps"],
                inputs["completion_mask"],
                inputs["advantages"],
            ),
            clip=asked.clip,
            kl=asked.kl,
        )
        for inputs, logprobs, _ in batches
    ]
    assert [float(each) for each in ours] == pytest.approx([theirs for *_, theirs in batches], abs=1e-5)
    ratios = [(now - inputs["old_per_token_logps"]).exp() for inputs, now, _ in batches]
    assert any(bool(((ratio - 1).abs() > asked.clip).any()) for ratio in ratios), "the clip is used"
    wanted = [sorted(advantages.grpo(np.reshape(each, (-1, asked.group))).reshape(-1)) for each in paid]
    there = [float(each) for inputs, *_ in batches for each in inputs["advantages"]]
    # A batch is used twice, in two parts, in an order that TRL shuffles.
    size = asked.prompts * asked.group
    drawn = [sorted(there[2 * size * number :][:size]) for number in range(len(paid))]
    for theirs, own in zip(drawn, wanted, strict=True):
        assert theirs == pytest.approx(own, abs=1e-4)
