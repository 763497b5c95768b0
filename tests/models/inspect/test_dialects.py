"""Each server of open models is found to go on by its own means, and is asked so, in the order of the texts."""

from __future__ import annotations

import asyncio
import json
import os
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from inspect_ai.model import GenerateConfig

from conftest import PROVIDERS, Unsaid
from loopback import Loopback, Scripted
from loopback.dialects import Dialect, Server
from unsaid.errors import UsageError
from unsaid.models.inspect.adapter import Reply, ask, resolve
from unsaid.models.inspect.capabilities import PROBES, Capabilities, probe
from unsaid.models.inspect.means import candidates, foretold
from unsaid.models.local.chat import CHAT_TEMPLATE
from unsaid.planning import forecast
from unsaid.questions.prompt import Prompt, Turn
from unsaid.records import schema

pytestmark = PROVIDERS

BEGUN = "I add.\nThe best answer is: ("
PROMPT = Prompt((Turn("user", "Which?\n\nOptions:\n(A) hat\n(B) map"),))


@pytest.fixture(autouse=True)
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chat template of the made-up model, where the environment names it."""
    (tmp_path / "chat.jinja").write_text(CHAT_TEMPLATE)
    monkeypatch.setenv("LOOPBACK_CHAT_TEMPLATE", os.fspath(tmp_path / "chat.jinja"))


def serving(provider: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """A server, and the environment in which the provider finds it."""
    loopback = Loopback(Scripted(), echo=server).__enter__()
    for service in ("LOOPBACK", "VLLM", "SGLANG"):
        monkeypatch.setenv(f"{service}_BASE_URL", loopback.url)
        monkeypatch.setenv(f"{service}_API_KEY", "none")
    return loopback


@pytest.mark.parametrize(
    ("provider", "dialect", "prefill", "means"),
    [
        ("vllm", "vllm", "text", "continue_final_message"),
        ("sglang", "vllm", "text", "continue_final_message"),
        ("openai-api/loopback", "vllm", "text", "continue_final_message"),
        ("openai-api/loopback", "llama-server", "text", "trailing message"),
        ("openai-api/loopback", "llama-cpp-python", "none", "none"),
        ("unsaid-completions/loopback", "llama-cpp-python", "text", "raw completions"),
        ("unsaid-completions/loopback", "vllm", "text", "raw completions"),
    ],
)
def test_a_server_is_found_to_go_on_by_its_own_means_and_is_asked_so(
    provider: str, dialect: Dialect, prefill: str, means: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(dialect)

    async def run(name: str) -> tuple[Capabilities, Reply]:
        model = resolve(name)
        can = await probe(model)
        calls = len(server.seen)
        assert calls <= PROBES
        config = GenerateConfig(max_tokens=1, logprobs=True, top_logprobs=20)
        return can, await ask(model, PROMPT, config=config, prefill=BEGUN, means=can.continues.value)

    loopback = serving(provider, server, monkeypatch)
    try:
        can, reply = asyncio.run(run(f"{provider}/{loopback.name}"))
    finally:
        loopback.__exit__(None, None, None)
    assert (can.prefill.value, can.continues.value, can.logprobs.value) == (prefill, means, True)
    assert server.seen[-1].endswith(BEGUN) == (prefill == "text"), (
        "the model saw the beginning, and it was open"
    )
    assert reply.error is None
    assert reply.logprobs is not None
    assert ({token for token, _ in reply.logprobs[0].top} == {"A", "B"}) == (prefill == "text")


def test_a_run_by_raw_completions_asks_in_the_order_of_the_texts(
    unsaid: Unsaid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server("llama-cpp-python")
    loopback = serving("unsaid-completions", server, monkeypatch)
    model = f"unsaid-completions/loopback/{loopback.name}"
    words = (
        "--limit",
        2,
        "--protocols",
        "trajectory",
        "--cues",
        "metadata",
        "--judge",
        "lexical",
        "--model",
        model,
    )
    try:
        ended = unsaid("audit", *words, "--max-connections", 1, "--out", tmp_path / "run")
    finally:
        loopback.__exit__(None, None, None)
    assert ended.status == 0, ended.err
    assert "continued by: raw completions, with log-probabilities" in ended.out + ended.err
    can = json.loads((tmp_path / "run" / "run.json").read_text())["capabilities"]
    assert can["continues"]["value"] == "raw completions"
    records = schema.read(tmp_path / "run" / "records.parquet")
    forced = records.filter(records["intervention"] == "forced")
    assert forced["option_logprobs"].null_count() == 0
    assert set(forced["conditioning"]) == {"prefill"}
    ends = [prompt.rpartition("<|assistant|>") for prompt in server.seen if prompt.endswith("answer is: (")]
    assert len(ends) == forced.height
    texts = [
        (asked, [len(begun) for *_, begun in group]) for asked, group in groupby(ends, lambda each: each[0])
    ]
    assert len(texts) == len({asked for asked, _ in texts}), "one text is read to its end before the next"
    assert all(a < b for _, lengths in texts for a, b in pairwise(lengths)), (
        "each call goes on where the last ended"
    )


def test_a_plan_says_what_will_be_found_out(unsaid: Unsaid) -> None:
    words = ("--protocols", "trajectory", "--limit", 2)
    planned = unsaid("plan", *words, "--model", "openai-api/loopback/m").out
    assert "probed before the run" in " ".join(planned.split())
    assert forecast._PROBES == PROBES
    assert "raw completions" in foretold("unsaid-completions/loopback/m")
    assert "own decoder" in foretold("unsaid-hf//folder")
    assert candidates("anthropic/m") == ("trailing message",)
    assert "goes on" not in unsaid("plan", "--limit", 2, "--model", "openai-api/loopback/m").out


def test_raw_completions_without_a_template_are_refused_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOOPBACK_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("LOOPBACK_API_KEY", "none")
    monkeypatch.setenv("LOOPBACK_CHAT_TEMPLATE", os.fspath(tmp_path / "absent"))
    with pytest.raises(UsageError, match=r"absent: no chat template"):
        resolve("unsaid-completions/loopback/one")
    monkeypatch.delenv("LOOPBACK_CHAT_TEMPLATE")
    with pytest.raises(UsageError, match=r"set LOOPBACK_CHAT_TEMPLATE to the folder"):
        resolve("unsaid-completions/loopback/two")
    with pytest.raises(UsageError, match=r"say unsaid-completions/SERVICE/MODEL"):
        resolve("unsaid-completions/three")
