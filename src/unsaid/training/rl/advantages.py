"""Advantages: how much better than its fellows an attempt was paid.

`grpo`       (reward - mean) / (standard deviation + 1e-4) within the attempts at one prompt (Shao et al. 2024,
             arXiv 2402.03300, section 4.1; the deviation with one degree of freedom less, and the constant, as in
             TRL)
`reinforce`  reward - mean of the other attempts at the same prompt: the leave-one-out baseline (Kool et al. 2019;
             Ahmadian et al. 2024, arXiv 2402.14740), which does not bend the gradient
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["grpo", "reinforce"]

Rewards = NDArray[np.float64]
_LEAST = 1e-4


def grpo(rewards: Rewards) -> Rewards:
    """Return group-relative advantages.

    Args:
        rewards: (prompts, attempts at each), at least two attempts.
    """
    centred = rewards - rewards.mean(axis=1, keepdims=True)
    found: Rewards = centred / (rewards.std(axis=1, ddof=1, keepdims=True) + _LEAST)
    return found


def reinforce(rewards: Rewards) -> Rewards:
    """Return rewards less the mean of the other attempts at the same prompt.

    Args:
        rewards: (prompts, attempts at each), at least two attempts.
    """
    count = rewards.shape[1]
    found: Rewards = (rewards - rewards.mean(axis=1, keepdims=True)) * count / (count - 1)
    return found
