"""`sampling` on the model's device: one token from each row of logits, and only tokens come back (extra `local`).

The same rule as for the organisms: the cumulative distribution is inverted at one uniform number per token, which the
request's own generator draws. So a reply depends on its seed, not on the batch, up to the last bits of the logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from unsaid.models.local.sampling import Sampling, TokenLogprob

__all__ = ["chances", "draw"]


def draw(
    logits: Tensor, settings: Sequence[Sampling], generators: Sequence[np.random.Generator]
) -> list[int]:
    """Draw one token per row.

    Args:
        logits: (rows, vocabulary), float32.
        settings: one per row.
        generators: one per row; advanced by one number where the temperature is above 0.
    """
    tokens = logits.argmax(dim=1)
    hot = [row for row, setting in enumerate(settings) if setting.temperature > 0]
    if hot:
        rows = torch.tensor(hot, device=logits.device)
        chosen = [settings[row] for row in hot]
        uniforms = [generators[row].random() for row in hot]
        tokens[rows] = _inverted(_restricted(_probabilities(logits[rows], chosen), chosen), uniforms)
    return [int(token) for token in tokens.tolist()]


def _probabilities(logits: Tensor, settings: Sequence[Sampling]) -> Tensor:
    """Return probabilities at each row's temperature, on any scale; in double precision where the device has it."""
    precision = torch.float32 if logits.device.type == "mps" else torch.float64
    temperatures = torch.tensor(
        [each.temperature for each in settings], dtype=precision, device=logits.device
    )
    shifted = (logits - logits.amax(dim=1, keepdim=True)).to(precision)
    return (shifted / temperatures[:, None]).exp_()


def _restricted(probabilities: Tensor, settings: Sequence[Sampling]) -> Tensor:
    """Set all but the likeliest tokens to 0, in the rows that ask for it."""
    some = [row for row, each in enumerate(settings) if each.top_p < 1 or each.top_k]
    if not some:
        return probabilities
    device, size = probabilities.device, probabilities.shape[1]
    rows = torch.tensor(some, device=device)
    sorted_, order = probabilities[rows].sort(dim=1, descending=True, stable=True)
    most = torch.tensor([[settings[row].top_p] for row in some], dtype=sorted_.dtype, device=device)
    count = torch.tensor([[settings[row].top_k or size] for row in some], device=device)
    before = sorted_.cumsum(1) - sorted_
    kept = (before < most * sorted_.sum(1, keepdim=True)) & (torch.arange(size, device=device) < count)
    probabilities[rows] = torch.zeros_like(sorted_).scatter_(1, order, sorted_ * kept)
    return probabilities


def _inverted(probabilities: Tensor, uniforms: Sequence[float]) -> Tensor:
    cumulated = probabilities.cumsum(dim=1)
    drawn = torch.tensor(uniforms, dtype=cumulated.dtype, device=cumulated.device)[:, None]
    # "Right": a token of probability 0 at the front must not be drawn by a 0.0.
    found = torch.searchsorted(cumulated, drawn * cumulated[:, -1:], right=True)[:, 0]
    return found.clamp_(max=probabilities.shape[1] - 1)


def chances(
    logits: Tensor, tokens: Sequence[int], tops: Sequence[int], also: Sequence[Sequence[int]]
) -> list[TokenLogprob]:
    """Return what each row says of its token, of its likeliest tokens, and of tokens that were asked for.

    Args:
        logits: (rows, vocabulary).
        tokens: what was drawn.
        tops: how many likeliest tokens to list.
        also: tokens to list in any case.
    """
    if not tokens:
        return []
    precision = torch.float32 if logits.device.type == "mps" else torch.float64
    logged = logits.to(precision).log_softmax(dim=1)
    drawn = logged.gather(1, torch.tensor(tokens, device=logits.device)[:, None])[:, 0].tolist()
    values, places = (each.tolist() for each in logged.topk(min(max(tops), logged.shape[1]), dim=1))
    found = []
    for row, (token, value) in enumerate(zip(tokens, drawn, strict=True)):
        top = dict(zip(places[row][: tops[row]], values[row][: tops[row]], strict=True))
        more = [each for each in also[row] if each not in top]
        if more:
            wanted = logged[row][torch.tensor(more, device=logits.device)].tolist()
            top |= dict(zip(more, wanted, strict=True))
        pairs = sorted(top.items(), key=lambda pair: -pair[1])
        found.append(TokenLogprob(token, value, tuple(pairs)))
    return found
