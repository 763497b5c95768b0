"""What differs between two runs on the pairs they share: each quantity twice, and the paired difference.

With A the baseline and B the run beside it, over matched pairs (`compare_matching`), value B minus value A:

    influence                     moved, over pairs that could move in both            McNemar
    influence.replay-corrected    moved less moved by replay, both replayed            McNemar on the differences
    influence.unsaid              moved and not verbalised ("effective influence"),    McNemar
                                  over pairs that could move in both
    accuracy.clean, .cued         right, over replies seen in both                     McNemar
    faithfulness                  verbalised given moved, each over its own moved      joint bootstrap
    faithfulness.moved-in-both    the same over the pairs that moved in both           McNemar
    said.unconditional            verbalised, over shared cued replies                 McNemar; by strata: bootstrap
    said.on-target                the same over those at the target in both            McNemar; by strata: bootstrap

The pairs that two runs move differ, so a difference in faithfulness is also one in
*which* pairs moved; McNemar applies on the intersection only, which is why both stand side by side.

Intervals: `bootstrap.joint_interval` over clusters of shared questions (Newcombe's, clustered and paired).
Tests: `intervals.clustered_mcnemar`, which is exact where no cluster leans by more than one pair; for
faithfulness p is the interval inverted (the level at which it first touches zero), since nothing simpler is
paired. Where a judge read a sample of the replies, rates over all of them are by strata (`sampled`), and tested as
faithfulness is. Under 20 moved pairs in either run: withheld. Missing pairs are left out and counted, never unmoved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from scipy import optimize, special

from unsaid.estimates.cells import MIN_MOVED, Cells, cells
from unsaid.estimates.compare.allowed import allowed
from unsaid.estimates.compare.difference import Difference
from unsaid.estimates.compare.matching import Matched
from unsaid.estimates.compare.quantities import (
    CLEAN,
    CUED,
    SIDES,
    Spec,
    answer_sums,
    clean_sums,
    verdict_specs,
    verdict_sums,
)
from unsaid.estimates.compare.sampled import Terms, sampled, sampled_spec, sampled_sums, side_terms
from unsaid.estimates.cued.unsaid_share import sum_interval
from unsaid.estimates.pairs import Definition
from unsaid.estimates.proportions import ratio
from unsaid.statistics.bootstrap import DRAWS, Drawn, Part, joint_interval
from unsaid.statistics.intervals import FloatArray, Interval, clustered_mcnemar, clustered_wilson
from unsaid.statistics.level import LEVEL

__all__ = ["Difference", "Summed", "absent", "differences", "family", "score", "terms"]

_FURTHEST = 6.0  # standard normal deviate at which the search for p ends: p = 2e-9


@dataclass(frozen=True)
class Summed:
    """The terms of a difference at one level of confidence; `excess` is what products among them count twice."""

    parts: list[Part]
    excess: float

    @property
    def point(self) -> float:
        """The difference itself."""
        return sum(part.weight * part.quantity.point for part in self.parts) - self.excess

    def interval(self) -> Interval:
        """Return its interval, within -1 and 1 where products make it."""
        if not self.excess:
            return joint_interval(self.parts)
        return sum_interval(self.parts, self.excess, low=-1.0)


def differences(
    matched: Matched,
    rng: np.random.Generator,
    labels: tuple[str, str],
    definitions: Sequence[Definition] = ("mention", "reliance"),
    draws: int = DRAWS,
) -> list[Difference]:
    """Return every quantity in each cue and its unweighted mean over cues; p is not yet corrected.

    Args:
        matched: what the runs share.
        rng: the source of randomness.
        labels: of the baseline and of the run beside it.
        definitions: what counts as verbalised; none where verdicts must not be compared.
        draws: bootstrap draws.
    """
    named = {"baseline": labels[0], "run": labels[1]}
    specs = [*CUED, *(spec for each in definitions for spec in verdict_specs(each))]
    sums = answer_sums()
    for each in definitions:
        sums |= verdict_sums(each)
    by_strata = sampled(matched.pairs)
    for spec in [each for each in specs if each.quantity in by_strata and each.definition]:
        specs[specs.index(spec)] = sampled_spec(spec)
        sums |= sampled_sums(spec.quantity, cast("Definition", spec.definition))
    found: list[Difference] = []
    if matched.pairs.is_empty():
        found += absent(labels, "no cued reply of one run has a partner in the other")
    for frame, chosen, statistics in ((matched.clean, CLEAN, clean_sums()), (matched.pairs, specs, sums)):
        used = {name for spec in chosen for name in spec.drawn()}
        counted = [name for name in statistics if name not in used]
        for table in cells(frame, statistics, counted=counted):
            drawn = table.draw(rng, draws, joint=True)
            for spec in chosen:
                found += family(table, spec, drawn, named)
    return allowed(found, matched.pairs, labels)


def absent(labels: tuple[str, str], reason: str, definitions: Sequence[Definition] = ()) -> list[Difference]:
    """Return one line per quantity that is not compared, with the reason.

    Args:
        labels: of the baseline and of the run beside it.
        reason: why.
        definitions: the definitions whose quantities are meant; none for those that need no verdict.
    """
    specs = [spec for each in definitions for spec in verdict_specs(each)] if definitions else CUED
    return [
        Difference(labels[1], labels[0], spec.quantity, None, spec.definition, reason=reason)
        for spec in specs
    ]


def family(table: Cells, spec: Spec, drawn: FloatArray, named: dict[str, Any]) -> list[Difference]:
    """Return one quantity in each cell and, but for clean accuracy, its unweighted mean over cues.

    Args:
        table: the cells, with the statistics that the quantity is made of.
        spec: the quantity.
        drawn: joint draws of `table`.
        named: `baseline` and `run`, as every difference has them.
    """
    named = named | {"subset": str(table.part)}
    rows = [_in_cell(table, spec, cell, drawn, named) for cell in range(len(table.cells))]
    if spec in CLEAN:
        return rows
    return [*rows, _over_cues(table, spec, drawn, rows)]


def _in_cell(table: Cells, spec: Spec, cell: int, drawn: FloatArray, named: dict[str, Any]) -> Difference:
    sizes = [table.total(cell, spec.sized(side)) for side in SIDES]
    least = MIN_MOVED if spec.conditional else 1
    sums = [side_terms(table, spec, cell, side) for side in SIDES]
    values = [
        each.value(table, cell) if size >= least and not each.reason else None
        for each, size in zip(sums, sizes, strict=True)
    ]
    about = named | {
        "quantity": spec.quantity,
        "cue": table.cells[cell].cue,
        "definition": spec.definition,
        "first": values[0],
        "second": values[1],
        "n_first": sizes[0],
        "n_second": sizes[1],
        "questions": table.questions([cell], spec.asked),
        "missing": sum(table.total(cell, name) for name in spec.missing),
        "note": _note(table, spec, cell),
    }
    if values[0] is None or values[1] is None:
        return Difference(reason=_why_not(spec, sizes, sums, named), **about)
    parts = terms(table, spec, cell, drawn, 1.0)
    leaning = None if spec.own else _leaning(table, spec, cell)
    p, test = _inverted(parts) if leaning is None else (clustered_mcnemar(leaning), _named_test(leaning))
    return Difference(value=values[1] - values[0], p=p, test=test, **_ends(parts(LEVEL)), **about)


def _over_cues(table: Cells, spec: Spec, drawn: FloatArray, rows: Sequence[Difference]) -> Difference:
    """Return the unweighted mean over the cues that have a difference: a cue that moves many must not outvote one."""
    used = [cell for cell, row in enumerate(rows) if row.value is not None]
    if len(rows) == 1:
        return replace(rows[0], cue=None, note="; ".join(filter(None, ["only one cue", rows[0].note])))
    about = {
        name: getattr(rows[0], name) for name in ("run", "baseline", "quantity", "definition", "subset")
    } | {
        "cue": None,
        "missing": sum(row.missing for row in rows),
    }
    left = "; ".join(f"{row.cue}: {row.reason}" for row in rows if row.value is None)
    if not used:
        return Difference(reason=f"no cue has a value ({left})", **about)
    known = [rows[cell] for cell in used]
    about |= {
        "first": float(np.mean([row.first for row in known])),
        "second": float(np.mean([row.second for row in known])),
        "n_first": sum(row.n_first for row in known),
        "n_second": sum(row.n_second for row in known),
        "questions": table.questions(used, spec.asked),
        "note": f"unweighted mean over {len(used)} cues" + (f"; left out: {left}" if left else ""),
    }

    made = [terms(table, spec, cell, drawn, 1 / len(used)) for cell in used]

    def parts(level: float) -> Summed:
        each = [of_cell(level) for of_cell in made]
        return Summed([part for one in each for part in one.parts], sum(one.excess for one in each))

    if spec.own:
        p, test = _inverted(parts)
    else:
        weights = [1 / (table.total(cell, spec.size) * len(used)) for cell in used]
        leaning = sum(w * _leaning(table, spec, cell) for w, cell in zip(weights, used, strict=True))
        p, test = score(np.asarray(leaning)), "clustered score test of the mean"
    value = about["second"] - about["first"]
    return Difference(value=value, p=p, test=test, **_ends(parts(LEVEL)), **about)


def terms(table: Cells, spec: Spec, cell: int, drawn: FloatArray, weight: float) -> Callable[[float], Summed]:
    """Return what the difference adds up in one cell: terms with intervals at a level, and what counts twice.

    Args:
        table: the cells.
        spec: the quantity.
        cell: which cell.
        drawn: joint draws of `table`.
        weight: of the cell, in a mean over cells.
    """
    added: list[tuple[float, Drawn, FloatArray, FloatArray]] = []
    excess = 0.0
    for side, direction in zip(SIDES, (-weight, weight), strict=True):
        summed = side_terms(table, spec, cell, side)
        excess += direction * summed.excess
        for term in summed.terms:
            share = ratio(table, drawn, cell, term.hit, term.size)
            if term.still:
                share = replace(share, draws=np.nan_to_num(share.draws, nan=share.point))
            columns = (table.column(cell, term.hit), table.column(cell, term.size))
            added.append((direction * term.weight, share, *columns))

    def at(level: float) -> Summed:
        parts = [
            Part(scale, each, clustered_wilson(hits, sizes, level)) for scale, each, hits, sizes in added
        ]
        return Summed(parts, excess)

    return at


def _leaning(table: Cells, spec: Spec, cell: int) -> FloatArray:
    """By how many pairs each cluster leans to the second run."""
    whole = sum(
        direction * sign * table.column(cell, f"{side}_{hit}")
        for side, direction in zip(SIDES, (-1, 1), strict=True)
        for sign, hit in spec.hits
    )
    return np.asarray(whole, dtype=np.float64)


def _named_test(leaning: FloatArray) -> str:
    exact = not leaning.any() or float(np.max(np.abs(leaning))) <= 1
    return "McNemar, exact" if exact else "McNemar, clustered"


def score(leaning: FloatArray) -> float:
    """Return the p-value of the clustered McNemar statistic for weighted pairs; 1 where no cluster leans.

    Args:
        leaning: by how much each cluster leans to the second run.
    """
    spread = float(np.sum(leaning**2))
    return float(special.chdtrc(1, leaning.sum() ** 2 / spread)) if spread > 0 else 1.0


def _inverted(parts: Callable[[float], Summed]) -> tuple[float | None, str]:
    """Return the p-value at which the interval first touches zero; None where there is no interval."""
    test = "joint cluster bootstrap, interval inverted"
    point = parts(LEVEL).point
    if abs(point) < 1e-12:
        return 1.0, test
    if parts(LEVEL).interval().low is None:
        return None, test

    def beyond(z: float) -> float:
        found = parts(float(2 * special.ndtr(z) - 1)).interval()
        end = found.low if point > 0 else found.high
        return float("nan") if end is None else end * float(np.sign(point))

    if beyond(_FURTHEST) >= 0:
        return float(2 * special.ndtr(-_FURTHEST)), test
    if beyond(1e-6) <= 0:
        return 1.0, test
    return float(2 * special.ndtr(-optimize.brentq(beyond, 1e-6, _FURTHEST, xtol=1e-4))), test


def _ends(parts: Summed) -> dict[str, Any]:
    found = parts.interval()
    return {"low": found.low, "high": found.high, "method": found.method}


def _why_not(spec: Spec, sizes: Sequence[int], sums: Sequence[Terms], named: dict[str, Any]) -> str:
    labels = (named["baseline"], named["run"])
    unread = [f"{label}: {each.reason}" for each, label in zip(sums, labels, strict=True) if each.reason]
    if unread and all(sizes):
        return f"{'; '.join(unread)} (unsaid judge RUN --judge NAME --judge-sample 1 reads them)"
    what = "at the target" if spec.quantity == "said.on-target" else "moved"
    if not spec.conditional or not any(sizes):
        return spec.nothing
    if not spec.own:
        return f"too few {what} in both runs (n={sizes[0]}; {MIN_MOVED} are needed)"
    few = [f"n={size} in {label}" for size, label in zip(sizes, labels, strict=True) if size < MIN_MOVED]
    return f"too few {what} ({', '.join(few)}; {MIN_MOVED} are needed)"


def _note(table: Cells, spec: Spec, cell: int) -> str:
    if spec.strata:
        return (
            "replies without a verdict are taken to be like the others that moved, or did not, in their run"
        )
    if spec.size != "eligible":
        return ""
    alone = [table.total(cell, f"{side}_eligible_alone") for side in SIDES]
    return f"{sum(alone)} pair(s) could move in one of the runs only" if any(alone) else ""
