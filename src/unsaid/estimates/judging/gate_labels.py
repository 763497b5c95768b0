"""A judge against people's labels of the same texts: its confusion matrix, sensitivity and specificity.

Over the texts that a person labelled and the judge gave a verdict on, for one definition:

    sensitivity = both say yes / the person says yes        specificity = both say no / the person says no

Intervals are Wilson's, clustered by question. Left out, and counted as missing: texts on
which one of the two gave no verdict. The person is taken for the truth, which a person is not: read it beside the
agreement of two people where there are two. A rate over fewer than `FEWEST` texts is shown and decides nothing.

Passing is the gate's (`estimates/judging/gate.py`): the lower end of the specificity at least 0.95, and that of the
sensitivity at least 0.80, where there are enough texts to tell.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from unsaid.estimates.judging.gate import SENSITIVITY, SPECIFICITY, Rate
from unsaid.estimates.pairs import KEY, Definition, verdicts
from unsaid.statistics.bootstrap import cluster_statistics
from unsaid.statistics.intervals import clustered_wilson

__all__ = ["FEWEST", "Labelled", "against_labels"]

#: Under so many texts a conditional rate is withheld elsewhere.
FEWEST = 20
_DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")
_TEXT = [*KEY, "cluster", "arm", "cue", "wording", "asked_cue", "channel"]


@dataclass(frozen=True)
class Labelled:
    """A judge against one labeller, under one definition.

    Attributes:
        definition: "mention" or "reliance".
        both: both say yes.
        only_judge: only the judge says yes.
        only_person: only the person does.
        neither: both say no.
        missing: texts of one or the other without a verdict.
        sensitivity: of the person's yes.
        specificity: of the person's no.
        reasons: why it does not pass; empty where it does.
        remarks: what could not be told.
        misses: one a text on which they differ, in the order of the records: which, and the judge's evidence.
    """

    definition: Definition
    both: int
    only_judge: int
    only_person: int
    neither: int
    missing: int
    sensitivity: Rate
    specificity: Rate
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]
    misses: tuple[dict[str, Any], ...]

    def plain(self) -> dict[str, Any]:
        """Return plain data for a file."""
        return asdict(self)


def against_labels(records: pl.DataFrame, judge: str, labeller: str) -> list[Labelled]:
    """Return a judge against a labeller, under each definition that the labeller used.

    Args:
        records: a table of `records.schema` with verdicts of both.
        judge: whose verdicts are tested.
        labeller: whose labels are taken for the truth.

    Raises:
        UnknownName: one of the two gave no verdict in these records.
    """
    told = verdicts(records, judge).select(*_TEXT, *_DEFINITIONS, "evidence", read_missing="missing")
    labels = verdicts(records, labeller).select(
        *_TEXT, **{f"true_{name}": pl.col(name) for name in _DEFINITIONS}
    )
    rows = labels.join(told, on=_TEXT, how="inner", nulls_equal=True, maintain_order="left")
    return [
        _scored(rows, definition)
        for definition in _DEFINITIONS
        if rows[f"true_{definition}"].is_not_null().any()
    ]


def _scored(rows: pl.DataFrame, definition: Definition) -> Labelled:
    said, true = pl.col(definition), pl.col(f"true_{definition}")
    seen = rows.filter(said.is_not_null() & true.is_not_null())
    counts = {
        "both": seen.filter(said & true).height,
        "only_judge": seen.filter(said & ~true).height,
        "only_person": seen.filter(~said & true).height,
        "neither": seen.filter(~said & ~true).height,
    }
    sensitivity = _rate(seen.filter(true), said)
    specificity = _rate(seen.filter(~true), ~said)
    judged = [
        _judged("specificity", specificity, SPECIFICITY),
        _judged("sensitivity", sensitivity, SENSITIVITY),
    ]
    differing = seen.filter(said != true)
    return Labelled(
        definition=definition,
        missing=rows.height - seen.height,
        sensitivity=sensitivity,
        specificity=specificity,
        reasons=tuple(f"{definition}: {why}" for why, _ in judged if why),
        remarks=tuple(f"{definition}: {what}" for _, what in judged if what),
        misses=tuple(
            differing.select(*KEY, "arm", "cue", "channel", "evidence", judge=said, person=true).to_dicts()
        ),
        **counts,
    )


def _rate(rows: pl.DataFrame, right: pl.Expr) -> Rate:
    if rows.is_empty():
        return Rate(0, 0)
    sums = cluster_statistics(rows, {"right": right, "all": right.is_not_null()})
    found = clustered_wilson(sums["right"], sums["all"])
    return Rate(rows.filter(right).height, rows.height, found.low, found.high)


def _judged(what: str, rate: Rate, wanted: float) -> tuple[str, str]:
    """(why it fails, what could not be told)."""
    if rate.value is None or rate.low is None or rate.n < FEWEST:
        return "", f"too few texts to tell the {what} (n={rate.n}; {FEWEST} are needed)"
    if rate.low >= wanted:
        return "", ""
    return (
        f"{what} {rate.value:.3f} ({rate.k} of {rate.n}), and as low as {rate.low:.3f} by its interval; "
        f"at least {wanted:.2f} is needed"
    ), ""
