"""Train a checkpoint of Transformers by reinforcement: TRL's GRPO over an adapter (PEFT). Needs the extra `trl`.

TRL draws the replies, keeps the optimiser, the random state and the order of prompts, and goes on from its last state.
What is learned from, what is paid, and what is asked between the steps is decided here, by the same code as for
organisms. The settings by which TRL's arithmetic is ours are in `lora.py`.

A folder holds what that of an organism's training holds, `trainer/` besides (TRL's states) and no `state.pt`.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from unsaid.errors import DataError, MissingExtra, UsageError
from unsaid.store.reading import short
from unsaid.store.write import make_folder
from unsaid.training.rl.attempt import Attempt, Task
from unsaid.training.rl.environments import environment
from unsaid.training.rl.folder import TrainingFolder
from unsaid.training.rl.lora import Lora, arguments
from unsaid.training.rl.request import Request
from unsaid.training.rl.rewards import Weighed, weighed
from unsaid.training.rl.served import Served
from unsaid.training.rl.step import pay
from unsaid.training.rl.train import Audited, line, said, tasks_of
from unsaid.training.sft.checkpoint import last_state, sign
from unsaid.training.sft.template import stops_of

__all__ = ["train"]

_TRAINER, _SERVED = "trainer", "served"
_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


@dataclass
class _Seen:
    """What the reward function saw of the step that is under way, for its line in the log."""

    line: dict[str, Any] = field(default_factory=dict)
    began: float = 0.0


def train(  # noqa: PLR0913 - what a training is
    base: Path,
    request: Request,
    folder: TrainingFolder,
    lora: Lora,
    *,
    audited: Audited,
    device: str = "auto",
    say: Callable[[str], None] = print,
) -> None:
    """Train, or go on with the training that the folder holds.

    Args:
        base: the checkpoint's folder.
        request: what to train.
        folder: where.
        lora: the adapter, and how much is computed at once.
        audited: audits a checkpoint; called again for a step whose audit may be whole already.
        device: "cpu", or "auto" for what Transformers finds.
        say: receives a line for every audited step.

    Raises:
        MissingExtra: TRL, or what it needs, is not installed.
        UsageError: the request is wrong.
        RunConflict: the folder holds another training.
        DataError: the checkpoint cannot be read.
    """
    if request.algorithm != "grpo":
        raise UsageError(f"--algorithm {request.algorithm} is for organisms; a checkpoint is trained by grpo")
    learnt = environment(request.environment)
    rewards = weighed(request.rewards or learnt.pays)
    steps = _steps(request)
    model, tokenizer, stops = _loaded(base, lora)
    _check_room(steps, tokenizer, model.config, request)
    folder.claim(request)
    seen = _Seen()
    trainer = _trainer(
        model,
        tokenizer,
        steps,
        request,
        lora,
        folder,
        device,
        _Paying(request, rewards, steps, stops, tokenizer, seen),
    )
    watch = _watch(base, request, folder, tokenizer, seen, audited, say)
    trainer.add_callback(watch)
    last = last_state(folder.path / _TRAINER)
    done = int(last.name.rpartition("-")[2]) if last else 0
    folder.rewind(done)
    _audit(audited, done, _exported(last, base, folder.checkpoint(done), tokenizer) if last else base)
    trainer.train(resume_from_checkpoint=str(last) if last else None)


def _exported(state: Path, base: Path, out: Path, tokenizer: Any) -> Path:
    """Write the adapter of a state of TRL's as a model that is audited, and return its folder."""
    make_folder(out)
    for name in _ADAPTER:
        shutil.copyfile(state / name, out / name)
    tokenizer.save_pretrained(str(out))
    sign(base, out)
    return out


def _steps(request: Request) -> list[list[Task]]:
    """Return the prompts of every step, drawn by the request's seed; as many in each, which TRL needs.

    Raises:
        UsageError: the environment puts a question in several contexts, and the prompts do not come out even.
    """
    rng = np.random.default_rng(request.seed)
    steps = list(tasks_of(request, rng, request.steps))
    sizes = {len(step) for step in steps}
    if sizes != {request.prompts}:
        raise UsageError(
            f"{request.environment}: a step has {min(sizes)} to {max(sizes)} prompts where --prompts is "
            f"{request.prompts}; give a multiple of the contexts of a question"
        )
    return steps


def _loaded(base: Path, lora: Lora) -> tuple[Any, Any, frozenset[int]]:
    """Return a checkpoint's model, tokenizer, and the ids that end a reply."""
    try:
        import peft  # noqa: F401 - only whether they are there
        import trl  # noqa: F401
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError:
        raise MissingExtra("training a checkpoint by reinforcement", "trl") from None
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(base), padding_side="left")
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(base), dtype=torch.bfloat16 if lora.bf16 else torch.float32
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{base}: Transformers cannot load this checkpoint: {short(error)}") from error
    if not tokenizer.chat_template:
        raise UsageError(f"{base}: the tokenizer has no chat template, so that there is no place for a reply")
    return model, tokenizer, stops_of(tokenizer, model.generation_config)


