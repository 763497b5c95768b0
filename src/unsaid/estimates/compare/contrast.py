"""Two runs or more on the questions they share: what differs, who moved where, and what cannot be compared.

Models, checkpoints, elicitations, wordings, seeds of fine-tuning: each run is set beside one baseline. Only
what both asked alike is compared (`compare_matching`); how it is compared, and with which test, stands in
`compare_differences`.

Families for Holm, declared here and not chosen after looking: one a quantity and definition, over all cues and
all runs beside the baseline; and one for the means over cues, over all runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from unsaid.errors import UsageError
from unsaid.estimates.compare.comparability import Remark, remarks
from unsaid.estimates.compare.differences import Difference, absent, differences
from unsaid.estimates.compare.matching import Overlap, match
from unsaid.estimates.compare.transitions import Move, moves
from unsaid.estimates.pairs import Definition, pick_judge, summaries
from unsaid.pace import paced
from unsaid.statistics.bootstrap import DRAWS
from unsaid.statistics.intervals import holm

__all__ = ["Comparison", "Contrast", "Run", "compare", "split"]

_DEFINITIONS: tuple[Definition, ...] = ("mention", "reliance")


@dataclass(frozen=True)
class Run:
    """One side of a comparison.

    Attributes:
        label: how it is called.
        records: the tidy table, of one model and one elicitation (`split` makes it so).
        request: what was asked, as `run.json` keeps it; every entry is optional.
        judge: whose verdicts; the only one there is where not given.
        finished: whether the run asked everything it was to ask.
        holds: how much of it is there, in words ("168 of 2,000 questions"); "" where that is not known.
    """

    label: str
    records: pl.DataFrame
    request: Mapping[str, Any] = field(default_factory=dict)
    judge: str | None = None
    finished: bool = True
    holds: str = ""

    def reader(self) -> str | None:
        """Return whose verdicts are read; None where nobody judged.

        Raises:
            UsageError: several judges read it and none was named.
        """
        # A run may name a judge that never came to read: every call had failed.
        return pick_judge(self.records, self.judge if self.records["verdicts"].list.len().sum() else None)


@dataclass(frozen=True)
class Contrast:
    """One run beside the baseline.

    Attributes:
        baseline: label.
        run: label.
        overlap: on how much of each the differences rest.
        remarks: what is not comparable or differs, gravest first.
        differences: per quantity: each cue, then their mean.
        moves: who moved where.
        judges: who read the baseline and the run.
    """

    baseline: str
    run: str
    overlap: Overlap
    remarks: tuple[Remark, ...]
    differences: tuple[Difference, ...]
    moves: tuple[Move, ...]
    judges: tuple[str | None, str | None]


@dataclass(frozen=True)
class Comparison:
    """All runs beside one baseline; `runs` are in the order given, the baseline among them."""

    baseline: str
    runs: tuple[Run, ...]
    contrasts: tuple[Contrast, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Those of all contrasts."""
        return tuple(each for contrast in self.contrasts for each in contrast.differences)


def compare(
    runs: Sequence[Run],
    rng: np.random.Generator,
    *,
    baseline: int = 0,
    allow_different_judges: bool = False,
    draws: int = DRAWS,
) -> Comparison:
    """Compare every run with the baseline, on the pairs they share.

    Args:
        runs: two or more, each of one model and elicitation.
        rng: the source of the bootstrap's randomness.
        baseline: which of them is the baseline.
        allow_different_judges: compare verdicts of different judges all the same, saying so.
        draws: bootstrap draws.

    Raises:
        UsageError: fewer than two runs, two of one label, no such baseline, or no shared question; the
            message then says what each run asked.
        DataError: records lack a column, or hold a pair twice.
    """
    labels = [run.label for run in runs]
    if len(runs) < 2 or len(set(labels)) < len(labels):
        raise UsageError(f"a comparison needs two runs or more, each with its own label; given: {labels}")
    if not 0 <= baseline < len(runs):
        raise UsageError(f"there is no run {baseline + 1} to be the baseline; there are {len(runs)} runs")
    others = [run for place, run in enumerate(runs) if place != baseline]
    found = [
        _contrast(runs[baseline], other, rng, allow_different_judges, draws)
        for other in paced(others, "runs compared")
    ]
    return Comparison(labels[baseline], tuple(runs), tuple(_corrected(found)))


