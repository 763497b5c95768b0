"""Replies over real sockets: how thoughts come, how replies end, and what a hostile one costs."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any

import httpx2
import pytest
from inspect_ai.model import ContentReasoning, Model
from inspect_noise import INSPECT_NOISE

from loopback import Loopback, Said
from unsaid.models.inspect.adapter import Reply, ask, resolve
from unsaid.models.inspect.capabilities import Capabilities, probe
from unsaid.models.inspect.wire import MANY, disarmed, guard
from unsaid.questions.prompt import Prompt, Turn

pytestmark = INSPECT_NOISE

PROMPT = Prompt((Turn("user", "Which?"),))


def at(server: Loopback) -> Model:
    return resolve(f"openai-api/loopback/{server.name}", base_url=server.url, api_key="none", memoize=False)


def replied(said: Said, *, opens: bool = False) -> Reply:
    async def once(model: Model) -> Reply:
        async with model:
            return await ask(model, PROMPT, opens=opens)

    with Loopback(lambda body: said) as server:
        return asyncio.run(once(at(server)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said("I add.</think>(B)"), ("I add.", "(B)", "split")),
        (Said("Sure. <think>I add.</think>(B)"), ("I add.", "Sure. (B)", "raw")),
        (Said("<think>I <think>do</think> add.</think>(B)"), ("I do add.", "(B)", "raw")),
        (Said("<think time=1>I add.</think>(B)"), ("I add.", "(B)", "raw")),
        (Said("<think>I add.</think>It. <think>Hm.</think>(B)"), ("I add.\n\nHm.", "It.\n\n(B)", "raw")),
        (Said("[THINK]I add.[/THINK](B)"), ("I add.", "(B)", "raw")),
        (Said("analysisWe add.assistantfinal(B)"), ("We add.", "(B)", "split")),
        (Said("(B)", reasoning="I add."), ("I add.", "(B)", "raw")),
        (Said("<think>I add.</think>(B)", reasoning="I add."), ("I add.", "(B)", "raw")),
        (Said("<think>Hm.</think>(B)", reasoning="I add."), ("I add.\n\nHm.", "(B)", "raw")),
        (Said("<think>I add.</think>"), ("I add.", "", "raw")),
        *(
            (Said("<think>The answer is (A)", end), ("The answer is (A)", "", "truncated"))
            for end in ("stop", None, "abort", "error", "length")
        ),
        (Said("(B)", "eos_token"), (None, "(B)", "absent")),
        (Said("(B)", "length"), (None, "(B)", "truncated")),
    ],
)
def test_where_thoughts_end(said: Said, expected: tuple[str | None, str, str]) -> None:
    reply = replied(said)
    assert (
        reply.reasoning,
        reply.visible.replace("\n\n", " ") if "Sure" in said.text else reply.visible,
        reply.provenance,
    ) == expected


def test_a_template_that_is_known_to_open_thoughts_makes_a_reply_without_their_end_no_answer() -> None:
    known = replied(Said("I add.</think>(B)"), opens=True)
    assert (known.reasoning, known.visible, known.provenance) == ("I add.", "(B)", "raw")
    never = replied(Said("So the answer is (A)"), opens=True)
    assert (never.reasoning, never.visible, never.provenance) == ("So the answer is (A)", "", "truncated")
    refused = replied(Said("I cannot help.", "content_filter", "I cannot help."), opens=True)
    assert (refused.visible, refused.stop_reason) == ("I cannot help.", "content_filter")


@pytest.mark.parametrize(
    ("text", "value", "reasoning"),
    [
        ("42", "none", "absent"),
        ("I add.</think>42", "closing tag alone", "raw"),
        ("<think>I add.</think>42", "tags", "raw"),
        ("<|channel|>analysis<|message|>I add.<|end|><|channel|>final<|message|>42", "channels", "raw"),
        ("analysisWe add.assistantfinal42", "other", "raw"),
    ],
)
def test_the_probe_says_how_this_server_marks_thoughts(text: str, value: str, reasoning: str) -> None:
    found = probed(lambda body: Said(text))
    assert (found.thoughts.value, found.reasoning.value) == (value, reasoning)


def probed(policy: Any) -> Capabilities:
    async def once(model: Model) -> Capabilities:
        async with model:
            return await probe(model)

    with Loopback(policy) as server:
        return asyncio.run(once(at(server)))


def test_the_probe_waits_for_the_end_of_thoughts_that_nothing_opens() -> None:
    def policy(body: dict[str, Any]) -> Said:
        long = body.get("max_tokens", 0) > 64 or body.get("max_completion_tokens", 0) > 64
        return Said("I add and add.</think>42") if long else Said("I add and", "length")

    found = probed(policy)
    assert (found.thoughts.value, found.reasoning.value) == ("closing tag alone", "raw")
    never = probed(lambda body: Said("I add and", "length"))
    assert never.thoughts.value == "unknown"
    assert "cut off" in never.thoughts.note


def test_a_reply_of_many_tags_is_disarmed_before_inspect_reads_it() -> None:
    async def once(model: Model) -> Any:
        async with model:
            guard(model)
            return await model.generate("Which?")

    text = "<think>x" * 400 + "The answer is (A)"
    with Loopback(lambda body: Said(text)) as server:
        message = asyncio.run(once(at(server))).message
    # What Inspect finds in the text itself it calls "think".
    assert [part.internal for part in message.content if isinstance(part, ContentReasoning)] == [
        "reasoning_content"
    ]
    assert message.text == text
    reply = replied(Said(text))
    assert (reply.visible, reply.provenance) == ("", "truncated")
    assert reply.reasoning == text.replace("<think>", "")


def body(text: str, **more: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text, **more}}]}).encode()


def test_only_replies_of_many_tags_are_changed() -> None:
    few, many = body("<think>" * MANY), body("<think>" * (MANY + 1))
    assert disarmed(few) is few
    assert json.loads(disarmed(many))["choices"][0]["message"]["reasoning_content"] == " "
    escaped = many.replace(b"<", rb"\u003c")
    assert json.loads(disarmed(escaped)) == json.loads(disarmed(many))
    given = body("<think>" * 99, reasoning="I add.")
    assert json.loads(disarmed(given)) == json.loads(given)


@pytest.mark.parametrize(
    "other",
    [
        b"<think" * 99,
        b'{"choices": "' + b"<think" * 99 + b'"}',
        b"[" * 9999 + b"<think" * 99,
        b'["' + b"<think" * 99 + b'"]',
    ],
)
def test_what_is_no_reply_is_passed_on(other: bytes) -> None:
    assert disarmed(other) == other


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("", lambda data: data),
    ],
)
def test_bodies_come_packed(encoding: str, pack: Any) -> None:
    sent = body("<think>x" * 99)

    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "application/json"} | ({"content-encoding": encoding} if encoding else {})
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(pack(sent)))

    class Api:
        http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))

    class Holder:
        api = Api()

    async def fetched() -> bytes:
        assert guard(Holder())  # type: ignore[arg-type]
        assert guard(Holder())  # type: ignore[arg-type]
        assert len(Api.http_client.event_hooks["response"]) == 1
        async with Api.http_client as client:
            return (await client.get("http://test/")).content

    assert asyncio.run(fetched()) == disarmed(sent)


def test_a_provider_without_the_seam_is_left_alone() -> None:
    assert guard(resolve("mockllm/model")) is False
