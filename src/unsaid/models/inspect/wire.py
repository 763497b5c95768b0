"""Replies that would stop the whole run while Inspect reads them, disarmed on their way in.

Inspect looks for `<think>...</think>` in the text of a reply with patterns whose cost grows with the square of it:
20,000 opening tags take minutes, during which nothing else happens, for all calls share one thread. It looks only where
the provider gave no reasoning in a field of its own. So for a reply with many such tags the field is filled, with the
thoughts that our own rule finds in the text (`replies/thoughts.py`, linear), and the text itself is left as it came;
`replies/fields.py` knows that both are the same.

The seam is the public one of the HTTP client: a hook on responses, which may put another stream in the place of the
body. It is there for the providers that speak OpenAI's protocol through an `http_client` of Inspect's (`openai`,
`openai-api`, `vllm`, `sglang`, `ollama`, `together`, `deepseek`, `openrouter`, ...), and for replies that come whole,
which is how we ask. A body without many tags is passed on as it came.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

from inspect_ai.model import Model

from unsaid.replies.thoughts import split_thoughts

__all__ = ["MANY", "disarmed", "guard"]

#: With so few opening tags Inspect's own reading costs nothing that matters.
MANY = 16
_TAGS = (b"<think", rb"\u003cthink", rb"\u003Cthink")
_FIELDS = ("reasoning_details", "reasoning_content", "reasoning")
_PLAIN = ("", "identity")
_ZIPPED = ("gzip", "x-gzip", "deflate")


def guard(model: Model) -> bool:
    """Disarm what this model's server replies from now on; return whether its provider allows it."""
    client = getattr(model.api, "http_client", None)
    hooks = getattr(client, "event_hooks", None)
    if not isinstance(hooks, dict) or not isinstance(hooks.get("response"), list):
        return False
    if not any(isinstance(hook, _Hook) for hook in hooks["response"]):
        hooks["response"].append(_Hook(client))
    return True


def disarmed(body: bytes) -> bytes:
    """Return the body of a reply, with the field filled where its text holds many tags; any other as it came."""
    if sum(body.count(tag) for tag in _TAGS) <= MANY:
        return body
    try:
        reply = json.loads(body)
        choices = reply["choices"]
        messages = [choice["message"] for choice in choices]
    except (ValueError, RecursionError, KeyError, TypeError):
        return body
    for message in messages:
        text = message.get("content") if isinstance(message, dict) else None
        if isinstance(text, str) and not any(message.get(name) for name in _FIELDS):
            # Blank thoughts are thoughts too: an empty field would be looked past.
            message["reasoning_content"] = split_thoughts(text).reasoning or " "
    return json.dumps(reply).encode()


class _Hook:
    """Puts the disarmed body in the place of the body."""

    def __init__(self, client: Any) -> None:
        # A client and its streams must be of one library, of which there are two (httpx and httpx2).
        library = next(base for base in type(client).__mro__ if base.__name__ == "AsyncClient").__module__
        stream = import_module(library.partition(".")[0]).AsyncByteStream
        self._stream = type("DisarmedStream", (_Disarmed, stream), {})

    async def __call__(self, response: Any) -> None:
        kind = response.headers.get("content-type", "")
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if "json" not in kind or encoding not in (*_PLAIN, *_ZIPPED):
            return
        if encoding:
            del response.headers["content-encoding"]
        response.stream = self._stream(response.stream, zipped=encoding in _ZIPPED)


class _Disarmed:
    """A body that is collected, unpacked and disarmed before it is passed on."""

    def __init__(self, inner: Any, *, zipped: bool) -> None:
        self._inner, self._zipped = inner, zipped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = b"".join([chunk async for chunk in self._inner])
        yield disarmed(_unpacked(body) if self._zipped else body)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _unpacked(body: bytes) -> bytes:
    """Unpacked gzip or deflate, with its header or without; what is neither as it came, which is no JSON then."""
    for bits in (47, -15):
        try:
            return zlib.decompress(body, bits)
        except zlib.error:
            continue
    return body
