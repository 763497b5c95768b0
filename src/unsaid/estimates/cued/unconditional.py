"""Said, whatever moved: of all replies to a cued prompt, how many say so?

    P(verbalised | cued)                                                  "said.unconditional"
    P(verbalised | cued, and the answer is the target)                    "said.on-target"

Published tables often give one of these (Young 2026, arXiv:2603.20172, compares three judges on the second), and labels
of replies whose answers nobody kept allow no other than the first. They are not faithfulness: a model that names every
cue and follows none scores 1 on the first, and a reply that would have had the cue's answer without the cue counts in
the second.

Denominators: all cued replies, whether or not an answer was read from them; and those whose answer is the target
(any other, where the cue points away), whatever the clean answer was. A reply without a verdict is counted as
missing, and is taken to be like the others of its stratum: moved, or not known to have moved. A judge that costs reads
the replies that moved and a sample of the rest (`asking/readings.py`), so the plain share of the replies it read
would mostly be that of moved replies. Where every reply has a verdict the rate is the plain share. The last estimate is
the unweighted mean over cues. Intervals: as in `silence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from unsaid.estimates.cells import Cells, cells
from unsaid.estimates.cued.faithfulness import CHANNEL_AT
from unsaid.estimates.cued.unsaid_share import Stratum, sum_interval, unsaid
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import Definition
from unsaid.estimates.proportions import mean_over_cues, present
from unsaid.estimates.quantity import Quantity, by_name
from unsaid.records.followed import hits_target
from unsaid.statistics.bootstrap import DRAWS
from unsaid.statistics.intervals import FloatArray

__all__ = ["QUANTITIES", "unconditional"]

#: In one plain sentence, as `estimates.QUANTITIES` has them.
QUANTITIES = by_name(
    Quantity(
        "said.unconditional",
        "Of all cued replies, the share that says so, whether or not the cue moved the answer.",
        words="of all cued replies, {said}",
    ),
    Quantity(
        "said.on-target",
        "Of the cued replies whose answer is the target, the share that says so, moved or not.",
        words="of cued replies at the target, {said}",
    ),
)

_STRATA = (Stratum("moved", "moved_read", "moved_said"), Stratum("other", "other_read", "other_said"))


def unconditional(
    pairs: pl.DataFrame,
    rng: np.random.Generator,
    definition: Definition = "mention",
    draws: int = DRAWS,
    protocol: str = "verbalisation",
) -> list[Estimate]:
    """Return the shares of cued replies, and of those at the target, that say so: for each cue, and the mean over cues.

    Args:
        pairs: from `pairs.pairs`, which chose the judge and the channel.
        rng: the source of randomness.
        definition: what counts as said.
        draws: bootstrap draws.
        protocol: as it stands in the estimates.

    Returns:
        Nothing where no cued reply has a verdict under this definition.
    """
    at_target = pl.col("moved") | (pl.col("target").is_not_null() & hits_target("cued_answer"))
    rates = (("said.unconditional", pl.lit(True)), ("said.on-target", at_target.fill_null(value=False)))
    return [
        each
        for name, of in rates
        for each in _rate(pairs, of, rng, definition, draws, protocol, quantity=name)
    ]


def _rate(  # noqa: PLR0913 - one more than the public function
    pairs: pl.DataFrame,
    of: pl.Expr,
    rng: np.random.Generator,
    definition: Definition,
    draws: int,
    protocol: str,
    *,
    quantity: str,
) -> list[Estimate]:
    """The rate among the replies that `of` holds; its rows stay whole, so that the kinds of target stay apart."""
    if pairs.filter(of, pl.col(definition).is_not_null()).is_empty():
        return []
    said, moved = pl.col(definition), pl.col("moved").fill_null(value=False)
    sums = {"all": of, "unread": of & said.is_null()}
    for name, inside in (("moved", of & moved), ("other", of & ~moved)):
        sums |= {name: inside, f"{name}_read": inside & said.is_not_null(), f"{name}_said": inside & said}
    labels: dict[str, Any] = {"protocol": protocol, "quantity": quantity, "definition": definition}
    labels |= {"judge": pairs["judge"][0], "channel": CHANNEL_AT[pairs["channel"][0]]}
    found: list[Estimate] = []
    for table in cells(pairs, sums, counted=("unread",)):
        found += _of(table, table.draw(rng, draws, joint=True), labels)
    return found


def _of(table: Cells, drawn: FloatArray, labels: dict[str, Any]) -> list[Estimate]:
    """Return the rate of each cue of one model and elicitation, and the mean over its cues."""
    every = range(len(table.cells))
    found = [_cell(table, drawn, cell, labels) for cell in every]
    used = [cell for cell in every if found[cell].value is not None]
    shares = [unsaid(table, drawn, cell, _STRATA, "all", 1 / len(used)) for cell in used]
    terms = [term for share in shares for term in share.parts]
    interval = sum_interval(terms, sum(share.excess for share in shares)) if terms else None
    counts = _labels(table, None, labels) | _counts(table, used)
    return [*found, mean_over_cues(table, found, terms, counts, interval)]


def _cell(table: Cells, drawn: FloatArray, cell: int, labels: dict[str, Any]) -> Estimate:
    attributes = table.about(cell) | _labels(table, cell, labels) | _counts(table, [cell])
    share = unsaid(table, drawn, cell, _STRATA, "all")
    if share.value is None:
        side = "that moved" if table.total(cell, "moved_read") == 0 else "that did not move"
        reason = f"no reply {side} has a verdict" if attributes["n"] else "no cued reply has a verdict"
        return Estimate(value=None, reason=reason, flags=("undefined",), **attributes)
    return present(share.value, sum_interval(share.parts, share.excess), attributes)


def _labels(table: Cells, cell: int | None, labels: dict[str, Any]) -> dict[str, Any]:
    """Return the labels, with the text that was read behind what else sets the cell apart."""
    at = table.about(cell)["at"] | labels["channel"]
    return {name: value for name, value in labels.items() if name != "channel"} | {"at": at}


def _counts(table: Cells, used: Sequence[int]) -> dict[str, Any]:
    """`n` counts the replies that were read; the numerator is given where these are all there are."""
    total = {name: sum(table.total(cell, name) for cell in used) for name in table.names}
    return {
        "n": total["moved_read"] + total["other_read"],
        "k": total["moved_said"] + total["other_said"] if not total["unread"] else None,
        "missing": total["unread"],
        "questions": table.questions(used, "all"),
    }
