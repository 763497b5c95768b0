"""Advantages and losses, held against their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from late import late, needs
from unsaid.training.rl import advantages

REWARDS = arrays(np.float64, (3, 4), elements=st.floats(-2, 2).map(lambda value: round(value, 3)))


def test_advantages_by_hand() -> None:
    rewards = np.array([[1.0, 0.0, 0.0, 1.0], [0.5, 0.5, 0.5, 0.5]])
    deviation = math.sqrt(1 / 3)
    assert advantages.grpo(rewards)[0] == pytest.approx(np.array([0.5, -0.5, -0.5, 0.5]) / (deviation + 1e-4))
    assert not advantages.grpo(rewards)[1].any()
    assert advantages.reinforce(rewards)[0] == pytest.approx([2 / 3, -2 / 3, -2 / 3, 2 / 3])


@given(REWARDS)
def test_advantages_of_a_prompt_add_up_to_nothing_and_do_not_know_a_constant(rewards: np.ndarray) -> None:
    for kind in (advantages.grpo, advantages.reinforce):
        assert kind(rewards).sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-6)
        assert kind(rewards + 5) == pytest.approx(kind(rewards), abs=1e-6)


@given(REWARDS)
def test_the_leave_one_out_baseline_is_the_mean_of_the_others(rewards: np.ndarray) -> None:
    others = (rewards.sum(axis=1, keepdims=True) - rewards) / 3
    assert advantages.reinforce(rewards) == pytest.approx(rewards - others, abs=1e-9)


@pytest.mark.extras
@needs("torch")
class TestLosses:
    """Of one batch, by hand."""

    torch = late("torch")

    def terms(self, shift: float = 0.0, *, reference: bool = True):  # type: ignore[no-untyped-def]
        from unsaid.training.rl.objective import Terms

        torch = self.torch
        drawn = torch.tensor([[-1.0, -2.0, 0.0], [-0.5, -1.5, -3.0]])
        mask = torch.tensor([[True, True, False], [True, True, True]])
        logprobs = (drawn + shift).requires_grad_()
        return Terms(logprobs, drawn, drawn - 0.1 if reference else None, mask, torch.tensor([1.0, -2.0]))

    def test_grpo(self) -> None:
        from unsaid.training.rl.objective import grpo

        ratio = math.exp(0.5)
        # The first advantage is above 0, so its ratio is clipped at 1.2; the second is below, so it is not.
        wanted = -((1.2 * 1.0) + (ratio * -2.0)) / 2
        assert grpo(self.terms(0.5, reference=False), clip=0.2, kl=0.0).item() == pytest.approx(
            wanted, rel=1e-5
        )
        apart = -0.1 - 0.5
        k3 = math.exp(apart) - apart - 1
        assert grpo(self.terms(0.5), clip=0.2, kl=0.04).item() == pytest.approx(wanted + 0.04 * k3, rel=1e-5)

    def test_grpo_and_reinforce_move_the_same_way_at_the_policy_that_drew(self) -> None:
        from unsaid.training.rl.objective import grpo, reinforce

        for loss in (grpo(a := self.terms(), clip=0.2, kl=0.0), reinforce(b := self.terms(), kl=0.0)):
            loss.backward()  # type: ignore[no-untyped-call]
        lengths = self.torch.tensor([[2.0], [3.0]])
        assert self.torch.allclose(a.logprobs.grad * lengths, b.logprobs.grad, atol=1e-6)
        assert a.logprobs.grad[0, 2] == 0  # nothing flows where there is no token

    def test_reinforce(self) -> None:
        from unsaid.training.rl.objective import reinforce

        wanted = -(1.0 * -3.0 + -2.0 * -5.0) / 2
        assert reinforce(self.terms(reference=False), kl=0.0).item() == pytest.approx(wanted)

    def test_the_divergence_is_never_below_nothing(self) -> None:
        from unsaid.training.rl.objective import divergence

        apart = self.torch.linspace(-3, 3, 61)
        values = divergence(apart, self.torch.zeros(61))
        assert float(values.min()) >= -1e-7
        assert float(values[30]) == pytest.approx(0, abs=1e-6)
