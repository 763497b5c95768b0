"""The policy: an organism's network whose weights change, and the checkpoints of it that are audited."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors.torch import load_file
from safetensors.torch import save as packed
from torch import Tensor
from torch.nn import functional

from unsaid.errors import DataError, UsageError
from unsaid.models.local.chat import ChatTokenizer
from unsaid.models.organism.provider import organism_folder
from unsaid.organisms.network import Decoder, Shape
from unsaid.questions.prompt import Prompt
from unsaid.store.write import write_bytes
from unsaid.training.rl.decoding import Drawn, draw

__all__ = ["Policy", "Scored"]

#: Files of a checkpoint that training does not change.
_KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class Scored:
    """Log-probabilities of replies.

    Attributes:
        logprobs: (replies, tokens), in nats; 0 where there is no token.
        mask: (replies, tokens), whether there is one.
    """

    logprobs: Tensor
    mask: Tensor


class Policy:
    """An organism that is trained."""

    def __init__(self, decoder: Decoder, tokenizer: ChatTokenizer, folder: Path) -> None:
        """Wrap a network, its tokenizer, and the folder that both came from."""
        self.decoder, self.tokenizer, self.folder = decoder, tokenizer, folder

    @classmethod
    def load(cls, model: str, device: str = "cpu") -> Policy:
        """Read an organism, by its name or its folder: "unsaid/silent", "unsaid//path".

        Raises:
            UsageError: it is no organism.
            UnknownName: no organism of that name ships with the package.
            DataError: its folder is damaged.
        """
        provider, _, name = model.partition("/")
        if provider != "unsaid" or not name:
            raise UsageError(
                f"{model!r} is no organism; `unsaid/NAME` is one, and so is a folder, `unsaid//path`"
            )
        folder = organism_folder(name)
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            decoder = Decoder(Shape(**{field.name: config[field.name] for field in fields(Shape)}))
            weights = load_file(folder / "model.safetensors")
            decoder.load_state_dict(
                {key.removeprefix("model."): value.float() for key, value in weights.items()}
            )
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise DataError(f"{folder}: not an organism's checkpoint ({error})") from error
        return cls(decoder.to(device), ChatTokenizer.load(folder), folder)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.decoder.embed_tokens.weight.device

    @property
    def context(self) -> int:
        """The most tokens that the network reads."""
        return self.decoder.shape.max_position_embeddings

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Return the tokens of a prompt, up to where the reply begins."""
        return tuple(self.tokenizer.encode_chat(prompt.turns))

    def draw(
        self,
        prompts: Sequence[tuple[int, ...]],
        *,
        most: int,
        temperature: float,
        generator: torch.Generator,
    ) -> list[Drawn]:
        """Return one reply to each prompt (`decoding.draw`)."""
        return draw(
            self.decoder,
            prompts,
            most=most,
            stops=self.tokenizer.stops,
            temperature=temperature,
            generator=generator,
        )

    def score(
        self, prompts: Sequence[tuple[int, ...]], replies: Sequence[tuple[int, ...]], temperature: float
    ) -> Scored:
        """Return the log-probability of each token of each reply, at a temperature; gradients flow.

        Args:
            prompts: token ids.
            replies: token ids, one reply to each prompt, none empty.
            temperature: that they were drawn at.
        """
        longest = max(len(reply) for reply in replies)
        whole = [(*prompt, *reply) for prompt, reply in zip(prompts, replies, strict=True)]
        ids = torch.zeros(len(whole), max(map(len, whole)), dtype=torch.long, device=self.device)
        mask = torch.zeros(len(whole), longest, dtype=torch.bool, device=self.device)
        place = torch.zeros(len(whole), longest, dtype=torch.long, device=self.device)
        for row, (tokens, prompt, reply) in enumerate(zip(whole, prompts, replies, strict=True)):
            ids[row, : len(tokens)] = torch.tensor(tokens, device=self.device)
            mask[row, : len(reply)] = True
            place[row, : len(reply)] = torch.arange(len(prompt), len(tokens), device=self.device)
        hidden, _ = self.decoder(ids[:, :-1], 0)
        rows = torch.arange(len(whole), device=self.device)[:, None].expand_as(place)
        logits = hidden[rows[mask], place[mask] - 1] @ self.decoder.embed_tokens.weight.T / temperature
        drawn = ids[rows[mask], place[mask]]
        scores = functional.log_softmax(logits.float(), dim=-1).gather(1, drawn[:, None])[:, 0]
        return Scored(torch.zeros(mask.shape, device=self.device).masked_scatter(mask, scores), mask)

    def save(self, folder: Path) -> Path:
        """Write a checkpoint that `unsaid//folder` reads: float16 weights, and what belongs to them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _KEPT:
            shutil.copyfile(self.folder / name, folder / name)
        weights = {
            f"model.{name}": value.detach().to("cpu", torch.float16).contiguous()
            for name, value in self.decoder.state_dict().items()
        }
        write_bytes(folder / "model.safetensors", packed(weights, metadata={"format": "pt"}))
        return folder
