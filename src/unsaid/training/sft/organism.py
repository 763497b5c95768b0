"""Fine-tune an organism on rows of a chat: a small trainer, seeded, that goes on where it was killed.

The loss is on the reply's tokens and its end (`encoded.py`). The optimiser is AdamW; weights are trained in single
precision and written as an organism's are (fp16). What a training that goes on needs stands in `state.pt`: weights,
optimiser, the random state, and the step, from which the order of rows follows. Nothing else is random, so that a
killed training arrives where it would have.

Needs the extra `train`, as training an organism from scratch does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional

from unsaid.errors import DataError, Interrupted, UsageError
from unsaid.models.local.chat import ChatTokenizer
from unsaid.models.local.checkpoint import read_architecture
from unsaid.organisms.network import Decoder, Shape
from unsaid.pace import counting
from unsaid.stopping import heard, listening, orderly
from unsaid.store.disk import unwritable
from unsaid.store.reading import short
from unsaid.store.write import replacing
from unsaid.training.data.rows import Row
from unsaid.training.sft.curve import Curve, events
from unsaid.training.sft.encoded import Encoded, Fitted, fitting
from unsaid.training.sft.tuning import Tuning, batch_at, claim, digest_of, rate_at

__all__ = ["STATE", "Trained", "collated", "encoded", "tune"]

STATE = "state.pt"
_AGAIN = "Run the same command again to go on"
STEPS = "steps"
_COPIED = ("tokenizer.json", "tokenizer_config.json", "config.json", "training.json")


@dataclass(frozen=True)
class Trained:
    """How a training ended.

    Attributes:
        folder: the model's.
        steps: how many were taken in all.
        loss: of the last ten steps, in nats.
        last: what the curve says at the end.
        kept: the folders of models on the way, to be audited as a series.
        fitted: the rows that were learned.
    """

    folder: Path
    steps: int
    loss: float
    last: str
    kept: tuple[Path, ...]
    fitted: Fitted


def encoded(row: Row, tokenizer: ChatTokenizer) -> Encoded:
    """Return a row as an organism's tokens: its chat, then the reply and the token that ends it.

    Raises:
        UsageError: its reasoning has a channel of its own, which organisms do not have.
    """
    if row.reasoning is not None:
        raise UsageError(
            "an organism has no channel for reasoning; these rows keep it apart (reasoning_content)"
        )
    prompt = tokenizer.encode_chat(row.prompt)
    return Encoded((*prompt, *tokenizer.encode_text(row.completion), tokenizer.end), len(prompt))


def tune(
    base: Path,
    rows: Sequence[Row],
    tuning: Tuning,
    out: Path,
    *,
    say: Callable[[str], None],
    device: str = "cpu",
) -> Trained:
    """Fine-tune an organism; a training that was stopped goes on in its folder.

    Args:
        base: the organism's folder.
        rows: what is learned.
        tuning: how.
        out: the folder: the model, `log.jsonl`, `curve.svg`, and while it trains `state.pt`.
        say: takes a line now and then.
        device: a torch device.

    Raises:
        UsageError: rows do not fit, or the folder holds another training.
        DataError: the base is no organism.
        RunError: the folder cannot be written.
    """
    architecture, tokenizer = read_architecture(base), ChatTokenizer.load(base)
    if tuning.lora or tuning.checkpointing or tuning.bf16 or tuning.accumulate > 1:
        raise UsageError(
            "an organism is small: all its weights are trained, in single precision, batch by batch"
        )
    longest = min(tuning.length or architecture.context, architecture.context)
    fitted = fitting(
        rows,
        lambda row: encoded(row, tokenizer),
        longest,
        drop=tuning.drop_long,
        limit="the organism's context",
    )
    total = tuning.total(len(fitted.rows))
    try:
        claim(out, {"base": str(base), "rows": digest_of(rows)}, tuning)
        return _trained(base, fitted, tuning, total, out, say, device)
    except OSError as error:
        raise unwritable(out, error) from error


def _trained(  # noqa: PLR0913 - what `tune` was given, looked over
    base: Path, fitted: Fitted, tuning: Tuning, total: int, out: Path, say: Callable[[str], None], device: str
) -> Trained:
    torch.manual_seed(tuning.seed)
    model = _loaded(base).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=tuning.rate, betas=(0.9, 0.98), weight_decay=0.01)
    first = _going_on(out / STATE, model, optimiser, device)
    if first:
        say(f"going on after step {first} of {total}")
    board = events(out) if tuning.tensorboard else None
    curve = Curve(out, total, f"{base.name}, fine-tuned", say, board=board)
    curve.begin(first)
    with listening(), orderly(), counting("steps taken", total - first) as tick:
        for step in range(first, total):
            if heard() is not None:
                _save(out / STATE, model, optimiser, step)
                raise Interrupted(f"interrupted: step {step} of {total} is kept in {out}. {_AGAIN}")
            batch = [fitted.rows[at] for at in batch_at(step, len(fitted.rows), tuning.batch, tuning.seed)]
            rate = rate_at(step, total, tuning.rate)
            loss = _step(model, optimiser, batch, rate, device)
            curve.add(loss, rate, sum(len(each.ids) for each in batch))
            if step + 1 in _series(total, tuning.keep)[:-1]:
                _export(model, base, out / STEPS / f"{step + 1:06d}")
            if (step + 1) % tuning.save_every == 0:
                _save(out / STATE, model, optimiser, step + 1)
            tick()
    _export(model, base, out)
    (out / STATE).unlink(missing_ok=True)
    last = curve.end()
    losses = [point.loss for point in curve.points[-10:]]
    kept = tuple(sorted((out / STEPS).iterdir())) if (out / STEPS).is_dir() else ()
    return Trained(out, total, sum(losses) / max(1, len(losses)), last, kept, fitted)


def _series(total: int, keep: int) -> list[int]:
    """Return the steps after which a model is kept, evenly spaced; the last is the end."""
    return sorted({round(total * (number + 1) / keep) for number in range(keep)})


def _step(
    model: Decoder, optimiser: torch.optim.Optimizer, batch: Sequence[Encoded], rate: float, device: str
) -> float:
    """Take one optimiser step; return the mean loss of the tokens that are learned."""
    ids, labels = (tensor.to(device) for tensor in collated(batch))
    for group in optimiser.param_groups:
        group["lr"] = rate
    hidden, _ = model(ids[:, :-1], 0)
    wanted = labels[:, 1:] != -100
    logits = hidden[wanted] @ model.embed_tokens.weight.T
    loss = functional.cross_entropy(logits.float(), labels[:, 1:][wanted])
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())


def collated(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    """Return ids and labels of a batch, padded on the right with what carries no loss."""
    length = max(len(each.ids) for each in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    labels = torch.full((len(batch), length), -100, dtype=torch.long)
    for row, each in enumerate(batch):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        labels[row, : len(each.ids)] = torch.tensor(each.labels)
    return ids, labels


def _loaded(base: Path) -> Decoder:
    """Return an organism's network with its weights, in single precision.

    Raises:
        DataError: the folder holds a model of another layout.
    """
    found = read_architecture(base)
    if found.heads != found.kv_heads or not found.tied or found.head_dim * found.heads != found.width:
        raise DataError(f"{base}: not an organism's layout; fine-tune it as a checkpoint (unsaid-hf/...)")
    shape = Shape(
        found.vocabulary,
        found.width,
        found.hidden,
        found.layers,
        found.heads,
        found.context,
        found.rope_theta,
        found.norm_epsilon,
    )
    model = Decoder(shape)
    try:
        weights = load_file(base / "model.safetensors")
        model.load_state_dict(
            {name.removeprefix("model."): value.float() for name, value in weights.items()}, strict=True
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(
            f"{base / 'model.safetensors'}: missing, damaged or of another layout ({error})"
        ) from error
    return model


def _going_on(state: Path, model: Decoder, optimiser: torch.optim.Optimizer, device: str) -> int:
    """Take up a training from its state; return the steps that were taken, 0 where there is none."""
    if not state.is_file():
        return 0
    try:
        saved: dict[str, Any] = torch.load(state, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        torch.set_rng_state(saved["random"].cpu())
        return int(saved["step"])
    except (RuntimeError, KeyError, ValueError, EOFError, UnpicklingError) as error:
        raise DataError(f"{state}: damaged ({short(error)}); remove it to begin again") from error


def _save(state: Path, model: Decoder, optimiser: torch.optim.Optimizer, step: int) -> None:
    saved = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "step": step,
    }
    with replacing(state) as file:
        torch.save(saved, file)


def _export(model: Decoder, base: Path, out: Path) -> None:
    """Write the model as the organism's folder is, so that `--model unsaid/<folder>` audits it."""
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        f"model.{name}": value.detach().to("cpu", torch.float16).contiguous()
        for name, value in model.state_dict().items()
    }
    for name in _COPIED:
        if (base / name).is_file():
            shutil.copyfile(base / name, out / name)
    with replacing(out / "model.safetensors") as file:
        file.write(save(weights, metadata={"format": "pt"}))
