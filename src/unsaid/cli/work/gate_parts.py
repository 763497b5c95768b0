"""A judge against a labeller in each part of the labelled texts: each model, and each cue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from unsaid.cli.work.gate_tables import share
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement, pooled
from unsaid.estimates.judging.gate_labels import Labelled, against_labels

__all__ = ["Part", "by_part", "part_lines"]

_BY = ("model", "cue")
_SHOWN = ("agreement.kappa", "agreement.ac1", "agreement.p-value")
_DRAWS = 2000


@dataclass(frozen=True)
class Part:
    """One part of the labelled texts.

    Attributes:
        by: what makes it a part: "model" or "cue".
        name: which.
        found: the judge against the labeller, a definition each.
        same: their agreement.
    """

    by: str
    name: str
    found: Sequence[Labelled]
    same: Sequence[Estimate]

    def plain(self) -> dict[str, Any]:
        """Return plain data for a file."""
        return {
            "by": self.by,
            "name": self.name,
            "definitions": [each.plain() for each in self.found],
            "agreement": [each.to_dict() for each in self.same],
        }


def by_part(records: pl.DataFrame, judge: str, who: str) -> list[Part]:
    """Return the judge against the labeller on the texts of each model and of each cue, where there are several.

    Args:
        records: with verdicts of both.
        judge: whose verdicts are tested.
        who: whose labels are taken for the truth.
    """
    found = []
    for by in _BY:
        names = records[by].drop_nulls().unique().sort().to_list()
        for name in names if len(names) > 1 else ():
            rows = records.filter(pl.col(by) == name)
            # Who labelled no text of this part is not there to be compared.
            if not all(_gave(rows, each) for each in (judge, who)):
                continue
            same = agreement(pooled(rows), np.random.default_rng(0), [who, judge], draws=_DRAWS)
            found.append(Part(by, name, against_labels(rows, judge, who), same))
    return found


def part_lines(parts: Sequence[Part], judge: str, who: str) -> Iterator[str]:
    """Yield a line for each part and definition, each saying whose verdicts it compares."""
    for part in parts:
        yield ""
        yield f"{part.by} {part.name}: {judge} against {who}"
        for each in part.found:
            n = each.both + each.only_judge + each.only_person + each.neither
            yield (
                f"  {each.definition}, n={n}: both yes {each.both}, only {judge} {each.only_judge}, only {who} "
                f"{each.only_person}, both no {each.neither}"
            )
            yield f"    specificity {share(each.specificity)}; sensitivity {share(each.sensitivity)}"
            for estimate in part.same:
                if estimate.definition == each.definition and estimate.quantity in _SHOWN:
                    yield f"    {_coefficient(estimate)}"


def _coefficient(estimate: Estimate) -> str:
    if estimate.value is None:
        return f"{estimate.quantity}: {estimate.reason}"
    ends = "" if estimate.low is None else f" ({estimate.low:.3f} to {estimate.high:.3f})"
    return f"{estimate.quantity} {estimate.value:.3f}{ends}"


def _gave(records: pl.DataFrame, judge: str) -> bool:
    names = records.select(pl.col("verdicts").list.eval(pl.element().struct.field("judge")))
    return judge in set(names["verdicts"].explode().drop_nulls())
