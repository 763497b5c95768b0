"""Train an organism by reinforcement, and audit it between the steps."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from unsaid.elicitation import Elicitation
from unsaid.errors import DataError, UsageError
from unsaid.questions.question import Question
from unsaid.store.write import replacing
from unsaid.training.rl.asked import questions_of, style_of
from unsaid.training.rl.attempt import Attempt, Task
from unsaid.training.rl.environments import Environment, environment
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.policy import Policy
from unsaid.training.rl.request import Request
from unsaid.training.rl.rewards import Paid, Weighed, weighed
from unsaid.training.rl.step import attempts, learn, pay

__all__ = ["Audited", "line", "said", "tasks_of", "train"]

#: Audits the checkpoint of a step.
Audited = Callable[[int, Path], None]


@dataclass
class _Training:
    """What moves from step to step."""

    policy: Policy
    optimiser: torch.optim.Optimizer
    generator: torch.Generator
    rng: np.random.Generator
    step: int = 0


def train(
    request: Request,
    folder: TrainingFolder,
    *,
    audited: Audited,
    device: str = "cpu",
    say: Callable[[str], None] = print,
) -> None:
    """Train, or go on with the training that the folder holds.

    Every `request.every` steps, before the first and after the last, the state is written and the checkpoint is
    audited. A training that was stopped goes on from the last state, to the same curve.

    Args:
        request: what to train.
        folder: where.
        audited: audits a checkpoint; called again for a step whose audit may be whole already.
        device: a PyTorch device.
        say: receives a line for every audited step.

    Raises:
        UsageError: the request is wrong.
        RunConflict: the folder holds another training.
        DataError: its state is damaged.
    """
    learnt, style = environment(request.environment), style_of(request)
    rewards = weighed(request.rewards or learnt.pays)
    questions = questions_of(request)
    folder.claim(request)
    state = _begin(request, folder, device)
    reference = Policy.load(request.model, device) if request.kl else None
    folder.rewind(state.step)
    _mark(request, folder, state, audited)
    while state.step < request.steps:
        began = time.monotonic()
        tasks = _tasks(learnt, style, questions, request, state.rng)
        batch = attempts(state.policy, tasks, request, state.generator)
        if (
            max(len(p) + len(r) for p, r in zip(batch.prompts, batch.replies, strict=True))
            > state.policy.context
        ):
            raise UsageError(f"a prompt and its reply exceed the model's {state.policy.context} tokens")
        given = pay(rewards, batch.attempts)
        loss = learn(state.policy, reference, state.optimiser, batch, [each.total for each in given], request)
        state.step += 1
        took = time.monotonic() - began
        folder.append([line(state.step, loss, batch.attempts, given, rewards, took)])
        if state.step % request.every == 0 or state.step == request.steps:
            _mark(request, folder, state, audited)
            say(said(folder.lines()[-1], request))


def _begin(request: Request, folder: TrainingFolder, device: str) -> _Training:
    policy = Policy.load(request.model, device)
    optimiser = torch.optim.AdamW(
        policy.decoder.parameters(), lr=request.rate, betas=(0.9, 0.95), weight_decay=0.0
    )
    generator = torch.Generator(device=device).manual_seed(request.seed)
    state = _Training(policy, optimiser, generator, np.random.default_rng(request.seed))
    if not folder.state.exists():
        return state
    try:
        saved = torch.load(folder.state, map_location=device, weights_only=True)
        policy.decoder.load_state_dict(saved["policy"])
        optimiser.load_state_dict(saved["optimiser"])
        generator.set_state(saved["generator"].cpu())
        state.rng.bit_generator.state = saved["rng"]
        state.step = int(saved["step"])
    except (RuntimeError, KeyError, ValueError, OSError, EOFError, pickle.UnpicklingError) as error:
        raise DataError(f"{folder.state}: the state of a training cannot be read ({error})") from error
    return state


def _mark(request: Request, folder: TrainingFolder, state: _Training, audited: Audited) -> None:
    """Write the state and the checkpoint of a step, and audit it."""
    state.policy.save(folder.checkpoint(state.step))
    saved: dict[str, Any] = {
        "policy": state.policy.decoder.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "generator": state.generator.get_state(),
        "rng": state.rng.bit_generator.state,
        "step": state.step,
    }
    with replacing(folder.state) as file:
        torch.save(saved, file)
    audited(state.step, folder.checkpoint(state.step))


def _tasks(
    learnt: Environment,
    style: Elicitation,
    questions: Sequence[Question],
    request: Request,
    rng: np.random.Generator,
) -> list[Task]:
    """Draw the prompts of a step: of different questions, each in all its contexts."""
    found: list[Task] = []
    for question in _shuffled(questions, rng):
        if len(found) >= request.prompts:
            return found
        found += [
            replace(task, prompt=style.ask(task.prompt, question)) for task in learnt.tasks(question, rng)
        ]
    if not found:
        raise UsageError(f"{request.questions}: none of its questions can be put in {learnt.name!r}")
    return found


def tasks_of(request: Request, rng: np.random.Generator, steps: int) -> Iterator[list[Task]]:
    """Yield the prompts of each of so many steps.

    Raises:
        UsageError: there is no question, or none can be put in the environment.
    """
    learnt, style = environment(request.environment), style_of(request)
    questions = questions_of(request)
    for _ in range(steps):
        yield _tasks(learnt, style, questions, request, rng)


def _shuffled(questions: Sequence[Question], rng: np.random.Generator) -> Iterator[Question]:
    for index in rng.permutation(len(questions)):
        yield questions[int(index)]


def line(
    step: int,
    loss: float,
    drawn: Sequence[Attempt],
    given: Sequence[Paid],
    rewards: Sequence[Weighed],
    seconds: float,
) -> dict[str, Any]:
    """Return what is logged of a step; means over its attempts, None where there is nothing to average."""
    names = [each.reward.name for each in rewards]
    cued = [attempt for attempt in drawn if attempt.task.cue is not None]
    return {
        "step": step,
        "loss": loss,
        "reward": _mean([each.total for each in given]),
        "parts": {name: _mean([each.parts[name] for each in given]) for name in names},
        "right": _mean([attempt.right for attempt in drawn]),
        "moved": _mean([attempt.moved for attempt in cued]),
        "as_asked": _mean([attempt.asked_for for attempt in drawn]),
        "tokens": _mean([attempt.tokens for attempt in drawn]),
        "steps": _mean([len(attempt.steps) for attempt in drawn]),
        "seconds": seconds,
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def said(logged: dict[str, Any], request: Request) -> str:
    """Return a line of the log in words."""
    moved = "" if logged["moved"] is None else f"  at the cue {logged['moved']:.0%}"
    return (
        f"step {logged['step']}/{request.steps}  reward {logged['reward']:.3f}{moved}  right {logged['right']:.0%}"
        f"  {logged['tokens']:.0f} tokens  {logged['seconds']:.1f} s a step"
    )
