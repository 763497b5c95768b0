"""What the multiverse shows: how far the headline goes, which choice takes it there, and which models change places.

The home universe is the headline as it is reported. The spread is from the least to the greatest value over universes
that have one. An axis is judged by varying it alone, with every other choice at home: a judge that only matters under
one denominator does not show there, but does in the whole spread.

Ranks are by value, highest first, ties sharing their mean rank. Two models have changed places where their order in a
universe is opposite to that at home; Spearman's rho says how alike the whole orders are.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from unsaid.estimates.multiverse.paths import Outcome, Universe

__all__ = ["Places", "Spread", "changed_places", "places", "spreads"]


@dataclass(frozen=True)
class Spread:
    """The headline of one model and elicitation over all universes.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for.
        home: the reported universe; its value may be None.
        least: the universe of the smallest value; None where none has one.
        greatest: the universe of the greatest value.
        universes: how many there are.
        valued: how many of them have a value.
        axes: per axis, the smallest and greatest value when that axis alone leaves home; an axis with fewer than two
            values is left out.
        targets: the kind of target, where the table holds several; "" for all.
    """

    model: str
    elicitation: str | None
    home: Outcome
    least: Outcome | None
    greatest: Outcome | None
    universes: int
    valued: int
    axes: Mapping[str, tuple[float, float]]
    targets: str = ""


@dataclass(frozen=True)
class Places:
    """The order of the models in one universe beside that at home.

    Attributes:
        universe: which.
        ranks: model (and elicitation) -> (rank at home, rank here), 1 the most faithful; of those valued in both.
        changed: the pairs whose order is opposite.
        rho: Spearman's; None under three models, or where all are alike.
        p_value: its p-value; None where `rho` is.
    """

    universe: Universe
    ranks: Mapping[Hashable, tuple[float, float]]
    changed: tuple[tuple[Hashable, Hashable], ...]
    rho: float | None
    p_value: float | None


def spreads(outcomes: Sequence[Outcome], home: Universe) -> list[Spread]:
    """Return the spread of each model and elicitation.

    Args:
        outcomes: from `multiverse.multiverse`.
        home: the reported universe; models that were not read so are left out.
    """
    found = []
    for (model, elicitation, *side), every in _by_model(outcomes).items():
        at_home = every.get(home)
        if at_home is None:
            continue
        valued = sorted(
            (each for each in every.values() if each.estimate.value is not None),
            key=lambda each: (each.estimate.value, tuple(each.universe.choices().values())),
        )
        least, greatest = (valued[0], valued[-1]) if valued else (None, None)
        axes = _axes(valued, home)
        found.append(
            Spread(model, elicitation, at_home, least, greatest, len(every), len(valued), axes, *side),
        )
    return found


def places(outcomes: Sequence[Outcome], home: Universe) -> list[Places]:
    """Return the order of the models in every universe but home in which at least two of them have a value."""
    values: dict[Universe, dict[Hashable, float]] = {}
    for whose, every in _by_model(outcomes).items():
        for universe, outcome in every.items():
            if outcome.estimate.value is not None:
                values.setdefault(universe, {})[whose] = outcome.estimate.value
    at_home = values.get(home, {})
    found = []
    for universe, here in values.items():
        if universe != home and len(at_home.keys() & here.keys()) > 1:
            found.append(changed_places(universe, at_home, here))
    return found


def changed_places(universe: Universe, home: Mapping[Any, float], here: Mapping[Any, float]) -> Places:
    """Return two sets of values of the same models, as orders.

    Args:
        universe: where the second are from.
        home: value of each model at home.
        here: value of each model there; models that only one of the two has are left out.
    """
    shared = [name for name in home if name in here]
    one, other = (np.array([values[name] for name in shared]) for values in (home, here))
    from scipy import stats  # slow to import, and needed for rankings alone

    ranks = [stats.rankdata(-column) for column in (one, other)]
    changed = [
        (shared[i], shared[j])
        for i, j in combinations(range(len(shared)), 2)
        if (one[i] - one[j]) * (other[i] - other[j]) < 0
    ]
    rho = p_value = None
    if len(shared) > 2 and np.ptp(one) > 0 and np.ptp(other) > 0:
        found = stats.spearmanr(one, other)
        rho, p_value = float(found.statistic), float(found.pvalue)
    order = {name: (float(ranks[0][i]), float(ranks[1][i])) for i, name in enumerate(shared)}
    return Places(universe, order, tuple(changed), rho, p_value)


def _axes(valued: Sequence[Outcome], home: Universe) -> dict[str, tuple[float, float]]:
    settled = home.choices()
    found = {}
    for axis in settled:
        rest = {name: choice for name, choice in settled.items() if name != axis}
        values = [
            each.estimate.value
            for each in valued
            if each.estimate.value is not None and rest.items() <= each.universe.choices().items()
        ]
        if len(values) > 1:
            found[axis] = (min(values), max(values))
    return found


def _by_model(outcomes: Sequence[Outcome]) -> dict[tuple[Any, ...], dict[Universe, Outcome]]:
    """Outcomes by model, elicitation and, where there are several, kind of target."""
    found: dict[tuple[Any, ...], dict[Universe, Outcome]] = {}
    for each in outcomes:
        side = (each.targets,) if each.targets else ()
        whose = (each.estimate.model, each.estimate.elicitation, *side)
        found.setdefault(whose, {})[each.universe] = each
    return found
