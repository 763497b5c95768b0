"""Attention of a Transformers model over what a plan says, and not over one padded batch (extra `local`).

Transformers calls the attention function that is registered under the model's `attn_implementation`, and hands it any
further keyword of the model's call (https://huggingface.co/docs/transformers/attention_interface). Ours takes a `plan`:
who looks at what. Without a plan it is Transformers' own "sdpa", so that the model is otherwise as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from unsaid.models.local.prefixes import Ints, Layout

__all__ = ["NAME", "Plan", "ReadPlan", "Unfit", "attention", "path_places"]

NAME = "unsaid"
#: Keywords that say nothing about who looks at what.
_HARMLESS = {"position_ids", "use_cache", "cache_position", "output_attentions", "output_hidden_states"}
#: Endings that are read in one masked product: few enough that what the mask hides costs little.
_TOGETHER = 256
#: Beginnings that are at least so much of the longest are padded to it and read in one product. A GPU minds what is
#: padded less than it minds a further call in each layer.
_ALIKE = {"cpu": 0.9}
_ALIKE_ELSEWHERE = 0.5


class Unfit(Exception):
    """A model asks for something that our attention does not do, such as a sliding window."""


class Plan(Protocol):
    """Who looks at what, in one pass."""

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float | None) -> Tensor:
        """Return what is gathered: (rows, tokens, heads, head_dim) from (rows, heads, tokens, head_dim)."""


def attention(  # noqa: PLR0913 - Transformers' signature
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    plan: Plan | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attend by a plan where there is one.

    Raises:
        Unfit: the model asks for something else beside it.
    """
    if plan is None:
        gathered, _ = ALL_ATTENTION_FUNCTIONS["sdpa"](
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return gathered, None
    foreign = [name for name, value in others.items() if name not in _HARMLESS and _is_set(value)]
    if foreign:
        raise Unfit(f"the model's attention takes {', '.join(sorted(foreign))}")
    return plan.attend(module.layer_idx, query, key, value, scaling), None


def _is_set(value: Any) -> bool:
    return isinstance(value, Tensor) or bool(value)


AttentionInterface.register(NAME, attention)
AttentionMaskInterface.register(NAME, sdpa_mask)


@dataclass
class _Ends:
    """Short endings of one beginning: where their tokens stand, what they look at, and the mask between."""

    queries: Tensor
    keys: Tensor
    mask: Tensor


@dataclass
class ReadPlan:
    """Sequences packed end to end, each looking at its own path.

    Attributes:
        layout: the sequences.
        device: where the model is.
        keep: whether keys and values are kept for decoding.
        keys, values: what was kept, per layer: (kv_heads, tokens, head_dim).
    """

    layout: Layout
    device: torch.device
    keep: bool
    keys: list[Tensor] = field(default_factory=list)
    values: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        roots = [index for index, piece in enumerate(self.layout.pieces) if piece.parent is None]
        alike = _ALIKE.get(self.device.type, _ALIKE_ELSEWHERE)
        self._roots = [self._places(bucket) for bucket in _buckets(self.layout, roots, alike)]
        self._ends = [self._end(parent, group) for parent, group in _groups(self.layout)]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float | None) -> Tensor:
        """Attend within one layer; layers come in order."""
        if self.keep:
            self.keys.append(key[0])
            self.values.append(value[0])
        gathered = torch.empty_like(query)
        grouped = key.shape[1] != query.shape[1]
        for places, real in self._roots:
            q, k, v = (_taken(each, places) for each in (query, key, value))
            mixed = scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale, enable_gqa=grouped)
            _put(gathered, mixed, places, real)
        for ends in self._ends:
            q = query[:, :, ends.queries]
            heads, groups = key.shape[1], q.shape[1] // key.shape[1]
            # Heads that share keys become further queries of one head, so that no key is copied.
            folded = q.reshape(1, heads, groups * q.shape[2], q.shape[3])
            mixed = scaled_dot_product_attention(
                folded,
                key[:, :, ends.keys],
                value[:, :, ends.keys],
                attn_mask=ends.mask.repeat(groups, 1),
                scale=scale,
            )
            gathered[:, :, ends.queries] = mixed.reshape(q.shape)
        return gathered.transpose(1, 2)

    def _places(self, bucket: Sequence[int]) -> tuple[Tensor | slice, Tensor | None]:
        """Return where the tokens of like-long beginnings stand, padded on the right, and which are real."""
        starts = np.array([self.layout.starts[index] for index in bucket])
        lengths = np.array([len(self.layout.pieces[index].own) for index in bucket])
        if len(bucket) == 1:
            return slice(int(starts[0]), int(starts[0] + lengths[0])), None
        offsets = np.arange(lengths.max())
        real = offsets < lengths[:, None]
        places = starts[:, None] + np.minimum(offsets, lengths[:, None] - 1)
        return torch.from_numpy(places).to(self.device), torch.from_numpy(real).to(self.device)

    def _end(self, parent: int, group: Sequence[int]) -> _Ends:
        pieces = [self.layout.pieces[index] for index in group]
        own = [self.layout.paths[index][piece.at :] for index, piece in zip(group, pieces, strict=True)]
        reach = max(piece.at for piece in pieces)
        queries = np.concatenate(own)
        keys = np.concatenate([self.layout.paths[parent][:reach], queries])
        mask = np.zeros((len(queries), len(keys)), bool)
        row = 0
        for piece, tokens in zip(pieces, own, strict=True):
            rows = slice(row, row + len(tokens))
            mask[rows, : piece.at] = True
            mask[rows, reach + row : reach + row + len(tokens)] = np.tri(len(tokens), dtype=bool)
            row += len(tokens)
        return _Ends(*(torch.from_numpy(each).to(self.device) for each in (queries, keys, mask)))


