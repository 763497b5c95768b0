"""What a protocol needs of records to estimate something from them, whoever made them.

A protocol says it once, as data, in its own file. `unsaid import` shows it before anything is written, and what is
missing refuses a protocol at every door (`unsaid import --protocols`, `unsaid report --protocols`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

__all__ = ["Needed", "Read", "within"]

#: Records -> what is missing of something, with what to map; "" where the records hold it.
Needed = Callable[[pl.DataFrame], str]


@dataclass(frozen=True)
class Read:
    """One thing that a protocol estimates from records.

    Attributes:
        what: in words, as `unsaid import` lists it ("influence").
        needs: what the records must hold for it; the first that is missing is the reason why it is out of reach.
    """

    what: str
    needs: tuple[Needed, ...]


def within(reads: Iterable[Read], records: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Return what can be estimated from records; and what cannot, each with its reason.

    A need that several things share is looked for once: of a million records each takes a second.
    """
    known: dict[Needed, str] = {}

    def lack(need: Needed) -> str:
        if need not in known:
            known[need] = need(records)
        return known[need]

    judged = [(each.what, next(filter(None, map(lack, each.needs)), "")) for each in reads]
    return [what for what, why in judged if not why], [f"{what}: {why}" for what, why in judged if why]
