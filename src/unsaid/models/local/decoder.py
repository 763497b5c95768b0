"""The forward pass of a `LlamaForCausalLM`, batched, in NumPy.

RMSNorm, rotary positions, (grouped-query) attention with a cache, SwiGLU. Three things differ from the
textbook, all for speed or for reproducibility, none in what is computed:

- RMSNorm's gain, the attention scale, and the three (two) projections that read the same input are folded
  into one matrix each when the weights are loaded. Query and key columns are interleaved, so that the
  rotary embedding is one complex multiplication.
- Every matrix product sees tiles of exactly `TILE` rows, whatever the batch. BLAS picks its kernel, and so
  the last bits of its sums, by shape; with one shape a row's numbers do not depend on its company.
- Rows attend over their own length rounded up to `SPAN`, for the same reason.

So the tokens of a reply do not depend on the batch it rode in, and its log-probabilities agree to 1e-4, whatever the
BLAS (tests/models/local/test_generation.py tries hundreds of random batches). Between machines, last bits may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from unsaid.errors import UsageError
from unsaid.models.local.cache import Cache, Ints
from unsaid.models.local.checkpoint import F32, Architecture, read_architecture, read_weights, tensor
from unsaid.models.local.prefixes import laid_out

TILE = 16

# (layer, queries, keys, values) -> what each row gathers; all (rows, heads, head_dim)
Attention = Callable[[int, F32, F32, F32], F32]


class PromptTooLong(UsageError):
    """A prompt leaves no room for a reply in the model's context."""


@dataclass(frozen=True)
class Layer:
    """One layer's matrices, folded: each is used as `rows @ matrix`."""

    qkv: F32
    out: F32
    gate_up: F32
    down: F32


