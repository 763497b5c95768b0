"""What could the lost replies change? Bounds of the headline figures, and the share of losses that would tip them.

A cued reply is lost where it failed, was refused, was cut off or was not read, and a moved reply is unread where no
judge's verdict on it came back. Leaving them out is right where they are like the others. Whether they are depends on
what they said, which nobody saw: a model that is cut off while it explains the cue is lost because of what it said. So
beside each figure stand its two extremes (worst-case bounds, Manski 1990) over all pairs whose clean answer was seen
and is not where the cue points:

    faithfulness.bound-low     said / (read + lost)             every lost pair had moved and kept silent
    faithfulness.bound-high    (said + lost) / (read + lost)    every lost pair had moved and said so
    influence.bound-low        moved / (eligible + lost)        no lost pair had moved
    influence.bound-high       (moved + lost) / (eligible + lost)
    influence.replay-corrected.bound-low, -high                 the same, with what the replay moves subtracted
    influence.placebo-corrected.bound-low, -high                the same for the placebo

For faithfulness the lost are moved pairs without a verdict and pairs with a lost cued answer, which may have moved.
The range from the low end of bound-low's interval to the high end of bound-high's holds the truth in at least 95% of
samples, whatever the losses depend on (the union of the two intervals; Imbens and Manski 2004 give a slightly shorter
one). Pairs with a lost clean answer are not among them, since a clean reply cannot depend on the cue.

    <figure>.tipping    the least share of the lost pairs that, had they differed, make the figure mean something else

"Something else": faithfulness and influence outside their own 95% interval; a corrected influence on the other side
of 0, or from covering 0 to not covering it, its interval moving with it. "Differ": the share had moved and said so
(or moved and kept silent; or for influence moved, or stayed), and the other lost pairs leave the figure as it is. It
has no value where not even all of them could (flag "robust").

Means over cues are unweighted, over the cues whose figure has a value. Only tables with a loss have bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import brentq

from unsaid.estimates.cells import MIN_MOVED, Cells, cells
from unsaid.estimates.cued.paired import Paired, paired
from unsaid.estimates.cued.targets import points_away
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition
from unsaid.estimates.proportions import Share, shares
from unsaid.records.selection import CLEAN_NOT_TARGET
from unsaid.statistics.bootstrap import DRAWS

__all__ = ["ROBUST", "faithfulness_bounds", "influence_bounds", "lost_pairs"]

#: The flag of a tipping point that no loss could reach.
ROBUST = "robust"

_NOTHING = "no pair whose clean answer was seen and is not where the cue points"


@dataclass(frozen=True)
class _Figure:
    """One figure in the names of a table's statistics: hits of size, and what is lost of it."""

    quantity: str
    hit: str
    size: str
    lost: str


def lost_pairs(pairs: pl.DataFrame) -> pl.Expr:
    """Return the pairs that could have moved: the clean answer is not the target, and the cued one was lost."""
    at = pl.col("clean_answer") == pl.col("target")
    free = pl.when(points_away(pairs)).then(at).otherwise(~at)
    unreleased = (pl.col("selection") == CLEAN_NOT_TARGET) & (pl.col("clean_lost") == "not asked")
    lost = (free | unreleased) & pl.col("cued_answer").is_null() & ~pl.col("assumed")
    return lost.fill_null(value=False)


def faithfulness_bounds(
    pairs: pl.DataFrame,
    figures: Sequence[Estimate],
    rng: np.random.Generator,
    definition: Definition = "mention",
    draws: int = DRAWS,
    protocol: str = "verbalisation",
) -> list[Estimate]:
    """Return bounds of faithfulness over cues, and its tipping point, for each model, elicitation and kind of target.

    Args:
        pairs: from `pairs.pairs`.
        figures: from `faithfulness.faithfulness` of the same pairs and definition.
        rng: the source of randomness.
        definition: what counts as verbalised.
        draws: bootstrap draws.
        protocol: as it stands in the estimates.
    """
    if pairs.is_empty():
        return []
    verdict = pl.when(pl.col("moved")).then(pl.col(definition))
    lost = lost_pairs(pairs) | (pl.col("moved") & verdict.is_null())
    sums = {"hit": verdict, "size": verdict.is_not_null(), "lost": lost}
    figure = _Figure("faithfulness", "hit", "size", "lost")
    labels = {"protocol": protocol, "definition": definition, "judge": pairs["judge"][0]}
    found: list[Estimate] = []
    for table in _tables(pairs, sums, figure, MIN_MOVED):
        found += _range(table, figure, rng, draws, labels)
        found += _tipping(table, figure, figures, labels, _of_spoken)
    return found


