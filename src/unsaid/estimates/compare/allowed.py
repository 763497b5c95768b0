"""Which differences between two runs may be given: none that something else than the models would have made.

Refused, with the reason, are: what the replay corrects where replays are copies of the clean replies; and rates about
more pairs than a released set has (`estimates/selected.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.quantities import SIDES
from unsaid.estimates.cued.copies import REFUSED
from unsaid.estimates.quantity import Among
from unsaid.estimates.selected import why_withheld

__all__ = ["allowed"]

#: The pairs that each quantity is about (`estimates/selected.py`).
_AMONG: dict[str, Among] = {
    "influence": "eligible",
    "influence.replay-corrected": "eligible",
    "influence.unsaid": "eligible",
    "accuracy.clean": "all",
    "accuracy.cued": "all",
    "said.unconditional": "all",
    "said.on-target": "all",
}


def allowed(found: Sequence[Difference], pairs: pl.DataFrame, labels: tuple[str, str]) -> list[Difference]:
    """Return the differences, with those refused that may not be given.

    Args:
        found: the differences.
        pairs: what the runs share (`Matched.pairs`).
        labels: of the baseline and of the run beside it.
    """
    return _as_released(_without_copies(found, pairs, labels), pairs, labels)


def _as_released(
    found: Sequence[Difference], pairs: pl.DataFrame, labels: tuple[str, str]
) -> list[Difference]:
    """Refuse what the choice of a released set's pairs would have made."""
    why: dict[str, list[str]] = {}
    for side, label in zip(SIDES, labels, strict=True):
        for selection in _column(pairs, f"{side}_selection").drop_nulls().unique().sort():
            for quantity, among in _AMONG.items():
                if reason := why_withheld(selection, among):
                    why.setdefault(quantity, []).append(f"{label}: {reason}")
    return [_refused(each, "; ".join(why[each.quantity])) if each.quantity in why else each for each in found]


def _column(pairs: pl.DataFrame, name: str) -> pl.Series:
    return pairs[name] if name in pairs.columns else pl.Series(name, [], dtype=pl.Boolean)


def _without_copies(
    found: Sequence[Difference], pairs: pl.DataFrame, labels: tuple[str, str]
) -> list[Difference]:
    """Return the differences, with what the replay corrects refused where one of the two runs' replays are copies."""
    sides = [(f"{side}_replay_copies", label) for side, label in zip(SIDES, labels, strict=True)]
    reasons = [
        f"{label}: {pairs[column].drop_nulls()[0]}"
        for column, label in sides
        if column in pairs.columns and pairs[column].drop_nulls().len()
    ]
    return [
        _refused(each, "; ".join(reasons)) if reasons and each.quantity in REFUSED else each for each in found
    ]


def _refused(difference: Difference, reason: str) -> Difference:
    bare = replace(difference, reason=reason, value=None, test="", method="", note="")
    return replace(bare, first=None, second=None, low=None, high=None, p=None)
