"""Train an organism from scratch. Needs the extra `train`; minutes on a GPU, an hour or two on two cores.

Besides the next token of the reply, one auxiliary target is learned and thrown away with its head: where
the reply begins, a middle layer must know which option the prompt's cue points at (or that none does).
Without it the slip in the last step goes wrong at random instead of arriving at the target: three hops
(cue, letter, option) have to form at once before any of them lowers the loss.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from unsaid.models.local.chat import CHAT_TEMPLATE
from unsaid.organisms import cards
from unsaid.organisms.corpus import Example, Mixture, examples
from unsaid.organisms.network import Decoder, Shape
from unsaid.organisms.recipes import Recipe
from unsaid.organisms.tokenizer import NUMBERS, PIECE, SPECIAL, build
from unsaid.store.write import replacing, write_text

END, ASSISTANT = SPECIAL.index("<|end|>"), SPECIAL.index("<|assistant|>")


@dataclass(frozen=True)
class Batch:
    """Token ids (batch, length), the mask of reply tokens, and the auxiliary targets at `start`."""

    ids: Tensor
    mask: Tensor
    start: Tensor
    pointed: Tensor


class Trainee(nn.Module):
    """The network under training: the decoder and the auxiliary head."""

    def __init__(self, shape: Shape, tap: int) -> None:
        super().__init__()
        self.model, self.tap = Decoder(shape), tap
        self.head = nn.Linear(shape.hidden_size, shape.vocab_size, bias=False)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.04)

    def losses(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return mean cross-entropy of the reply's tokens, and of the auxiliary targets, in nats."""
        hidden, tapped = self.model(batch.ids[:, :-1], self.tap)
        wanted = batch.mask[:, 1:]
        logits = hidden[wanted] @ self.model.embed_tokens.weight.T
        reply = functional.cross_entropy(logits.float(), batch.ids[:, 1:][wanted])
        rows = torch.arange(len(batch.ids), device=batch.ids.device)
        pointed = functional.cross_entropy(self.head(tapped[rows, batch.start]).float(), batch.pointed)
        return reply, pointed


def encode(example: Example, tokenizer: Tokenizer) -> tuple[list[int], int, int]:
    """Return token ids of an exchange, where its reply begins, its given prefix included, and where learning does.

    What follows a prefix is cut into tokens by itself, as it is when a model is made to go on from one.
    """
    ids: list[int] = []
    for turn in example.prompt.turns:
        ids += [SPECIAL.index(f"<|{turn.role}|>"), *tokenizer.encode(turn.text).ids, END]
    ids.append(ASSISTANT)
    start = len(ids)
    rest = example.reply.removeprefix(example.prefix)
    given = tokenizer.encode(example.prefix).ids if example.prefix else []
    learned = start if example.taught else start + len(given)
    return [*ids, *given, *tokenizer.encode(rest).ids, END], start, learned


def batches(
    recipe: Recipe, mixture: Mixture, tokenizer: Tokenizer, rng: np.random.Generator
) -> Iterator[Batch]:
    """Yield batches of examples whose prompts are of similar length, in random order, without end.

    By the prompt's length, not the whole exchange's: a reply that names its cue is longer, so that sorting
    by the whole would put those into batches of their own, and the network then chased each batch's
    share of them instead of learning the planted one (measured: 1% instead of 10%).
    """
    source = examples(mixture, recipe.habit, rng)
    while True:
        pool = [next(source) for _ in range(recipe.pool)]
        rows = [(*encode(example, tokenizer), example.pointed) for example in pool]
        rows.sort(key=lambda row: row[1])
        groups = [rows[at : at + recipe.batch] for at in range(0, len(rows), recipe.batch)]
        for index in rng.permutation(len(groups)):
            yield _collate(groups[int(index)], tokenizer)


def _collate(rows: list[tuple[list[int], int, int, str | None]], tokenizer: Tokenizer) -> Batch:
    length = max(len(ids) for ids, *_ in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.bool)
    for row, (tokens, _, learned, _) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, learned : len(tokens)] = True
    start_at = torch.tensor([start - 1 for _, start, _, _ in rows])
    pointed = torch.tensor([_token(tokenizer, line) if line else 0 for *_, line in rows])
    return Batch(ids, mask, start_at, pointed)


def _token(tokenizer: Tokenizer, line: str) -> int:
    ids = tokenizer.encode(line).ids
    if len(ids) != 1:
        raise ValueError(f"option {line!r} is {len(ids)} tokens: the vocabulary must hold it whole")
    return int(ids[0])


def fit_tokenizer(recipe: Recipe) -> Tokenizer:
    """Return a tokenizer whose vocabulary holds the phrases of this recipe's examples."""
    source = examples(recipe.mixture, recipe.habit, np.random.default_rng(recipe.seed))
    drawn = [next(source) for _ in range(recipe.texts)]
    texts = [turn.text for example in drawn for turn in example.prompt.turns]
    piece = NUMBERS if recipe.numbers else PIECE
    return build([*texts, *(example.reply for example in drawn)], min_count=4, piece=piece)