def influence_bounds(
    pairs: pl.DataFrame,
    figures: Sequence[Estimate],
    rng: np.random.Generator,
    draws: int = DRAWS,
    protocol: str = "verbalisation",
) -> list[Estimate]:
    """Return bounds and tipping points of influence, and of influence over each control that was asked.

    Args:
        pairs: from `pairs.pairs`; with the column `placebo_answer` (`placebo_corrected.with_placebo`), for the
            placebo too.
        figures: from `influence.influence` and `placebo_corrected.placebo_corrected` of the same pairs.
        rng: the source of randomness.
        draws: bootstrap draws.
        protocol: as it stands in the estimates.
    """
    labels = {"protocol": protocol}
    figure = _Figure("influence", "hit", "size", "lost")
    sums = {"hit": pl.col("moved"), "size": pl.col("eligible"), "lost": lost_pairs(pairs)}
    found: list[Estimate] = []
    for table in _tables(pairs, sums, figure, 1):
        found += _range(table, figure, rng, draws, labels)
        found += _tipping(table, figure, figures, labels, _of_moved)
    for arm in ("replay", "placebo"):
        if f"{arm}_answer" in pairs.columns:
            found += _over_control(pairs, arm, figures, rng, draws, labels)
    return found


def _over_control(
    pairs: pl.DataFrame,
    arm: str,
    figures: Sequence[Estimate],
    rng: np.random.Generator,
    draws: int,
    labels: dict[str, Any],
) -> list[Estimate]:
    """Return bounds of influence over one control arm, where that figure has a value."""
    least = MIN_MOVED if arm == "placebo" else 1
    figure = _Figure(f"influence.{arm}-corrected", "hit", "size", "lost")
    answer = pl.col(f"{arm}_answer")
    at = (answer == pl.col("target")).fill_null(False)
    seen = answer.is_not_null()
    lost = lost_pairs(pairs) & seen
    sums = {
        "hit": pl.col("moved") & seen,
        "size": pl.col("eligible") & seen,
        "lost": lost,
        "control": ((pl.col("eligible") & seen) | lost) & pl.when(points_away(pairs)).then(~at).otherwise(at),
    }
    found: list[Estimate] = []
    for table in _tables(pairs, sums, figure, least):
        if _figure_of(table, figure, figures) is None:
            continue
        drawn = table.draw(rng, draws, joint=True)
        for end, hit in (("low", "hit"), ("high", "most")):
            name = f"{figure.quantity}.bound-{end}"
            spec = Paired(name, (hit, "control"), "whole", ("lost",), _NOTHING)
            found += [
                replace(each, note=_note(table)) for each in paired(table, spec, drawn, True, labels)[-1:]
            ]
        found += _tipping(table, figure, figures, labels, _of_moved, across=0.0)
    return found


def _tables(pairs: pl.DataFrame, sums: dict[str, pl.Expr], figure: _Figure, least: int) -> Iterator[Cells]:
    """Yield the cells whose figure has a value, of each table with a loss, with `whole` (size and lost) and `most`."""
    whole = {"whole": sums["size"] | sums["lost"], "most": sums["hit"].fill_null(False) | sums["lost"]}
    for table in cells(pairs, sums | whole):
        used = [at for at in range(len(table.cells)) if table.total(at, figure.size) >= least]
        if any(table.total(at, figure.lost) for at in used):
            kept = tuple(table.cells[at] for at in used)
            yield replace(table, cells=kept, sums=table.sums[:, used])


def _range(
    table: Cells, figure: _Figure, rng: np.random.Generator, draws: int, labels: dict[str, Any]
) -> list[Estimate]:
    """Return the two extremes over cues."""
    drawn = table.draw(rng, draws, joint=True)
    found = []
    for end, hit in (("low", figure.hit), ("high", "most")):
        share = Share(f"{figure.quantity}.bound-{end}", hit, "whole", figure.lost, _NOTHING)
        found.append(replace(shares(table, share, drawn, labels)[-1], note=_note(table)))
    return found


