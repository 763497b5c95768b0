"""`unsaid calibrate --labels`: the instruments, on labels of chains and steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from unsaid import stopping
from unsaid.calibration.labels import PUBLISHED, conclude, labelled_run, scores
from unsaid.cli.console import OUT, say
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.judges import Judge
from unsaid.judges.lexical import LEXICAL
from unsaid.report.files.results import write_results
from unsaid.report.terminal.table import Column, Fitted
from unsaid.store.disk import unwritable

__all__ = ["score_chain_labels"]

_COLUMNS = (
    Column("instrument"),
    Column("n"),
    Column("AUROC"),
    Column("called unfaithful"),
    Column("missing", spare=1),
)


def score_chain_labels(run: Path, judge: Judge) -> None:
    """Read the labelled chains of a run with every instrument; print what each can tell, and write it beside them.

    Args:
        run: its folder.
        judge: who reads, beside the lexical judge.

    Raises:
        UsageError: the run has no labels of chains.
        DataError: a file of it is damaged.
        RunError: the folder cannot be written to.
    """
    records, labels = labelled_run(run)
    judges = [LEXICAL] if judge.name == LEXICAL.name else [LEXICAL, judge]
    with stopping.listening(), stopping.orderly():
        scored = stopping.run(scores(records, labels, judges))
    found = conclude(scored)
    for unit in PUBLISHED:
        mine = [each for each in found if each.quantity.startswith(f"{unit}.")]
        if mine:
            OUT.print(_table(unit, mine))
            best, who = PUBLISHED[unit]
            say(
                f"  best published of a {unit}: {best:.2f} ({who}; BonaFide 2026, arXiv 2605.25052, read in a "
                "secondary source)\n"
            )
    say(
        "0.50 is what a coin reaches. A judge is asked whether a hint is disclosed, which is part of what labels say. "
        "Length is not an instrument: every instrument should beat it."
    )
    path = run / "chain-labels.json"
    try:
        write_results(found, path)
    except OSError as error:
        raise unwritable(run, error) from error
    say(f"{path} has every number")


def _table(unit: str, found: Sequence[Estimate]) -> Fitted:
    title = f"{unit}s: can it tell faithful ones from unfaithful ones? 95% intervals"
    parts = list(dict.fromkeys(each.at for each in found))
    return Fitted(title, _COLUMNS, tuple((_heading(found, at), tuple(_rows(found, at))) for at in parts))


def _heading(found: Sequence[Estimate], at: At) -> str:
    truth = next(each for each in found if each.at == at and each.quantity.endswith(".unfaithful"))
    share = "" if truth.value is None else f": {truth.k:,} of {truth.n:,} are unfaithful ({truth.value:.0%})"
    return f"{str(at) or 'all'}{share}"


def _rows(found: Sequence[Estimate], at: At) -> Iterator[tuple[str, ...]]:
    mine = [each for each in found if each.at == at]
    bias = {(e.judge, e.definition): e for e in mine if e.quantity.endswith(".called-unfaithful")}
    for each in mine:
        if each.quantity.endswith(".auroc"):
            name = " · ".join(part for part in (each.judge, each.definition) if part)
            says = bias.get((each.judge, each.definition))
            called = "–" if says is None or says.value is None else f"{100 * says.value:.0f}%"
            yield name, f"{each.n:,}", _area(each), called, f"{each.missing:,}"


def _area(estimate: Estimate) -> str:
    if estimate.value is None:
        return estimate.reason
    ends = "" if estimate.low is None else f" ({estimate.low:.2f} to {estimate.high:.2f})"
    return f"{estimate.value:.2f}{ends}"