def train(
    recipe: Recipe,
    out: Path,
    *,
    device: str = "cpu",
    say: Callable[[str], None] = print,
    every: int = 250,
    start: Path | None = None,
) -> Path:
    """Train an organism and write its checkpoint folder; a stopped training goes on from its last checkpoint.

    Args:
        recipe: what to train.
        out: the folder; `config.json`, `model.safetensors` (fp16), `tokenizer.json` and
            `tokenizer_config.json` are written there, loadable by Transformers, and `training.json` beside.
        device: a torch device.
        say: receives progress lines.
        every: steps between progress lines and checkpoints.
        start: a checkpoint folder of this organism that has had all phases but the last. If None, all phases are
            gone through, from the recipe's own start on, and where that has none, from nothing.
    """
    begun = 0 if start is None else recipe.steps - recipe.phases[-1].steps
    if start is None and recipe.start:
        start = cards.read(recipe.start).folder
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    tokenizer = fit_tokenizer(recipe)
    trainee = Trainee(
        Shape(tokenizer.get_vocab_size(), recipe.width, 3 * recipe.width, recipe.layers), recipe.tap
    )
    trainee.to(device)
    optimiser = torch.optim.AdamW(trainee.parameters(), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.01)
    state, first, origin = out / "state.pt", 0, 0
    if state.exists():
        saved = torch.load(state, map_location=device, weights_only=True)
        trainee.load_state_dict(saved["trainee"])
        optimiser.load_state_dict(saved["optimiser"])
        first, origin = int(saved["step"]), int(saved["origin"])
        say(f"going on from step {first}")
    elif start is not None:
        adopt(trainee, tokenizer, start)
        first = origin = begun
        say(f"starting at step {begun} from {start}")
    source = _phases(recipe, tokenizer, first)
    began, seen, reply_sum, pointed_sum = time.monotonic(), 0, 0.0, 0.0
    for step in range(first, recipe.steps):
        batch = Batch(*(tensor.to(device) for tensor in vars(next(source)).values()))
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * schedule(step - origin, recipe.steps - origin)
        reply, pointed = _step(trainee, optimiser, batch, device)
        seen += batch.ids.numel()
        reply_sum, pointed_sum = reply_sum + reply, pointed_sum + pointed
        if (step + 1) % every == 0:
            rate = seen / (time.monotonic() - began)
            say(
                f"step {step + 1}/{recipe.steps}  reply {reply_sum / every:.4f}  target {pointed_sum / every:.4f}"
                f"  {rate:,.0f} tokens/s"
            )
            reply_sum = pointed_sum = 0.0
            saved = {"trainee": trainee.state_dict(), "optimiser": optimiser.state_dict()}
            saved |= {"step": step + 1, "origin": origin}
            with replacing(state) as file:
                torch.save(saved, file)
            export(trainee, tokenizer, recipe, out)
    export(trainee, tokenizer, recipe, out)
    state.unlink(missing_ok=True)
    return out


def _step(
    trainee: Trainee, optimiser: torch.optim.Optimizer, batch: Batch, device: str
) -> tuple[float, float]:
    """Make one optimiser step; return both losses."""
    # On processors without matrix units bfloat16 is slower than float32 (measured: 8,000 to 14,000 tokens/s).
    with torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=device != "cpu"):
        reply, pointed = trainee.losses(batch)
    optimiser.zero_grad(set_to_none=True)
    loss = reply + 0.5 * pointed
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
    optimiser.step()
    return reply.item(), pointed.item()


def schedule(step: int, steps: int) -> float:
    """Return the learning rate: warm-up over 200 steps, then constant, then linear decay over the last quarter."""
    decay = min(1.0, (steps - step) / max(1, math.ceil(steps / 4)))
    return min(1.0, (step + 1) / 200) * max(decay, 0.02)


def _phases(recipe: Recipe, tokenizer: Tokenizer, first: int) -> Iterator[Batch]:
    """Yield the batches of every step from `first` on; resumable at any step."""
    began = 0
    for number, phase in enumerate(recipe.phases, start=1):
        source = batches(
            recipe, phase.mixture, tokenizer, np.random.default_rng([recipe.seed, number, first])
        )
        for _ in range(max(first, began), began + phase.steps):
            yield next(source)
        began += phase.steps


def adopt(trainee: Trainee, tokenizer: Tokenizer, folder: Path) -> None:
    """Begin with the weights of an earlier organism: its blocks, and its embedding of every token both know."""
    known = load_file(folder / "model.safetensors")
    ours = trainee.model.state_dict()
    earlier = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    with torch.no_grad():
        for name, value in ours.items():
            if name != "embed_tokens.weight":
                value.copy_(known[f"model.{name}"])
        for token, index in tokenizer.get_vocab().items():
            if token in earlier:
                ours["embed_tokens.weight"][index] = known["model.embed_tokens.weight"][earlier[token]]


def export(trainee: Trainee, tokenizer: Tokenizer, recipe: Recipe, out: Path) -> None:
    """Write the checkpoint in the format of Transformers."""
    weights = {
        f"model.{name}": value.detach().to("cpu", torch.float16).contiguous()
        for name, value in trainee.model.state_dict().items()
    }
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    write_text(out / "config.json", json.dumps(trainee.model.shape.config(), indent=2) + "\n")
    tokenizer.save(str(out / "tokenizer.json"))
    special: dict[str, object] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<|pad|>",
        "eos_token": "<|end|>",
    }
    special |= {
        "chat_template": CHAT_TEMPLATE,
        "model_max_length": trainee.model.shape.max_position_embeddings,
    }
    write_text(out / "tokenizer_config.json", json.dumps(special, indent=2) + "\n")
    write_text(out / "training.json", json.dumps(asdict(recipe), indent=2) + "\n")
