"""Rates that a set does not allow, because only some of its pairs were released (`records/selection.py`).

A rate is about all pairs, about those that could move (the clean answer is not the target), about those that changed,
or about those that moved; each quantity says which (`Quantity.among`). Where the pairs of a set were chosen by their
answers, a rate about more than those that were kept is the choice's doing and not the model's: it is withheld, with
the reason. What is given about pairs that could move, where their clean answers were not released, says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Among, Quantity
from unsaid.records.selection import CHANGED, CLEAN_NOT_TARGET, MOVED, SELECTIONS

__all__ = ["ASSUMED", "CHOSEN", "as_selected", "why_withheld"]

#: Flags of estimates: clean answers are assumed; and, before the way in which pairs were chosen, why it is withheld.
ASSUMED, CHOSEN = "clean-assumed", "chosen:"

#: The pairs about which a set that was chosen so tells something.
_TELLS: Mapping[str, Collection[Among]] = {
    CLEAN_NOT_TARGET: ("eligible", "moved", "texts"),
    CHANGED: ("changed", "moved", "texts"),
    MOVED: ("moved", "texts"),
}
_OF = {
    "all": "all pairs",
    "eligible": "all pairs that could move",
    "changed": "all pairs that changed",
}
_ASSUMED = "clean answers are not there, and are taken not to be the target"


def as_selected(
    estimates: Iterable[Estimate], records: pl.DataFrame, declared: Mapping[str, Quantity]
) -> list[Estimate]:
    """Return the estimates, without those that the choice of the pairs would have made.

    Args:
        estimates: of protocols that compare cued answers with clean ones.
        records: a table of `records.schema`.
        declared: every quantity by name; one that is not declared is about all pairs.
    """
    chosen = dict(records.drop_nulls("selection").select("model", "selection").unique().iter_rows())
    unreleased = set(records["model"]) - set(records.filter(pl.col("arm") == "clean")["model"])
    return [
        _as_selected(each, chosen[each.model], declared.get(each.quantity), assumed=each.model in unreleased)
        if each.model in chosen
        else each
        for each in estimates
    ]


def why_withheld(selection: str | None, among: Among) -> str:
    """Return why a set whose pairs were chosen so does not allow a rate about these pairs; "" where it does."""
    if selection is None or among in _TELLS[selection]:
        return ""
    return f"{SELECTIONS[selection]}, and this is about {_OF[among]}"


def _as_selected(estimate: Estimate, selection: str, quantity: Quantity | None, *, assumed: bool) -> Estimate:
    among: Among = quantity.among if quantity is not None else "all"
    if reason := why_withheld(selection, among):
        flags = ("refused", f"{CHOSEN}{selection}")
        return replace(
            estimate, value=None, low=None, high=None, k=None, method="", reason=reason, flags=flags
        )
    if among == "eligible" and assumed and estimate.value is not None:
        note = "; ".join(filter(None, [estimate.note, _ASSUMED]))
        return replace(estimate, note=note, flags=(*estimate.flags, ASSUMED))
    return estimate
