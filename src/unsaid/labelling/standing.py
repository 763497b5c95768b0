"""How far the labelling of a run is, and how far people agree, in lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.gate_labels import FEWEST
from unsaid.labelling.sample import CATCH
from unsaid.records.labelled import PERSON, attach, disagreements
from unsaid.records.labels import ADJUDICATED, Labels, Sample, read_labels

__all__ = ["agreed", "standing", "unsettled"]

_SHOWN = {"agreement.raw": "raw", "agreement.kappa": "kappa", "agreement.ac1": "AC1"}


def standing(labels: Labels) -> Iterator[str]:
    """Yield what is to be labelled, what each labeller did, and what is left to settle."""
    if labels.drawn is not None:
        yield _drawn(labels.drawn)
    total = {} if labels.drawn is None else {each["item"] for each in labels.drawn.items}
    for name in labels.labellers:
        said = labels.of(name)
        done = (
            f"{sum(item in total for item in said)} of {len(total)} answered"
            if total
            else f"{len(said)} labels"
        )
        beyond = sum(item not in total for item in said) if total else 0
        unsure = sum(label.mentions is None for label in said.values())
        parts = [done, *([f"{beyond} beyond the sample"] if beyond else []), f"{unsure} unsure"]
        catches = [label for label in said.values() if labels.places[label.item]["stratum"] == CATCH]
        if catches:
            wrong = sum(label.mentions is True for label in catches)
            parts.append(
                f"something named in {wrong} of {len(catches)} catch items, where there is nothing to name"
            )
        yield f"  {name}: {', '.join(parts)}"
    differing = disagreements(labels.labels)
    if len(labels.labellers) > 1:
        left = len(unsettled(labels))
        settled = f", {len(differing) - left} of them settled" if differing else ""
        yield f"  labellers differ on {len(differing)} repl{'y' if len(differing) == 1 else 'ies'}{settled}"


def _drawn(drawn: Sample) -> str:
    catches = sum(each["stratum"] == CATCH for each in drawn.items)
    rest = len(drawn.items) - catches
    how = "stratified by cue" if drawn.sample == "stratified" else "at random"
    whole = " (all there are)" if rest < drawn.n else ""
    added = f", and {catches} catch items" if catches else ""
    what = f"the {drawn.channel} of {rest} {drawn.population} replies{whole}"
    return f"to label: {what}, drawn {how}, seed {drawn.seed}{added}"


def unsettled(labels: Labels) -> list[str]:
    """Return the items on which labellers differ and nobody has settled it."""
    settled = labels.of(ADJUDICATED)
    return [item for item in disagreements(labels.labels) if item not in settled]


def agreed(run: Path, records: pl.DataFrame) -> list[str]:
    """Return how far each two labellers agree; nothing where there is one. Catch items, which flatter, are left out.

    Args:
        run: the run's folder.
        records: its records.

    Raises:
        DataError: the labels are damaged, or not of these records.
    """
    labels = read_labels(run).filter((pl.col("labeller") != ADJUDICATED) & (pl.col("stratum") != CATCH))
    names = sorted(labels["labeller"].unique())
    if len(names) < 2:
        return []
    blind = records.with_columns(verdicts=pl.lit([], records.schema["verdicts"]))
    read = attach(blind, labels).filter(pl.col("verdicts").list.len() > 0)
    # As if of one model: people are compared, and not those whom they read.
    pooled = read.with_columns(
        question_id=pl.concat_str(
            "model", pl.lit(" "), "elicitation", pl.lit(" "), "question_id", ignore_nulls=True
        ),
        model=pl.lit("all"),
        elicitation=pl.lit("any"),
    )
    lines: list[str] = []
    for first, second in combinations(names, 2):
        found = agreement(pooled, np.random.default_rng(0), [PERSON + first, PERSON + second])
        for definition in ("mention", "reliance"):
            these = {each.quantity: each for each in found if each.definition == definition}
            if "agreement.raw" not in these:
                continue
            n, start = these["agreement.raw"].n, f"  {first} and {second} on {definition}"
            if n < FEWEST:
                lines.append(f"{start}: too few texts labelled by both (n={n}; {FEWEST} are needed)")
                continue
            told = [_told(name, these[quantity]) for quantity, name in _SHOWN.items()]
            lines += [f"{start}, {n} texts: {', '.join(told)}", *_warnings(these["agreement.kappa"])]
    return lines


def _told(name: str, estimate: Estimate) -> str:
    if estimate.value is None:
        return f"{name} – ({estimate.reason})"
    ends = "" if estimate.low is None else f" ({estimate.low:.2f} to {estimate.high:.2f})"
    return f"{name} {estimate.value:.2f}{ends}"


def _warnings(kappa: Estimate) -> list[str]:
    """Return the warning of a kappa that a skewed base rate has pressed down."""
    if "saturated" not in kappa.note:
        return []
    return [f"    {kappa.note[kappa.note.index('saturated') :]}"]
