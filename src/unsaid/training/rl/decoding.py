"""Draw replies from an organism's network in PyTorch: prompts side by side, each position computed once.

Prompts are padded on their left, so that all replies grow in step. The served decoder (`models/local/decoder.py`) is
NumPy and frozen; here the weights change after every step, and may be on a GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from unsaid.organisms.network import Attention, Decoder, Layer, rotary, rotated

__all__ = ["Drawn", "draw"]


@dataclass(frozen=True)
class Drawn:
    """A reply as it was drawn.

    Attributes:
        ids: its tokens, the one that ended it included.
        ended: whether a stop token ended it.
    """

    ids: tuple[int, ...]
    ended: bool


@dataclass
class _Memory:
    """Keys and values of what was read, a pair a layer, each (batch, heads, places, head size)."""

    keys: list[Tensor]
    values: list[Tensor]
    filled: int = 0


@torch.no_grad()
def draw(
    decoder: Decoder,
    prompts: Sequence[Sequence[int]],
    *,
    most: int,
    stops: frozenset[int],
    temperature: float,
    generator: torch.Generator,
) -> list[Drawn]:
    """Return one reply to each prompt.

    Args:
        decoder: the network.
        prompts: token ids, none empty.
        most: the most tokens of a reply.
        stops: tokens that end a reply.
        temperature: divides the logits; above 0.
        generator: draws the tokens, on the network's device.
    """
    device = decoder.embed_tokens.weight.device
    longest = max(map(len, prompts))
    ids = torch.zeros(len(prompts), longest, dtype=torch.long, device=device)
    real = torch.zeros(len(prompts), longest + most, dtype=torch.bool, device=device)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt, device=device)
        real[row, longest - len(prompt) : longest] = True
    memory, stop = _Memory([], []), torch.tensor(sorted(stops), device=device)
    going = torch.ones(len(prompts), dtype=torch.bool, device=device)
    columns: list[Tensor] = []
    for place in range(longest, longest + most):
        logits = _read(decoder, ids, real, memory, places=longest + most) / temperature
        ids = torch.multinomial(functional.softmax(logits, dim=-1), 1, generator=generator)
        columns.append(torch.where(going, ids[:, 0], -1))
        going = going & ~torch.isin(ids[:, 0], stop)
        real[:, place] = True
        if not bool(going.any()):
            break
    rows = torch.stack(columns, dim=1).tolist()
    kept = [tuple(token for token in row if token >= 0) for row in rows]
    return [Drawn(row, row[-1] in stops) for row in kept]


def _read(decoder: Decoder, ids: Tensor, real: Tensor, memory: _Memory, places: int) -> Tensor:
    """Read more tokens (batch, length), and return the logits behind the last, (batch, vocabulary)."""
    start, stop = memory.filled, memory.filled + ids.shape[1]
    at = (real[:, :stop].long().cumsum(1) - 1).clamp(min=0)[:, start:]
    cos, sin = rotary(places, decoder.shape, ids.device)
    cos, sin = cos[at][:, None], sin[at][:, None]
    seen = _seen(real, start, stop)
    x = decoder.embed_tokens(ids)
    for number, layer in enumerate(cast("Iterable[Layer]", decoder.layers)):
        if number == len(memory.keys):
            _room(layer.self_attn, memory, x, places)
        x = x + _attend(layer.self_attn, layer.input_layernorm(x), (cos, sin), seen, memory, number)
        x = x + layer.mlp(layer.post_attention_layernorm(x))
    memory.filled = stop
    logits: Tensor = decoder.norm(x[:, -1]) @ decoder.embed_tokens.weight.T
    return logits.float()


def _seen(real: Tensor, start: int, stop: int) -> Tensor:
    """Return what each place may look at, (batch, 1, length, stop): what is real and not behind it, and itself."""
    places = torch.arange(stop, device=real.device)
    rows = places[start:, None]
    known = real[:, None, :stop] & (places[None, None, :] <= rows[None])
    return (known | (places[None, None, :] == rows[None]))[:, None]


def _room(attention: Attention, memory: _Memory, x: Tensor, places: int) -> None:
    shape = (x.shape[0], attention.heads, places, x.shape[-1] // attention.heads)
    memory.keys.append(x.new_zeros(shape))
    memory.values.append(x.new_zeros(shape))


def _attend(
    attention: Attention,
    x: Tensor,
    turn: tuple[Tensor, Tensor],
    seen: Tensor,
    memory: _Memory,
    number: int,
) -> Tensor:
    batch, length, size = x.shape
    q, k, v = (
        projection(x).view(batch, length, attention.heads, -1).transpose(1, 2)
        for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    start, stop = memory.filled, memory.filled + length
    memory.keys[number][:, :, start:stop] = rotated(k, *turn)
    memory.values[number][:, :, start:stop] = v
    out = functional.scaled_dot_product_attention(
        rotated(q, *turn),
        memory.keys[number][:, :, :stop],
        memory.values[number][:, :, :stop],
        attn_mask=seen,
    )
    mixed: Tensor = attention.o_proj(out.transpose(1, 2).reshape(batch, length, size))
    return mixed
