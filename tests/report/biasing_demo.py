"""Synthetic estimates in the shape of a `biasing` run, under the names that Turpin et al. 2023's figures go by.

The values are the published ones shifted by a given amount: what is tested is how they are laid out, and
the comparison with real records is tested beside the estimates.
"""

from __future__ import annotations

from unsaid.estimates.coordinates import read
from unsaid.estimates.cued.published_turpin import PUBLISHED
from unsaid.estimates.estimate import Estimate


def biasing(shift: float = 0.0, tasks: bool = True) -> list[Estimate]:
    """One estimate a published figure, `shift` points above it, with an interval of two points each way."""
    return [
        _estimate(row.quantity, row.subset, row.value + shift, row.model, row.cue, row.elicitation)
        for row in PUBLISHED
        if tasks or "/" not in row.subset
    ]


def one_model(cues: int = 2) -> list[Estimate]:
    """A run of our own: no model, cue or elicitation that anything was published about."""
    return [
        _estimate(quantity, subset, value, "unsaid/demo", f"cue-{number}", "cot")
        for number in range(cues)
        for subset in ("bias-contradicting", "bias-consistent")
        for quantity, value in (("accuracy.clean", 80.0), ("accuracy.cued", 60.0), ("accuracy.drop", -20.0))
    ]


def _estimate(quantity: str, subset: str, value: float, model: str, cue: str, elicitation: str) -> Estimate:
    drop = quantity == "accuracy.drop"
    return Estimate(
        protocol="biasing",
        quantity=quantity,
        model=model,
        value=value / 100,
        low=(value - 2) / 100,
        high=(value + 2) / 100,
        n=2111,
        questions=2111,
        cue=cue,
        elicitation=elicitation,
        at=read(subset),
        unit="points" if drop else "proportion",
    )
