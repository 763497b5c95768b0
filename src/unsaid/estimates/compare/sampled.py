"""How often two runs say so, where a judge read what moved and a sample of the rest.

A judge that costs reads every cued reply that moved and a random share of the others (`asking/readings.py`). The pairs
that both judges read are then mostly pairs that moved, and which moved differs between the runs: McNemar's test on them
would compare what the judges chose to read. So each run's rate is its share by strata on the shared pairs, as in
`cued.unconditional`:

    P(said) = sum over s in (moved, other) of  N_s / N * said_s / read_s

with N the shared cued replies (or those at the target in both runs), N_s those in the stratum of that run, read_s those
of them with a verdict, and said_s those that say so. The sample is drawn by each call's seed, from nothing that was
replied, so that within a stratum what was read stands for what was not (double sampling for stratification, Cochran
1977, chapter 12). The difference is paired through the joint bootstrap of shared questions: where both judges read the
same replies, their errors move together and cancel. p is the interval inverted. McNemar's test stays where every reply
was read, for then both are plain shares of the same pairs.

Refused where a run holds replies of a stratum and none of these has a verdict: nothing stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from unsaid.estimates.cells import Cells
from unsaid.estimates.compare.quantities import SIDES, Spec, both_at_target
from unsaid.estimates.pairs import Definition

__all__ = ["STRATA", "Term", "Terms", "sampled", "sampled_spec", "sampled_sums", "side_terms", "unread"]

#: The strata of a run's replies, and what a reader is told of those in them.
STRATA = {"moved": "that moved", "other": "that did not move"}

#: The replies that each rate is about; None for all.
_RATES = {"said.unconditional": None, "said.on-target": both_at_target()}


@dataclass(frozen=True)
class Term:
    """A share as it stands in a sum: its weight, numerator and denominator in the names of the statistics.

    `still` says that a bootstrap draw in which the denominator is 0 takes the share's own value: a few verdicts of a
    small stratum are missing from many draws.
    """

    weight: float
    hit: str
    size: str
    still: bool = False


@dataclass(frozen=True)
class Terms:
    """A rate of one run as a sum of shares, less `excess`: a product counts once through each factor."""

    terms: tuple[Term, ...]
    excess: float = 0.0
    reason: str = ""

    def value(self, table: Cells, cell: int) -> float:
        """Return the rate over the sample."""
        shares = (
            term.weight * table.total(cell, term.hit) / table.total(cell, term.size) for term in self.terms
        )
        return float(np.sum(list(shares))) - self.excess


def unread(pairs: pl.DataFrame, side: str, of: pl.Expr | None = None) -> int:
    """Return how many of a run's answered cued replies were never given to its judge, while it read others.

    Args:
        pairs: what the runs share (`Matched.pairs`).
        side: of `SIDES`.
        of: which replies; all by default.
    """
    judged = f"{side}_judged"
    if judged not in pairs.columns or not pairs[judged].any():
        return 0
    seen = pairs.filter(pl.col(f"{side}_cued_answer").is_not_null(), ~pl.col(judged))
    return (seen if of is None else seen.filter(of)).height


def sampled(pairs: pl.DataFrame) -> frozenset[str]:
    """Return the rates of which a judge left replies unread in one of the runs."""
    return frozenset(name for name, of in _RATES.items() if any(unread(pairs, side, of) for side in SIDES))


def sampled_spec(spec: Spec) -> Spec:
    """Return a rate as one by strata: each run has the replies that its own judge read."""
    name = _name(spec.quantity, spec.definition)
    return replace(
        spec,
        hits=(),
        size=f"{name}_read",
        missing=tuple(f"{side}_{name}_unread" for side in SIDES),
        nothing="no shared cued reply has a verdict",
        own=True,
        strata=(name, *(f"{name}_{stratum}" for stratum in STRATA)),
    )


def sampled_sums(quantity: str, definition: Definition) -> dict[str, pl.Expr]:
    """Return what a matched pair adds to each statistic of a rate by strata."""
    name, chosen = _name(quantity, definition), _RATES[quantity]
    of = pl.lit(True) if chosen is None else chosen.fill_null(value=False)
    read = {side: of & pl.col(f"{side}_{definition}").is_not_null() for side in SIDES}
    sums = {name: of, f"either_{name}_read": read["first"] | read["second"]}
    for side in SIDES:
        moved = pl.col(f"{side}_moved").fill_null(value=False)
        said = read[side] & pl.col(f"{side}_{definition}")
        sums |= {f"{side}_{name}_read": read[side], f"{side}_{name}_unread": of & ~read[side]}
        sums[f"{side}_{name}_said"] = said
        for stratum, inside in (("moved", moved), ("other", ~moved)):
            sums |= {
                f"{side}_{name}_{stratum}": of & inside,
                f"{side}_{name}_{stratum}_read": read[side] & inside,
                f"{side}_{name}_{stratum}_said": said & inside,
            }
    return sums


def side_terms(table: Cells, spec: Spec, cell: int, side: str) -> Terms:
    """Return a rate of one run in one cell; every quantity is a sum, those by strata of products."""
    if not spec.strata:
        return Terms(tuple(Term(sign, f"{side}_{hit}", spec.sized(side)) for sign, hit in spec.hits))
    name, *strata = spec.strata
    n = table.total(cell, name)
    if n and table.total(cell, f"{side}_{name}_read") == n:
        return Terms((Term(1.0, f"{side}_{name}_said", name),))
    terms: list[Term] = []
    excess = 0.0
    for stratum, words in zip(strata, STRATA.values(), strict=True):
        inside, read, said = (table.total(cell, f"{side}_{stratum}{end}") for end in ("", "_read", "_said"))
        if not inside:
            continue
        if not read:
            return Terms((), reason=f"none of its {inside:,} replies {words} has a verdict")
        if read == inside:
            terms.append(Term(1.0, f"{side}_{stratum}_said", name))
            continue
        weight, share = inside / n, said / read
        terms.append(Term(share, f"{side}_{stratum}", name))
        terms.append(Term(weight, f"{side}_{stratum}_said", f"{side}_{stratum}_read", still=True))
        excess += weight * share
    return Terms(tuple(terms), excess)


def _name(quantity: str, definition: Definition | None) -> str:
    return f"{quantity}_{definition}"
