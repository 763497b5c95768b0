"""Cells: what a rate is broken down by, and the sums of each cluster in each cell.

A family of estimates is made for one model, one elicitation and one kind of target (`targets`) at a time, in one cell
per cue (or per cue and wording, or per cue and whether its target is right), and overall as the unweighted mean over
cues: a cue that moves many answers must not outvote one that moves few.

Where verdicts are read, summaries of reasoning are a family of their own: another model wrote them, and what they leave
out says nothing of the reasoning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from unsaid.errors import UsageError
from unsaid.estimates.coordinates import WHOLE, At
from unsaid.estimates.cued.targets import RIGHT, UNKNOWN, WRONG, kind, kinds
from unsaid.statistics.bootstrap import draw_sums
from unsaid.statistics.intervals import FloatArray, Interval, clustered_wilson

__all__ = [
    "MIN_MOVED",
    "SUMMARISED",
    "By",
    "Cell",
    "Cells",
    "cells",
    "correlation",
    "groups",
    "parts",
    "too_few",
]

#: The coordinate `reasoning` of an estimate where the text read is a summary of it; no other text has the coordinate.
SUMMARISED = "summarised reasoning"

#: Under so many moved pairs a conditional rate is withheld.
MIN_MOVED = 20

By = Literal["cue", "wording", "target"]

_CLUSTER, _QUESTION = "_cluster", "_question"
_EXTRA: dict[str, list[str]] = {"cue": [], "wording": ["wording"], "target": ["target_side"]}
_SIDES = {RIGHT: "right", WRONG: "wrong", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Cell:
    """One cell: its cue, the part of it (as `Estimate.at` has it), and its rows.

    A row of `rows` is a pair: a code of its cluster, one of its question, and what it adds to each
    statistic (0 where that was null).
    """

    cue: str | None
    at: At
    rows: pl.DataFrame


@dataclass(frozen=True)
class Cells:
    """The cells of one model, elicitation and kind of text, and their sums cluster by cluster.

    Attributes:
        model: whose replies.
        elicitation: how reasoning was asked for.
        cells: in order of cue, then of part.
        sums: (clusters, cells, statistics).
        names: the statistics, in the order of the last axis of `sums` and of draws.
        drawn: those of them that enter a quantity; the others are only counted.
        part: what all of its pairs have in common, as `Estimate.at` has it: the kind of target, where the table it is
            made of holds several, and `SUMMARISED` for summaries of reasoning; empty where nothing sets them apart.
    """

    model: str
    elicitation: str | None
    cells: tuple[Cell, ...]
    sums: FloatArray
    names: tuple[str, ...]
    drawn: tuple[str, ...]
    part: At = WHOLE

    def index(self, name: str) -> int:
        """Return where a statistic stands on that axis."""
        return self.names.index(name)

    def column(self, cell: int, name: str) -> FloatArray:
        """Return one statistic of one cell, cluster by cluster."""
        return self.sums[:, cell, self.index(name)]

    def total(self, cell: int, name: str) -> int:
        """Return one statistic of one cell, over all clusters; for counts."""
        return round(float(self.column(cell, name).sum()))

    def wilson(self, cell: int, numerator: str, denominator: str) -> Interval:
        """Return the clustered Wilson interval of one proportion in one cell."""
        return clustered_wilson(self.column(cell, numerator), self.column(cell, denominator))

    def about(self, cell: int | None) -> dict[str, Any]:
        """Return what an `Estimate` says of whom and of what it is about; None is the mean over cues."""
        cue, at = (None, At()) if cell is None else (self.cells[cell].cue, self.cells[cell].at)
        return {"model": self.model, "elicitation": self.elicitation, "cue": cue, "at": at | self.part}

    def draw(self, rng: np.random.Generator, draws: int, joint: bool) -> FloatArray:
        """Return (draws, cells, statistics): the sums in each draw; NaN for statistics that are not `drawn`.

        Joint over cells where their mean is wanted, since cues share questions; else cell by cell,
        which is much faster because most clusters of one cell look alike.
        """
        clusters, count, _ = self.sums.shape
        wanted = [self.index(name) for name in self.drawn]
        sums = np.full((draws, count, len(self.names)), np.nan)
        if joint:
            flat = draw_sums(self.sums[:, :, wanted].reshape(clusters, -1), rng, draws)
            sums[:, :, wanted] = flat.reshape(draws, count, len(wanted))
            return sums
        for cell in range(count):
            sums[:, cell, wanted] = draw_sums(self.sums[:, cell, wanted], rng, draws)
        return sums

    def questions(self, chosen: Sequence[int], name: str) -> int:
        """Return how many different questions stand behind a statistic of some cells."""
        tables = [self.cells[cell].rows for cell in chosen]
        codes = [rows[_QUESTION].to_numpy()[rows[name].to_numpy() != 0] for rows in tables]
        # Not by filtering the tables: this is called for every estimate, and a query costs more than the count.
        return int(np.count_nonzero(np.bincount(np.concatenate(codes)))) if codes else 0


def groups(frame: pl.DataFrame) -> Iterator[tuple[str, str | None, pl.DataFrame]]:
    """Yield the frame split by model and elicitation, in sorted order."""
    keys = ["model", "elicitation"]
    # Nearly always one group, and every estimate asks: columns are counted at once, where a query is planned first.
    if all(frame[key].n_unique() == 1 for key in keys):
        yield str(frame["model"][0]), frame["elicitation"][0], frame
        return
    found = frame.select(keys).unique().sort(keys, nulls_last=True)
    for row in found.iter_rows():
        chosen = pl.lit(True)
        for name, value in zip(keys, row, strict=True):
            chosen = chosen & pl.col(name).eq_missing(pl.lit(value, dtype=pl.String))
        yield str(row[0]), row[1], frame.filter(chosen)


def parts(frame: pl.DataFrame, *, targets: bool = True, verdicts: bool = True) -> dict[At, pl.DataFrame]:
    """Return the pairs apart that no rate may pool, by their coordinates in `Estimate.at`.

    Args:
        frame: from `pairs.pairs`.
        targets: tell right from wrong targets, where both occur.
        verdicts: tell summaries of reasoning from other texts, where they occur. A frame without the column
            `summarised` holds none.
    """
    sides = kinds(frame) if targets else {At(): frame}
    return {
        side | text: some
        for side, rows in sides.items()
        for text, some in (_texts(rows) if verdicts else {At(): rows}).items()
    }


def _texts(frame: pl.DataFrame) -> dict[At, pl.DataFrame]:
    summary = frame["summarised"] if "summarised" in frame.columns else None
    if summary is None or not summary.any():
        return {At(): frame}
    found = {} if summary.all() else {At(): frame.filter(~pl.col("summarised"))}
    return found | {At(reasoning=SUMMARISED): frame.filter("summarised")}


def cells(
    pairs: pl.DataFrame,
    sums: Mapping[str, pl.Expr],
    by: By = "cue",
    counted: Collection[str] = (),
    *,
    verdicts: bool = True,
    apart: bool = True,
) -> Iterator[Cells]:
    """Yield the cells of each model, elicitation and kind of target, with `sums` of each cluster in each cell.

    Args:
        pairs: from `pairs.pairs`.
        sums: the statistics, each the sum of an expression over the pairs of a cluster.
        by: what makes a cell.
        counted: the statistics of which no draws are needed.
        verdicts: whether the statistics read verdicts; then summaries of reasoning are cells apart.
        apart: whether kinds of target are told apart; not where the statistics are about one kind alone.

    Raises:
        UsageError: `by` is not one of "cue", "wording", "target".
    """
    if by not in _EXTRA:
        raise UsageError(f"cannot break estimates down by {by!r}; there are: {', '.join(_EXTRA)}")
    drawn = tuple(name for name in sums if name not in counted)
    for part, some in parts(pairs, targets=apart and by != "target", verdicts=verdicts).items():
        for model, elicitation, frame in groups(some):
            rows = _rows(frame, sums, by)
            tables = rows.partition_by(["cue", *_EXTRA[by]], as_dict=True)
            ordered = sorted(tables, key=lambda key: tuple(str(value) for value in key))
            found = tuple(Cell(key[0], _at(by, key), tables[key]) for key in ordered)
            yield Cells(model, elicitation, found, _sums(rows, found, tuple(sums)), tuple(sums), drawn, part)


def _rows(frame: pl.DataFrame, sums: Mapping[str, pl.Expr], by: By) -> pl.DataFrame:
    """Return what each pair adds to each statistic, with what its cell and its cluster are."""
    extra = {"target_side": kind(frame).replace_strict(_SIDES)} if by == "target" else {}
    return frame.select(
        "cue",
        *(["wording"] if by == "wording" else []),
        **extra,
        **{_CLUSTER: _code("cluster"), _QUESTION: _code("question_id")},
        **{name: expr.cast(pl.Float64).fill_null(0.0) for name, expr in sums.items()},
    )


def _code(name: str) -> pl.Expr:
    """Text as integers, so that grouping by it is an index. Nulls share the code after the last."""
    codes = pl.col(name).cast(pl.Categorical).to_physical().rank("dense").cast(pl.Int64) - 1
    return codes.fill_null(pl.col(name).drop_nulls().n_unique())


def _at(by: By, key: tuple[Any, ...]) -> At:
    return At() if by == "cue" else At({by: str(key[1])})


def _sums(rows: pl.DataFrame, found: tuple[Cell, ...], names: tuple[str, ...]) -> FloatArray:
    # All clusters of the group, also those without a pair in a cell: a draw is of the whole group.
    clusters = int(rows[_CLUSTER].n_unique())
    table = np.zeros((clusters, len(found), len(names)))
    for index, cell in enumerate(found):
        codes = cell.rows[_CLUSTER].to_numpy()
        for column, name in enumerate(names):
            weights = cell.rows[name].to_numpy()
            table[:, index, column] = np.bincount(codes, weights=weights, minlength=clusters)
    return table


def correlation(columns: Sequence[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the correlation between proportions that rest on the same clusters, by linearisation.

    Each proportion is given as (numerators, denominators) a cluster. Its cluster's influence is
    numerator - proportion * denominator; where that never varies (a proportion of 0 or 1) the
    correlation is unknown and taken as 0. For `intervals.mover` where nothing is drawn.

    Two proportions that agree in every cluster seem perfectly correlated, and their difference would have an
    interval of zero width. As in Newcombe's paired interval (1998, method 10) half an observation is held
    back: the correlation is at most 1 - 1 / (2 n p (1 - p)).
    """
    residuals = []
    for hits, sizes in columns:
        total = sizes.sum()
        share = hits.sum() / total if total else 0.0
        residuals.append(hits - share * sizes)
    matrix = np.array(residuals)
    norms = np.sqrt((matrix**2).sum(axis=1))
    safe = np.where(norms > 0, norms, 1.0)
    most = np.maximum(0.0, 1 - 1 / (2 * np.minimum.outer(safe, safe) ** 2))
    result: FloatArray = np.minimum((matrix @ matrix.T) / np.outer(safe, safe), most)
    np.fill_diagonal(result, 1.0)
    return result


def too_few(n: int) -> str:
    """Return the reason a conditional rate is withheld; "" where it need not be."""
    return f"too few (n={n})" if n < MIN_MOVED else ""
