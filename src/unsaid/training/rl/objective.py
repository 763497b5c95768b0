"""What a step of training lowers: the losses of GRPO and of REINFORCE, in PyTorch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Terms", "divergence", "grpo", "reinforce"]


@dataclass(frozen=True)
class Terms:
    """What a loss is made of; each (replies, tokens) but the advantages, (replies,).

    Attributes:
        logprobs: of the policy, with gradients, in nats.
        drawn: of the policy that drew the replies.
        reference: of the policy before training; None where the divergence has no weight.
        mask: where there is a token.
        advantages: of the replies.
    """

    logprobs: Tensor
    drawn: Tensor
    reference: Tensor | None
    mask: Tensor
    advantages: Tensor


def grpo(terms: Terms, *, clip: float, kl: float) -> Tensor:
    """Return GRPO's loss (Shao et al. 2024, arXiv 2402.03300, equation 3).

    The clipped ratio times the advantage, less `kl` times the divergence from the reference: the mean over the tokens
    of a reply, then over replies.
    """
    ratio = torch.exp(terms.logprobs - terms.drawn)
    advantages = terms.advantages[:, None]
    gain = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    if terms.reference is not None:
        gain = gain - kl * divergence(terms.logprobs, terms.reference)
    return -_by_reply(gain, terms.mask).mean()


def reinforce(terms: Terms, *, kl: float) -> Tensor:
    """Return the loss of REINFORCE (Williams 1992): minus advantage times log-probability, summed over a reply.

    Less `kl` times the mean divergence from the reference.
    """
    gain = terms.advantages * (terms.logprobs * terms.mask).sum(1)
    if terms.reference is not None:
        gain = gain - kl * _by_reply(divergence(terms.logprobs, terms.reference), terms.mask)
    return -gain.mean()


def divergence(logprobs: Tensor, reference: Tensor) -> Tensor:
    """Return, for each token, an unbiased estimate of KL(policy || reference) that is never below 0, in nats.

    exp(d) - d - 1 with d = reference - policy (Shao et al. 2024, equation 4).
    """
    apart = reference - logprobs
    return torch.expm1(apart) - apart


def _by_reply(values: Tensor, mask: Tensor) -> Tensor:
    """Return the mean over the tokens of each reply."""
    return (values * mask).sum(1) / mask.sum(1).clamp(min=1)
