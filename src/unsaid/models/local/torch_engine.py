"""A Transformers model that reads packed sequences and decodes slots, without padding (extra `local`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from unsaid.models.local.prefixes import Layout, laid_out, packs
from unsaid.models.local.torch_attention import NAME, Plan, ReadPlan, Unfit
from unsaid.models.local.torch_cache import DecodePlan, Slots
from unsaid.models.local.torch_head import plain_head, quicker_head

__all__ = ["Engine", "engine_of"]

#: Tokens read at once: enough to fill the matrix products, few enough to bound the memory that they take.
PACK = {"cpu": 2048, "cuda": 16384}
_PROBE = (3, 5, 7, 4, 6, 3)


class Engine:
    """What computes: packed reading with shared beginnings, and steps over slots.

    Attributes:
        model: of Transformers, with our attention.
        device: where it is.
        slots: the cache of the replies under way.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.device: torch.device = model.device
        self.slots = Slots(self.device)
        self._pack = PACK.get(self.device.type, 2048)
        # A mask of four dimensions is passed on as it is, and our attention looks at its plan instead.
        self._mask = torch.zeros(1, 1, 1, 1, device=self.device)

    def read(self, sequences: Sequence[tuple[int, ...]], keep: Sequence[bool]) -> tuple[Tensor, list[int]]:
        """Read sequences; what several begin with is read once.

        Args:
            sequences: none of them empty.
            keep: which are gone on with, and so take a slot.

        Returns:
            Logits of the token after each (sequences, vocabulary), and the slot of each, -1 where it has none.
        """
        logits: list[Tensor] = [torch.empty(0)] * len(sequences)
        slots = [-1] * len(sequences)
        with torch.inference_mode():
            for group in packs(sequences, self._pack):
                layout = laid_out([sequences[index] for index in group])
                kept = [number for number, place in enumerate(layout.order) if keep[group[place]]]
                rows, plan = self._read(layout, keep=bool(kept))
                for number, place in enumerate(layout.order):
                    logits[group[place]] = rows[number]
                if kept:
                    taken = self.slots.take([layout.paths[number] for number in kept], plan.keys, plan.values)
                    for number, slot in zip(kept, taken, strict=True):
                        slots[group[layout.order[number]]] = slot
            return torch.stack(logits), slots

    def step(self, tokens: Sequence[int]) -> Tensor:
        """Append a token to each slot in use; return logits of the token after it, (slots, vocabulary)."""
        with torch.inference_mode():
            plan = DecodePlan(self.slots)
            ids = torch.tensor(tokens, device=self.device)[:, None]
            logits = self._forward(ids, plan.positions, plan, 1)[:, -1]
        self.slots.lengths[: self.slots.live] += 1
        return logits

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """Return logits of the token after each sequence: (sequences, vocabulary)."""
        whole = [tuple(sequence) for sequence in sequences]
        found: npt.NDArray[np.float32] = self.read(whole, [False] * len(whole))[0].cpu().numpy()
        return found

    def _read(self, layout: Layout, *, keep: bool) -> tuple[Tensor, ReadPlan]:
        plan = ReadPlan(layout, self.device, keep)
        # Equal sequences want the same place, once.
        last = np.unique([path[-1] for path in layout.paths], return_inverse=True)
        ids, positions, places, back = (
            torch.from_numpy(each).to(self.device) for each in (layout.tokens, layout.positions, *last)
        )
        return self._forward(ids[None], positions[None], plan, places)[0][back], plan

    def _forward(self, ids: Tensor, positions: Tensor, plan: Plan, wanted: int | Tensor) -> Tensor:
        out = self.model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=self._mask,
            use_cache=False,
            logits_to_keep=wanted,
            plan=plan,
        )
        logits: Tensor = out.logits.float()
        return logits


def engine_of(model: Any) -> tuple[Engine | None, str]:
    """Return an engine for a model, or None and the reason why it needs a padded batch.

    Models with sliding windows, several kinds of layers, or attention of their own are left to Transformers. The
    others are tried: a few tokens, read and decoded by our attention, must give what the model gives by itself.
    """
    kinds = set(getattr(model.config.get_text_config(), "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"}:
        return None, f"its layers are {', '.join(sorted(kinds))}"
    before = model.config._attn_implementation
    with torch.inference_mode():
        ids = torch.tensor([_PROBE], device=model.device)
        expected = model(input_ids=ids, use_cache=False).logits[0, -2:].float()
    why = ""
    try:
        model.set_attn_implementation(NAME)
        quicker_head(model)
        found = _tried(Engine(model))
    except (Unfit, TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
        why = f"our attention cannot serve it: {error}"
    else:
        scale = float(expected.abs().max())
        tolerance = 1e-3 if next(model.parameters()).dtype == torch.float32 else 0.05
        if not bool(((found - expected).abs() <= tolerance * (1 + scale)).all()):
            why = "our attention gave it other numbers"
    if not why:
        return Engine(model), ""
    model.set_attn_implementation(before)
    plain_head(model)
    return None, why


def _tried(engine: Engine) -> Tensor:
    """Return logits after the last two probe tokens: one by reading, with a shared beginning, one by a step."""
    whole = tuple(_PROBE)
    logits, _ = engine.read([whole[:-1], whole[:-2]], [True, False])
    return torch.stack([logits[0], engine.step([whole[-1]])[0]])
