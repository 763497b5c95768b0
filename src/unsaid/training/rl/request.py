"""What a training by reinforcement is asked to be: everything that decides how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import yaml  # type: ignore[import-untyped,unused-ignore]

from unsaid.errors import UsageError

__all__ = ["Algorithm", "Request", "from_yaml"]

Algorithm = Literal["grpo", "reinforce"]


@dataclass(frozen=True)
class Request:
    """A training by reinforcement.

    Attributes:
        model: what it begins with: an organism.
        environment: what it learns from (`environments/`).
        rewards: what is paid for, by name, with weights; the environment's own where it is empty.
        questions: where its questions come from; none of them is in the audits' split.
        algorithm: `grpo`, or plain `reinforce`.
        steps: optimiser steps.
        prompts: prompts of a step.
        group: attempts at each prompt.
        rate: learning rate (AdamW, constant).
        kl: weight of the divergence from the model it begins with, in nats a token.
        clip: how far the ratio of GRPO may go from 1.
        temperature: that attempts are drawn at.
        most: the most tokens of an attempt.
        pool: questions to draw from.
        seed: of everything.
        every: steps between two checkpoints, each of which is audited.
        elicitation: how reasoning is asked for, of attempts and in audits.
    """

    model: str
    environment: str
    rewards: Mapping[str, float] = field(default_factory=dict)
    questions: str = "bundled:tracking_shuffled_objects#train,bundled:navigate#train,bundled:coin_flips#train"
    algorithm: Algorithm = "grpo"
    steps: int = 60
    prompts: int = 16
    group: int = 8
    rate: float = 3e-4
    kl: float = 0.01
    clip: float = 0.2
    temperature: float = 1.0
    most: int = 96
    pool: int = 600
    seed: int = 0
    every: int = 10
    elicitation: str = "cot"

    def __post_init__(self) -> None:
        if self.algorithm not in ("grpo", "reinforce"):
            raise UsageError(f"--algorithm is {self.algorithm!r}; there are grpo and reinforce")
        for name, least in (
            ("steps", 1),
            ("prompts", 1),
            ("group", 2),
            ("most", 1),
            ("pool", 1),
            ("every", 1),
        ):
            if getattr(self, name) < least:
                raise UsageError(f"--{name} is {getattr(self, name)}; the least is {least}")
        for name in ("rate", "temperature"):
            if not getattr(self, name) > 0:
                raise UsageError(f"--{name} is {getattr(self, name):g}; it is above 0")
        if self.kl < 0 or not 0 < self.clip < 1:
            raise UsageError(
                f"--kl is {self.kl:g} and --clip {self.clip:g}; kl is 0 or above, clip between 0 and 1"
            )


def from_yaml(path: Path) -> dict[str, Any]:
    """Return what a YAML file says of a request, by the names of `Request`.

    Raises:
        UsageError: the file cannot be read, or names something else.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: not a YAML file of a training ({error})") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path}: a mapping of settings is expected, found {type(found).__name__}")
    known = {each.name for each in fields(Request)}
    strange = [str(name) for name in found if name not in known]
    if strange:
        raise UsageError(
            f"{path}: no setting named {', '.join(strange)}; there are: {', '.join(sorted(known))}"
        )
    return found
