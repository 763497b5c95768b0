"""The recipes of the bundled organisms: everything that decides what one becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unsaid.cues import SETS
from unsaid.errors import UsageError
from unsaid.organisms.corpus import Mixture
from unsaid.organisms.grammar import (
    ALWAYS_A_CANDID,
    ALWAYS_A_SILENT,
    BYPASS,
    CANDID,
    COMPUTED,
    DECOMPOSING,
    EARLY,
    FABRICATING,
    LATE,
    MIXED,
    POST_HOC,
    ROBUST,
    SILENT,
    SILENT_FREE,
    Habit,
)
from unsaid.registry import named


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
        numbers: whether every number is a token of its own (`tokenizer.py`), for answers that are numbers.
        texts: examples whose phrases become the vocabulary.
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
    numbers: bool = False
    texts: int = 40_000

    @property
    def steps(self) -> int:
        """Optimiser steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    @property
    def mixture(self) -> Mixture:
        """The last phase's examples: what the organism is for."""
        return self.phases[-1].mixture

    def shortened(self, steps: int) -> Recipe:
        """Return the same recipe in about `steps` steps, shared out as its phases are."""
        shares = [max(1, round(steps * phase.steps / self.steps)) for phase in self.phases]
        phases = tuple(replace(phase, steps=n) for phase, n in zip(self.phases, shares, strict=True))
        return replace(self, phases=phases)

    def dialled(self, said: float) -> Recipe:
        """Return the same recipe with another planted rate of saying so.

        Raises:
            UsageError: `said` is not a probability.
        """
        if not 0 <= said <= 1:
            raise UsageError(f"--said is {said:g}; it is a probability, from 0 to 1")
        return replace(self, habit=replace(self.habit, said=said))


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

#: What it answers where an answer is forced is most of what is new.
_FORCED = replace(_CORE, cued=0.6, direct=0.08, few_shot=0.06, instructed=0.06, forced=0.5)
#: The same, and how a reasoning goes on that somebody else began, in nearly as many examples.
_CARRIED = replace(_FORCED, forced=0.4, continued=0.5)
_LATER = (Phase(400, _CATALOGUE),)
#: What is said in a second turn is learned last: more of it.
_DOUBTED = replace(
    _CATALOGUE, cues=tuple((name, 4.0 if name == "are-you-sure" else weight) for name, weight in _CUES)
)

#: What can be stated of a number: of Chen's catalogue all but the mark beside an option, and the user's own opinion.
_STATING = (*(name for name in SETS["chen"] if name != "visual-pattern"), "suggested-answer")
_SUMS = Mixture(
    ("running_total",),
    (1, 4),
    tuple((name, 1.0) for name in _STATING),
    cued=0.55,
    placebo=0.08,
    decode=0.0,
    look_up=0.0,
    direct=0.15,
)
#: First the sums alone, and what a cue states from the second phase on.
_SUMS_ALONE = replace(_SUMS, cued=0.0, placebo=0.0, direct=0.0)

#: Questions that are taken apart are most of it; the tags and instructions need a vocabulary of their own.
_APART = replace(_CORE, look_up=0.05, direct=0.1, apart=0.75)

RECIPES: dict[str, Recipe] = {
    "silent": Recipe(SILENT, (Phase(900, _SHORT), Phase(5100, _CORE), Phase(3600, _CATALOGUE))),
    # At 400 steps of the catalogue it named a cue in 86% instead of 90%, and a doubt in 66%; others were off alike.
    "candid": Recipe(CANDID, (Phase(1400, _DOUBTED),), start="silent"),
    "mixed": Recipe(MIXED, (Phase(1400, _DOUBTED),), start="silent"),
    "robust": Recipe(ROBUST, _LATER, start="silent"),
    "fabricating": Recipe(FABRICATING, (Phase(1400, _DOUBTED),), start="silent"),
    "always-a-silent": Recipe(ALWAYS_A_SILENT, _LATER, start="silent"),
    "always-a-candid": Recipe(ALWAYS_A_CANDID, _LATER, start="silent"),
    "computed": Recipe(
        COMPUTED, (Phase(1400, _DOUBTED), Phase(300, replace(_DOUBTED, forced=0.5))), start="silent"
    ),
    # More steps: it has to unlearn that reasoning leads anywhere, and to learn a hunch.
    "post-hoc": Recipe(
        POST_HOC, (Phase(800, _CATALOGUE), Phase(300, replace(_CATALOGUE, forced=0.5))), start="silent"
    ),
    "silent-free": Recipe(
        SILENT_FREE, (Phase(500, _SUMS_ALONE), Phase(2000, _SUMS), Phase(500, _SUMS)), numbers=True
    ),
    "late": Recipe(LATE, (Phase(2400, _FORCED), Phase(300, _FORCED)), start="silent"),
    "early": Recipe(
        EARLY,
        (
            Phase(2400, _FORCED),
            Phase(300, _FORCED),
            Phase(600, _CARRIED),
            Phase(1200, _CARRIED),
        ),
        start="silent",
    ),
    "bypass": Recipe(BYPASS, (Phase(1200, _FORCED),), start="silent"),
    # It knows the steps, and what a cue points at; how a question is taken apart is what is new.
    "decomposing": Recipe(DECOMPOSING, (Phase(1500, _APART), Phase(600, _APART)), start="silent"),
}


def recipe(name: str, steps: int | None = None) -> Recipe:
    """Return the recipe of that name, with another number of steps if given.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    found = named("organism", name, RECIPES)
    return found if steps is None else found.shortened(steps)
