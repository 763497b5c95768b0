"""How TRL trains a checkpoint, so that its arithmetic is ours.

The settings make TRL's loss the one of `objective.grpo` and its advantages those of `advantages.grpo`:

    loss_type="grpo"      mean over the tokens of a reply, then over replies (TRL's own default is "dapo")
    scale_rewards="group" divided by the deviation within the attempts at one prompt
    epsilon, beta         `--clip` and `--kl`; the reference is the checkpoint without its adapter
    use_bias_correction_kl=False
                          the divergence is not weighted by the ratio, as in the paper (TRL's own default is True, which
                          changes its gradient even where the ratio is 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import UsageError
from unsaid.training.rl.request import Request

__all__ = ["Lora", "arguments"]


@dataclass(frozen=True)
class Lora:
    """How a checkpoint is trained, beside the request; it changes memory and speed, and the rank the result.

    Attributes:
        rank: of the adapter.
        batch: replies in one forward pass; a step has `prompts` times `group` of them.
        bf16: whether to compute in bfloat16.
        checkpointing: whether activations are computed again instead of kept.
        vllm: the address of a vLLM server that draws the replies (`served.py`); "" draws them here.
    """

    rank: int = 16
    batch: int = 8
    bf16: bool = False
    checkpointing: bool = False
    vllm: str = ""

    def __post_init__(self) -> None:
        if self.rank < 1 or self.batch < 1:
            raise UsageError(f"--rank is {self.rank} and --batch {self.batch}; both are at least 1")


def arguments(request: Request, lora: Lora, out: Path, device: str) -> Any:
    """Return TRL's settings, by which its loss and its advantages are ours.

    Raises:
        UsageError: `--batch` does not divide the replies of a step.
    """
    from trl import GRPOConfig  # type: ignore[attr-defined,unused-ignore]

    replies = request.prompts * request.group
    if replies % min(lora.batch, replies):
        raise UsageError(f"--batch is {lora.batch}; it must divide the {replies} replies of a step")
    return GRPOConfig(
        output_dir=str(out),
        max_steps=request.steps,
        per_device_train_batch_size=min(lora.batch, replies),
        gradient_accumulation_steps=replies // min(lora.batch, replies),
        num_generations=request.group,
        max_completion_length=request.most,
        temperature=request.temperature,
        loss_type="grpo",
        scale_rewards="group",
        beta=request.kl,
        use_bias_correction_kl=False,
        epsilon=request.clip,
        learning_rate=request.rate,
        lr_scheduler_type="constant",
        adam_beta1=0.9,
        adam_beta2=0.95,
        weight_decay=0.0,
        max_grad_norm=1.0,
        seed=request.seed,
        shuffle_dataset=False,  # the order is drawn by our seed, as for organisms
        bf16=lora.bf16,
        gradient_checkpointing=lora.checkpointing,
        save_strategy="steps",
        save_steps=request.every,
        save_total_limit=2,
        logging_steps=1,
        disable_tqdm=True,
        report_to=[],
        use_cpu=device == "cpu",
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
    )
