"""Fine-tune a checkpoint of Transformers with TRL, all of its weights or an adapter (PEFT). Needs the extra `trl`.

TRL's `SFTTrainer` is given rows that are tokens already, with labels: what carries loss, what is refused and what is
counted is decided here (`template.py`, `encoded.py`), by rules that are tested, and not by defaults of a library that
change. The trainer keeps optimiser, schedule, random state and data order, and goes on from its last checkpoint.

Several GPUs: `accelerate launch $(which unsaid) train lora ...` starts this in every process; each takes `--batch` rows
a step, and the first one alone writes the curve.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, Interrupted, MissingExtra, UsageError
from unsaid.models.local.loading import BASE
from unsaid.models.local.loading import digest_of as digest_of_base
from unsaid.pace import counting
from unsaid.stopping import heard, listening, orderly
from unsaid.store.disk import unwritable
from unsaid.store.reading import short
from unsaid.store.write import write_text
from unsaid.training.data.rows import Row
from unsaid.training.sft.curve import Curve, events
from unsaid.training.sft.encoded import Fitted, fitting
from unsaid.training.sft.memory import check_fits
from unsaid.training.sft.template import encoded, stops_of
from unsaid.training.sft.tuning import Tuning, claim, digest_of

__all__ = ["CHECKPOINTS", "Place", "Tuned", "last_state", "sign", "tune"]

CHECKPOINTS = "checkpoints"
#: Tokens of a row where neither the user nor the checkpoint says.
_LONGEST = 4096


@dataclass(frozen=True)
class Place:
    """Where a training happens.

    Attributes:
        out: its folder.
        device: a PyTorch device, or "auto".
        anyway: whether a model that seems not to fit is loaded all the same.
    """

    out: Path
    device: str = "auto"
    anyway: bool = False


@dataclass(frozen=True)
class Tuned:
    """How a training ended.

    Attributes:
        folder: the model's, or the adapter's.
        loss: of the last ten steps, in nats.
        last: what the curve says at the end.
        memory: what was estimated, in a line.
        fitted: the rows that were learned.
    """

    folder: Path
    loss: float
    last: str
    memory: str
    fitted: Fitted


def tune(
    base: Path, rows: Sequence[Row], tuning: Tuning, place: Place, *, say: Callable[[str], None]
) -> Tuned:
    """Fine-tune a checkpoint; a training that was stopped goes on in its folder.

    Args:
        base: the checkpoint's folder.
        rows: what is learned.
        tuning: how.
        place: where.
        say: takes a line now and then.

    Raises:
        MissingExtra: TRL, or what it needs, is not installed.
        UsageError: rows do not fit the template, the limit or the memory, or the folder holds another training.
        DataError: the checkpoint cannot be loaded.
        RunError: the folder cannot be written.
    """
    _check_installed()
    tokenizer, config, generation = _read(base)
    longest = tuning.length or int(getattr(config, "max_position_embeddings", None) or _LONGEST)
    stops = stops_of(tokenizer, generation)
    fitted = fitting(
        rows,
        lambda row: encoded(row, tokenizer, stops),
        longest,
        drop=tuning.drop_long,
        limit="--max-length" if tuning.length else "the checkpoint's context",
    )
    memory = (
        ""
        if place.anyway
        else check_fits(base, tuning, max(len(each.ids) for each in fitted.rows), place.device)
    )
    if memory:
        say(memory)
    try:
        claim(place.out, {"base": str(base), "rows": digest_of(rows)}, tuning)
        curve = _train(base, tokenizer, fitted, tuning, place, say)
    except OSError as error:
        raise unwritable(place.out, error) from error
    losses = [point.loss for point in curve.points[-10:]]
    last = curve.end() if curve.points else "this process wrote no curve"
    return Tuned(place.out, sum(losses) / max(1, len(losses)), last, memory, fitted)


def _check_installed() -> None:
    try:
        import peft  # noqa: F401 - only whether they are there
        import trl  # noqa: F401
    except ImportError:
        raise MissingExtra("fine-tuning a checkpoint", "trl") from None


def _read(base: Path) -> tuple[Any, Any, Any]:
    """Return tokenizer, configuration and generation settings; no weight is read.

    Raises:
        DataError: Transformers cannot read them.
        UsageError: there is no chat template.
    """
    from transformers import AutoConfig, AutoTokenizer, GenerationConfig

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(base))
        config: Any = AutoConfig.from_pretrained(str(base))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{base}: Transformers cannot read this checkpoint: {short(error)}") from error
    if not tokenizer.chat_template:
        raise UsageError(f"{base}: the tokenizer has no chat template, so that there is no place for a reply")
    try:
        generation: Any = GenerationConfig.from_pretrained(str(base))
    except (OSError, ValueError):
        generation = None
    return tokenizer, config, generation


def _train(
    base: Path, tokenizer: Any, fitted: Fitted, tuning: Tuning, place: Place, say: Callable[[str], None]
) -> Curve:
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import SFTTrainer  # type: ignore[attr-defined,unused-ignore]

    total = tuning.total(len(fitted.rows), int(os.environ.get("WORLD_SIZE", "1")))
    board = events(place.out) if tuning.tensorboard and os.environ.get("RANK", "0") == "0" else None
    curve = Curve(place.out, total, f"{base.name}, fine-tuned", say, board=board)
    data = Dataset.from_list([{"input_ids": list(each.ids), "labels": each.labels} for each in fitted.rows])
    trainer: Any = SFTTrainer(
        model=_model(base, tuning),
        args=_arguments(tuning, place, total),
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=_adapter(tuning),
    )
    last = last_state(place.out / CHECKPOINTS)
    done = int(last.name.rpartition("-")[2]) if last else 0
    if last:
        say(f"going on after step {done} of {total}")
    if trainer.is_world_process_zero():
        curve.begin(done)
    with listening(), orderly(), counting("steps taken", total - done) as tick:
        trainer.remove_callback(PrinterCallback)  # the curve says it, and in fewer lines
        trainer.add_callback(_watch(curve, tick))
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        if heard() is not None:
            raise Interrupted(
                f"interrupted: step {trainer.state.global_step} of {total} is kept in {place.out}. Run the same "
                "command again to go on"
            )
    trainer.save_model(str(place.out))
    if trainer.is_world_process_zero():
        tokenizer.save_pretrained(str(place.out))
        if tuning.lora:
            sign(base, place.out)
    return curve


def _model(base: Path, tuning: Tuning) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    try:
        return AutoModelForCausalLM.from_pretrained(
            str(base), dtype=torch.bfloat16 if tuning.bf16 and tuning.lora else torch.float32
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{base}: Transformers cannot load this checkpoint: {short(error)}") from error


def _arguments(tuning: Tuning, place: Place, total: int) -> Any:
    from trl import SFTConfig  # type: ignore[attr-defined,unused-ignore]

    return SFTConfig(
        output_dir=str(place.out / CHECKPOINTS),
        max_steps=total,
        per_device_train_batch_size=tuning.batch,
        gradient_accumulation_steps=tuning.accumulate,
        learning_rate=tuning.rate,
        lr_scheduler_type="linear",
        warmup_steps=max(1, total // 10),
        max_grad_norm=1.0,
        seed=tuning.seed,
        data_seed=tuning.seed,
        bf16=tuning.bf16,
        gradient_checkpointing=tuning.checkpointing,
        max_length=None,  # nothing is cut off: what is too long was refused
        packing=False,
        save_strategy="steps",
        save_steps=tuning.save_every,
        save_total_limit=max(2, tuning.keep),
        logging_steps=1,
        logging_first_step=True,
        disable_tqdm=True,
        report_to=[],
        use_cpu=place.device == "cpu",
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
    )


def _adapter(tuning: Tuning) -> Any:
    """Return the adapter's settings; None where all weights are trained."""
    if not tuning.lora:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=tuning.lora,
        lora_alpha=tuning.alpha or 2 * tuning.lora,
        lora_dropout=tuning.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _watch(curve: Curve, tick: Callable[[], None]) -> Any:
    """Return what tells the curve of every step, and ends the training after the step at which a signal was heard."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        """Transformers calls these by name."""

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> Any:
            tick()
            if heard() is not None:
                control.should_save = control.should_training_stop = True
            return control

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            if logs and "loss" in logs and state.is_world_process_zero:
                seen = int(logs.get("num_tokens", 0))
                curve.add(float(logs["loss"]), float(logs.get("learning_rate", 0.0)), seen - self.tokens)
                self.tokens = seen

        tokens = 0

    return Watch()


def last_state(folder: Path) -> Path | None:
    """Return the checkpoint to go on from: the last that was written whole."""
    found = [path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").is_file()]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def sign(base: Path, out: Path) -> None:
    """Say in an adapter's folder which base it has: by a path that holds everywhere, and by its digest."""
    path = out / "adapter_config.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["base_model_name_or_path"] = os.path.abspath(base)
    write_text(path, json.dumps(told, indent=2) + "\n")
    write_text(out / BASE, json.dumps({"digest": digest_of_base(base)}) + "\n")