def _taken(packed: Tensor, places: Tensor | slice) -> Tensor:
    """Return tokens of a packed (1, heads, tokens, dim): a slice as it is, else one row per sequence."""
    return packed[:, :, places] if isinstance(places, slice) else packed[0][:, places].transpose(0, 1)


def _put(gathered: Tensor, mixed: Tensor, places: Tensor | slice, real: Tensor | None) -> None:
    if isinstance(places, slice) or real is None:
        gathered[:, :, places] = mixed
    else:
        gathered[0][:, places[real]] = mixed.transpose(0, 1)[:, real]


def _buckets(layout: Layout, roots: Sequence[int], alike: float) -> list[list[int]]:
    """Beginnings of like length together; pieces come longest first."""
    buckets: list[list[int]] = []
    for index in roots:
        longest = len(layout.pieces[buckets[-1][0]].own) if buckets else 0
        if buckets and len(layout.pieces[index].own) >= alike * longest:
            buckets[-1].append(index)
        else:
            buckets.append([index])
    return buckets


def _groups(layout: Layout) -> list[tuple[int, list[int]]]:
    """Return endings with the piece that they branch off: together up to `_TOGETHER` tokens, a longer one alone."""
    children: dict[int, list[int]] = {}
    for index, piece in enumerate(layout.pieces):
        if piece.parent is not None and piece.own:
            children.setdefault(piece.parent, []).append(index)
    groups: list[tuple[int, list[int]]] = []
    for parent, family in children.items():
        total = _TOGETHER
        for index in family:
            size = len(layout.pieces[index].own)
            if total + size > _TOGETHER:
                groups.append((parent, []))
                total = 0
            groups[-1][1].append(index)
            total += size
    return groups


def path_places(paths: Sequence[Ints], device: torch.device) -> Tensor:
    """Return paths as one tensor (sequences, longest), padded on the right with place 0."""
    places = np.zeros((len(paths), max(len(path) for path in paths)), np.int64)
    for row, path in enumerate(paths):
        places[row, : len(path)] = path
    return torch.from_numpy(places).to(device)
