"""The product of a few rows with a large vocabulary, by the library that does it faster on a CPU (extra `local`).

A decoding step ends in as many rows as there are replies under way, times a matrix of the whole vocabulary. MKL, which
PyTorch takes for float32, rearranges the whole matrix for each such product; oneDNN reads it as it stands. With the
matrix of SmolLM2-135M (49,152 x 576) and one thread of an AMD EPYC, 16 rows took 50 ms by MKL and 32 ms by oneDNN, and
64 rows 101 and 70 ms. The matrices of the layers are smaller, and MKL is as fast there.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Head", "available", "plain_head", "quicker_head"]

#: Weights from which on oneDNN is taken: a few times what a processor's nearest cache holds.
LEAST = 4_000_000


class Head(nn.Linear):
    """A linear layer computed by oneDNN; with gradients, or in another precision than float32, by PyTorch's own way."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - PyTorch's signature
        """Return input x weights + bias."""
        if torch.is_grad_enabled() or input.dtype != torch.float32 or self.weight.dtype != torch.float32:
            return super().forward(input)
        found: Tensor = torch.ops.mkldnn._linear_pointwise(input, self.weight, self.bias, "none", [], "")
        return found


def available() -> bool:
    """Return whether this PyTorch has oneDNN for this processor, and the operation that we take from it."""
    known = platform.machine() in {"x86_64", "AMD64"} and torch._C._has_mkldnn
    return known and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def quicker_head(model: Any) -> None:
    """Let oneDNN compute the model's output layer, where it is there and the layer is large. No weight is copied."""
    head = model.get_output_embeddings()
    # A subclass, a hook or another precision means that the layer does more than this product.
    if type(head) is not nn.Linear or head._forward_hooks or head._forward_pre_hooks:
        return
    weight = head.weight
    fits = weight.device.type == "cpu" and weight.dtype == torch.float32 and weight.numel() >= LEAST
    if fits and available():
        head.__class__ = Head


def plain_head(model: Any) -> None:
    """Undo `quicker_head`."""
    if type(model.get_output_embeddings()) is Head:
        model.get_output_embeddings().__class__ = nn.Linear
