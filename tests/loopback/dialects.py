"""Servers of open models, in the dialects in which they go on from a given beginning of a reply.

Below all of them is one made-up model that completes text. Above it is what differs: vLLM and SGLang open a new turn
behind a trailing assistant message unless told to continue it; llama-server goes on with it (this one is of before
May 2026, and strict about settings that it does not know); the server of `llama-cpp-python` always opens a new turn and
completes raw text, as its `llama_chat_format.py` does.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

Dialect = Literal["vllm", "llama-server", "llama-cpp-python"]

_STEPS = tuple(f"Step {number} weighs option {letter}." for number, letter in enumerate("ABCDEF", 1))
_OPEN, _CLOSE = "<|assistant|>", "<|end|>"


class Server:
    """What a server answers, for `Loopback(echo=...)`; it keeps the text that its model was given.

    Attributes:
        dialect: how it treats a trailing assistant message.
        logprobs: whether it gives log-probabilities.
        seen: the text of each prompt, in the order in which they came.
    """

    def __init__(self, dialect: Dialect, *, logprobs: bool = True) -> None:
        self.dialect, self.logprobs = dialect, logprobs
        self.seen: list[str] = []

    def __call__(self, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raw = headers[":path"].endswith("/v1/completions")
        if body.get("logprobs") is not None and body["logprobs"] is not False and not self.logprobs:
            return 400, {"error": {"message": "logprobs is not supported", "type": "invalid_request_error"}}
        if self.dialect == "llama-server" and "continue_final_message" in body:
            return 400, {"error": {"message": "unknown field", "type": "invalid_request_error"}}
        prompt = body["prompt"] if raw else self.rendered(body)
        self.seen.append(prompt)
        said = complete(prompt)
        if body.get("max_tokens") == 1 or body.get("max_completion_tokens") == 1:
            said = said[:1]
        wanted = bool(body.get("logprobs"))
        choice = _completion(said, wanted) if raw else _message(said, wanted)
        return 200, {
            "id": "x",
            "object": "text_completion" if raw else "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", **choice}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }

    def rendered(self, body: dict[str, Any]) -> str:
        """The prompt of a conversation, as this server's chat endpoint writes it."""
        messages = body["messages"]
        whole = "".join(f"<|{each['role']}|>{each['content']}{_CLOSE}" for each in messages)
        told = body.get("continue_final_message") and body.get("add_generation_prompt") is False
        continues = {"vllm": told, "llama-server": True, "llama-cpp-python": False}[self.dialect]
        if messages[-1]["role"] == "assistant" and continues:
            return whole.removesuffix(_CLOSE)
        return whole + _OPEN


def complete(prompt: str) -> str:
    """The rest of the assistant's turn in which a prompt ends."""
    asked, _, begun = prompt.rpartition(_OPEN)
    if "Count from one to ten" in asked:
        return " five six" if begun.endswith("four") else "one two three"
    if "random digits" in asked:
        return "1 2 3"
    if "Options:\n" not in asked:
        return "42"
    letter = "AB"[int(hashlib.blake2b(begun.encode() or asked.encode(), digest_size=1).hexdigest(), 16) % 2]
    if begun.endswith("The best answer is: ("):
        return f"{letter})"
    return "\n".join(_STEPS) + f"\nThe best answer is: ({letter})"


def _top(said: str) -> dict[str, float]:
    return {said[:1]: -0.1, ("B" if said[:1] == "A" else "A"): -2.5}


def _message(said: str, wanted: bool) -> dict[str, Any]:
    top = [{"token": token, "logprob": value, "bytes": None} for token, value in _top(said).items()]
    found = {"content": [{**top[0], "top_logprobs": top}]} if wanted else None
    return {"message": {"role": "assistant", "content": said}, "logprobs": found}


def _completion(said: str, wanted: bool) -> dict[str, Any]:
    top = _top(said)
    found = {"tokens": [said[:1]], "token_logprobs": [-0.1], "top_logprobs": [top], "text_offset": [0]}
    return {"text": said, "logprobs": found if wanted else None}
