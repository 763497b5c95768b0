"""Which replies are labelled: drawn at random, so that what people say of them holds of all.

Each item has a number of its own, a digest of the seed and the item; those with the smallest numbers are the sample
(permanent random numbers, Ohlsson 1995). So the same seed draws the same items on every machine, in whatever order
the records stand, and a larger sample holds the smaller one: labels that are there are never wasted.

    random       n of all N                                      probability n / N
    stratified   as many of each cue as of any other, as far     probability n_cue / N_cue
                 as there are so many

The headline is the unweighted mean over cues, so equal numbers a cue serve it best. Nothing is ever drawn by what a
judge said: sensitivity could not be read off such a sample, and prediction-powered estimates neither.
Catch items, clean replies in which there is nothing to find, are drawn beside the sample and counted apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from unsaid.errors import UsageError
from unsaid.labelling.items import POPULATIONS, Population, candidates
from unsaid.records.labels import ITEM, Sample

__all__ = ["CATCH", "Wanted", "choose", "draw", "order"]

#: The stratum of catch items.
CATCH = "catch"
_DESIGNS = ("random", "stratified")


@dataclass(frozen=True)
class Wanted:
    """What sample is asked for.

    Attributes:
        n: how many, catch items not counted.
        sample: "random" or "stratified" (by cue).
        population: of which replies.
        channel: which text: "reasoning" (the whole reply where reasoning has no channel of its own) or "visible".
        catch: catch items as a share of all that is shown, below one half.
        seed: of the draw.

    Raises:
        UsageError: there is no such design, population or text, or a number is out of range.
    """

    n: int = 100
    sample: Literal["random", "stratified"] = "random"
    population: Population = "moved"
    channel: Literal["reasoning", "visible"] = "reasoning"
    catch: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, known in (
            ("sample", self.sample, _DESIGNS),
            ("population", self.population, POPULATIONS),
            ("channel", self.channel, ("reasoning", "visible")),
        ):
            if value not in known:
                raise UsageError(f"--{name} is {value!r}; it is one of {', '.join(known)}")
        if self.n < 1:
            raise UsageError(f"--n is {self.n}; at least 1 is needed")
        if not 0 <= self.catch < 0.5:
            raise UsageError(f"--catch is {self.catch:g}; it is a share from 0 to below 0.5")


def draw(records: pl.DataFrame, wanted: Wanted) -> Sample:
    """Return a sample of the records' replies; all of them where there are fewer than asked for.

    Args:
        records: a table of `records.schema`.
        wanted: which, and how many.

    Raises:
        UsageError: there is no reply of that population.
    """
    found = candidates(records, wanted.population, wanted.channel)
    if found.is_empty():
        hint = "; --population cued takes every cued reply" if wanted.population == "moved" else ""
        raise UsageError(f"there is no {wanted.population} reply with a {wanted.channel} text to label{hint}")
    return choose(found, candidates(records, "clean", wanted.channel) if wanted.catch else None, wanted)


def choose(found: pl.DataFrame, clean: pl.DataFrame | None, wanted: Wanted) -> Sample:
    """Return the same from the candidates.

    Args:
        found: what can be drawn (`items.candidates`).
        clean: what catch items can be drawn from; None where none are wanted.
        wanted: which, and how many.
    """
    strata: dict[str, list[dict[str, Any]]] = {}
    for row in _ranked(found, wanted.seed, ""):
        strata.setdefault(row["asked_cue"] if wanted.sample == "stratified" else "all", []).append(row)
    sizes = _even([len(rows) for _, rows in sorted(strata.items())], wanted.n)
    items: list[dict[str, Any]] = []
    for (stratum, rows), size in zip(sorted(strata.items()), sizes, strict=True):
        items += _taken(rows, size, stratum)
    if clean is not None:
        many = round(wanted.n * wanted.catch / (1 - wanted.catch))
        items += _taken(_ranked(clean, wanted.seed, CATCH), min(many, clean.height), CATCH)
    design: dict[str, Any] = {"population": wanted.population, "channel": wanted.channel, "n": wanted.n}
    return Sample(wanted.sample, tuple(items), **design, seed=wanted.seed, catch=wanted.catch)


def order(items: Sequence[str], labeller: str, seed: int | None) -> list[str]:
    """Return the items in an order of this labeller's own: everybody reads the same, nobody in the same order."""
    return sorted(items, key=lambda item: _number(seed, f"order of {labeller}", item))


def _ranked(found: pl.DataFrame, seed: int, what: str) -> list[dict[str, Any]]:
    rows = found.select("item", "digest", *ITEM).to_dicts()
    return sorted(rows, key=lambda row: _number(seed, what, row["item"]))


def _number(seed: int | None, what: str, item: str) -> bytes:
    return hashlib.blake2b(
        f"{seed}\n{what}\n{item}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def _taken(rows: Sequence[dict[str, Any]], size: int, stratum: str) -> list[dict[str, Any]]:
    return [row | {"stratum": stratum, "probability": size / len(rows)} for row in rows[:size]]


def _even(available: Sequence[int], n: int) -> list[int]:
    """Return how many of each: as even as they allow; never fewer of any for a larger n."""
    taken = [0] * len(available)
    left = min(n, sum(available))
    while left:
        open_ = [place for place, many in enumerate(available) if taken[place] < many]
        share = max(1, left // len(open_))
        for place in open_:
            step = min(share, available[place] - taken[place], left)
            taken[place] += step
            left -= step
    return taken
