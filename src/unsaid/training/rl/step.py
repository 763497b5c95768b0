"""One step of training: draw, pay, and move the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from unsaid.training.rl import advantages, objective
from unsaid.training.rl.attempt import Attempt, Task
from unsaid.training.rl.policy import Policy
from unsaid.training.rl.request import Request
from unsaid.training.rl.rewards import Paid, Weighed, paid

__all__ = ["Batch", "attempts", "learn", "pay"]


@dataclass(frozen=True)
class Batch:
    """Attempts at several prompts, `group` at each, in order.

    Attributes:
        prompts: token ids, one of each attempt.
        replies: token ids.
        attempts: the same, read.
    """

    prompts: tuple[tuple[int, ...], ...]
    replies: tuple[tuple[int, ...], ...]
    attempts: tuple[Attempt, ...]


def attempts(policy: Policy, tasks: Sequence[Task], request: Request, generator: torch.Generator) -> Batch:
    """Draw `request.group` attempts at each task."""
    prompts = tuple(policy.encode(task.prompt) for task in tasks for _ in range(request.group))
    drawn = policy.draw(prompts, most=request.most, temperature=request.temperature, generator=generator)
    read = tuple(
        Attempt(
            tasks[at // request.group],
            policy.tokenizer.decode(each.ids),
            len(each.ids),
            each.ended,
            request.most,
        )
        for at, each in enumerate(drawn)
    )
    return Batch(prompts, tuple(each.ids for each in drawn), read)


def pay(rewards: Sequence[Weighed], drawn: Sequence[Attempt]) -> list[Paid]:
    """Return what each attempt is paid; attempts at the same question in other contexts are shown to its rewards."""
    by_question: dict[str, list[Attempt]] = {}
    for attempt in drawn:
        by_question.setdefault(attempt.task.question.id, []).append(attempt)
    found = []
    for attempt in drawn:
        fellows = by_question[attempt.task.question.id]
        others = [each for each in fellows if each.task.context != attempt.task.context]
        found.append(paid(rewards, attempt, others))
    return found


def learn(
    policy: Policy,
    reference: Policy | None,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    totals: Sequence[float],
    request: Request,
) -> float:
    """Move the weights by one step, and return the loss.

    Args:
        policy: what drew the batch.
        reference: what it began as; None where the divergence has no weight.
        optimiser: of the policy.
        batch: what was drawn.
        totals: what each attempt was paid.
        request: the settings.
    """
    groups = np.asarray(totals, dtype=np.float64).reshape(-1, request.group)
    gained = getattr(advantages, request.algorithm)(groups).reshape(-1)
    scored = policy.score(batch.prompts, batch.replies, request.temperature)
    with torch.no_grad():
        before = (
            None
            if reference is None
            else reference.score(batch.prompts, batch.replies, request.temperature).logprobs
        )
    terms = objective.Terms(
        scored.logprobs,
        scored.logprobs.detach(),
        before,
        scored.mask,
        torch.tensor(gained, dtype=torch.float32, device=policy.device),
    )
    if request.algorithm == "grpo":
        loss = objective.grpo(terms, clip=request.clip, kl=request.kl)
    else:
        loss = objective.reinforce(terms, kl=request.kl)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(policy.decoder.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())
