"""Draw a step's replies from a vLLM server in an environment of its own, over HTTP; weights go to it by files.

Before each step the adapter is written to a folder that both machines see, and the server is told to load it under a
name of the step's; the one before is let go. So vLLM, whose pins exclude ours, is installed elsewhere, and its GPU need
not be the trainer's. The server is started with

    VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve FOLDER --enable-lora --max-lora-rank RANK

What it is asked are tokens, and what it answers are tokens (`return_token_ids`, from vLLM 0.10.2 on), so that no text
is tokenised twice. Draws have the seed of the request and of the step.
"""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unsaid.errors import RunError
from unsaid.store.reading import parse_json, short
from unsaid.training.rl.request import Request

__all__ = ["Served"]

#: Seconds for the replies of one step.
_PATIENCE = 600.0


@dataclass
class Served:
    """What TRL calls for replies (its `rollout_func`).

    Attributes:
        address: of the server, as "http://localhost:8000".
        folder: where adapters are written; the server reads them under the same path.
        request: the training.
        loaded: the name of the adapter that the server holds.
        run: tells the adapters of this process from those that an earlier one left on the server.
    """

    address: str
    folder: Path
    request: Request
    loaded: str = ""
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def __call__(self, prompts: Sequence[Any], trainer: Any) -> dict[str, Any]:
        """Return a reply to each prompt: the tokens of both, and the log-probabilities of the reply's.

        Raises:
            RunError: the server cannot be reached, refuses, or answers without tokens.
        """
        step = int(trainer.state.global_step)
        self._load(step, trainer)
        tokenizer = trainer.processing_class
        ids = [
            tokenizer.apply_chat_template(prompt, add_generation_prompt=True)["input_ids"]
            for prompt in prompts
        ]
        answer = self._post(
            "v1/completions",
            {
                "model": self.loaded,
                "prompt": ids,
                "max_tokens": self.request.most,
                "temperature": self.request.temperature,
                "logprobs": 0,
                "return_token_ids": True,
                "seed": self.request.seed * 1_000_003 + step,
            },
        )
        try:
            choices = sorted(parse_json(answer)["choices"], key=lambda choice: int(choice["index"]))
            replies = [[int(token) for token in choice["token_ids"]] for choice in choices]
            logprobs = [[float(each) for each in choice["logprobs"]["token_logprobs"]] for choice in choices]
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"{self.address}: the answer has no tokens of a reply ({error!r}); vLLM 0.10.2 or later is needed"
            ) from error
        if len(replies) != len(ids) or not all(replies):
            raise RunError(
                f"{self.address}: {len(ids)} replies were asked for, and {len(replies)} came, or one is empty"
            )
        return {"prompt_ids": ids, "completion_ids": replies, "logprobs": logprobs}

    def _load(self, step: int, trainer: Any) -> None:
        """Write the adapter, and have the server take it in place of the one before."""
        name = f"step-{step}-{self.run}"
        if name == self.loaded:
            return
        path = (self.folder / name).resolve()
        trainer.accelerator.unwrap_model(trainer.model).save_pretrained(str(path))
        self._post("v1/load_lora_adapter", {"lora_name": name, "lora_path": str(path)})
        if self.loaded:
            self._post("v1/unload_lora_adapter", {"lora_name": self.loaded})
            shutil.rmtree(self.folder / self.loaded)
        self.loaded = name

    def _post(self, where: str, what: dict[str, Any]) -> bytes:
        asked = urllib.request.Request(  # noqa: S310 - the address that the user gave
            f"{self.address.rstrip('/')}/{where}",
            json.dumps(what).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=_PATIENCE) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            said = error.read(2000).decode("utf-8", "replace")
            raise RunError(
                f"{self.address}/{where}: the server refuses ({error.code}: {short(ValueError(said))})"
            ) from error
        except OSError as error:
            raise RunError(f"{self.address}: no vLLM server answers there ({short(error)})") from error