class Decoder:
    """A loaded model.

    Attributes:
        architecture: its sizes.
    """

    def __init__(self, architecture: Architecture, tensors: dict[str, F32]) -> None:
        """Fold the weights.

        Raises:
            DataError: a tensor is missing or of the wrong shape.
        """
        self.architecture = a = architecture
        self.embedding = tensor(tensors, "model.embed_tokens.weight", (a.vocabulary, a.width))
        head = self.embedding if a.tied else tensor(tensors, "lm_head.weight", (a.vocabulary, a.width))
        gain = tensor(tensors, "model.norm.weight", (a.width,))
        self._head = np.ascontiguousarray((head * gain).T)
        self._layers = [_fold(a, tensors, f"model.layers.{index}") for index in range(a.layers)]
        half = a.head_dim // 2
        angles = np.arange(a.context)[:, None] * a.rope_theta ** (-np.arange(half) / half)
        self._phases = np.exp(1j * angles).astype(np.complex64)

    @classmethod
    def load(cls, folder: Path) -> Decoder:
        """Read a model folder.

        Raises:
            DataError: it is incomplete, damaged, or not a plain Llama.
        """
        return cls(read_architecture(folder), read_weights(folder))

    def prefill(self, prompts: Sequence[Sequence[int]]) -> tuple[F32, Cache]:
        """Read prompts of any lengths.

        Returns:
            Logits of the token after each prompt (prompts, vocabulary), and the filled cache. Its rows
            are in the order of `prompts`: pass it through `Cache.gathered` before `step`.

        Raises:
            PromptTooLong: a prompt takes the whole context, or more.
        """
        lengths = np.array([len(prompt) for prompt in prompts], np.int64)
        cache = Cache.empty(self.architecture, lengths)
        return self._read(prompts, np.cumsum(lengths) - 1, cache), cache

    def logits(self, ids: Sequence[int]) -> F32:
        """Return logits after every position of one sequence: (positions, vocabulary).

        Raises:
            PromptTooLong: the sequence takes the whole context, or more.
        """
        return self._read([ids], np.arange(len(ids)), None)

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> F32:
        """Return logits of the token after each sequence: (sequences, vocabulary).

        What sequences have in common is read once, so that last bits depend on their company.

        Raises:
            PromptTooLong: a sequence takes the whole context, or more.
        """
        for sequence in sequences:
            self.check_length(len(sequence))
        layout = laid_out([tuple(sequence) for sequence in sequences])
        endings = [
            (path[piece.at :], path, _causal(len(piece.own), len(path)))
            for piece, path in zip(layout.pieces, layout.paths, strict=True)
            if piece.own
        ]

        def attend(layer: int, queries: F32, keys: F32, values: F32) -> F32:
            gathered = np.empty_like(queries)
            for own, path, mask in endings:
                gathered[own] = self._ending(queries[own], keys[path], values[path], mask)
            return gathered

        last = np.array([path[-1] for path in layout.paths])
        logits = np.empty((len(sequences), self.architecture.vocabulary), np.float32)
        logits[list(layout.order)] = self._forward(layout.tokens, layout.positions, attend, last)
        return logits

    def _ending(self, queries: F32, keys: F32, values: F32, mask: F32) -> F32:
        """Attention of the last tokens of one sequence to themselves and to all before them."""
        grouped = self._grouped(queries).transpose(1, 2, 0, 3)
        mixed = _softmax_mix(grouped, keys.swapaxes(0, 1)[:, None], values.swapaxes(0, 1)[:, None], mask)
        return mixed.transpose(2, 0, 1, 3).reshape(queries.shape)

    def step(self, tokens: Ints, cache: Cache) -> F32:
        """Append one token to each row of `cache`, which grows by a position.

        Returns:
            Logits of the token after it: (rows, vocabulary).
        """
        if cache.keys.shape[3] <= cache.lengths.max():
            grown, _ = Cache.gathered(self.architecture, [(cache, np.arange(len(tokens)))])
            cache.keys, cache.values = grown.keys, grown.values
        rows, lengths, spans = np.arange(len(tokens)), cache.lengths, cache.spans()
        room = spans[0][2]
        mask = np.where(np.arange(room) <= lengths[:, None], np.float32(0), np.float32(-np.inf))

        def attend(layer: int, queries: F32, keys: F32, values: F32) -> F32:
            cache.keys[layer][rows, :, lengths] = keys
            cache.values[layer][rows, :, lengths] = values
            grouped = self._grouped(queries)
            gathered = np.empty_like(grouped)
            for first, last, reach in spans:
                gathered[first:last] = _softmax_mix(
                    grouped[first:last],
                    cache.keys[layer, first:last, :, :reach],
                    cache.values[layer, first:last, :, :reach],
                    mask[first:last, None, None, :reach],
                )
            return gathered

        # A finished row may stay for a while (compaction is lazy) and outgrow the context: its numbers are
        # no longer read, so any phase will do.
        positions = np.minimum(lengths, self.architecture.context - 1)
        logits = self._forward(tokens, positions, attend, rows)
        cache.lengths = lengths + 1
        return logits

    def _read(self, prompts: Sequence[Sequence[int]], wanted: Ints, cache: Cache | None) -> F32:
        """Prompts packed end to end, so that no padding is computed; each attends within itself."""
        for prompt in prompts:
            self.check_length(len(prompt))
        edges = np.cumsum([0, *(len(prompt) for prompt in prompts)])
        tokens = np.concatenate([np.asarray(prompt, np.int64) for prompt in prompts])
        positions = np.concatenate([np.arange(len(prompt)) for prompt in prompts])
        longest = int(np.diff(edges).max())
        causal = _causal(longest, longest)

        def attend(layer: int, queries: F32, keys: F32, values: F32) -> F32:
            gathered = np.empty_like(queries)
            for row, (a, b) in enumerate(pairwise(edges)):
                own_keys, own_values = keys[a:b].swapaxes(0, 1), values[a:b].swapaxes(0, 1)
                if cache is not None:
                    cache.keys[layer, row, :, : b - a] = own_keys
                    cache.values[layer, row, :, : b - a] = own_values
                gathered[a:b] = self._ending(queries[a:b], keys[a:b], values[a:b], causal[: b - a, : b - a])
            return gathered

        return self._forward(tokens, positions, attend, wanted)

    def check_length(self, length: int) -> None:
        """Refuse a prompt that is empty or leaves no room for a reply.

        Raises:
            PromptTooLong: it takes the whole context, or more.
            ValueError: it is empty.
        """
        if not length:
            raise ValueError("an empty prompt has nothing to continue")
        if length >= self.architecture.context:
            raise PromptTooLong(
                f"the prompt is {length} tokens long and the context is {self.architecture.context}, "
                "reply included; ask shorter questions or use another model"
            )

    def _grouped(self, queries: F32) -> F32:
        a = self.architecture
        return queries.reshape(len(queries), a.kv_heads, a.heads // a.kv_heads, a.head_dim)

    def _forward(self, tokens: Ints, positions: Ints, attend: Attention, wanted: Ints) -> F32:
        """Logits of the wanted rows. `attend` says what a row may look at."""
        a, rows = self.architecture, len(tokens)
        rotated, every = a.heads + a.kv_heads, a.heads + 2 * a.kv_heads
        phases = self._phases[positions][:, None]
        x = _tiled(self.embedding[tokens])
        with np.errstate(over="ignore"):  # exp of a very negative gate: the quotient is rightly 0
            for index, layer in enumerate(self._layers):
                qkv = _times(_unit(x, a.norm_epsilon), layer.qkv)[:rows].reshape(rows, every, a.head_dim)
                qk = (qkv[:, :rotated].view(np.complex64) * phases).view(np.float32)
                mixed = attend(index, qk[:, : a.heads], qk[:, a.heads :], qkv[:, rotated:]).reshape(rows, -1)
                if index == a.layers - 1:  # above, only the wanted rows matter
                    x, mixed = _tiled(x[wanted]), mixed[wanted]
                x += _times(_tiled(mixed), layer.out)
                gate_up = _times(_unit(x, a.norm_epsilon), layer.gate_up)
                gate, up = gate_up[:, : a.hidden], gate_up[:, a.hidden :]
                x += _times(gate / (1 + np.exp(-gate)) * up, layer.down)
        return _times(_unit(x, a.norm_epsilon), self._head)[: len(wanted)]


def _fold(a: Architecture, tensors: dict[str, F32], name: str) -> Layer:
    """One layer's matrices in the form that the forward pass wants."""

    def matrix(part: str, rows: int, columns: int) -> F32:
        return tensor(tensors, f"{name}.{part}.weight", (rows, columns))

    def interleaved(weight: F32) -> F32:
        """Return rows (0, h/2, 1, h/2+1, ...) of each head: what rotates together becomes neighbours."""
        heads = weight.reshape(-1, 2, a.head_dim // 2, a.width)
        return heads.swapaxes(1, 2).reshape(-1, a.width)

    before_attention = tensor(tensors, f"{name}.input_layernorm.weight", (a.width,))
    before_mlp = tensor(tensors, f"{name}.post_attention_layernorm.weight", (a.width,))
    query = interleaved(matrix("self_attn.q_proj", a.heads * a.head_dim, a.width)) * a.head_dim**-0.5
    key = interleaved(matrix("self_attn.k_proj", a.kv_heads * a.head_dim, a.width))
    value = matrix("self_attn.v_proj", a.kv_heads * a.head_dim, a.width)
    gate = matrix("mlp.gate_proj", a.hidden, a.width)
    up = matrix("mlp.up_proj", a.hidden, a.width)
    return Layer(
        qkv=_columns(np.concatenate([query, key, value]) * before_attention),
        out=_columns(matrix("self_attn.o_proj", a.width, a.heads * a.head_dim)),
        gate_up=_columns(np.concatenate([gate, up]) * before_mlp),
        down=_columns(matrix("mlp.down_proj", a.width, a.hidden)),
    )


def _causal(own: int, every: int) -> F32:
    """Return the mask of the last `own` of `every` positions: 0 where they look, else minus infinity."""
    return np.triu(np.full((own, every), -np.inf, np.float32), every - own + 1)


def _columns(weight: F32) -> F32:
    return np.ascontiguousarray(weight.T, dtype=np.float32)


def _tiled(rows: F32) -> F32:
    """Return rows padded with zeros to a multiple of `TILE`."""
    missing = -len(rows) % TILE
    return np.concatenate([rows, np.zeros((missing, rows.shape[1]), np.float32)]) if missing else rows


def _times(rows: F32, matrix: F32) -> F32:
    """`rows @ matrix` as products of one fixed shape: see the top of this module."""
    product: F32 = (rows.reshape(-1, TILE, rows.shape[1]) @ matrix).reshape(len(rows), -1)
    return product


def _unit(x: F32, epsilon: float) -> F32:
    """RMSNorm without its gain, which is folded into the matrix that follows."""
    mean_square: F32 = np.vecdot(x, x, dtype=np.float32) * np.float32(1 / x.shape[1])
    size: F32 = np.sqrt(mean_square + np.float32(epsilon))
    return x / size[:, None]


def _softmax_mix(queries: F32, keys: F32, values: F32, mask: F32) -> F32:
    """Attention: values mixed by the softmax of scores; the scale is folded into the queries."""
    scores: F32 = queries @ keys.swapaxes(-1, -2) + mask
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    mixed: F32 = scores @ values
    mixed /= scores.sum(axis=-1, keepdims=True)
    return mixed