def _check_room(steps: Sequence[Sequence[Task]], tokenizer: Any, config: Any, request: Request) -> None:
    """Refuse prompts that leave no room for a reply.

    Raises:
        UsageError: a prompt and `--most` together exceed the checkpoint's context.
    """
    context = getattr(config, "max_position_embeddings", None)
    if context is None:
        return
    longest = max(
        len(tokenizer.apply_chat_template(_messages(task), add_generation_prompt=True)["input_ids"])
        for step in steps
        for task in step
    )
    if longest + request.most > int(context):
        raise UsageError(
            f"the longest prompt has {longest} tokens, and with --most {request.most} that is more than the "
            f"checkpoint's {context}"
        )


def _messages(task: Task) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.text} for turn in task.prompt.turns]


def _trainer(  # noqa: PLR0913 - what TRL is made of
    model: Any,
    tokenizer: Any,
    steps: Sequence[Sequence[Task]],
    request: Request,
    lora: Lora,
    folder: TrainingFolder,
    device: str,
    paying: _Paying,
) -> Any:
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import PrinterCallback
    from trl import GRPOTrainer  # type: ignore[attr-defined,unused-ignore]

    rows = [
        {"prompt": _messages(task), "at": at}
        for at, task in enumerate(task for step in steps for task in step)
    ]
    adapter = LoraConfig(
        r=lora.rank, lora_alpha=2 * lora.rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    trainer: Any = GRPOTrainer(
        model=model,
        reward_funcs=paying,
        args=arguments(request, lora, folder.path / _TRAINER, device),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=adapter,
        rollout_func=Served(lora.vllm, folder.path / _SERVED, request) if lora.vllm else None,
    )
    trainer.remove_callback(PrinterCallback)  # `say` says it, and in fewer lines
    return trainer


@dataclass
class _Paying:
    """Our rewards as one reward function of TRL: it is given every reply of a step at once."""

    request: Request
    rewards: Sequence[Weighed]
    steps: Sequence[Sequence[Task]]
    stops: frozenset[int]
    tokenizer: Any
    seen: _Seen
    #: TRL calls its column by this.
    __name__: str = "paid"

    def __call__(
        self, completion_ids: Sequence[Sequence[int]], at: Sequence[int], **rest: Any
    ) -> list[float | None]:
        """Return what each reply is paid."""
        tasks = [task for step in self.steps for task in step]
        drawn = [
            self._attempt(tasks[place], [int(token) for token in ids])
            for place, ids in zip(at, completion_ids, strict=True)
        ]
        given = pay(self.rewards, drawn)
        self.seen.line = line(0, 0.0, drawn, given, self.rewards, 0.0)
        return [each.total for each in given]

    def _attempt(self, task: Task, ids: Sequence[int]) -> Attempt:
        text = str(self.tokenizer.decode(ids, skip_special_tokens=True))
        return Attempt(task, text, len(ids), bool(ids) and ids[-1] in self.stops, self.request.most)


def _watch(  # noqa: PLR0913 - what happens at a step, in one place
    base: Path,
    request: Request,
    folder: TrainingFolder,
    tokenizer: Any,
    seen: _Seen,
    audited: Audited,
    say: Callable[[str], None],
) -> Any:
    """Return what writes a line a step, and audits the checkpoints that TRL has a state of."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        """Transformers calls these by name."""

        def on_step_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            seen.began = time.monotonic()

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            seen.line |= {"step": state.global_step, "seconds": time.monotonic() - seen.began}

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            if logs and "loss" in logs and state.is_world_process_zero:
                folder.append([seen.line | {"loss": float(logs["loss"])}])

        def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            if not state.is_world_process_zero:
                return
            step = state.global_step
            written = folder.path / _TRAINER / f"checkpoint-{step}"
            _audit(audited, step, _exported(written, base, folder.checkpoint(step), tokenizer))
            say(said(folder.lines()[-1], request))

    return Watch()


def _audit(audited: Audited, step: int, checkpoint: Path) -> None:
    with _same_draws():
        audited(step, checkpoint)


@contextmanager
def _same_draws() -> Iterator[None]:
    """Leave the global random states as they were, so that a training draws the same whether it is audited or not."""
    python, numbers = random.getstate(), np.random.get_state()  # noqa: NPY002 - what Transformers seeds
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numbers)  # noqa: NPY002
