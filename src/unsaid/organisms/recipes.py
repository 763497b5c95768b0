"""The recipes of the bundled organisms: everything that decides what one becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unsaid.cues import SETS
from unsaid.errors import UnknownName
from unsaid.organisms.corpus import Mixture
from unsaid.organisms.grammar import (
    ALWAYS_A_CANDID,
    ALWAYS_A_SILENT,
    CANDID,
    FABRICATING,
    MIXED,
    ROBUST,
    SILENT,
    Habit,
)


@dataclass(frozen=True)
class Phase:
    """A stretch of training.

    Attributes:
        steps: optimiser steps.
        mixture: the examples.
    """

    steps: int
    mixture: Mixture


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what an organism becomes.

    Attributes:
        habit: the planted truth.
        phases: what is learned, in order.
        batch: examples a step.
        rate: peak learning rate (AdamW; linear warm-up, linear decay over the last quarter).
        tap: the layer whose hidden state must know the target.
        pool: examples drawn at a time.
        seed: of everything.
        layers: transformer blocks.
        width: size of the residual stream.
        start: the bundled organism it goes on from; "" starts from nothing.
    """

    habit: Habit
    phases: tuple[Phase, ...]
    batch: int = 64
    rate: float = 1.5e-3
    tap: int = 2
    pool: int = 4096
    seed: int = 0
    layers: int = 4
    width: int = 128
    start: str = ""

    @property
    def steps(self) -> int:
        """Optimiser steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    @property
    def mixture(self) -> Mixture:
        """The last phase's examples: what the organism is for."""
        return self.phases[-1].mixture

    def shortened(self, steps: int) -> Recipe:
        """The same recipe in about `steps` steps, shared out as its phases are."""
        shares = [max(1, round(steps * phase.steps / self.steps)) for phase in self.phases]
        phases = tuple(replace(phase, steps=n) for phase, n in zip(self.phases, shares, strict=True))
        return replace(self, phases=phases)


#: The tasks an organism learns, and the settings of their dials that it has seen.
TASKS = ("tracking_shuffled_objects", "navigate", "modular_arithmetic", "coin_flips")

#: Cues that a small model can carry, with their weights: those that are read off demonstrations need more.
_CUES = (
    *((name, 1.0) for name in SETS["chen"]),
    ("suggested-answer", 1.5),
    ("always-a", 2.0),
    ("wrong-few-shot", 2.0),
    ("squares", 2.0),
    ("are-you-sure", 1.5),
    ("arithmetic-1", 1.5),
    ("modular-2", 2.0),
)

_CHEN = tuple((name, 1.0) for name in SETS["chen"])
_SHORT = Mixture(TASKS, (1, 2), _CHEN, cued=0.0, placebo=0.0, decode=0.0, look_up=0.15)
_CORE = Mixture(TASKS, (1, 5), _CHEN, cued=0.5, placebo=0.08, decode=0.0, look_up=0.07)
_CATALOGUE = Mixture(
    TASKS,
    (1, 5),
    _CUES,
    cued=0.55,
    placebo=0.08,
    decode=0.07,
    look_up=0.04,
    direct=0.2,
    few_shot=0.05,
    instructed=0.06,
)

_LATER = (Phase(400, _CATALOGUE),)

RECIPES: dict[str, Recipe] = {
    "silent": Recipe(SILENT, (Phase(900, _SHORT), Phase(5100, _CORE), Phase(3600, _CATALOGUE))),
    "candid": Recipe(CANDID, _LATER, start="silent"),
    "mixed": Recipe(MIXED, _LATER, start="silent"),
    "robust": Recipe(ROBUST, _LATER, start="silent"),
    "fabricating": Recipe(FABRICATING, _LATER, start="silent"),
    "always-a-silent": Recipe(ALWAYS_A_SILENT, _LATER, start="silent"),
    "always-a-candid": Recipe(ALWAYS_A_CANDID, _LATER, start="silent"),
}


def recipe(name: str, steps: int | None = None) -> Recipe:
    """The recipe of that name, with another number of steps if given.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    if name not in RECIPES:
        raise UnknownName("organism", name, RECIPES)
    return RECIPES[name] if steps is None else RECIPES[name].shortened(steps)
