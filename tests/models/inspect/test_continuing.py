"""Servers of one's own go on from a given beginning by their own means, and give the options' log-probabilities."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig

from conftest import PROVIDERS
from loopback import Loopback, Scripted
from unsaid.models.inspect.adapter import Reply, ask, resolve
from unsaid.questions.prompt import Prompt, Turn

pytestmark = PROVIDERS

PROMPT = Prompt((Turn("user", "Which? (A) hat (B) map"),))
BEGUN = "I add.\nThe best answer is: ("
LETTERS = [("B", -0.1), ("A", -2.5), (" B", -6.0)]


def letter() -> dict[str, Any]:
    """What vLLM, SGLang and llama.cpp answer to a call for one token with log-probabilities."""
    top = [{"token": token, "logprob": value, "bytes": list(token.encode())} for token, value in LETTERS]
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "B"},
        "finish_reason": "length",
        "logprobs": {"content": [{**top[0], "top_logprobs": top}]},
    }
    return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def forced(provider: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Reply, dict[str, Any]]:
    """The reply to a forced answer, and what the server was sent."""
    bodies: list[dict[str, Any]] = []

    def answer(headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        bodies.append(body)
        return 200, letter()

    with Loopback(Scripted(susceptibility=0.5), echo=answer) as server:
        monkeypatch.setenv(f"{variable}_BASE_URL", server.url)
        monkeypatch.setenv(f"{variable}_API_KEY", "none")
        model = resolve(f"{provider}/{server.name}")
        config = GenerateConfig(max_tokens=1, logprobs=True, top_logprobs=20, seed=3)
        reply = asyncio.run(ask(model, PROMPT, config=config, prefill=BEGUN))
    return reply, bodies[-1]


@pytest.mark.parametrize(
    ("provider", "variable", "means"),
    [
        ("vllm", "VLLM", {"continue_final_message": True, "add_generation_prompt": False}),
        ("sglang", "SGLANG", {"continue_final_message": True, "add_generation_prompt": False}),
        ("openai-api/llamacpp", "LLAMACPP", {}),  # llama-server goes on by itself
    ],
)
def test_a_forced_answer_is_sent_as_the_server_wants_it(
    provider: str, variable: str, means: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    reply, body = forced(provider, variable, monkeypatch)
    assert reply.error is None
    assert body["messages"][-1] == {"role": "assistant", "content": BEGUN}
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)
    assert 1 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    sent = {name: body[name] for name in ("continue_final_message", "add_generation_prompt") if name in body}
    assert sent == means
    assert reply.logprobs is not None
    assert dict(reply.logprobs[0].top) == dict(LETTERS)
