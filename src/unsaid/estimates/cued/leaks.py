"""Leaks: where reasoning was forbidden, how often did it stand in the reply all the same?

The "direct" arm of Turpin et al. 2023 (section 3) is a control only where no reasoning came before the answer.

    P(the reply holds reasoning)                                          "leak.reasoning"
    P(it holds none, but reasoning tokens were counted)                   "leak.hidden"

for each arm of an elicitation that forbids reasoning ("direct", and "direct" with an instruction added).
Denominator: replies in which an answer was read, and those cut off before one. Left out, and counted as
missing: calls that failed, refusals, empty replies, and replies without an answer, for all of their text
stands as reasoning (`replies/answers`) whatever it is. Blanks before the answer are no reasoning. The
second needs a provider that counts reasoning tokens; without one it cannot be told from 0, and the note says
how many replies had a count. Intervals: clustered Wilson.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.estimates.cells import cells
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.proportions import Share, shares
from unsaid.estimates.quantity import Quantity, by_name

__all__ = ["QUANTITIES", "forbidding", "forbids_reasoning", "leaks"]

#: Every quantity of this module, in one plain sentence for a reader.
QUANTITIES = by_name(
    Quantity(
        "leak.hidden",
        "Where reasoning was forbidden, how often the model was billed for reasoning nobody can see.",
        words="reasoning billed, and not to be seen",
        among="texts",
    ),
    Quantity(
        "leak.reasoning",
        "Where reasoning was forbidden, how often the reply holds some all the same.",
        words="reasoning where it was forbidden",
        among="texts",
    ),
)

# "direct" and "few-shot-direct" (Turpin's release), instructions added or not.
_FORBIDDING = r"^(few-shot-)?direct(\+|$)"
_NOTHING = "no reply in which an answer was read"
_REASONING = Share("leak.reasoning", "leaked", "seen", "missing", _NOTHING)
_HIDDEN = Share("leak.hidden", "hidden", "seen", "missing", _NOTHING)


def forbids_reasoning(elicitation: str | None) -> bool:
    """Return whether an elicitation of that name forbids reasoning."""
    return elicitation is not None and re.search(_FORBIDDING, elicitation) is not None


def forbidding() -> pl.Expr:
    """Return whether a row's elicitation forbids reasoning."""
    return pl.col("elicitation").str.contains(_FORBIDDING).fill_null(value=False)


def leaks(records: pl.DataFrame, rng: np.random.Generator, protocol: str = "biasing") -> list[Estimate]:
    """Return both rates for each model, elicitation that forbids reasoning, and arm; nothing where there is none.

    Args:
        records: a table of `records.schema`.
        rng: unused, for nothing is drawn; here so that all estimators are called alike.
        protocol: as it stands in the estimates.
    """
    rows = records.filter(forbidding())
    none = pl.lit(None, dtype=pl.String)
    rows = rows.with_columns(cue=none, target=none, arm=pl.col("arm").fill_null("(no arm)"))
    held = pl.col("reasoning").str.strip_chars().str.len_chars().fill_null(0) > 0
    came = pl.col("error").is_null() & (pl.col("unparsed").fill_null("truncated") == "truncated")
    counted = pl.col("reasoning_tokens").fill_null(0) > 0
    sums = {
        "seen": came,
        "missing": ~came,
        "leaked": came & held,
        "hidden": came & ~held & counted,
        "counted": came & pl.col("reasoning_tokens").is_not_null(),
    }
    found: list[Estimate] = []
    for arm, part in sorted(rows.partition_by("arm", as_dict=True).items()):
        labels = {"protocol": protocol, "at": At(arm=str(arm[0]))}
        for table in cells(part, sums, counted=("missing", "counted")):
            found += shares(table, _REASONING, None, labels)
            note = f"reasoning tokens were counted in {table.total(0, 'counted')} of {table.total(0, 'seen')} replies"
            found += [replace(each, note=note) for each in shares(table, _HIDDEN, None, labels)]
    return found