def split(run: Run) -> list[Run]:
    """Return the run as one side a model and elicitation; itself where it holds one of each.

    Imported records hold several; a pair of one must never meet a reply of another.
    """
    keys = ["model", "elicitation"]
    parts = run.records.partition_by(keys, as_dict=True, maintain_order=True)
    if len(parts) < 2:
        return [run]
    several = [at for at in (0, 1) if len({key[at] for key in parts}) > 1]
    return [
        replace(run, label=" · ".join([run.label, *(str(key[at]) for at in several)]), records=part)
        for key, part in parts.items()
    ]


def _contrast(
    first: Run, second: Run, rng: np.random.Generator, allow_different_judges: bool, draws: int
) -> Contrast:
    judges = (first.reader(), second.reader())
    matched = match([first.records, second.records], judges)
    if not matched.overlap.questions:
        raise UsageError(
            f"{first.label} and {second.label} share no question, so nothing can be compared"
            f"{_same_ids(matched.overlap)}:\n    {_asked(first)}\n    {_asked(second)}\n"
            "audit both with the same --questions, --limit and --seed"
        )
    unreadable = _unreadable(judges, allow_different_judges) or _summarised(first, second)
    readable = not unreadable
    chosen = _DEFINITIONS if readable else ()
    found = differences(matched, rng, (first.label, second.label), chosen, draws)
    if not readable:
        found += absent((first.label, second.label), unreadable, _DEFINITIONS)
    said = remarks(
        (first.label, second.label),
        (first.records, second.records),
        (first.request, second.request),
        matched.overlap,
        judges,
        allowed=allow_different_judges,
        finished=(first.finished, second.finished),
        holds=(first.holds, second.holds),
    )
    moved = moves(matched.pairs, "mention" if readable else None)
    return Contrast(
        first.label, second.label, matched.overlap, tuple(said), tuple(found), tuple(moved), judges
    )


def _unreadable(judges: tuple[str | None, str | None], allowed: bool) -> str:
    """Return why the judges' verdicts are not compared; "" where they are."""
    if None in judges:
        return "no judge read one of the runs"
    if judges[0] == judges[1] or allowed:
        return ""
    return f"read by different judges ({judges[0]}, {judges[1]})"


def _summarised(first: Run, second: Run) -> str:
    """Return why what was read is not compared: summaries of reasoning on one side, and reasoning on the other."""
    shown = {run.label: summaries(run.records) for run in (first, second)}
    if len(set().union(*shown.values())) < 2:
        return ""
    label = next(label for label, values in shown.items() if True in values)
    return f"what {label} shows of its reasoning is a summary, which is not compared with reasoning"


def _asked(run: Run) -> str:
    ids = run.records["question_id"].unique(maintain_order=True)
    sources = run.records["source"].drop_nulls().unique(maintain_order=True).to_list()
    wanted = [f"--{name} {run.request[name]}" for name in ("limit", "seed") if name in run.request]
    facts = [
        f"{len(ids)} questions",
        ", ".join(sources[:6]),
        *wanted,
        f"the first is {ids[0]!r}" if len(ids) else "",
    ]
    return f"{run.label}: " + "; ".join(fact for fact in facts if fact)


def _same_ids(overlap: Overlap) -> str:
    return (
        f" ({overlap.other_text} ids stand for different questions in the two)" if overlap.other_text else ""
    )


def _corrected(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """P after Holm, family by family."""
    families: dict[tuple[str, str | None, bool], list[tuple[int, int]]] = {}
    for at, contrast in enumerate(contrasts):
        for place, each in enumerate(contrast.differences):
            key = (each.quantity, each.definition, each.cue is None)
            families.setdefault(key, []).append((at, place))
    rows = [list(contrast.differences) for contrast in contrasts]
    for (quantity, definition, mean), places in families.items():
        adjusted = holm([rows[at][place].p for at, place in places])
        size = sum(value is not None for value in adjusted)
        over = "runs" if mean else "cues and runs"
        words = f"{quantity}{f' ({definition})' if definition else ''}: {size} {over}"
        for (at, place), p in zip(places, adjusted, strict=True):
            rows[at][place] = replace(rows[at][place], p_holm=p, family=words)
    return [replace(contrast, differences=tuple(row)) for contrast, row in zip(contrasts, rows, strict=True)]
