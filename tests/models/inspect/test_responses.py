"""What a server sends that the client library would stumble over: its words are kept, its size is bounded."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROVIDERS
from loopback import Loopback, Scripted
from unsaid.models.inspect import responses
from unsaid.models.inspect.adapter import ask, resolve
from unsaid.models.inspect.responses import mended
from unsaid.questions.prompt import Prompt, Turn

pytestmark = PROVIDERS

PROMPT = Prompt((Turn("user", "What is 0?"),))


def completion(**message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": "A"} | message, "finish_reason": "stop"}
    return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def asked(answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The reply to one call that a server answers with this document, and status 200."""
    with Loopback(Scripted(susceptibility=0.5), echo=lambda headers, body: (200, answer)) as server:
        monkeypatch.setenv("ECHO_BASE_URL", server.url)
        monkeypatch.setenv("ECHO_API_KEY", "no secret")
        model = resolve(f"openai-api/echo/{server.name}")

        async def once() -> Any:
            return await ask(model, PROMPT, config=None)

        return asyncio.run(once())


def test_an_error_with_status_200_keeps_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = asked({"error": {"message": "the upstream model is down for the day", "code": 402}}, monkeypatch)
    assert "the upstream model is down for the day" in reply.error


def test_content_in_parts_is_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "I think."}]},
        {"type": "text", "text": "The best answer "},
        {"type": "text", "text": "is: (A)"},
    ]
    reply = asked(completion(content=parts), monkeypatch)
    assert reply.error is None
    assert reply.visible == "The best answer is: (A)"
    assert reply.reasoning == "I think."


@pytest.mark.parametrize("count", [-1, 2**63, 2**70])
def test_a_count_out_of_range_is_unknown(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": 7, "total_tokens": 7}
    reply = asked(completion() | {"usage": usage}, monkeypatch)
    assert reply.error is None
    assert reply.input_tokens is None
    assert reply.output_tokens == 7


class Stream:
    def __init__(self, *chunks: bytes) -> None:
        self.chunks, self.closed = chunks, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


class Sent:
    def __init__(self, packing: str, *chunks: bytes) -> None:
        self.headers, self.stream = {"content-encoding": packing}, Stream(*chunks)


@pytest.mark.parametrize("packing", ["identity", "gzip", "deflate"])
def test_a_body_is_read_to_a_bound(packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "MOST", 100_000)
    packs: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    pack = packs[packing]
    small, large = pack(b"x" * 90_000), pack(b"x" * 5_000_000)
    assert asyncio.run(responses._read(Sent(packing, small))) == b"x" * 90_000
    sent = Sent(packing, large)
    assert asyncio.run(responses._read(sent)) is None
    assert sent.stream.closed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "content", "error", "code", "text"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_document_makes_it_stumble(document: Any) -> None:
    status, body = mended(200, json.dumps(document).encode())
    assert status == 200 or 400 <= status <= 599
    json.loads(body)


def test_what_is_no_json_is_left_as_it_is(tmp_path: Path) -> None:
    for body in (b"", b"{", b"[" * 100_000, b'{"a": ' * 50_000):
        assert mended(200, body) == (200, body)
