"""The plan of a study: arms, their seeds, and what is expected of each before it is run. Read from YAML.

The digest is of the plan as it is meant (not of comments), so that a result shows which expectations stood before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml  # type: ignore[import-untyped,unused-ignore]

from unsaid.errors import UsageError
from unsaid.registry import named
from unsaid.training.rl.request import Request

__all__ = ["KINDS", "Arm", "AuditPlan", "Expected", "FineTuning", "Plan", "bundled", "of_plain", "read"]

KINDS = ("rises", "falls", "above", "below", "under", "over", "level")
T = TypeVar("T")


@dataclass(frozen=True)
class FineTuning:
    """A model that is fine-tuned before it is reinforced: on its own replies, each with an admission of its cue.

    Attributes:
        model: what it begins with: an organism.
        questions: what its replies are to.
        cues: that move them.
        limit: how many questions.
        steps: optimiser steps.
        batch: rows a step.
        rate: the peak learning rate.
    """

    model: str
    questions: str
    cues: str
    limit: int
    steps: int
    batch: int = 16
    rate: float = 1e-3


@dataclass(frozen=True)
class AuditPlan:
    """What is asked between the steps (`rl.audited.Auditing`).

    Attributes:
        questions: held-out questions.
        cues: that are put to them.
        limit: how many questions.
        last: how many audits at the end a plateau is looked for in.
        protocols: what is asked.
    """

    questions: str
    cues: str
    limit: int
    last: int = 3
    protocols: str = "verbalisation"


@dataclass(frozen=True)
class Arm:
    """A training, done once for each seed.

    Attributes:
        name: of its folder.
        part: of the study: "a" to "e".
        what: is done, in a sentence.
        model: an organism, or the name of a fine-tuning.
        environment: what it learns from.
        rewards: the environment's own where it is empty.
        questions: to learn from; those of `Request` where it is empty.
        audit_questions: held-out ones; those of the plan where it is empty.
    """

    name: str
    part: str
    what: str
    model: str
    environment: str
    rewards: Mapping[str, float] = field(default_factory=dict)
    questions: str = ""
    audit_questions: str = ""


@dataclass(frozen=True)
class Expected:
    """What is expected of an arm, and why.

    Attributes:
        arm: its name.
        quantity: of the audits.
        kind: one of `KINDS`; `plan.yaml` says what each means, and `findings.py` how it is judged.
        because: who says so.
        cue: "" for all cues.
        definition: "" where the quantity has none.
        than: the arm that it is compared with, of "above" and "below".
        value: that it is compared with, of "under" and "over".
    """

    arm: str
    quantity: str
    kind: str
    because: str
    cue: str = ""
    definition: str = ""
    than: str = ""
    value: float | None = None

    def __post_init__(self) -> None:
        named("kind of expectation", self.kind, dict.fromkeys(KINDS))
        if bool(self.than) != (self.kind in {"above", "below"}):
            raise UsageError(
                f"expected of {self.arm}: `than` goes with above and below, and with no other kind"
            )
        if (self.value is not None) != (self.kind in {"under", "over"}):
            raise UsageError(
                f"expected of {self.arm}: `value` goes with under and over, and with no other kind"
            )


@dataclass(frozen=True)
class Plan:
    """A study.

    Attributes:
        seeds: of each arm.
        training: settings of every arm, by the names of `Request`.
        audit: what is asked between the steps.
        fine_tunings: models that are made first, by name.
        arms: what is trained.
        expected: what was expected, before anything was run.
    """

    seeds: tuple[int, ...]
    training: Mapping[str, Any]
    audit: AuditPlan
    fine_tunings: Mapping[str, FineTuning]
    arms: tuple[Arm, ...]
    expected: tuple[Expected, ...]

    def __post_init__(self) -> None:
        names = {arm.name for arm in self.arms}
        if len(names) < len(self.arms) or not names or not self.seeds:
            raise UsageError("a study needs a seed and an arm, and two arms may not have one name")
        for each in self.expected:
            for name in (each.arm, *([each.than] if each.than else [])):
                named("arm", name, dict.fromkeys(names))
        for arm in self.arms:
            self.request(arm, self.seeds[0], arm.model)

    @property
    def digest(self) -> str:
        """What this plan is, in 16 letters."""
        plain = json.dumps(asdict(self), sort_keys=True)
        return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()

    def request(self, arm: Arm, seed: int, model: str) -> Request:
        """Return the training of an arm with a seed, that begins with a model."""
        given = {"questions": arm.questions} if arm.questions else {}
        settings = {**self.training, **given, "rewards": dict(arm.rewards)}
        try:
            return Request(model=model, environment=arm.environment, seed=seed, **settings)
        except TypeError as error:
            raise UsageError(
                f"the plan's `training` holds a setting that no training has ({error})"
            ) from error

    def smaller(self, seeds: int | None, steps: int | None, arms: Sequence[str]) -> Plan:
        """Return the plan with fewer seeds, steps or arms; what was expected of an arm that is left out goes with it.

        Raises:
            UsageError: there are not so many seeds, or no step.
            UnknownName: there is no such arm.
        """
        if seeds is not None and not 1 <= seeds <= len(self.seeds):
            raise UsageError(f"--seeds is {seeds}; the plan has {len(self.seeds)}")
        for name in arms:
            named("arm", name, {arm.name: arm for arm in self.arms})
        kept = tuple(arm for arm in self.arms if not arms or arm.name in arms)
        names = {arm.name for arm in kept}
        expected = tuple(e for e in self.expected if e.arm in names and (not e.than or e.than in names))
        training = dict(self.training)
        if steps is not None:
            training |= {"steps": steps, "every": min(int(training.get("every", steps)), steps)}
        return replace(self, seeds=self.seeds[:seeds], training=training, arms=kept, expected=expected)


def bundled() -> Plan:
    """Return the plan that ships with the package."""
    return _parsed(files(__package__).joinpath("plan.yaml").read_text(encoding="utf-8"), "the bundled plan")


def read(path: Path) -> Plan:
    """Return the plan of a YAML file, or of the JSON file in a study's folder.

    Raises:
        UsageError: it cannot be read, or is no plan.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return of_plain(json.loads(text), str(path))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not a plan of a study ({error})") from error
    return _parsed(text, str(path))


def _parsed(text: str, where: str) -> Plan:
    try:
        return of_plain(yaml.safe_load(text), where)
    except yaml.YAMLError as error:
        raise UsageError(f"{where}: not a plan of a study ({error})") from error


def of_plain(found: object, where: str) -> Plan:
    """Return the plan that plain data mean.

    Raises:
        UsageError: they are none.
    """
    if not isinstance(found, dict):
        raise UsageError(f"{where}: a mapping is expected, found {type(found).__name__}")
    try:
        return Plan(
            tuple(int(seed) for seed in found["seeds"]),
            dict(found.get("training") or {}),
            _made(AuditPlan, found["audit"], f"{where}: audit"),
            {
                name: _made(FineTuning, each, f"{where}: {name}")
                for name, each in (found.get("fine_tunings") or {}).items()
            },
            tuple(_made(Arm, each, f"{where}: an arm") for each in found["arms"]),
            tuple(_made(Expected, each, f"{where}: expected") for each in found.get("expected") or ()),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{where}: not a plan of a study ({error!r})") from error


def _made(kind: type[T], given: Mapping[str, Any], where: str) -> T:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    strange = [str(name) for name in given if name not in known]
    if strange:
        raise UsageError(
            f"{where}: nothing is called {', '.join(strange)}; there are {', '.join(sorted(known))}"
        )
    return kind(**given)