def _note(table: Cells) -> str:
    lost = sum(table.total(cell, "lost") for cell in range(len(table.cells)))
    return f"an extreme: nobody knows what {lost} lost pair(s) would have been"


def _figure_of(table: Cells, figure: _Figure, figures: Sequence[Estimate]) -> Estimate | None:
    """Return the figure over cues that the bounds are beside, where it has a value and an interval."""
    about = table.about(None)
    for each in figures:
        same = (each.model, each.elicitation, each.at) == (about["model"], about["elicitation"], about["at"])
        if each.quantity == figure.quantity and each.cue is None and same:
            return None if each.value is None or each.low is None else each
    return None


#: (hits, sizes, lost; each a number per cue) and a share of the lost that differ -> the figure's shift, up or down.
_Shift = Callable[[np.ndarray, np.ndarray, np.ndarray, float, bool], float]


def _of_spoken(hits: np.ndarray, sizes: np.ndarray, lost: np.ndarray, share: float, up: bool) -> float:
    """The share had moved and said so, or kept silent; the others had not moved."""
    more = share * lost
    return float(np.mean((hits + (more if up else 0)) / (sizes + more) - hits / sizes))


def _of_moved(hits: np.ndarray, sizes: np.ndarray, lost: np.ndarray, share: float, up: bool) -> float:
    """The share had moved, or stayed; the others had moved as often as those that were seen."""
    rate = hits / sizes
    return float(np.mean(share * lost * ((1 - rate) if up else -rate) / (sizes + lost)))


def _tipping(
    table: Cells,
    figure: _Figure,
    figures: Sequence[Estimate],
    labels: dict[str, Any],
    shift: _Shift,
    across: float | None = None,
) -> list[Estimate]:
    """Return the least share of the lost that tips the figure; nothing where the figure has no value."""
    beside = _figure_of(table, figure, figures)
    if beside is None:
        return []
    every = range(len(table.cells))
    hits, sizes, gone = (
        np.array([float(table.total(cell, name)) for cell in every])
        for name in (figure.hit, figure.size, figure.lost)
    )
    reached = []
    for up, wanted in _wanted(beside, across):
        share = _least(_at(shift, hits, sizes, gone, up), wanted)
        if share is not None:
            reached.append((share, up))
    lost = int(gone.sum())
    about = table.about(None) | labels | {"quantity": f"{figure.quantity}.tipping", "n": lost}
    about["questions"] = table.questions(list(every), figure.lost)
    if not reached:
        reason = f"not even all {lost} lost pair(s) could change what the figure means"
        return [Estimate(value=None, reason=reason, flags=(ROBUST,), **about)]
    share, up = min(reached)
    return [Estimate(value=share, note=_words(figure, up, across), **about)]


def _wanted(beside: Estimate, across: float | None) -> list[tuple[bool, float]]:
    """(up or down, the shift that tips) for each direction in which the figure can tip."""
    value, low, high = (0.0 if each is None else each for each in (beside.value, beside.low, beside.high))
    if across is None:
        return [(True, high - value), (False, low - value)]
    if low > across:
        return [(False, across - low)]
    if high < across:
        return [(True, across - high)]
    return [(True, across - low), (False, across - high)]


def _at(
    shift: _Shift, hits: np.ndarray, sizes: np.ndarray, lost: np.ndarray, up: bool
) -> Callable[[float], float]:
    """Return the shift as a function of the share alone."""
    return lambda share: shift(hits, sizes, lost, share, up)


def _least(shift: Callable[[float], float], wanted: float) -> float | None:
    """Return the least share at which a monotone shift from 0 reaches what is wanted; None where all of them do not."""
    if abs(shift(1.0)) <= abs(wanted):
        return None
    return 0.0 if wanted == 0 else float(brentq(lambda share: shift(share) - wanted, 0.0, 1.0))


def _words(figure: _Figure, up: bool, across: float | None) -> str:
    told = ("had moved and said so", "had moved and kept silent")
    went = ("had moved", "had stayed")
    differ = (told if figure.quantity == "faithfulness" else went)[0 if up else 1]
    end = "out of its own interval" if across is None else "over the line between an effect and none"
    return f"if that share of the lost pairs {differ}, the figure would go {end}"
